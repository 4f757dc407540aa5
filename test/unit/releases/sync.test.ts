import { describe, expect, it } from "vitest";
import { checkSync, syncEach } from "../../../src/releases/sync.js";

describe("each", () => {
  it("publishes one version after the other and says where it is", async () => {
    const log: string[] = [];
    const results = await syncEach(["2.9.4", "2.9.5"], async (version) => {
      log.push(`${version} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`${version} ends`);
      return `https://page.example/${version}`;
    });
    expect(log).toEqual(["2.9.4 begins", "2.9.4 ends", "2.9.5 begins", "2.9.5 ends"]);
    expect(results).toEqual([
      { version: "2.9.4", done: true, says: "https://page.example/2.9.4" },
      { version: "2.9.5", done: true, says: "https://page.example/2.9.5" },
    ]);
  });

  it("goes past a failure, and tells of all at the end as an error", async () => {
    const failure = syncEach(["2.9.4", "2.9.5"], async (version) => {
      if (version === "2.9.4") throw new Error("no memory left");
      return "https://page.example";
    });
    await expect(failure).rejects.toThrow(
      "sync: 1 of 2 versions failed; the next call tries them again\n" +
        "2.9.4: FAILED: no memory left\n2.9.5: done: https://page.example",
    );
  });

  it("has nothing to do for no versions", async () => {
    expect(await syncEach([], () => Promise.reject(new Error("never")))).toEqual([]);
  });
});

describe("checkSync", () => {
  const given = { repository: "me/deno", token: {}, address: "ghcr.io/me/deno", tags: ["version"] };
  it("takes a page, an image, or both", () => {
    expect(() => checkSync({}, given)).not.toThrow();
    expect(() => checkSync({}, { ...given, address: "", tags: [] })).not.toThrow();
    expect(() => checkSync({}, { ...given, repository: "", token: undefined })).not.toThrow();
  });

  it.each([
    ["source", { source: {} }, {}],
    ["binaries", { binaries: {} }, {}],
    ["token", {}, { token: undefined }],
    ["tags", {}, { tags: ["latest"] }],
    ["tags", {}, { tags: ["version", "newest"] }],
  ])("names %s", (name, settings, change) => {
    expect(() => checkSync(settings, { ...given, ...change })).toThrow(new RegExp(`^${name}: `));
  });
});
