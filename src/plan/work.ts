import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import { emulatesSnapshot } from "./arguments.js";
import { chooseClusters } from "./clusters.js";
import type { Facts, Tree } from "./facts.js";
import { chooseHeaders } from "./headers.js";
import { chooseLink } from "./link.js";
import { type Plan, plan } from "./plan.js";
import { type LibraryRecipe, libraryRecipe } from "./recipe.js";
import { chooseWay } from "./strategy.js";
import { chooseSysroot } from "./sysroot.js";

/** What is made for one platform. */
export interface Work {
  settings: Settings;
  tree: Tree;
  facts: Facts;
  recipe: LibraryRecipe;
  target: Target;
  engine: Target;
  plan: Plan;
}

/**
 * Does the same for each, one after the other: a build takes all cores, and the memory of a link with fat LTO, 17 GB, need not
 * be there twice.
 */
export async function inTurn<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

/** Refuses to minify Deno's own sources where its build script does not. */
export function checkMinify(asked: boolean, { version, recipe }: Pick<Tree, "version" | "recipe">): boolean {
  if (asked && !recipe.minifiesSources) {
    throw new Error(
      `minify-sources: Deno's build script does so since 2.9.0, and Deno ${version} is older; leave it out`,
    );
  }
  return asked;
}

/** Refuses a strategy that an engine has no way for, before the source is fetched. */
export function checkEngine(settings: Settings, engine: Target, targets: readonly Target[]): void {
  for (const target of targets) chooseWay(settings.strategy, engine, target, null, settings.sysroot !== "");
}

/** Decides everything about one version on one platform; nothing is compiled or installed for it. */
export async function decide(given: Settings, tree: Tree, engine: Target, target: Target): Promise<Work> {
  const settings = { ...given, sysroot: chooseSysroot(given, tree.unknownScripts) };
  const way = chooseWay(settings.strategy, engine, target, tree.unknownScripts, settings.sysroot !== "");
  const features = [...new Set([...tree.recipe.libraryFeatures, ...settings.libraryFeatures])];
  const recipe = libraryRecipe(tree.libraryVersion, target.triple, features);
  const origin = settings.prebuilt ? "prebuilt" : settings.fromUpstream ? "upstream" : "source";
  if (
    origin === "source" &&
    engine.cpu === "arm64" &&
    target.cpu === "x64" &&
    !emulatesSnapshot(recipe, { engine, target })
  ) {
    throw new Error(
      `platform: V8 ${tree.libraryVersion} for linux/amd64 cannot be compiled on a linux/arm64 engine: its GN files name a ` +
        "toolchain (clang_arm64_v8_x64) that they do not define for Linux; accepted here: V8 10.9 (crate 0.55) and newer, " +
        "whose snapshot programs of the target make. For an older one use a linux/amd64 engine, or give V8 with --prebuilt " +
        "or --library-origin=UPSTREAM",
    );
  }
  const crate = settings.librarySource ? await settings.librarySource.exists(".cargo_vcs_info.json") : false;
  const facts: Facts = {
    ...tree,
    target,
    engine,
    origin,
    crate,
    way,
    // Chromium publishes its clang for x86_64 only: https://github.com/denoland/rusty_v8/issues/1907
    systemCompilers: settings.toolchains.length > 0 || engine.cpu === "arm64",
    clusters: chooseClusters(settings.gnArguments, settings.compilerCache !== "", recipe),
    headers: chooseHeaders(settings.precompiledHeaders, settings.compilerCache !== "", recipe),
    minifySources: checkMinify(settings.minifySources, tree),
    link: chooseLink(settings, tree, { engine, target, way }),
    ownToolchain: settings.toolchains.length > 0,
    sysroot: settings.sysroot,
    profile: settings.profile,
    features: settings.features,
    upgrade: settings.upgrade,
    gnArguments: settings.gnArguments,
  };
  // Made always: what cannot be planned is refused here, before anything is compiled.
  return { settings, tree, facts, recipe, target, engine, plan: plan(facts, tree.recipe, recipe) };
}
