import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { json, nextPage, retrying, send, Transient } from "../../../dagger/engine/http.js";
import { fakeClock } from "../../support/clock.js";

/** Serves the answers in order, the last one for ever. */
async function serve(...answers: RequestListener[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

const says =
  (status: number, headers = {}, body = ""): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

describe("retrying a request", () => {
  it.each<[string, Record<string, string>, number, number[]]>([
    ["after 2, 4, 8, … seconds by itself", {}, 503, [2000, 4000]],
    ["after the seconds that the server says", { "retry-after": "7" }, 503, [7000, 7000]],
    ["at the date that it says", { "retry-after": "Tue, 14 Nov 2023 22:13:50 GMT" }, 502, [30_000, 0]],
    ["after a minute at an unexplained 429", {}, 429, [60_000, 60_000]],
    ["at 403 that is GitHub's secondary limit", { "retry-after": "60" }, 403, [60_000, 60_000]],
    [
      "when GitHub's primary limit ends",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000010" },
      403,
      [11_000, 1000],
    ],
  ])("%s", async (_, headers, status, slept) => {
    const { url } = await serve(says(status, headers), says(status, headers), says(200, {}, "done"));
    const clock = fakeClock();
    const response = await retrying(() => send(url, {}, clock), clock);
    expect(await response.text()).toBe("done");
    expect(clock.slept).toEqual(slept);
  });

  it.each([
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    "You have triggered an abuse detection mechanism.",
  ])("waits a minute at GitHub's secondary limit, as 403 without a header: %s", async (message) => {
    const limited = says(403, {}, JSON.stringify({ message }));
    const { url } = await serve(limited, says(200, {}, "done"));
    const clock = fakeClock();
    expect(await (await retrying(() => send(url, {}, clock), clock)).text()).toBe("done");
    expect(clock.slept).toEqual([60_000]);
  });

  it("gives another 403 back with its text", async () => {
    const { url } = await serve(says(403, {}, "Resource not accessible by personal access token"));
    const clock = fakeClock();
    expect(await (await send(url, {}, clock)).text()).toBe("Resource not accessible by personal access token");
  });

  it("ends after five attempts and says what to do", async () => {
    const { url, asked } = await serve(says(500, {}, "no\nluck"));
    const clock = fakeClock();
    await expect(retrying(() => send(`${url}/path?query=1`, {}, clock), clock)).rejects.toThrow(
      `GET ${url}/path: 500 no luck; tried 5 times: run again later`,
    );
    expect([asked(), clock.slept]).toEqual([5, [2000, 4000, 8000, 16_000]]);
  });

  it("does not sleep for hours", async () => {
    const { url, asked } = await serve(says(429, { "retry-after": "3600" }));
    const clock = fakeClock();
    await expect(retrying(() => send(url, {}, clock), clock)).rejects.toThrow(
      "the server asks to wait 60 minutes: run again then",
    );
    expect([asked(), clock.slept]).toEqual([1, []]);
  });

  it.each([401, 403, 404, 422])("gives %s back at once", async (status) => {
    const { url } = await serve(says(status));
    const clock = fakeClock();
    expect((await retrying(() => send(url, {}, clock), clock)).status).toBe(status);
    expect(clock.slept).toEqual([]);
  });

  it("tries a connection that breaks again", async () => {
    const { url } = await serve((request) => request.socket.destroy(), says(200));
    const clock = fakeClock();
    expect((await retrying(() => send(url, {}, clock), clock)).status).toBe(200);
    expect(clock.slept).toEqual([2000]);
  });

  it("leaves other errors alone", async () => {
    const clock = fakeClock();
    await expect(retrying(() => Promise.reject(new Error("mine")), clock)).rejects.toThrow("mine");
    expect(clock.slept).toEqual([]);
  });

  it("keeps secrets out of errors, whatever the server says", async () => {
    const { url } = await serve(says(500, {}, "you said Bearer geheim"));
    const clock = fakeClock();
    const failure = send(url, { secrets: ["geheim"] }, clock);
    await expect(failure).rejects.toThrow("you said Bearer ***");
    await expect(failure).rejects.toBeInstanceOf(Transient);
  });
});

describe("json", () => {
  const shape = z.object({ id: z.int() });
  const answer = async (listener: RequestListener) => {
    const { url } = await serve(listener);
    return json(await fetch(url), shape);
  };

  it("gives what has the shape", async () => {
    expect(await answer(says(200, {}, '{"id":1,"more":2}'))).toEqual({ id: 1 });
  });

  it("names the address where it is a page for people, or another shape", async () => {
    await expect(answer(says(200, {}, "<html>"))).rejects.toThrow(/^http:.* no JSON: is it the address of an API\?/);
    await expect(answer(says(200, {}, '{"id":"x"}'))).rejects.toThrow(/^http:.* unexpected JSON: .*id/s);
  });

  it("that breaks off may come whole a moment later", async () => {
    const half: RequestListener = (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    };
    await expect(answer(half)).rejects.toBeInstanceOf(Transient);
  });
});

describe("nextPage", () => {
  const page = (link: string) => {
    const response = new Response("", { headers: { link } });
    Object.defineProperty(response, "url", { value: "https://x.example/v2/a/tags/list?n=2" });
    return nextPage(response);
  };
  it.each([
    [
      '<https://x.example/r?page=2>; rel="next", <https://x.example/r?page=9>; rel="last"',
      "https://x.example/r?page=2",
    ],
    [
      '<https://x.example/r?page=1>; rel="prev", <https://x.example/r?page=3>; rel="next"',
      "https://x.example/r?page=3",
    ],
    ['</v2/a/tags/list?last=b&n=2>; rel="next"', "https://x.example/v2/a/tags/list?last=b&n=2"],
    ['<https://x.example/r?page=1>; rel="first"', null],
    ["", null],
  ])("of %j", (link, url) => expect(page(link)).toBe(url));
});
