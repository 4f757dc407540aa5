import type { Container, Directory } from "@dagger.io/dagger";
import semver from "semver";
import { fromRemote } from "../../dagger/engine/remote.js";
import * as upstream from "../../dagger/upstream/git.js";
import { withPatches } from "../../dagger/upstream/patches.js";
import type { Tree } from "../plan/facts.js";
import { newestLibclang, packageVersion, pathIn, rustVersion, v8Version } from "../plan/manifests.js";
import { denoRecipe } from "../plan/recipe.js";
import { unknownScripts } from "../plan/snapshot.js";
import type { Settings } from "../request/options.js";
import { quote } from "../request/text.js";
import { newest, requestChannel, tagOf, treeChannel, type VersionRequest } from "../request/version.js";
import { checkNetwork, gitContainer, openNetwork } from "../toolchain/toolchains.js";
import { facade, withLibraryFeatures } from "./library-features.js";
import { withOwnBase, withUpgradeUrl } from "./upgrade.js";
import { versionPlaces, withVendor } from "./vendor.js";

/** The source before patches; no commit where there is no git metadata. */
interface Original {
  directory: Directory;
  commit: string | null;
}

/** A tree that was given: its own metadata must agree with what was asked for. */
async function checkGivenTree(directory: Directory, request: VersionRequest): Promise<Original> {
  const commit = await upstream.readCommit(directory);
  if (commit === null && requestChannel(request) === "canary") {
    throw new Error(
      "version: a canary or commit carries its hash, but the tree given by --source has no git metadata; " +
        "give a checkout with its .git directory",
    );
  }
  if (request.kind === "commit" && !commit?.startsWith(request.hash)) {
    throw new Error(`version: ${request.hash} was asked for, but the tree given by --source is at commit ${commit}`);
  }
  return { directory, commit };
}

/** The container that reads repositories, made: an image or a package that cannot be had is not taken for git's error. */
function withGitReady({ toolchains, base }: Settings, git: Container): Promise<Container> {
  const own = toolchains.length > 0;
  const remote = {
    argument: own ? "toolchains" : "base",
    address: own ? "the toolchain" : base,
    wanted: "a container with git",
    instead: "another image, or Deno's tree with --source",
  };
  return fromRemote(remote, () => git.sync());
}

/** The commit that a version means: its full hash, or what was given of it. A tag's is asked for, since a tag may move. */
async function resolveCommit({ repository }: Settings, request: VersionRequest): Promise<string> {
  if (request.kind === "commit") return request.hash;
  if (request.kind === "canary") return upstream.newestCommit(repository);
  const tags = await upstream.releaseTags(repository);
  const version = request.kind === "release" ? request.version : newest(tags, request);
  if (!tags.some((tag) => tag === tagOf(version) || tag === `refs/tags/${tagOf(version)}`)) {
    const known = newest(tags, { kind: "latest" });
    throw new Error(`version: ${repository} has no tag ${tagOf(version)}; its newest release is ${known}`);
  }
  return upstream.taggedCommit(repository, tagOf(version));
}

async function checkout(settings: Settings, request: VersionRequest): Promise<Original> {
  const { repository } = settings;
  const container = await gitContainer(settings);
  const commit = await resolveCommit(settings, request);
  const git = { container: await withGitReady(settings, container), network: openNetwork(settings) };
  const hash = commit.length === 40 ? commit : await upstream.fullHash(git, repository, commit);
  return upstream.cloneCommit(git, repository, hash);
}

/** The tree with the submodules that its build reads: fetched into a checkout, and asked for of a tree that was given. */
async function withSubmodules(settings: Settings, tree: Directory, paths: string[]): Promise<Directory> {
  const filled = await Promise.all(paths.map(async (path) => (await tree.glob(`${path}/*`)).length > 0));
  const missing = paths.filter((_, index) => !filled[index]);
  if (missing.length === 0) return tree;
  if (settings.source) {
    throw new Error(
      `source: the submodule ${missing.join(", ")} is empty, and the build compiles it; run ` +
        `git submodule update --init ${missing.join(" ")} in the tree first`,
    );
  }
  const git = { container: await gitContainer(settings), network: openNetwork(settings) };
  return upstream.addSubmodules(git, settings.repository, tree, missing);
}

/** Finds Deno's source, applies patches and settings to it, and reads what it says of itself. */
export async function findTree(settings: Settings, request: VersionRequest): Promise<Tree> {
  await checkNetwork(settings);
  const { directory: original, commit } = settings.source
    ? await checkGivenTree(settings.source, request)
    : await checkout(settings, request);

  let directory = original;
  if (settings.patches) directory = await withPatches(directory, settings.patches, "patches");
  const [lock, rust, workspaceManifest, manifest] = await Promise.all(
    ["Cargo.lock", "rust-toolchain.toml", "cli/Cargo.toml", "Cargo.toml"].map((path) =>
      upstream.readText(directory, path),
    ),
  );
  // The published crate has what the repository has in cli/ at its top.
  const cli = workspaceManifest ?? manifest;
  if (!lock || !cli) {
    throw new Error(
      "source: not a Deno tree: Cargo.lock, or cli/Cargo.toml (in the published crate Cargo.toml), is missing",
    );
  }
  const version = packageVersion(cli);
  // A tag's tree may say otherwise: v1.43.0 is 1.43.1 (https://github.com/denoland/deno/blob/v1.43.0/cli/Cargo.toml).
  if (settings.source && request.kind === "release" && request.version !== version) {
    throw new Error(`version: ${quote(request.version)} was asked for, but the tree says that it is ${version}`);
  }
  if (request.kind === "line" && !semver.satisfies(version, request.range)) {
    throw new Error(`version: ${request.range} was asked for, but the tree says that it is ${version}`);
  }
  const recipe = denoRecipe(version);
  const channel = treeChannel(request, version);
  directory = await withSubmodules(settings, directory, recipe.submodules);
  const published = !workspaceManifest;
  const script = recipe.snapshotScript;
  const scriptText = script && (await upstream.readText(directory, pathIn(script, published)));
  if (settings.upgradeUrl) {
    for (const [file, point] of [
      [recipe.upgradeSource.file, withUpgradeUrl],
      [recipe.baseSource.file, withOwnBase],
    ] as const) {
      const path = pathIn(file, published);
      const text = await upstream.readText(directory, path);
      if (!text) throw new Error(`upgrade-url: the tree has no ${path}`);
      directory = directory.withNewFile(path, point(text, recipe, settings.upgradeUrl));
    }
  }
  if (settings.vendor) {
    for (const place of versionPlaces(version, recipe.versionSources)) {
      const text = await upstream.readText(directory, place.path);
      directory = directory.withNewFile(place.path, withVendor(text, place, settings.vendor, channel === "canary"));
    }
  }
  if (settings.libraryFeatures.length > 0) {
    const workspace = published ? "" : (manifest ?? "");
    const folder = facade(workspace);
    const behind = folder ? ((await upstream.readText(directory, `${folder}/Cargo.toml`)) ?? "") : null;
    directory = directory.withNewFile(
      "Cargo.toml",
      withLibraryFeatures(workspace, settings.libraryFeatures, version, behind),
    );
  }
  return {
    directory,
    version,
    channel,
    commit,
    rust: rust ? rustVersion(rust) : null,
    libraryVersion: v8Version(lock),
    libclang: newestLibclang(lock),
    recipe,
    published,
    unknownScripts: unknownScripts(version, script, scriptText, published),
  };
}
