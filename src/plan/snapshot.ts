import { pathIn } from "./manifests.js";

/** What the tree's script that makes the snapshot is like; null: as the recipe knows it. */
export type Unknown = string | null;

const marker = "create_runtime_snapshot";

/**
 * Whether a tree's build scripts are of the shape that can be compiled for the target: the snapshot is made where the
 * recipe says, by the function that it knows. `text` is that script; null: the tree has none there.
 */
export function unknownScripts(version: string, file: string | null, text: string | null, published: boolean): Unknown {
  if (file === null)
    return `Deno ${version} is older than 2.0.0, whose build scripts are not known to compile for the target`;
  // In the published crate the script is in a crate of its own, deno_snapshots, which Cargo.lock fixes.
  if (published && file.includes("snapshot/")) return null;
  const path = pathIn(file, published);
  if (text === null) return `the tree has no ${path}, which makes the snapshot in Deno ${version}`;
  return text.includes(marker) ? null : `${path} does not call ${marker}: the tree makes its snapshot in another way`;
}
