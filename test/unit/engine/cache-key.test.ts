import { describe, expect, it } from "vitest";
import { cacheKey } from "../../../src/engine/cache-key.js";

const input = {
  engine: "linux/amd64",
  features: ["simdutf"],
  gn: ["use_sysroot=false", 'target_sysroot="/sysroot"'],
  source: "sha256:aaaa",
  toolchain: "rustc 1.91.0\nclang 22.1.8",
  sysroot: "os: Ubuntu 24.04",
};

describe("cacheKey", () => {
  it("is the prefix and 16 hex digits", () => {
    expect(cacheKey("rusty-v8-150.4.0-arm64", input)).toMatch(/^rusty-v8-150\.4\.0-arm64-[0-9a-f]{16}$/);
  });

  // A change of this value makes every cache volume in the world a new one: hours of compiling for each user.
  it("stays what it was", () => {
    expect(cacheKey("deno", { a: "1", b: ["2"] })).toBe("deno-e261ff3f88ee3ee6");
  });

  it("does not depend on the order in which the input is written", () => {
    const reversed = Object.fromEntries(Object.entries(input).reverse());
    expect(cacheKey("k", reversed)).toBe(cacheKey("k", input));
  });

  it.each<[string, Partial<typeof input>]>([
    ["GN's arguments", { gn: ["use_sysroot=false", 'target_sysroot="/sysroot"', "chrome_pgo_phase=0"] }],
    ["the order of GN's arguments, of which the last wins", { gn: [...input.gn].reverse() }],
    ["the toolchain's versions", { toolchain: "rustc 1.91.0\nclang 22.1.9" }],
    ["the source's digest", { source: "sha256:aaab" }],
    ["the sysroot", { sysroot: "os: Debian 12" }],
    ["the features", { features: [] }],
    ["the engine's platform", { engine: "linux/arm64" }],
  ])("changes with %s", (_, change) => {
    expect(cacheKey("k", { ...input, ...change })).not.toBe(cacheKey("k", input));
  });

  it("does not take a value of one name for one of another", () => {
    expect(cacheKey("k", { a: "x", b: "" })).not.toBe(cacheKey("k", { a: "", b: "x" }));
    expect(cacheKey("k", { a: ["x", "y"] })).not.toBe(cacheKey("k", { a: ["x,y"] }));
  });
});
