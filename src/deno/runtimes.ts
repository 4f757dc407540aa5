import type { Built } from "../../dagger/deno/build.js";
import { loadLibrary, startRuntime } from "../../dagger/deno/runtimes.js";
import { otherRuntimeArguments, runtimeArguments } from "../plan/arguments.js";
import type { Work } from "../plan/work.js";
import { fileName, type RuntimeName } from "../request/platform.js";
import { checkHeader } from "../toolchain/elf.js";
import { type PrepareLibrary, prepareProgram } from "./build.js";

/**
 * What deno puts under the programs that it makes; it was started or loaded, and its architecture is the target's. After deno,
 * only their own packages are left to be compiled, but for those on QuickJS. Each is a call of cargo of its own: in one with
 * deno, cargo would link both at once, and the memory that a link with fat LTO takes, 9 to 17 GB, need not be there twice.
 */
export async function prepareRuntime(
  work: Work,
  prepareLibrary: PrepareLibrary,
  name: "denort" | RuntimeName,
): Promise<() => Promise<Built>> {
  const { facts, target } = work;
  const { recipe } = work.tree;
  const cargo = name === "denort" ? runtimeArguments(recipe, facts) : otherRuntimeArguments(recipe, facts, name);
  // deno compile changes a denort, and nobody a library.
  const [load, strip] = fileName(name) === "denort" ? [startRuntime, recipe.denortStrip] : [loadLibrary, []];
  return prepareProgram(work, prepareLibrary, { name, cargo, strip }, async (container, binary) => {
    const header = await load({ name, container, binary, platform: target.platform });
    checkHeader(header, `the ${name} that was built`, target);
    return binary;
  });
}
