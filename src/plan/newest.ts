import semver from "semver";
import { releaseTags } from "../../dagger/upstream/git.js";
import type { Settings } from "../request/options.js";
import { TARGETS } from "../request/platform.js";
import { newest } from "../request/version.js";
import { PROVEN_LIBRARY, RECIPE_LINE } from "../upstream/recipe.js";
import { resolve } from "../upstream/source.js";
import { decide } from "./work.js";

/**
 * Plans upstream's newest release for every platform. Whatever the recipe does not understand of its tree is an error,
 * and so is a line of releases that nobody has looked at yet.
 */
export async function planNewest(settings: Settings): Promise<void> {
  const version = newest(await releaseTags(settings.repository), { kind: "latest" });
  const own = {
    ...settings,
    source: undefined,
    librarySource: undefined,
    prebuilt: undefined,
    // What this engine can compile is not the question.
    fromUpstream: true,
    strategy: "AUTO" as const,
    // So that its place in the tree is looked for.
    upgradeUrl: settings.upgradeUrl || "https://example.com/releases",
  };
  const tree = await resolve(own, version);
  await Promise.all(TARGETS.map((target) => decide(own, tree, target)));
  if (semver.gtr(tree.library, PROVEN_LIBRARY)) {
    throw new Error(
      `recipe: Deno ${version} has V8 ${tree.library}, which is newer than ${PROVEN_LIBRARY}, the newest line that was compiled ` +
        "with src/upstream/recipe.ts. Rehearse it, compile it (test/real/library.sh), then raise PROVEN_LIBRARY",
    );
  }
  if (semver.gtr(version, RECIPE_LINE)) {
    throw new Error(
      `recipe: ${version} is newer than ${RECIPE_LINE}, the newest line that src/upstream/recipe.ts was written from. It can be ` +
        "planned; look at what it changed, then raise RECIPE_LINE",
    );
  }
}
