import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { denoFromSource, type Options } from "../../support/module.js";
import { engine, last } from "../../support/rehearsal.js";
import { COMMIT, commands, DENO, denoTree, environment, LIBRARY, libraryTree, session } from "../../support/world.js";

/** A V8 of the newest line that was compiled. */
const PROVEN = "150.4.0";

beforeEach(() => vi.stubGlobal("fetch", async () => ({ status: 200 })));
afterEach(() => vi.unstubAllGlobals());

describe("the check of upstream's newest release", () => {
  const planned = (
    changes: Parameters<typeof session>[0] = {},
    own: Partial<Options> = {},
    rehearsed: Parameters<typeof engine>[0] = {},
  ) => {
    const it = session({ ...changes, rules: [engine(rehearsed)] });
    return { it, call: it.run(() => denoFromSource(own).newestRelease()) };
  };
  const trees = (version: string, tree = denoTree(version, PROVEN)) => ({
    [`${DENO}@v${version}`]: tree,
    [`${LIBRARY}@v${PROVEN}`]: libraryTree(PROVEN),
  });

  it("plans it for both platforms and rehearses those that the engine compiles for", async () => {
    for (const platform of ["linux/amd64", "linux/arm64"] as const) {
      const { it, call } = planned({ engine: platform, trees: trees("2.9.6") });
      await expect(call).resolves.toBeUndefined();
      const configured = [...it.made()].filter((thing) => last(thing).startsWith("build --features simdutf"));
      const triples = configured.map((thing) => environment(thing).TRIPLE);
      const arm = "aarch64-unknown-linux-gnu";
      expect(triples.sort()).toEqual(platform === "linux/arm64" ? [arm] : [arm, "x86_64-unknown-linux-gnu"]);
    }
  });

  it("fails when the rehearsal does", async () => {
    const failing = { report: [{ name: "sysroot", passed: false, seen: "none in 9" }] };
    await expect(planned({ trees: trees("2.9.6") }, {}, failing).call).rejects.toThrow(
      /^rehearse: 2 of \d+ checks failed\nlinux\/arm64 sysroot: failed/,
    );
  });

  it("looks in the repository that was given", async () => {
    const repository = "https://git.example/me/deno";
    const { it, call } = planned(
      { trees: { [`${repository}@v2.9.6`]: denoTree("2.9.6", PROVEN), ...trees("2.9.6") } },
      { repository },
    );
    await expect(call).resolves.toBeUndefined();
    expect(commands(it.made()).map((command) => command.at(-2))).toContain(repository);
  });

  it("fails when a line is newer than the recipe", async () => {
    const { call } = planned({ trees: trees("2.10.0") });
    await expect(call).rejects.toThrow("recipe: 2.10.0 is newer than 2.9.x");
  });

  it("fails when its V8 is of a newer line than was ever compiled", async () => {
    const { call } = planned({ trees: trees("2.9.6", denoTree("2.9.6", "152.2.0")) });
    await expect(call).rejects.toThrow("recipe: Deno 2.9.6 has V8 152.2.0, which is newer than 150.x");
  });

  it("fails when the tree is of another shape", async () => {
    const { call } = planned({ trees: trees("2.9.6", { "Cargo.toml": COMMIT }) });
    await expect(call).rejects.toThrow("source: not a Deno tree");
    const updater = { ...denoTree("2.9.6", "150.4.0"), "cli/tools/upgrade.rs": "fn main() {}" };
    await expect(planned({ trees: trees("2.9.6", updater) }).call).rejects.toThrow(
      "upgrade-url: the tree's updater has",
    );
  });
});
