import { type Container, type Directory, dag } from "@dagger.io/dagger";
import { attempt } from "./attempt.js";

/** A source tree with its git metadata, and the commit that it is. */
export interface Checkout {
  directory: Directory;
  commit: string;
}

/** Names of the release tags (`v2.9.5`, …) of a repository, in no particular order. */
export async function releaseTags(repository: string): Promise<string[]> {
  return dag.git(repository).tags({ patterns: ["refs/tags/v*"] });
}

/** The tree of a tag with all submodules, which V8 is made of. */
export function withSubmodules(repository: string, tag: string): Directory {
  return dag.git(repository).tag(tag).tree();
}

/** The hash of the newest commit of the default branch. */
export function newestCommit(repository: string): Promise<string> {
  return dag.git(repository).head().commit();
}

const clone = `set -eu
git init --quiet /out
cd /out
git fetch --quiet --depth=1 "$1" "$2"
git checkout --quiet --detach FETCH_HEAD
git rev-parse HEAD >/tmp/commit`;

/**
 * The tree of one tag (refs/tags/NAME) or commit (a full hash) without submodules, which the engine's own checkout
 * would fetch: Deno's are gigabytes of tests (https://github.com/denoland/deno/blob/v2.9.5/.gitmodules), and no
 * release that can be built needs one. `git` is a container that has git.
 */
export async function withoutSubmodules(git: Container, repository: string, ref: string): Promise<Checkout> {
  const cloned = (await git.sync()).withExec(["sh", "-c", clone, "clone", repository, ref]);
  const { code, err } = await attempt(cloned);
  if (code !== 0) throw new Error(`version: ${repository} gave no ${ref}: ${err.trim()}`);
  return { directory: cloned.directory("/out"), commit: (await cloned.file("/tmp/commit").contents()).trim() };
}

const fetchSubmodules = `set -eu
cd /src
git -c safe.directory='*' submodule update --quiet --init --depth=1 -- "$@"`;

/** A checkout with the given submodules in it; `git` is a container that has git. */
export async function withNamedSubmodules(git: Container, checkout: Directory, paths: string[]): Promise<Directory> {
  const fetched = git
    .withDirectory("/src", checkout)
    .withExec(["sh", "-c", fetchSubmodules, "fetch-submodules", ...paths]);
  const { code, err } = await attempt(fetched);
  if (code !== 0) throw new Error(`source: the submodules ${paths.join(", ")} cannot be fetched: ${err.trim()}`);
  return fetched.directory("/src");
}

const findCommit = `git clone --quiet --bare --filter=tree:0 "$1" /tmp/repository
git -C /tmp/repository rev-parse --verify --quiet "$2^{commit}"`;

/**
 * The full hash of an abbreviated one. A server only answers for full hashes, so the history is fetched, without
 * trees and files; `git` is a container that has git.
 */
export async function fullHash(git: Container, repository: string, abbreviated: string): Promise<string> {
  const find = ["sh", "-c", findCommit, "find-commit", repository, abbreviated];
  const { code, out, err } = await attempt((await git.sync()).withExec(find));
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

/** When the commit of a tree with git metadata was made, in seconds since 1970; `git` is a container that has git. */
export async function commitTime(git: Container, directory: Directory): Promise<number> {
  const show = ["git", "-c", "safe.directory=*", "-C", "/src", "show", "--no-patch", "--format=%ct", "HEAD"];
  return Number(await git.withMountedDirectory("/src", directory).withExec(show).stdout());
}

/** The file's text; null when there is no such file. */
export async function textOf(directory: Directory, path: string): Promise<string | null> {
  return (await directory.exists(path)) ? directory.file(path).contents() : null;
}
