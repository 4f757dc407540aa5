import { describe, expect, it } from "vitest";
import { checkMemory, denoDisk, describeEngine, libraryDisk, wholeDisk } from "../../../src/engine/resources.js";
import { parsePlatform } from "../../../src/request/platform.js";

const amd64 = parsePlatform("linux/amd64");
const arm64 = parsePlatform("linux/arm64");
const engine = { cores: 2, memory: 16000, available: 15000, swap: 0, disk: 14000 };

describe("the memory of an engine", () => {
  it.each([
    [amd64, { ...engine, memory: 7900 }, "8.5 GiB of memory at its last link for linux/amd64; this engine has 7.7 GiB"],
    [arm64, engine, "16.2 GiB of memory at its last link for linux/arm64; this engine has 15.6 GiB"],
  ])("is refused for the profile release where its last link would not fit: $platform", (target, has, text) => {
    expect(() => checkMemory("release", target, has)).toThrow(
      `profile: release takes ${text}, and 0.0 GiB of swap. ` +
        "--profile=release-lite takes less; --ignore-resources goes on anyway",
    );
  });

  it.each([
    ["a CI runner's 16 GB", "release", amd64, engine],
    ["the same with swap", "release", arm64, { ...engine, swap: 8000 }],
    ["8 GB with as much swap", "release", amd64, { ...engine, memory: 7900, swap: 8000 }],
    ["little with another profile, of which nothing is known", "release-lite", arm64, { ...engine, memory: 2000 }],
  ] as const)("is enough: %s", (_, profile, target, has) => {
    expect(() => checkMemory(profile, target, has)).not.toThrow();
  });
});

describe("the disk of an engine", () => {
  it("has to hold the cache volumes of what is compiled", () => {
    expect(wholeDisk(true, false)).toBe(libraryDisk() + denoDisk(false));
    expect(wholeDisk(false, false)).toBe(denoDisk(false));
    expect(denoDisk(true)).toBeGreaterThan(denoDisk(false));
  });
});

describe("an engine in one line", () => {
  it("names swap where there is some", () => {
    expect(describeEngine(engine)).toBe("2 cores, 15.6 GiB of memory, 14.6 GiB of it available, 13.7 GiB of disk free");
    expect(describeEngine({ ...engine, swap: 2048 })).toContain("available, 2.0 GiB of swap, 13.7 GiB");
  });
});
