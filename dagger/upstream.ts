import { type Container, type Directory, dag, type GitRef } from "@dagger.io/dagger";
import { attempt } from "./attempt.js";

/** A source tree with its git metadata, and the commit that it is. */
export interface Checkout {
  directory: Directory;
  commit: string;
}

async function checkout(ref: GitRef): Promise<Checkout> {
  return { directory: ref.tree(), commit: await ref.commit() };
}

/** Names of the release tags (`v2.9.5`, …) of a repository, in no particular order. */
export async function releaseTags(repository: string): Promise<string[]> {
  return dag.git(repository).tags({ patterns: ["refs/tags/v*"] });
}

/** The tree of a tag, with all submodules. */
export function tagged(repository: string, tag: string): Promise<Checkout> {
  return checkout(dag.git(repository).tag(tag));
}

/** The newest commit of the default branch. */
export function newestCommit(repository: string): Promise<Checkout> {
  return checkout(dag.git(repository).head());
}

/** The tree of a full commit hash. */
export async function committed(repository: string, hash: string): Promise<Checkout> {
  const directory = dag.git(repository).commit(hash).tree();
  try {
    return { directory: await directory.sync(), commit: hash };
  } catch (error) {
    throw new Error(`version: ${repository} gave no commit ${hash}: ${error instanceof Error ? error.message : error}`);
  }
}

const findCommit = `git clone --quiet --bare --filter=tree:0 "$1" /tmp/repository
git -C /tmp/repository rev-parse --verify --quiet "$2^{commit}"`;

/**
 * The full hash of an abbreviated one. A server only answers for full hashes, so the history is fetched, without
 * trees and files; `git` is a container that has git.
 */
export async function fullHash(git: Container, repository: string, abbreviated: string): Promise<string> {
  const find = ["sh", "-c", findCommit, "find-commit", repository, abbreviated];
  const { code, out, err } = await attempt(git.withExec(find));
  if (code === 0) return out.trim();
  throw new Error(
    `version: ${repository} has no commit that starts with ${abbreviated}, or more than one: ${err.trim()}`,
  );
}

/** The commit that a given tree's own git metadata names; null when it has none. */
export async function commitOf(directory: Directory): Promise<string | null> {
  if (!(await directory.exists(".git"))) return null;
  return directory.asGit().head().commit();
}

/** The file's text; null when there is no such file. */
export async function textOf(directory: Directory, path: string): Promise<string | null> {
  return (await directory.exists(path)) ? directory.file(path).contents() : null;
}
