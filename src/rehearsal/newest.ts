import semver from "semver";
import { releaseTags } from "../../dagger/upstream/git.js";
import { PROVEN_LIBRARY, RECIPE_LINE } from "../plan/recipe.js";
import { decide } from "../plan/work.js";
import type { Settings } from "../request/options.js";
import { TARGETS } from "../request/platform.js";
import { newest } from "../request/version.js";
import { enginePlatform } from "../toolchain/toolchains.js";
import { findTree } from "../upstream/source.js";
import { rehearse } from "./rehearse.js";

/** A repository and a source of V8 that are given stay; what would spare the work does not, for it is the question. */
function fromScratch(settings: Settings): Settings {
  return { ...settings, source: undefined, librarySource: undefined, prebuilt: undefined, fromUpstream: false };
}

/**
 * Plans upstream's newest release for every platform, and rehearses it for those that this engine compiles for. Whatever
 * the recipe does not understand of its tree is an error, and so is a line of Deno or V8 that nobody has looked at yet.
 */
export async function rehearseNewest(settings: Settings): Promise<void> {
  const version = newest(await releaseTags(settings.repository), { kind: "latest" });
  const planned = {
    ...fromScratch(settings),
    // What this engine can compile is not the question yet.
    fromUpstream: true,
    strategy: "AUTO" as const,
    // So that its place in the tree is looked for.
    upgradeUrl: settings.upgradeUrl || "https://example.com/releases",
  };
  const release = { kind: "release", version } as const;
  const tree = await findTree(planned, release);
  const engine = await enginePlatform();
  await Promise.all(TARGETS.map((target) => decide(planned, tree, engine, target)));
  if (semver.gtr(version, RECIPE_LINE)) {
    throw new Error(
      `recipe: ${version} is newer than ${RECIPE_LINE}, the newest line that src/plan/recipe.ts was written from. It can be ` +
        "planned; look at what it changed, then raise RECIPE_LINE",
    );
  }
  if (semver.gtr(tree.libraryVersion, PROVEN_LIBRARY)) {
    throw new Error(
      `recipe: Deno ${version} has V8 ${tree.libraryVersion}, which is newer than ${PROVEN_LIBRARY}, the newest line that was compiled ` +
        "with the rows in src/plan/recipe.ts. Rehearse it, compile it (test/real/library.sh), then raise PROVEN_LIBRARY",
    );
  }
  const targets = TARGETS.filter((target) => engine.cpu === "x64" || target === engine);
  await rehearse(fromScratch(settings), release, targets);
}
