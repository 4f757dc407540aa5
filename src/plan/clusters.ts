import type { LibraryRecipe } from "./recipe.js";

/** Whether V8's files are compiled many at a time, as one that includes them. */
export interface Clusters {
  clustered: boolean;
  why: string;
}

/** GN's argument for it, which a caller may say, too. */
const ARGUMENT = "v8_enable_cluster_build";

/**
 * Decides it. Precompiled headers take the same work off the compilers and change no instruction, so clusters are for where
 * those cannot be; that is with a compiler cache, see headers.ts.
 */
export function chooseClusters(
  gnArguments: string[],
  compilerCache: boolean,
  recipe: Pick<LibraryRecipe, "clusters">,
): Clusters {
  const asked = gnArguments.find((text) => text.startsWith(`${ARGUMENT}=`));
  if (asked) return { clustered: asked === `${ARGUMENT}=true`, why: `asked for by --gn-arguments=${asked}` };
  if (!recipe.clusters) return { clustered: false, why: "V8 before 14.7 has no clusters" };
  if (!compilerCache) return { clustered: false, why: "no compiler cache was given, so headers can be precompiled" };
  return { clustered: true, why: "with a compiler cache headers cannot be precompiled" };
}

/** What GN is told; the size is upstream's, said so that it is the same whatever a tree's own is: it decides what is inlined. */
export const CLUSTER_ARGUMENTS = [`${ARGUMENT}=true`, "cluster_size=25"];
