import { describe, expect, it } from "vitest";
import {
  deltaSources,
  either,
  isFinished,
  kindsFor,
  lacking,
  lackingInImage,
  lackingOnPage,
  movableTags,
  newestOfChannel,
  type PageEntry,
  parseSince,
} from "../../../src/releases/missing.js";

const tags = ["v2.9.5", "v2.10.0", "v2.9.4", "refs/tags/v2.5.8", "v3.0.0-rc.1", "v3.0.0-rc.0", "std/0.1.0", "v1.19.0"];

describe("newestOf", () => {
  it("goes by version", () => {
    expect(newestOfChannel(tags, "stable")).toBe("2.10.0");
    expect(newestOfChannel(tags, "prerelease")).toBe("3.0.0-rc.1");
  });

  it("says that there is no prerelease", () => {
    expect(() => newestOfChannel(["v2.9.5"], "prerelease")).toThrow("channel: no prerelease among 1 tags");
  });
});

describe("parseSince", () => {
  it.each([
    ["", null],
    ["2.9.0", "2.9.0"],
    ["v2.9.0", "2.9.0"],
  ])("reads %j", (text, version) => expect(parseSince(text)).toBe(version));

  it.each(["2.9", "latest", "1.19.0", "=2.9.0", " 2.9.0;id"])("refuses %j by the argument's name", (text) => {
    expect(() => parseSince(text)).toThrow(/^since: .*Accepted: a release from 1\.20\.0 on/);
  });
});

describe("lacking", () => {
  it.each<[string, string[], string | null, string[]]>([
    ["a place that has nothing lacks the newest alone", [], null, ["2.10.0"]],
    ["gaps above the oldest are found", ["2.9.4", "2.10.0"], null, ["2.9.5"]],
    ["so is a later patch of an older line", ["2.5.7", "2.9.4", "2.9.5", "2.10.0"], null, ["2.5.8"]],
    ["older ones are not", ["2.10.0"], null, []],
    ["unless they are asked for", ["2.10.0"], "2.9.5", ["2.9.5"]],
    ["a floor replaces the default of an empty place", [], "2.9.4", ["2.9.4", "2.9.5", "2.10.0"]],
    ["prereleases say nothing", ["3.0.0-rc.0", "2.9.5"], null, ["2.10.0"]],
  ])("%s", (_, present, since, versions) => {
    expect(lacking(tags, present, since)).toEqual(versions);
  });

  it("is nothing where upstream has nothing that can be built", () => {
    expect(lacking(["v1.19.0"], [], null)).toEqual([]);
  });
});

const triple = "x86_64-unknown-linux-gnu";
const entry = (
  tag: string,
  names = [`deno-${triple}.zip`, `deno-${triple}.zip.sha256sum`],
  draft = false,
): PageEntry => ({
  tag,
  draft,
  assets: names.map((name) => ({ name, complete: true })),
});

describe("a release page's entry", () => {
  it("is finished when it is published with the zip and the checksum of every platform", () => {
    expect(isFinished(entry("v2.9.5"), [triple])).toBe(true);
    expect(isFinished(entry("v2.9.5"), [triple, "aarch64-unknown-linux-gnu"])).toBe(false);
    expect(isFinished(entry("v2.9.5", [`deno-${triple}.zip`]), [triple])).toBe(false);
    expect(isFinished(entry("v2.9.5", undefined, true), [triple])).toBe(false);
    const broken = { ...entry("v2.9.5"), assets: entry("v2.9.5").assets.map((it) => ({ ...it, complete: false })) };
    expect(isFinished(broken, [triple])).toBe(false);
  });

  it("is not finished by other checksums, nor lacking without those that older releases do not have", () => {
    const bare = [`deno-${triple}.sha256sum`, "deno_src.tar.gz", "deno_src.tar.gz.sha256sum", "lib.deno.d.ts"];
    expect(isFinished(entry("v2.9.5", [`deno-${triple}.zip`, ...bare]), [triple])).toBe(false);
    expect(isFinished(entry("v2.7.13"), [triple])).toBe(true);
  });

  it("that is not finished is lacking, and still says where the page begins", () => {
    expect(lackingOnPage(tags, [entry("v2.9.4", [], true)], [triple], null)).toEqual(["2.9.4", "2.9.5", "2.10.0"]);
    expect(lackingOnPage(tags, [entry("v2.9.5"), entry("v2.9.4", [], true)], [triple], null)).toEqual([
      "2.9.4",
      "2.10.0",
    ]);
    expect(lackingOnPage(tags, [entry("v2.9.4", [])], [triple], "2.10.0")).toEqual(["2.10.0"]);
  });

  it("has what a delta is made from where it is finished and has the checksum of deno itself", () => {
    const all = [`deno-${triple}.zip`, `deno-${triple}.zip.sha256sum`, `deno-${triple}.sha256sum`];
    const entries = [entry("v2.9.5", all), entry("v2.9.4"), entry("v2.9.3", all, true), entry("v2.9.2", all)];
    expect(deltaSources(entries, [triple])).toEqual(["2.9.2", "2.9.5"]);
    expect(deltaSources(entries, [triple, "aarch64-unknown-linux-gnu"])).toEqual([]);
  });

  it("of another kind of tag does not count", () => {
    expect(lackingOnPage(tags, [entry("nightly"), entry("canary-0123456")], [triple], null)).toEqual(["2.10.0"]);
  });
});

describe("an image's tags", () => {
  it("count where one is the version", () => {
    const images = ["latest", "2.9", "2", "2.9.5", "2.10.0-distroless", "canary-0123456", "v2.9.4"];
    expect(lackingInImage(tags, images, null)).toEqual(["2.10.0"]);
  });
});

it("either is sorted by version, each once", () => {
  expect(either(["2.9.5", "2.10.0"], ["2.9.4", "2.10.0"])).toEqual(["2.9.4", "2.9.5", "2.10.0"]);
});

describe("tagsFor", () => {
  const all = ["version", "minor", "major", "latest"];
  it.each([
    ["2.10.0", all],
    ["2.9.5", ["version", "minor"]],
    ["2.9.4", ["version"]],
    ["2.5.8", ["version", "minor"]],
    ["1.46.3", ["version", "minor", "major"]],
  ])("of %s: %s", (version, kinds) => expect(kindsFor(all, version, [...tags, "v1.46.3"])).toEqual(kinds));

  it("takes no more than was wanted", () => {
    expect(kindsFor(["version"], "2.10.0", tags)).toEqual(["version"]);
  });
});

describe("movable", () => {
  it("is what is published, for the kinds that upstream has nothing newer for", () => {
    const present = ["2.9.5", "2.9.4", "2.10.0", "3.0.0-rc.1", "99.0.0", "latest", "2.9"];
    const kinds = ["version", "minor", "latest"];
    expect(movableTags(kinds, present, tags, null)).toEqual([
      { version: "2.9.5", kinds: ["minor"] },
      { version: "2.10.0", kinds: ["minor", "latest"] },
    ]);
    expect(movableTags(kinds, present, tags, "2.10.0").map(({ version }) => version)).toEqual(["2.10.0"]);
    expect(movableTags(["version"], present, tags, null)).toEqual([]);
  });
});
