import { describe, expect, it } from "vitest";
import { newest, parseVersion, releaseBase, requestChannel, tagOf } from "../../../src/request/version.js";

describe("parseVersion", () => {
  it.each([
    ["2.9.5", { kind: "release", version: "2.9.5" }],
    ["v2.9.5", { kind: "release", version: "2.9.5" }],
    ["1.20.0", { kind: "release", version: "1.20.0" }],
    ["2.8.0-rc.1", { kind: "release", version: "2.8.0-rc.1" }],
    ["v2.7.11-alpha.0", { kind: "release", version: "2.7.11-alpha.0" }],
    ["2.9", { kind: "line", range: "2.9.x" }],
    ["v2.9", { kind: "line", range: "2.9.x" }],
    ["1.20", { kind: "line", range: "1.20.x" }],
    ["2", { kind: "line", range: "2.x" }],
    ["1", { kind: "line", range: "1.x" }],
    ["latest", { kind: "latest" }],
    ["canary", { kind: "canary" }],
    ["37aa346", { kind: "commit", hash: "37aa346" }],
    ["37AA346D9A", { kind: "commit", hash: "37aa346d9a" }],
    ["1234567", { kind: "commit", hash: "1234567" }],
    ["a".repeat(40), { kind: "commit", hash: "a".repeat(40) }],
  ])("reads %s", (text, request) => {
    expect(parseVersion(text)).toEqual(request);
  });

  it.each(["1.19.3", "v1.0.0", "1.20.0-rc.1", "0.42.0", "1.19", "v1.0", "0"])("refuses %s as too old", (text) => {
    expect(() => parseVersion(text)).toThrow(`version: "${text}" is older than 1.20.0, the oldest release that can be`);
  });

  it.each([
    "",
    " ",
    "v",
    "x",
    " 2.9.5",
    "2.9.5 ",
    "2.9.5\n",
    "2.9\n",
    "canary\n",
    "abcdef0\n",
    "\n2.9.5",
    "2.9.5; rm -rf /",
    "2.9.5;rm",
    "$(id)",
    "`id`",
    "2.9.5|cat",
    "--version",
    "-1",
    "02.9.5",
    "2.09.5",
    "2.9.05",
    "02",
    "2.9.5.1",
    "2.9.",
    "2.9.x",
    "2.x",
    "^2.9",
    ">=2",
    "2.9.5+abcdef0",
    "2.9.5-",
    "2.9.5-rc.01",
    "2.9.5-rc_1",
    "2.9.5-rc.1/../..",
    "vv2.9.5",
    "V2.9.5",
    "refs/tags/v2.9.5",
    "Latest",
    "CANARY",
    "stable",
    "main",
    "abcdef",
    "vabcdef0",
    "a".repeat(41),
    "abcdefg",
    "9999999.0.0",
    "9007199254740993.0.0",
    "٢.9.5",
  ])("refuses %j, naming the argument, what was given and what is accepted", (text) => {
    expect(() => parseVersion(text)).toThrow(
      `version: ${JSON.stringify(text)} is not understood. Accepted: a release (2.9.5, v2.9.5, 2.8.0-rc.1), a line (2.9, 2), ` +
        "latest, canary, or a commit of 7 to 40 hex digits.",
    );
  });

  it("clips what was given, however long", () => {
    expect(() => parseVersion("z".repeat(100_000))).toThrow(/^version: "z{63}…" is not understood/);
    expect(() => parseVersion(`2.9.5-${"z".repeat(100_000)}`)).toThrow(/^version: "2\.9\.5-z{57}…" is not understood/);
  });
});

describe("newest", () => {
  const tags = ["std/0.1.0", "v2.9.0-rc.1", "v2.8.10", "refs/tags/v2.8.9", "v1.46.3", "v2.5.7", "v3.0.0-rc.0", "2.9.9"];

  it("goes by semver, not by the order or the text of the tags", () => {
    expect(newest(tags, { kind: "latest" })).toBe("2.8.10");
    expect(newest([...tags].reverse(), { kind: "latest" })).toBe("2.8.10");
  });

  it.each([
    ["2.x", "2.8.10"],
    ["2.8.x", "2.8.10"],
    ["2.5.x", "2.5.7"],
    ["1.x", "1.46.3"],
  ])("finds the newest release of the line %s", (range, version) => {
    expect(newest(tags, { kind: "line", range })).toBe(version);
  });

  it("reads refs as git ls-remote lists them, and passes peeled ones over", () => {
    expect(newest(["refs/tags/v2.0.0^{}", "refs/tags/v1.46.3", "refs/heads/v2.1"], { kind: "latest" })).toBe("1.46.3");
  });

  it("says which line has no release, and which releases there are", () => {
    expect(() => newest(tags, { kind: "line", range: "2.9.x" })).toThrow(
      "version: no stable release of the line 2.9.x among 8 tags; the newest are 2.8.10, 2.8.9, 2.5.7, 1.46.3.",
    );
    const many = ["v2.0.6", "v2.0.5", "v2.0.4", "v2.0.3", "v2.0.2", "v2.0.1"];
    expect(() => newest(many, { kind: "line", range: "3.x" })).toThrow(
      "the newest are 2.0.6, 2.0.5, 2.0.4, 2.0.3, 2.0.2.",
    );
  });

  it("says so when there is no release at all", () => {
    expect(() => newest(["v3.0.0-rc.0"], { kind: "latest" })).toThrow(
      "version: no stable release among 1 tags; there is no release tag.",
    );
  });
});

describe("what follows from a version", () => {
  it("is the tag", () => {
    expect(tagOf("2.9.5")).toBe("v2.9.5");
  });

  it.each([
    ["2.9.5", "stable"],
    ["2.8.0-rc.1", "prerelease"],
    ["2.9", "stable"],
    ["latest", "stable"],
    ["canary", "canary"],
    ["37aa346d9a", "canary"],
  ])("is the channel: %s is %s", (text, channel) => {
    expect(requestChannel(parseVersion(text))).toBe(channel);
  });

  it.each([
    ["2.9.5", "2.9.5"],
    ["2.9.5-rc.1", "2.9.5"],
    ["2.9.5+abcdef0", "2.9.5"],
    ["2.9", null],
    ["main", null],
  ])("is the release that %s is built like: %s", (version, base) => {
    expect(releaseBase(version)).toBe(base);
  });
});
