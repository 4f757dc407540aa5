import type { Facts } from "../plan/facts.js";

/** Another machine that a build downloads from, and what of it. */
export interface Host {
  address: string;
  wanted: string;
}

/**
 * What is downloaded from where while V8 and Deno are compiled, repositories and images aside, which are read before.
 * Each address is one that is there whatever the version.
 */
export function listHosts(
  facts: Pick<Facts, "origin" | "ownToolchain" | "systemCompilers" | "engine" | "crate">,
): Host[] {
  const compiled = facts.origin === "source";
  const rust = { address: "https://static.rust-lang.org/rustup/release-stable.toml", wanted: "Rust, by rustup" };
  const crates = { address: "https://index.crates.io/config.json", wanted: "crates, by cargo" };
  const llvm = { address: "https://apt.llvm.org/llvm-snapshot.gpg.key", wanted: "LLVM's packages" };
  const clang = {
    address: "https://commondatastorage.googleapis.com/chromium-browser-clang/",
    wanted: "Chromium's clang",
  };
  const storage = {
    address: "https://storage.googleapis.com/chromium-browser-clang/",
    wanted: "Chromium's Rust, and GN's and Ninja's files",
  };
  const gn = { address: "https://chrome-infra-packages.appspot.com/", wanted: "which GN and Ninja" };
  return [
    crates,
    ...(facts.ownToolchain ? [] : [rust]),
    ...(compiled && !facts.ownToolchain ? [facts.systemCompilers ? llvm : clang, gn, storage] : []),
  ];
}
