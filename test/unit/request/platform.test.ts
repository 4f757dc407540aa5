import { describe, expect, it } from "vitest";
import { parsePlatform, parsePlatforms, TARGETS } from "../../../src/request/platform.js";

const arm64 = {
  platform: "linux/arm64",
  triple: "aarch64-unknown-linux-gnu",
  cpu: "arm64",
  debian: "arm64",
  machine: "aarch64",
  alias: "deno-linux-arm64.zip",
};
const amd64 = {
  platform: "linux/amd64",
  triple: "x86_64-unknown-linux-gnu",
  cpu: "x64",
  debian: "amd64",
  machine: "x86_64",
  alias: null,
};

describe("parsePlatform", () => {
  it("knows every name of the two targets", () => {
    expect(TARGETS).toEqual([arm64, amd64]);
  });

  it.each([
    ["linux/arm64", arm64],
    ["linux/arm64/v8", arm64],
    ["linux/amd64", amd64],
  ])("reads %s", (text, target) => {
    expect(parsePlatform(text)).toEqual(target);
  });

  it.each([
    "linux/arm",
    "linux/arm/v7",
    "linux/arm/v6",
    "arm",
    "armhf",
    "linux/armhf",
    "armv7l",
    "armv7-unknown-linux-gnueabihf",
  ])("refuses %s and says why there is no 32-bit ARM", (text) => {
    const parse = () => parsePlatform(text);
    expect(parse).toThrow(`platform: "${text}" is not accepted: 32-bit ARM is not supported`);
    expect(parse).toThrow("https://bugs.launchpad.net/qemu/+bug/1805913");
    expect(parse).toThrow("https://github.com/denoland/rusty_v8/issues/1223");
    expect(parse).toThrow("Accepted: linux/arm64, linux/amd64.");
  });

  it.each([
    ["darwin/arm64", "macOS binaries need Apple's SDK"],
    ["aarch64-apple-darwin", "macOS binaries need Apple's SDK"],
    ["windows/amd64", "Windows binaries need Microsoft's SDK"],
    ["x86_64-pc-windows-msvc", "Windows binaries need Microsoft's SDK"],
    ["x86_64-unknown-linux-musl", "rusty_v8 has no musl target"],
    ["linux/amd64/alpine", "rusty_v8 has no musl target"],
    ["linux/386", "it is not a platform that Deno is built for"],
    ["linux/riscv64", "it is not a platform that Deno is built for"],
    ["linux/arm64/v9", "it is not a platform that Deno is built for"],
    ["linux/amd64/v8", "it is not a platform that Deno is built for"],
    ["arm64", "it is not a platform that Deno is built for"],
    ["Linux/ARM64", "it is not a platform that Deno is built for"],
    ["linux/arm64 ", "it is not a platform that Deno is built for"],
    ["linux/arm64\n", "it is not a platform that Deno is built for"],
    ["", "it is not a platform that Deno is built for"],
  ])("refuses %j: %s", (text, why) => {
    const parse = () => parsePlatform(text);
    expect(parse).toThrow(`platform: ${JSON.stringify(text)} is not accepted: `);
    expect(parse).toThrow(why);
    expect(parse).toThrow("Accepted: linux/arm64, linux/amd64.");
  });

  it("calls the argument by its name", () => {
    expect(() => parsePlatform("plan9", "host")).toThrow('host: "plan9" is not accepted');
  });
});

describe("parsePlatforms", () => {
  it("keeps the order", () => {
    expect(parsePlatforms(["linux/amd64", "linux/arm64"])).toEqual([amd64, arm64]);
  });

  it("wants at least one", () => {
    expect(() => parsePlatforms([])).toThrow("platforms: at least one platform is needed.");
  });

  it("takes none twice, under whatever name", () => {
    expect(() => parsePlatforms(["linux/arm64", "linux/amd64", "linux/arm64/v8"])).toThrow(
      'platforms: "linux/arm64" is given more than once',
    );
  });

  it("refuses the list for one bad platform", () => {
    expect(() => parsePlatforms(["linux/arm64", "linux/386"])).toThrow('platforms: "linux/386" is not accepted');
  });
});
