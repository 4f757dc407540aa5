import { type Directory } from "@dagger.io/dagger";
import { messageOf } from "../engine/message.js";

/** The names of the patches in a directory, in the order in which they are applied. */
export async function patchNames(patches: Directory): Promise<string[]> {
  return (await patches.glob("*.patch")).sort();
}

/**
 * Applies every `*.patch` of `patches` to `source`, in the order of their names. One that does not apply is an
 * error that names it; an empty folder is one too, for it is most likely a wrong path.
 */
export async function withPatches(source: Directory, patches: Directory, argument: string): Promise<Directory> {
  const names = await patchNames(patches);
  if (names.length === 0) throw new Error(`${argument}: the directory holds no *.patch file`);
  let patched = source;
  for (const name of names) {
    try {
      patched = await patched.withPatchFile(patches.file(name)).sync();
    } catch (error) {
      throw new Error(`${argument}: ${name} does not apply: ${messageOf(error)}`);
    }
  }
  return patched;
}
