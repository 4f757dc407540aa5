import { describe, expect, it } from "vitest";
import { denoFromSource } from "../../support/module.js";
import { denoTree, directory, session } from "../../support/world.js";

describe("publish of a tree at a prerelease that was not asked for as one", () => {
  it.each(["latest", "minor", "major"])("takes no tag %s, and nothing is made or pushed", async (tag) => {
    const it = session();
    const source = () => directory(denoTree("2.8.0-rc.1", "150.4.0"));
    const call = it.run(() =>
      denoFromSource({ source: source() }).publish("ghcr.io/me/deno", undefined, undefined, undefined, [
        "version",
        tag,
      ]),
    );
    await expect(call).rejects.toThrow(`tags: ${tag} is for stable releases, and this is a prerelease`);
    expect(it.questions.filter(({ field }) => field === "publish")).toEqual([]);
    expect([...it.made()].filter(({ field }) => field === "withExec")).toEqual([]);
  });
});
