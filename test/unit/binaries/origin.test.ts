import { describe, expect, it } from "vitest";
import {
  checkRelease,
  checkRequest,
  checkRuntime,
  findFile,
  manifestUrl,
  originOf,
  packageName,
  parseChecksum,
  parseManifest,
  zipUrl,
} from "../../../src/binaries/origin.js";
import { parsePlatform } from "../../../src/request/platform.js";
import { parseVersion } from "../../../src/request/version.js";

const arm = parsePlatform("linux/arm64");
const amd = parsePlatform("linux/amd64");

describe("the origin of a binary", () => {
  it.each([
    [true, "SOURCE", "given"],
    [false, "SOURCE", "source"],
    [false, "UPSTREAM", "upstream"],
    [false, "REGISTRY", "registry"],
  ] as const)("given %s and option %s: %s", (given, option, origin) => {
    expect(originOf(given, option)).toBe(origin);
  });

  it.each(["canary", "abcdef0"])("refuses %s where there are only releases", (version) => {
    for (const origin of ["upstream", "registry"] as const) {
      expect(() => checkRequest(origin, parseVersion(version))).toThrow(
        `version: --binary-origin=${origin.toUpperCase()} has releases only`,
      );
    }
    expect(() => checkRequest("given", parseVersion(version))).not.toThrow();
    expect(() => checkRequest("source", parseVersion(version))).not.toThrow();
  });

  it("has upstream's zips since their checksums are published", () => {
    expect(() => checkRelease("upstream", "2.0.0")).toThrow("no checksum of its zips before 2.0.1");
    expect(() => checkRelease("upstream", "2.0.1")).not.toThrow();
  });

  it("has npm's packages since 1.46.0", () => {
    expect(() => checkRelease("registry", "1.45.5")).toThrow("npm has Deno's binaries since 1.46.0, not 1.45.5");
    expect(() => checkRelease("registry", "1.46.0")).not.toThrow();
    expect(() => checkRelease("given", "1.20.0")).not.toThrow();
  });
});

describe("denort", () => {
  it("is not to be had from npm", () => {
    expect(() => checkRuntime("registry")).toThrow("binary-origin: npm has no denort, which deno compile needs");
    for (const origin of ["given", "source", "upstream"] as const) expect(() => checkRuntime(origin)).not.toThrow();
  });
});

describe("upstream's zip", () => {
  it.each(["https://github.com/denoland/deno", "https://github.com/denoland/deno.git"])("of %s", (repository) => {
    expect(zipUrl(repository, "2.9.5", arm)).toBe(
      "https://github.com/denoland/deno/releases/download/v2.9.5/deno-aarch64-unknown-linux-gnu.zip",
    );
  });

  it("of denort is beside deno's", () => {
    expect(zipUrl("https://git.example/me/deno", "2.9.5", amd, "denort")).toBe(
      "https://git.example/me/deno/releases/download/v2.9.5/denort-x86_64-unknown-linux-gnu.zip",
    );
  });

  it("is checked against the hash in the file beside it", () => {
    const hex = "0123456789abcdef".repeat(4);
    expect(parseChecksum(`${hex}  deno-x86_64-unknown-linux-gnu.zip\n`, "u")).toBe(`sha256:${hex}`);
    expect(parseChecksum(hex.toUpperCase(), "u")).toBe(`sha256:${hex}`);
  });

  it.each(["", "Not Found", `${"0".repeat(63)}  deno.zip`, `${"0".repeat(65)}  deno.zip`])(
    "refuses %j as a hash",
    (text) => {
      expect(() => parseChecksum(text, "https://a.example/x")).toThrow("https://a.example/x holds no SHA-256 checksum");
    },
  );
});

describe("npm's package", () => {
  const sha512 = "ab".repeat(64);
  const integrity = `sha512-${Buffer.from(sha512, "hex").toString("base64")}`;
  const tarball = "https://registry.example/@deno/linux-x64-glibc/-/linux-x64-glibc-2.9.5.tgz";
  const text = (dist: object, version = "2.9.5") => JSON.stringify({ version, dist, more: 1 });
  const read = (json: string) => parseManifest(json, "https://registry.example/x", "2.9.5");

  it("has a name for each platform", () => {
    expect([arm, amd].map((it) => manifestUrl("https://registry.example", packageName(it), "2.9.5"))).toEqual([
      "https://registry.example/@deno%2flinux-arm64-glibc/2.9.5",
      "https://registry.example/@deno%2flinux-x64-glibc/2.9.5",
    ]);
  });

  it("is checked against the registry's SHA-512, whatever other hashes are named", () => {
    expect(read(text({ tarball, integrity }))).toEqual({ tarball, sha512 });
    expect(read(text({ tarball, integrity: `sha1-abc= ${integrity}` }))).toEqual({ tarball, sha512 });
  });

  it.each([
    ["no JSON", "<html>"],
    ["no integrity", text({ tarball })],
    ["only a weaker hash", text({ tarball, integrity: "sha1-kpqI8PbVCJAxkrz8pvdfXO2N4Wc=" })],
    ["another version", text({ tarball, integrity }, "2.9.4")],
    ["an address that is none", text({ tarball: "file:///etc/passwd", integrity })],
  ])("refuses a description with %s", (_, json) => {
    expect(() => read(json)).toThrow("binary-registry: https://registry.example/x does not describe version 2.9.5");
  });
});

describe("a directory of binaries", () => {
  it("has zips, as release makes them, or bare binaries; the zip first", () => {
    const zip = "deno-aarch64-unknown-linux-gnu.zip";
    const bare = "deno-aarch64-unknown-linux-gnu";
    expect(findFile([bare], arm)).toEqual({ name: bare, packing: "bare" });
    expect(findFile([`${zip}.sha256sum`, bare, zip], arm)).toEqual({ name: zip, packing: "zip" });
  });

  it("has denort under the same names", () => {
    const bare = "denort-aarch64-unknown-linux-gnu";
    expect(findFile([`${bare}.zip`, bare], arm, "denort")).toEqual({ name: `${bare}.zip`, packing: "zip" });
    expect(() => findFile(["deno-aarch64-unknown-linux-gnu"], arm, "denort")).toThrow(
      "binaries: neither denort-aarch64-unknown-linux-gnu.zip nor denort-aarch64-unknown-linux-gnu is there",
    );
  });

  it("must have the platform, and the error says what it has", () => {
    expect(() => findFile(["deno-aarch64-unknown-linux-gnu.zip"], amd)).toThrow(
      "binaries: neither deno-x86_64-unknown-linux-gnu.zip nor deno-x86_64-unknown-linux-gnu is there, for linux/amd64; " +
        "the directory has: deno-aarch64-unknown-linux-gnu.zip",
    );
    expect(() => findFile([], amd)).toThrow("the directory has: nothing");
  });
});
