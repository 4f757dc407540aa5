import type { Built } from "../../dagger/deno/build.js";
import { loadLibrary, type RuntimeCheck, startRuntime } from "../../dagger/deno/runtimes.js";
import { desktopArguments, runtimeArguments } from "../plan/arguments.js";
import type { Work } from "../plan/work.js";
import { fileName } from "../request/platform.js";
import { checkHeader } from "../toolchain/elf.js";
import { type CargoProgram, type PrepareLibrary, prepareProgram } from "./build.js";

/**
 * What deno puts under the programs that it makes. After deno, only their own packages are left to be compiled. Each is a call
 * of cargo of its own: in one with deno, cargo would link both at once, and the memory that a link with fat LTO takes, 9 to
 * 17 GB, need not be there twice.
 */
function prepareRuntime(
  work: Work,
  prepareLibrary: PrepareLibrary,
  program: CargoProgram,
  load: (check: RuntimeCheck) => Promise<string>,
): Promise<() => Promise<Built>> {
  return prepareProgram(work, prepareLibrary, program, async (container, binary) => {
    const header = await load({ container, binary, platform: work.target.platform });
    checkHeader(header, `the ${program.name} that was built`, work.target);
    return binary;
  });
}

/** denort, of `deno compile`; it was started, and its architecture is the target's. */
export async function prepareDenort(work: Work, prepareLibrary: PrepareLibrary): Promise<() => Promise<Built>> {
  const { recipe } = work.tree;
  const cargo = runtimeArguments(recipe, work.facts);
  return prepareRuntime(work, prepareLibrary, { name: "denort", cargo, strip: recipe.denortStrip }, startRuntime);
}

/** libdenort, of `deno desktop`; it was loaded, and its architecture is the target's. */
export async function prepareDesktop(work: Work, prepareLibrary: PrepareLibrary): Promise<() => Promise<Built>> {
  const cargo = desktopArguments(work.tree.recipe, work.facts);
  return prepareRuntime(work, prepareLibrary, { name: fileName("libdenort"), cargo, strip: [] }, loadLibrary);
}
