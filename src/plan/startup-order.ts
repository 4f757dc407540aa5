import type { Target } from "../request/platform.js";
import type { Tree } from "./facts.js";
import type { DenoRecipe } from "./recipe.js";

/** What is looked at of a tree. */
type Known = Pick<Tree, "version" | "published"> & { recipe: Pick<DenoRecipe, "startupOrder"> };

/** Refuses an order of deno's functions that cannot be made, before anything is compiled. */
export function checkStartupOrder(asked: boolean, tree: Known, engine: Target, target: Target): void {
  if (!asked) return;
  if (tree.recipe.startupOrder === null) {
    throw new Error(
      `startup-order: it is made with tools that Deno's tree has since 2.9.5, and Deno ${tree.version} is older`,
    );
  }
  if (tree.published) {
    throw new Error(
      "startup-order: it is made with tools of the repository, which the published crate leaves out; give a tree of the " +
        "repository with --source, or leave it out",
    );
  }
  if (engine.cpu !== target.cpu) {
    throw new Error(
      `startup-order: deno is run to see the order, and where it runs under QEMU that was not tried: ${target.platform} needs ` +
        `an engine of its own architecture, and this one is ${engine.platform}; leave it out, or use such an engine`,
    );
  }
}
