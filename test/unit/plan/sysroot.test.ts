import type { Container } from "@dagger.io/dagger";
import { describe, expect, it } from "vitest";
import { chooseSysroot } from "../../../src/plan/sysroot.js";
import { sysrootName, UBUNTU, UPSTREAM_FLOOR } from "../../../src/request/base.js";
import type { Settings } from "../../../src/request/options.js";

type Given = Pick<Settings, "sysroot" | "base" | "toolchains" | "strategy">;

const choose = (changes: Partial<Given> = {}, unknown: string | null = null) =>
  chooseSysroot({ sysroot: "", base: UBUNTU, toolchains: [], strategy: "AUTO", ...changes }, unknown);

describe("the image of the C library", () => {
  it("is as old as upstream's, with a digest, where nothing was said", () => {
    expect(choose()).toBe(UPSTREAM_FLOOR);
    expect(choose({ strategy: "CROSS" })).toBe(UPSTREAM_FLOOR);
    expect(UPSTREAM_FLOOR).toMatch(/^ubuntu:18\.04@sha256:[0-9a-f]{64}$/);
  });

  it.each<[string, Partial<Given>, string | null]>([
    ["a base image", { base: "debian:bookworm" }, null],
    ["a toolchain", { toolchains: [{} as Container] }, null],
    ["native compilers", { strategy: "NATIVE" }, null],
    ["emulated compilers", { strategy: "EMULATED" }, null],
    ["a Deno that cannot be cross-compiled", {}, "the tree is odd"],
  ])("is the base image with %s", (_, changes, unknown) => {
    expect(choose(changes, unknown)).toBe("");
  });

  it("is the one that was asked for, whatever else was", () => {
    const sysroot = "debian:bullseye";
    expect(choose({ sysroot })).toBe(sysroot);
    expect(choose({ sysroot, base: "debian:trixie", toolchains: [{} as Container] })).toBe(sysroot);
    // Where it cannot be taken, that is refused by name: src/plan/strategy.ts.
    expect(choose({ sysroot, strategy: "NATIVE" }, "the tree is odd")).toBe(sysroot);
  });

  it("is called by its name without the digest", () => {
    expect(sysrootName(UPSTREAM_FLOOR)).toBe("ubuntu:18.04");
    expect(sysrootName("localhost:5000/debian:bullseye")).toBe("localhost:5000/debian:bullseye");
    expect(sysrootName("")).toBe("the base image");
  });
});
