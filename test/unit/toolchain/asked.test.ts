import { describe, expect, it } from "vitest";
import { compareClang, compareRust } from "../../../src/toolchain/asked.js";

const said = [
  "os: Debian GNU/Linux forky/sid",
  "x86_64",
  "rustc: rustc 1.95.0 (59807616e 2026-04-14)",
  "cargo: cargo 1.96.0 (30a34c682 2026-05-25)",
  "/opt/llvm/bin/clang: Debian clang version 22.1.8 (3+b1)",
].join("\n");

describe("the Rust that a tree pins", () => {
  it.each([
    ["1.95.0", "Deno's tree's rust-toolchain.toml asks for 1.95.0: the same"],
    ["1.91", "Deno's tree's rust-toolchain.toml asks for 1.91.0: newer"],
    ["nightly-2024-01-01", "Deno's tree asks for Rust nightly-2024-01-01, which is not compared"],
    ["stable", "Deno's tree asks for Rust stable, which is not compared"],
    [null, "Deno's tree pins no Rust"],
  ])("%s is compared with the toolchain's", (pinned, expected) => {
    expect(compareRust(said, pinned, "Deno's tree")).toBe(expected);
  });

  it("is an error when the toolchain's is older, with both versions and what to give", () => {
    expect(() => compareRust(said, "1.96.0", "rusty_v8's source")).toThrow(
      "toolchains: rustc is 1.95.0, and rusty_v8's source asks for Rust 1.96.0 (rust-toolchain.toml); give a toolchain " +
        "with 1.96.0 or newer, or leave --toolchains out",
    );
  });
});

describe("Chromium's clang", () => {
  it.each([
    ["llvmorg-22-init-14273-gea10026b", "Chromium's clang is of LLVM 22: the same"],
    ["llvmorg-23-init-19482-g53d18800", "Chromium's clang is of LLVM 23: this is older"],
    ["llvmorg-19-init-14561-gecea8371", "Chromium's clang is of LLVM 19: this is newer"],
  ])("%s is compared with the toolchain's", (revision, expected) => {
    expect(compareClang(said, `import os\nCLANG_REVISION = '${revision}'\nCLANG_SUB_REVISION = 1\n`)).toBe(expected);
  });

  it("is not told of where the tree does not name one, or Chromium's own compiles", () => {
    expect(compareClang(said, null)).toBe("");
    expect(compareClang(said, "CLANG = 1\n")).toBe("");
    expect(compareClang("rustc: rustc 1.95.0\n", "CLANG_REVISION = 'llvmorg-22-init-1-g1'\n")).toBe("");
  });
});
