import { expect, it } from "vitest";
import { denoRecipe } from "../../../src/plan/recipe.js";
import { checkStartupOrder } from "../../../src/plan/startup-order.js";
import { parsePlatform } from "../../../src/request/platform.js";

const [amd64, arm64] = [parsePlatform("linux/amd64"), parsePlatform("linux/arm64")];
const tree = (version: string, published = false) => ({ version, published, recipe: denoRecipe(version) });

it("an order of functions is made of a tree with the tools, for the engine's own architecture", () => {
  expect(() => checkStartupOrder(true, tree("2.9.5"), amd64, amd64)).not.toThrow();
  expect(() => checkStartupOrder(true, tree("2.9.5"), arm64, arm64)).not.toThrow();
});

it.each([
  ["a tree without the tools", tree("2.9.4"), amd64, /^startup-order: .*since 2\.9\.5, and Deno 2\.9\.4 is older$/],
  ["the published crate", tree("2.9.5", true), amd64, /^startup-order: .*published crate leaves out.*--source/],
  ["another architecture", tree("2.9.5"), arm64, /^startup-order: .*QEMU.*linux\/arm64 needs an engine.*linux\/amd64/],
])("it is refused of %s, unless it is not asked for", (_, of, target, message) => {
  expect(() => checkStartupOrder(true, of, amd64, target)).toThrow(message);
  expect(() => checkStartupOrder(false, of, amd64, target)).not.toThrow();
});
