import { describe, expect, it } from "vitest";
import { denoRecipe } from "../../../src/plan/recipe.js";
import { decideDelta, parsePrevious, predecessor } from "../../../src/releases/predecessor.js";

const tree = (version: string) => ({ version, recipe: denoRecipe(version) });

describe("the release that a delta is made from", () => {
  it.each([
    ["2.9.5", ["2.9.3", "2.9.4", "2.9.5"], "2.9.4"],
    ["2.9.0", ["2.8.1", "2.8.3", "2.8.2"], "2.8.3"],
    ["2.9.5", ["2.9.3", "2.8.9"], ""],
    ["2.9.1", ["2.8.3"], ""],
    ["3.0.0", ["2.9.9"], ""],
    ["2.9.6", ["2.9.5-rc.1"], ""],
    ["2.7.14", ["2.7.13"], ""],
    ["2.0.1", ["2.0.0"], ""],
  ])("of %s is, of %j, %j", (version, present, previous) => {
    expect(predecessor(version, present)).toBe(previous);
  });

  it.each([
    ["", ""],
    ["2.9.4", "2.9.4"],
    ["v2.9.4", "2.9.4"],
  ])("is read of %j", (text, version) => expect(parsePrevious(text, "https://builds.example/releases")).toBe(version));

  it.each(["2.9", "latest", "2.9.4-rc.1", "2.9.4;id"])("is refused of %j by the argument's name", (text) => {
    expect(() => parsePrevious(text, "https://builds.example/releases")).toThrow(
      /^previous: .*Accepted: a release, such as 2\.9\.4/,
    );
  });

  it("is refused for a deno that takes deltas from upstream", () => {
    expect(() => parsePrevious("2.9.4", "")).toThrow("previous: a deno takes deltas from the release page");
  });

  it("decides on the tree's own program", () => {
    expect(decideDelta(tree("2.9.5"), "2.9.4")).toEqual({
      previous: "2.9.4",
      program: "bsdiff_helper",
      optional: false,
    });
    expect(decideDelta(tree("2.9.5"), "")).toBeNull();
  });

  it.each([
    ["2.9.5", "2.9.3"],
    ["2.7.14", "2.7.13"],
    ["2.7.0", "2.6.9"],
  ])("is refused where no deno asks for it: to %s from %s", (version, previous) => {
    expect(() => decideDelta(tree(version), previous)).toThrow(
      `previous: deno ${previous} asks for no delta to ${version}: since 2.7.14`,
    );
  });
});
