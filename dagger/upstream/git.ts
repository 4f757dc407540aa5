import { type Container, type Directory, dag, ExistsType, type File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { type Network, withDownloads } from "../engine/network.js";
import { fromRemote, notGiven } from "../engine/remote.js";
import { script } from "../engine/script.js";

/** A source tree with its git metadata, and the commit that it is. */
export interface Checkout {
  directory: Directory;
  commit: string;
}

/** A container that has git, and by what it reaches repositories. */
export interface Git {
  container: Container;
  network?: Network;
}

/** Deno's repository, when it does not give what is wanted. */
const denoRemote = (address: string, wanted: string) => ({
  argument: "repository",
  address,
  wanted,
  instead: "Deno's tree with --source, or a mirror with --repository",
});

/** Names of the release tags (`v2.9.5`, …) of Deno's repository, in no particular order. */
export function releaseTags(repository: string): Promise<string[]> {
  return fromRemote(denoRemote(repository, "its list of tags"), () =>
    dag.git(repository).tags({ patterns: ["refs/tags/v*"] }),
  );
}

/** The tree of a tag of rusty_v8 with all submodules, which V8 is made of. */
export function fetchLibraryTree(address: string, tag: string): Promise<Directory> {
  const instead =
    "the tree with --library-source, a mirror with --library-repository, or finished files with --prebuilt";
  return fromRemote(
    { argument: "library-repository", address, wanted: `the tree of ${tag} with its submodules`, instead },
    () => dag.git(address).tag(tag).tree().sync(),
  );
}

/** The hash of the newest commit of the default branch. */
export function newestCommit(repository: string): Promise<string> {
  return fromRemote(denoRemote(repository, "its newest commit"), () => dag.git(repository).head().commit());
}

/** The hash that a tag is at now. */
export function taggedCommit(repository: string, tag: string): Promise<string> {
  return fromRemote(denoRemote(repository, `the commit of ${tag}`), () => dag.git(repository).tag(tag).commit());
}

const clone = script(import.meta.url, "clone.sh");

/**
 * The tree of a commit, named by its full hash, without submodules, which the engine's own checkout would fetch: Deno's
 * are gigabytes of tests (https://github.com/denoland/deno/blob/v2.9.5/.gitmodules), and no release that can be built
 * needs one. Not by a tag's name: the engine remembers what a command made, and a tag may move.
 */
export async function cloneCommit({ container, network }: Git, repository: string, hash: string): Promise<Checkout> {
  const cloned = withDownloads(container, network, ["sh", "-c", clone, "clone", repository, hash]);
  const { code, err } = await attempt(cloned);
  if (code !== 0) throw notGiven(denoRemote(repository, `the commit ${hash}`), err);
  return { directory: cloned.directory("/out"), commit: (await cloned.file("/tmp/commit").contents()).trim() };
}

const fetchSubmodules = script(import.meta.url, "fetch-submodules.sh");

/** A checkout of `repository` with the given submodules in it. */
export async function addSubmodules(
  { container, network }: Git,
  repository: string,
  checkout: Directory,
  paths: string[],
): Promise<Directory> {
  const command = ["sh", "-c", fetchSubmodules, "fetch-submodules", ...paths];
  const fetched = withDownloads(container.withDirectory("/src", checkout), network, command);
  const { code, err } = await attempt(fetched);
  if (code !== 0) throw notGiven(denoRemote(repository, `its submodules ${paths.join(", ")}`), err);
  return fetched.directory("/src");
}

/** Its exit code when the history is there, and has no such commit: git's own are 1 and 128. */
const NO_COMMIT = 3;

const findCommit = script(import.meta.url, "find-commit.sh");

/**
 * The full hash of an abbreviated one. A server only answers for full hashes, so the history is fetched, without
 * trees and files.
 */
export async function fullHash({ container, network }: Git, repository: string, abbreviated: string): Promise<string> {
  const find = ["sh", "-c", findCommit, "find-commit", repository, abbreviated];
  const { code, out, err } = await attempt(withDownloads(container, network, find));
  if (code === 0) return out.trim();
  if (code !== NO_COMMIT) throw notGiven(denoRemote(repository, "its history"), err);
  // git says nothing of a hash that it does not know, and something of one that is ambiguous.
  const says = err.trim() && `: ${err.trim()}`;
  throw new Error(
    `version: ${repository} has no commit that starts with ${abbreviated}, or more than one${says}; accepted: more digits`,
  );
}

/** The commit that a given tree's own git metadata names; null when it has none. */
export async function readCommit(directory: Directory): Promise<string | null> {
  if (!(await directory.exists(".git"))) return null;
  if (await directory.exists(".git", { expectedType: ExistsType.RegularType })) {
    throw new Error(
      "source: its .git is a file, as in a linked worktree or a submodule, and names a folder that was not given with " +
        "it; accepted: a checkout whose .git is a directory, such as `git clone WORKTREE ../deno` makes",
    );
  }
  return directory.asGit().head().commit();
}

/** git in a tree that is mounted at /src, whoever owns it. */
const inTree = ["git", "-c", "safe.directory=*", "-C", "/src"];

/** When the commit of a tree with git metadata was made, in seconds since 1970; `git` is a container that has git. */
export async function commitTime(git: Container, directory: Directory): Promise<number> {
  const show = [...inTree, "show", "--no-patch", "--format=%ct", "HEAD"];
  return Number(await git.withMountedDirectory("/src", directory).withExec(show).stdout());
}

/** The paths that git ignores in a tree with its metadata, each with NUL behind it; `git` is a container that has git. */
export function ignoredPaths(git: Container, directory: Directory): File {
  const list = [...inTree, "ls-files", "-z", "--others", "--ignored"];
  return git
    .withMountedDirectory("/src", directory)
    .withExec([...list, "--exclude-standard", "--directory"], { redirectStdout: "/tmp/ignored" })
    .file("/tmp/ignored");
}

/** The file's text; null when there is no such file. */
export async function readText(directory: Directory, path: string): Promise<string | null> {
  return (await directory.exists(path)) ? directory.file(path).contents() : null;
}
