import type { Settings } from "../request/options.js";
import { forDebugging } from "../request/profile.js";
import type { Facts, Tree } from "./facts.js";
import type { DenoRecipe } from "./recipe.js";

/** How lld links deno and denort, where it puts equal functions together. */
export interface Link {
  /** deno's functions lie in the order in which a start calls them */
  startupOrder: boolean;
  /** the tables are kept by which a stack is unwound: they show what led to a panic */
  unwindTables: boolean;
}

type Asked = Pick<Settings, "profile" | "startupOrder" | "unwindTables" | "toolchains">;

/** What is looked at of a tree. */
type Known = Pick<Tree, "version" | "published"> & {
  recipe: Pick<DenoRecipe, "startupOrder" | "abortsOnPanic" | "unwindTables">;
};

type Where = Pick<Facts, "engine" | "target" | "way">;

/** Why deno's functions cannot be put in order; null: they can. */
function noOrder(tree: Known, { engine, target, way }: Where): string | null {
  if (tree.recipe.startupOrder === null) {
    return `it is made with tools that Deno's tree has since 2.9.5, and Deno ${tree.version} is older`;
  }
  if (tree.published) {
    return (
      "it is made with tools of the repository, which the published crate leaves out; give a tree of the repository with " +
      "--source, or leave it out"
    );
  }
  if (engine.cpu !== target.cpu && way.where !== "cross") {
    return (
      `deno is run to see the order, and where all of cargo runs under QEMU that was not tried: give --strategy=CROSS for ` +
      `${target.platform}, use an engine of its own architecture, which ${engine.platform} is not, or leave it out`
    );
  }
  return null;
}

/** Why the unwind tables must stay; null: they can be left out. */
function tablesNeeded(tree: Known, profile: string): string | null {
  if (forDebugging(profile)) return `profile ${profile} is about debugging, which they are for; leave it out`;
  if (tree.recipe.abortsOnPanic) return null;
  return `Deno ${tree.version} catches its panics with them (2.8.0 is the first that does not); leave it out`;
}

/**
 * Decides it. What was asked for and cannot be is refused, before anything is compiled. What was not is as in upstream's
 * releases of that version where profile `release` is built with a toolchain that is known to have lld.
 */
export function chooseLink(asked: Asked, tree: Known, where: Where): Link | null {
  const order = noOrder(tree, where);
  const needed = tablesNeeded(tree, asked.profile);
  if (asked.startupOrder && order) throw new Error(`startup-order: ${order}`);
  if (asked.unwindTables === false && needed) throw new Error(`unwind-tables: ${needed}`);
  const asUpstream = asked.profile === "release" && (where.way.where === "cross" || asked.toolchains.length === 0);
  const startupOrder = asked.startupOrder ?? (asUpstream && order === null);
  const unwindTables = asked.unwindTables ?? (asUpstream && needed === null ? tree.recipe.unwindTables : true);
  return startupOrder || !unwindTables ? { startupOrder, unwindTables } : null;
}
