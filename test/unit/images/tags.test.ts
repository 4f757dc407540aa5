import { describe, expect, it } from "vitest";
import { checkTags, imageTags, parseAddress } from "../../../src/images/tags.js";
import type { Identity } from "../../../src/request/identity.js";
import { parseVersion, requestChannel } from "../../../src/request/version.js";

const commit = "0123456789abcdef0123456789abcdef01234567";
const release: Identity = { version: "2.9.5", channel: "stable", commit: null, created: null };
const canary: Identity = { version: "2.9.5", channel: "canary", commit, created: null };
const all = ["version", "minor", "major", "latest"];

describe("the tags of an image", () => {
  it.each([
    ["UBUNTU", all, ["2.9.5", "2.9", "2", "latest"]],
    ["DEBIAN", all, ["debian-2.9.5", "debian-2.9", "debian-2", "debian"]],
    ["BIN", ["version"], ["bin-2.9.5"]],
    ["UBUNTU", ["latest", "version", "latest"], ["latest", "2.9.5"]],
  ] as const)("%s %j: %j", (variant, wanted, tags) => {
    expect(imageTags([...wanted], release, variant)).toEqual(tags);
  });

  it("of a canary or commit carry its hash", () => {
    expect(imageTags(["version"], canary, "UBUNTU")).toEqual(["canary-0123456"]);
    expect(imageTags(["version"], canary, "DISTROLESS")).toEqual(["distroless-canary-0123456"]);
  });

  it("are those that are known, and at least one", () => {
    expect(() => checkTags(all, "stable")).not.toThrow();
    expect(() => checkTags([], "stable")).toThrow("tags: at least one is needed");
    expect(() => checkTags(["newest"], "stable")).toThrow('tags: "newest" is not accepted');
    expect(() => checkTags(["2.9 5"], "stable")).toThrow('tags: "2.9 5" is not accepted');
  });

  it.each(["canary", "abcdef0", "2.8.0-rc.1"])("never move for %s", (version) => {
    expect(() => checkTags(["version"], requestChannel(parseVersion(version)))).not.toThrow();
    for (const tag of ["minor", "major", "latest"]) {
      expect(() => checkTags(["version", tag], requestChannel(parseVersion(version)))).toThrow(
        `tags: ${tag} is for stable releases`,
      );
    }
  });
});

describe("the address of an image", () => {
  it.each([
    ["ghcr.io/me/deno", "ghcr.io/me/deno"],
    ["localhost:5000/deno", "localhost:5000/deno"],
    ["localhost/a/b_c/d-e.f", "localhost/a/b_c/d-e.f"],
    ["me/deno", "docker.io/me/deno"],
    ["registry.example:443/a__b/c--d", "registry.example:443/a__b/c--d"],
  ])("%s is %s", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it.each([
    ["https://ghcr.io/me/deno", "it is a URL"],
    ["ghcr.io/me/deno:2.9.5", "it has a tag"],
    ["deno:2.9.5", "it has a tag"],
    ["ghcr.io/me/deno@sha256:00", "it has a digest"],
    ["deno", "no registry or owner"],
    ["", "no registry or owner"],
    ["ghcr.io/Me/deno", "lower-case"],
    ["ghcr.io/me/de no", "lower-case"],
    ["ghcr.io/me//deno", "lower-case"],
    ["ghcr.io/me/deno/", "lower-case"],
    ["ghcr.io/me/-deno", "lower-case"],
    ["ghcr.io:port/me/deno", "host"],
    ["ghcr.io;x/me/deno", "host"],
    [`ghcr.io/${"a".repeat(256)}`, "longer than 255"],
  ])("%j is refused", (text, why) => {
    expect(() => parseAddress(text)).toThrow(new RegExp(`^address: .* is not accepted: .*${why}`));
  });
});
