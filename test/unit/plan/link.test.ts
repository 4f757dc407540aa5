import { describe, expect, it } from "vitest";
import { chooseLink } from "../../../src/plan/link.js";
import { denoRecipe } from "../../../src/plan/recipe.js";
import type { Way } from "../../../src/plan/strategy.js";
import { parsePlatform } from "../../../src/request/platform.js";

const [amd64, arm64] = [parsePlatform("linux/amd64"), parsePlatform("linux/arm64")];

/** What differs from profile release of 2.9.5 for the engine's own architecture with the default toolchain. */
interface Case {
  version?: string;
  published?: boolean;
  target?: typeof amd64;
  where?: Way["where"];
  own?: boolean;
  profile?: string;
  startupOrder?: boolean;
  unwindTables?: boolean;
}

function link(given: Case) {
  const { version = "2.9.5", published = false, target = amd64, where = "native", own = false, ...asked } = given;
  return chooseLink(
    // Only whether there are any counts.
    { profile: "release", toolchains: own ? [{} as never] : [], ...asked },
    { version, published, recipe: denoRecipe(version) },
    { engine: amd64, target, way: { where, why: "" } },
  );
}

const upstreams = { startupOrder: true, unwindTables: false };

describe("profile release is linked as upstream's releases are", () => {
  it.each<[string, Case, ReturnType<typeof link>]>([
    ["since 2.9.5", {}, upstreams],
    ["by a toolchain of one's own that cross-compiles", { own: true, where: "cross" }, upstreams],
    ["not by one that may have no lld", { own: true }, null],
    ["not before 2.9.5", { version: "2.9.4" }, null],
    ["not in release-lite", { profile: "release-lite" }, null],
    ["cross-compiled for another architecture", { target: arm64, where: "cross" }, upstreams],
    [
      "in no order where QEMU runs all of cargo",
      { target: arm64, where: "emulated" },
      { ...upstreams, startupOrder: false },
    ],
    ["in no order from the published crate", { published: true }, { ...upstreams, startupOrder: false }],
    ["not where both are unwanted", { startupOrder: false, unwindTables: true }, null],
    ["in part", { unwindTables: true }, { startupOrder: true, unwindTables: true }],
  ])("%s", (_, given, expected) => {
    expect(link(given)).toEqual(expected);
  });
});

it.each<[string, Case, ReturnType<typeof link>]>([
  ["an order", { profile: "release-lite", startupOrder: true }, { startupOrder: true, unwindTables: true }],
  ["no tables", { profile: "release-lite", unwindTables: false }, { startupOrder: false, unwindTables: false }],
  [
    "no tables before upstream",
    { version: "2.8.0", unwindTables: false },
    { startupOrder: false, unwindTables: false },
  ],
  ["both of one's own toolchain", { own: true, ...upstreams }, upstreams],
])("what is asked for counts with any profile: %s", (_, given, expected) => {
  expect(link(given)).toEqual(expected);
});

it.each<[string, Case, RegExp]>([
  [
    "an order of a tree without the tools",
    { version: "2.9.4" },
    /^startup-order: .*since 2\.9\.5, and Deno 2\.9\.4 is older$/,
  ],
  ["an order of the published crate", { published: true }, /^startup-order: .*published crate leaves out.*--source/],
  [
    "an order where QEMU runs all of cargo",
    { target: arm64, where: "emulated" },
    /^startup-order: .*QEMU.*--strategy=CROSS for linux\/arm64.*linux\/amd64 is not/,
  ],
])("%s is refused where it is asked for", (_, given, message) => {
  expect(() => link({ ...given, startupOrder: true })).toThrow(message);
  expect(() => link({ ...given, startupOrder: false })).not.toThrow();
});

it.each<[string, Case, RegExp]>([
  [
    "a Deno that catches panics",
    { version: "2.7.14" },
    /^unwind-tables: Deno 2\.7\.14 catches its panics.*2\.8\.0 is the first/,
  ],
  [
    "a profile about debugging",
    { profile: "release-with-debug" },
    /^unwind-tables: profile release-with-debug is about debugging/,
  ],
])("leaving unwind tables out is refused of %s", (_, given, message) => {
  expect(() => link({ ...given, unwindTables: false })).toThrow(message);
  expect(link(given)?.unwindTables ?? true).toBe(true);
});
