import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listTags, openTags } from "../../../dagger/releases/registry.js";
import { fakeClock } from "../../support/clock.js";
import { imageRegistry } from "../../support/registry.js";

interface Options {
  login?: "basic" | "bearer";
  user?: string;
  password?: string;
  tags?: string[];
  /** answers to the list before it works */
  broken?: number;
  elsewhere?: string;
  /** the realm answers without a token */
  noToken?: boolean;
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

/** A registry's list of tags, two a page, with the logins of the distribution specification. */
async function registry({ login, user = "me", password = "geheim", tags, broken = 0, elsewhere, noToken }: Options) {
  const asked: string[] = [];
  let left = broken;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", origin);
    const { authorization } = request.headers;
    asked.push(`${url.pathname} ${authorization?.split(" ")[0] ?? "-"}`);
    const json = (status: number, body: unknown, headers = {}) =>
      response.writeHead(status, headers).end(JSON.stringify(body));
    if (url.pathname === "/token") {
      if (url.searchParams.get("service") !== "registry") return json(400, {});
      if (url.searchParams.get("scope") !== "repository:me/deno:pull") return json(400, {});
      if (authorization && authorization !== basic(`${user}:${password}`)) {
        return json(401, { details: `not you: ${authorization}` });
      }
      if (noToken) return json(200, {});
      return json(200, { token: authorization ? "of-me" : "of-nobody" });
    }
    if (left-- > 0) return json(503, {});
    const challenge =
      login === "basic"
        ? 'Basic realm="x"'
        : `Bearer realm="${origin}/token",service="registry",scope="repository:me/deno:pull"`;
    const wanted = login === "basic" ? basic(`${user}:${password}`) : "Bearer of-me";
    if (login && authorization !== wanted) {
      return json(401, { errors: [{ code: "UNAUTHORIZED" }] }, { "www-authenticate": challenge });
    }
    if (url.pathname !== "/v2/me/deno/tags/list" || !tags) return json(404, { errors: [{ code: "NAME_UNKNOWN" }] });
    const last = url.searchParams.get("last");
    const start = last === null ? 0 : tags.indexOf(last) + 1;
    const page = tags.slice(start, start + 2);
    const more = start + 2 < tags.length;
    const link = `<${elsewhere ?? ""}/v2/me/deno/tags/list?last=${page.at(-1)}&n=2>; rel="next"`;
    json(200, { name: "me/deno", tags: page.length > 0 ? page : null }, more ? { link } : {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { at: { registry: origin, name: "me/deno" }, asked };
}

const tags = ["2.9.4", "2.9.5", "latest", "2.9", "2"];
const me = { user: "me", password: "geheim" };

describe("an image's tags", () => {
  it("are read page by page", async () => {
    const { at, asked } = await registry({ tags });
    expect(await listTags({ ...at, credentials: null, time: fakeClock() })).toEqual(tags);
    expect(asked).toHaveLength(3);
  });

  it("are none where there is no such image, or it has none", async () => {
    expect(await listTags({ ...(await registry({})).at, credentials: null, time: fakeClock() })).toEqual([]);
    expect(await listTags({ ...(await registry({ tags: [] })).at, credentials: null, time: fakeClock() })).toEqual([]);
  });

  it("are read with a token that the realm gives for the user", async () => {
    const { at, asked } = await registry({ tags, login: "bearer" });
    expect(await listTags({ ...at, credentials: me, time: fakeClock() })).toEqual(tags);
    expect(asked).toEqual([
      "/v2/me/deno/tags/list -",
      "/token Basic",
      ...Array.from({ length: 3 }, () => "/v2/me/deno/tags/list Bearer"),
    ]);
  });

  it("are read with the user itself where the registry wants that", async () => {
    const { at } = await registry({ tags, login: "basic" });
    expect(await listTags({ ...at, credentials: me, time: fakeClock() })).toEqual(tags);
  });

  it.each(["basic", "bearer"] as const)("with a wrong password (%s) are an error without it", async (login) => {
    const { at } = await registry({ tags, login, password: "another" });
    const failure = listTags({ ...at, credentials: me, time: fakeClock() });
    await expect(failure).rejects.toThrow(/^password: .* refused the user me .*check --username and --password/s);
    await expect(failure).rejects.not.toThrow(/geheim|bWU6Z2VoZWlt/);
  });

  it.each(["basic", "bearer"] as const)("that nobody may see (%s) ask for a user", async (login) => {
    const { at } = await registry({ tags, login });
    await expect(listTags({ ...at, credentials: null, time: fakeClock() })).rejects.toThrow(
      /^address: .*give --username and --password/,
    );
  });

  it("are asked for again while the registry is busy", async () => {
    const { at } = await registry({ tags, broken: 2 });
    const clock = fakeClock();
    expect(await listTags({ ...at, credentials: null, time: clock })).toEqual(tags);
    expect(clock.slept).toEqual([2000, 4000]);
  });

  it("are not looked for at another host", async () => {
    const { at } = await registry({ tags, elsewhere: "http://evil.example" });
    await expect(listTags({ ...at, credentials: me, time: fakeClock() })).rejects.toThrow(
      "at another host, evil.example",
    );
  });

  it("are not asked for with a login that the realm did not give", async () => {
    const { at, asked } = await registry({ tags, login: "bearer", noToken: true });
    await expect(listTags({ ...at, credentials: me, time: fakeClock() })).rejects.toThrow(
      /^address: .* answered without a token/,
    );
    expect(asked.filter((line) => line.includes("Bearer"))).toEqual([]);
  });
});

describe("a tag", () => {
  it.each([undefined, "geheim"])("is moved to another's image without an upload (password %s)", async (password) => {
    const it = await imageRegistry({ "2.9.5": "new", latest: "old" }, { password });
    const credentials = password ? { user: "me", password } : null;
    const at = openTags({ registry: `http://${it.host}`, name: "me/deno", credentials, time: fakeClock() });
    expect(await at.digestOf("none")).toBeNull();
    expect(await at.digestOf("2.9.5")).toBe(it.digestOf("new"));
    expect(await at.digestOf("latest")).toBe(it.digestOf("old"));
    expect(await at.move("latest", "2.9.5")).toBe(it.digestOf("new"));
    expect(it.tags).toEqual({ "2.9.5": "new", latest: "new" });
    await expect(at.move("latest", "none")).rejects.toThrow("address: me/deno has no tag none any more");
  });

  it("is not moved without the right to, and an error says so without the password", async () => {
    const it = await imageRegistry({ "2.9.5": "new" }, { password: "geheim" });
    const credentials = { user: "me", password: "other-password" };
    const at = openTags({ registry: `http://${it.host}`, name: "me/deno", credentials, time: fakeClock() });
    const failure = at.move("latest", "2.9.5");
    await expect(failure).rejects.toThrow(/^password: .* refused the user me .*check --username and --password/s);
    await expect(failure).rejects.not.toThrow("other-password");
    expect(it.tags).toEqual({ "2.9.5": "new" });
  });
});
