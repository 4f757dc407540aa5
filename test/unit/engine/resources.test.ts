import { describe, expect, it } from "vitest";
import { checkMemory, denoDisk, describeEngine, libraryDisk, wholeDisk } from "../../../src/engine/resources.js";

const engine = { cores: 2, memory: 16000, available: 15000, swap: 0, disk: 14000 };

describe("the memory of an engine", () => {
  it("is refused for the profile release where its last link would not fit", () => {
    expect(() => checkMemory("release", { ...engine, memory: 7900 })).toThrow(
      "profile: release takes 8.5 GiB of memory at its last link; this engine has 7.7 GiB, and 0.0 GiB of swap. " +
        "--profile=release-lite takes less; --ignore-resources goes on anyway",
    );
  });

  it.each([
    ["a CI runner's 16 GB", "release", engine],
    ["8 GB with as much swap", "release", { ...engine, memory: 7900, swap: 8000 }],
    ["little memory with another profile, of which nothing is known", "release-lite", { ...engine, memory: 2000 }],
  ])("is enough: %s", (_, profile, has) => {
    expect(() => checkMemory(profile, has)).not.toThrow();
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
