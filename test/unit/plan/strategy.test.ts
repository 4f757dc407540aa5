import { describe, expect, it } from "vitest";
import { denoRecipe } from "../../../src/plan/recipe.js";
import { unknownScripts } from "../../../src/plan/snapshot.js";
import { chooseWay } from "../../../src/plan/strategy.js";
import { parsePlatform } from "../../../src/request/platform.js";

const [amd64, arm64] = ["linux/amd64", "linux/arm64"].map((name) => parsePlatform(name)) as [
  ReturnType<typeof parsePlatform>,
  ReturnType<typeof parsePlatform>,
];

describe("where cargo runs", () => {
  it("is native on an engine of the target's architecture, and cross on another", () => {
    expect(chooseWay("AUTO", arm64, arm64, null).where).toBe("native");
    expect(chooseWay("AUTO", amd64, arm64, null).where).toBe("cross");
    expect(chooseWay("NATIVE", amd64, amd64, null).where).toBe("native");
    expect(chooseWay("CROSS", amd64, arm64, null).where).toBe("cross");
    expect(chooseWay("EMULATED", amd64, arm64, null).where).toBe("emulated");
  });

  it("falls back to the target's container where the build scripts are not known, and says why", () => {
    const way = chooseWay("AUTO", amd64, arm64, "the tree is odd");
    expect(way).toEqual({ where: "emulated", why: "it cannot be cross-compiled: the tree is odd" });
    expect(() => chooseWay("CROSS", amd64, arm64, "the tree is odd")).toThrow(
      "strategy: CROSS is not possible: the tree is odd; accepted here: AUTO, EMULATED",
    );
  });

  // For a toolchain that is newer than the base image.
  it("is cross on an engine of the target's architecture where that is asked for and possible", () => {
    expect(chooseWay("CROSS", amd64, amd64, null).where).toBe("cross");
    expect(() => chooseWay("CROSS", amd64, amd64, "the tree is odd")).toThrow(
      "strategy: CROSS is not possible: the tree is odd; accepted here: AUTO, NATIVE",
    );
  });

  it("is cross where another image gives the C library, on the target's own architecture, too", () => {
    expect(chooseWay("AUTO", arm64, arm64, null, true).where).toBe("cross");
    expect(chooseWay("CROSS", amd64, arm64, null, true).where).toBe("cross");
  });

  it.each([
    ["NATIVE", amd64, null, "strategy: NATIVE compiles against the C library of cargo's own container, and --sysroot"],
    ["EMULATED", arm64, null, "strategy: EMULATED compiles against the C library of cargo's own container"],
    [
      "AUTO",
      arm64,
      "the tree is odd",
      "sysroot: Deno would have to be cross-compiled, which is not possible: the tree",
    ],
    ["CROSS", arm64, "the tree is odd", "accepted here: no --sysroot, and the older image as --base"],
  ] as const)("is refused as %s for %o with another image's C library where %s", (asked, target, unknown, message) => {
    expect(() => chooseWay(asked, amd64, target, unknown, true)).toThrow(message);
  });

  it.each([
    [
      "NATIVE",
      amd64,
      arm64,
      "strategy: NATIVE needs an engine on linux/arm64, this one is linux/amd64; accepted here: AUTO, CROSS, EMULATED, or linux/amd64 alone",
    ],
    ["EMULATED", arm64, arm64, "strategy: EMULATED is for an engine of another architecture"],
  ] as const)("is refused as %s from %o to %o", (asked, engine, target, message) => {
    expect(() => chooseWay(asked, engine, target, null)).toThrow(message);
  });
});

describe("the scripts that make the snapshot", () => {
  const calls = "deno_runtime::snapshot::create_runtime_snapshot(path)";

  it.each([
    ["1.46.3", null],
    ["2.0.0", "cli/build.rs"],
    ["2.1.6", "cli/build.rs"],
    ["2.1.7", "cli/snapshot/build.rs"],
    ["2.9.5", "cli/snapshot/build.rs"],
  ])("of Deno %s are in %s", (version, file) => {
    expect(denoRecipe(version).snapshotScript).toBe(file);
  });

  it("are known when they are where the recipe says and call what it knows", () => {
    expect(unknownScripts("2.9.5", "cli/snapshot/build.rs", calls, false)).toBeNull();
    expect(unknownScripts("2.0.0", "cli/build.rs", calls, true)).toBeNull();
    expect(unknownScripts("2.9.5", "cli/snapshot/build.rs", null, true)).toBeNull();
  });

  it("are unknown otherwise, with the reason", () => {
    expect(unknownScripts("1.46.3", null, calls, false)).toContain("older than 2.0.0");
    expect(unknownScripts("2.9.5", "cli/snapshot/build.rs", null, false)).toContain("no cli/snapshot/build.rs");
    expect(unknownScripts("2.9.5", "cli/snapshot/build.rs", "fn main() {}", false)).toContain(
      "cli/snapshot/build.rs does not call create_runtime_snapshot",
    );
    expect(unknownScripts("2.0.0", "cli/build.rs", "fn main() {}", true)).toContain("build.rs does not call");
  });
});
