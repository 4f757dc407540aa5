import { describe, expect, it } from "vitest";
import { listHosts } from "../../../src/rehearsal/hosts.js";
import { parsePlatform } from "../../../src/request/platform.js";

const of = (changes: Partial<Parameters<typeof listHosts>[0]>) =>
  listHosts({
    origin: "source",
    ownToolchain: false,
    systemCompilers: false,
    engine: parsePlatform("linux/amd64"),
    crate: false,
    ...changes,
  }).map(({ address }) => new URL(address).host);

describe("the hosts that a build downloads from", () => {
  it("are Rust's, crates', and Chromium's on an amd64 engine", () => {
    expect(of({})).toEqual([
      "index.crates.io",
      "static.rust-lang.org",
      "commondatastorage.googleapis.com",
      "chrome-infra-packages.appspot.com",
      "storage.googleapis.com",
    ]);
  });

  it("are LLVM's in place of Chromium's clang where that does not run", () => {
    const hosts = of({ systemCompilers: true, engine: parsePlatform("linux/arm64") });
    expect(hosts).toContain("apt.llvm.org");
    expect(hosts).not.toContain("commondatastorage.googleapis.com");
  });

  it("are that of crates alone with a toolchain that was given", () => {
    expect(of({ ownToolchain: true, systemCompilers: true })).toEqual(["index.crates.io"]);
  });

  it("are none of V8's compilers where V8 is not compiled", () => {
    expect(of({ origin: "prebuilt" })).toEqual(["index.crates.io", "static.rust-lang.org"]);
  });
});
