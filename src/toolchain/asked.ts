import semver from "semver";

/** A tool's version in what the toolchain's tools say of themselves, a line each: `rustc: rustc 1.95.0 (…)`. */
function versionSaid(said: string, tool: string): semver.SemVer | null {
  const line = said.split("\n").find((it) => it.startsWith(`${tool}: `) || it.includes(`/${tool}: `));
  return semver.coerce(line?.slice(line.indexOf(": ")));
}

/**
 * Holds a toolchain's rustc against what a tree's rust-toolchain.toml pins, and says how they compare. An older one is an
 * error: a crate that needs what it lacks is met in the middle of the build. `stable` and nightlies have no order.
 */
export function compareRust(said: string, pinned: string | null, tree: string): string {
  const has = versionSaid(said, "rustc");
  if (!pinned) return `${tree} pins no Rust`;
  const asked = /^\d/.test(pinned) ? semver.coerce(pinned) : null;
  if (!asked || !has) return `${tree} asks for Rust ${pinned}, which is not compared`;
  if (semver.lt(has, asked)) {
    throw new Error(
      `toolchains: rustc is ${has}, and ${tree} asks for Rust ${asked} (rust-toolchain.toml); give a toolchain with ` +
        `${asked} or newer, or leave --toolchains out`,
    );
  }
  return `${tree}'s rust-toolchain.toml asks for ${asked}: ${semver.eq(has, asked) ? "the same" : "newer"}`;
}

/** The LLVM that Chromium's own clang is made of, in tools/clang/scripts/update.py: `llvmorg-23-init-5669-g8a0be0bc`. */
const CHROMIUM_CLANG = /^CLANG_REVISION = ["']llvmorg-(\d+)-/m;

/**
 * Says how a clang compares with Chromium's, which V8 is developed with. An older one is no error: V8 147.4 and 150.4 want
 * a 23 that is not released, and 22 compiles them. What it refuses, the rehearsal's samples show.
 */
export function compareClang(said: string, updateScript: string | null): string {
  const has = versionSaid(said, "clang");
  const major = updateScript?.match(CHROMIUM_CLANG)?.[1];
  if (!has || !major) return "";
  const order = has.major - Number(major);
  return `Chromium's clang is of LLVM ${major}: ${order === 0 ? "the same" : order > 0 ? "this is newer" : "this is older"}`;
}
