import { describe, expect, it } from "vitest";
import { denoFromSource } from "../../support/module.js";
import { imageRegistry } from "../../support/registry.js";
import { session, work } from "../../support/world.js";

const kinds = ["version", "minor", "major", "latest"];

/** sync of images alone, upstream being at 2.9.5. */
const sync = (it: ReturnType<typeof session>, address: string, tags = kinds, since = "") =>
  it.run(() => denoFromSource().sync("", undefined, address, undefined, since, undefined, undefined, tags));

describe("sync of an image that has upstream's newest release", () => {
  it("moves the tags that a push which broke off left behind, and builds nothing", async () => {
    const registry = await imageRegistry({ "2.9.3": "old", "2.9.5": "new", "2.9": "new", latest: "old" });
    const it = session();
    const digest = registry.digestOf("new");
    expect(await sync(it, `${registry.host}/me/deno`, kinds, "2.9.3")).toEqual([
      {
        version: "2.9.5",
        done: true,
        says: ["2", "latest"].map((tag) => `${registry.host}/me/deno:${tag}@${digest}`).join(", "),
      },
    ]);
    expect(registry.tags).toEqual({ "2.9.3": "old", "2.9.5": "new", "2.9": "new", "2": "new", latest: "new" });
    expect(work(it.made())).toEqual([]);
    expect(await sync(session(), `${registry.host}/me/deno`, kinds, "2.9.3")).toEqual([]);
  });

  it("moves those that build.yml left, which pushes the tag of the version alone", async () => {
    const registry = await imageRegistry({ "2.9.5": "new" });
    await sync(session(), `${registry.host}/me/deno`, ["version", "latest"]);
    expect(registry.tags).toEqual({ "2.9.5": "new", latest: "new" });
  });

  it("moves no tag that is not asked for", async () => {
    const registry = await imageRegistry({ "2.9.5": "new", latest: "old" });
    expect(await sync(session(), `${registry.host}/me/deno`, ["version"])).toEqual([]);
    expect(registry.tags.latest).toBe("old");
    expect(registry.asked.filter((line) => !line.startsWith("GET /v2/me/deno/tags/list"))).toEqual([]);
  });
});
