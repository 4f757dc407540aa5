import type { Container, Directory, File } from "@dagger.io/dagger";
import { checksums, packSource } from "../../dagger/releases/source.js";
import { ignoredPaths } from "../../dagger/upstream/git.js";
import { patchNames } from "../../dagger/upstream/patches.js";
import { denoTools } from "../deno/build.js";
import type { Work } from "../plan/work.js";
import { gitContainer } from "../toolchain/toolchains.js";
import { libraryTools } from "../v8/build.js";
import { recordText } from "./record.js";

/**
 * The source that Deno was built of, packed. Of a work tree without what git ignores there: that is no source, and a place
 * for secrets. A checkout of the repository has nothing of the kind, and what patches add is kept.
 */
export async function packTree({ settings, tree }: Work, tools: Container): Promise<File> {
  const ignored = settings.source && tree.commit ? ignoredPaths(await gitContainer(settings), settings.source) : null;
  return packSource(tools, tree.directory, tree.recipe.sourceArchive, ignored);
}

async function patchSums(tools: Container, patches: Directory | undefined): Promise<string> {
  return patches ? checksums(tools, patches, await patchNames(patches)) : "";
}

/** What the programs of one platform were built of and with, as text. */
export async function makeRecord(work: Work, tools: Container): Promise<string> {
  const { settings, tree, plan } = work;
  const [deno, library, patches, libraryPatches] = await Promise.all([
    denoTools(work),
    libraryTools(work),
    patchSums(tools, settings.patches),
    patchSums(tools, settings.libraryPatches),
  ]);
  return recordText({
    plan,
    settings: {
      ...settings,
      source: settings.source !== undefined,
      librarySource: settings.librarySource !== undefined,
      toolchains: settings.toolchains.length > 0,
    },
    sourceArchive: tree.recipe.sourceArchive,
    patches,
    libraryPatches,
    tools: { deno, library },
  });
}
