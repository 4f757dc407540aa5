import { type Container, type Directory, dag, type Platform } from "@dagger.io/dagger";
import { type Check, runCheck } from "../../dagger/engine/check.js";
import { orRefused } from "../../dagger/engine/disk.js";
import { assertRuns } from "../../dagger/engine/emulation.js";
import { fetchFile } from "../../dagger/engine/remote.js";
import { step } from "../../dagger/engine/step.js";
import { versions, withVersions } from "../../dagger/engine/versions.js";
import { withRustBindgen, withSystemCompilers } from "../../dagger/toolchain/compilers.js";
import { type LibclangRange, withLibclang } from "../../dagger/toolchain/libclang.js";
import { buildToolchain, withoutTimes } from "../../dagger/toolchain/toolchain.js";
import * as upstream from "../../dagger/upstream/git.js";
import { withPatches } from "../../dagger/upstream/patches.js";
import { buildLibrary, clusters, headers, type LibraryBuild } from "../../dagger/v8/build.js";
import { withRestored } from "../../dagger/v8/published-crate.js";
import { rehearseLibrary } from "../../dagger/v8/rehearsal.js";
import { cacheKey } from "../engine/cache-key.js";
import { libraryDisk } from "../engine/resources.js";
import { emulatesSnapshot, gnArguments, libraryPackages } from "../plan/arguments.js";
import { newestLibclang, packageVersion, rustVersion } from "../plan/manifests.js";
import type { Work } from "../plan/work.js";
import { downloadUrl, tagOf } from "../request/version.js";
import { compareClang, compareRust } from "../toolchain/asked.js";
import { openCompilerCache } from "../toolchain/compiler-cache.js";
import { openNetwork, ownToolchain, requireRust, targetRoot } from "../toolchain/toolchains.js";

/** What a rusty_v8 tree says of the tools that it wants. */
interface WantedTools {
  rust: string | null;
  libclang: LibclangRange;
}

/** The container that compiles V8: of the engine's architecture, whatever the target. */
async function libraryToolchain(
  { settings, recipe, facts, engine, target }: Work,
  wanted: WantedTools,
): Promise<Container> {
  const own = await ownToolchain(settings, engine, "V8 is compiled");
  const { packages, llvmPackages } = libraryPackages(recipe, facts);
  // Of the engine's own architecture, V8's build runs bindgen and rustfmt: Chromium's, or these.
  const bindgen = facts.systemCompilers && recipe.chromiumRust;
  let container =
    own ??
    (await buildToolchain({
      platform: engine.platform as Platform,
      base: settings.base,
      packages,
      llvmPackages,
      rust: requireRust(wanted.rust, "rusty_v8's source"),
      bindgen,
      host: engine.triple,
      target: target.triple,
      compilerCache: settings.compilerCache !== "",
      network: openNetwork(settings),
    }));
  const tools = [
    "rustc",
    "cargo",
    "python3",
    ...(own ? ["gn", "ninja"] : []),
    ...(settings.compilerCache ? ["sccache"] : []),
  ];
  if (facts.systemCompilers) {
    container = withSystemCompilers(container, recipe.unknownFlags);
    tools.push("/opt/llvm/bin/clang", "/opt/llvm/bin/ld.lld");
  }
  container = withLibclang(container, wanted.libclang);
  if (bindgen) {
    container = withRustBindgen(container, recipe.unknownFlags);
    tools.push("bindgen", "rustfmt");
  }
  return withVersions(container, tools);
}

/** The Rust that a rusty_v8 tree pins. Up to 0.55 the file has no extension and no more than the version in it. */
async function pinnedRust(tree: Directory): Promise<string | null> {
  const [file, old] = await Promise.all(
    ["rust-toolchain.toml", "rust-toolchain"].map((path) => upstream.readText(tree, path)),
  );
  const pinned = file ?? old;
  return pinned ? rustVersion(pinned) : null;
}

/** rusty_v8's source as it is compiled; its version must be the one that Deno's Cargo.lock names. */
async function findLibrarySource({ settings, tree }: Work): Promise<Directory> {
  const { librarySource: own, libraryRepository, libraryPatches } = settings;
  const original = own ?? (await upstream.fetchLibraryTree(libraryRepository, tagOf(tree.libraryVersion)));
  const manifest = await upstream.readText(original, "Cargo.toml");
  if (!manifest) throw new Error("library-source: not a rusty_v8 tree: Cargo.toml is missing");
  const version = packageVersion(manifest);
  if (version !== tree.libraryVersion) {
    throw new Error(
      `library-source: it is V8 crate ${version}, but Deno ${tree.version} needs ${tree.libraryVersion} (its Cargo.lock)`,
    );
  }
  const triples = "build/rust/known-target-triples.txt";
  const rust = await upstream.readText(original, "build/config/rust.gni");
  if (rust?.includes(triples.slice("build".length)) && !(await original.exists(triples))) {
    throw new Error(
      `library-source: ${version} lacks ${triples}, which GN reads: the published crates 140.0.0 to 147.3 leave it out ` +
        "(https://github.com/denoland/rusty_v8/issues/1949); give a git checkout with its submodules",
    );
  }
  const patched = libraryPatches ? await withPatches(original, libraryPatches, "library-patches") : original;
  return own || libraryPatches ? withoutTimes(patched) : patched;
}

/**
 * Looks at all that V8 is compiled from, so that what is wrong with it is refused before anything is installed, and gives
 * what the stage takes; `after`: what of the disk, in MiB, the stages after it do.
 */
async function prepareInput(work: Work, after = 0): Promise<() => Promise<LibraryBuild>> {
  const { settings, tree, facts, recipe, target, engine } = work;
  const given = await findLibrarySource(work);
  const [rust, lock] = await Promise.all([pinnedRust(given), upstream.readText(given, "Cargo.lock")]);
  const container = await libraryToolchain(work, {
    rust,
    libclang: {
      least: typeof recipe.libclang === "number" ? recipe.libclang : null,
      most: lock ? newestLibclang(lock) : null,
    },
  });
  const source =
    facts.crate && recipe.chromiumRust ? await withRestored(container, given, openNetwork(settings)) : given;
  const root = targetRoot(work);
  const gn = gnArguments(recipe, facts);
  const precompiledHeaders = facts.headers.precompiled;
  const { clustered } = facts.clusters;
  return async () => {
    const [digest, tools, libraries] = await Promise.all([source.digest(), versions(container), versions(root)]);
    return {
      toolchain: container,
      systemCompilers: facts.systemCompilers,
      source,
      sysroot: root.rootfs(),
      triple: target.triple,
      cargoFeatures: recipe.features,
      gnArguments: gn,
      gnArgumentsVariable: recipe.gnArgumentsVariable,
      precompiledHeaders,
      clustered,
      emulated: emulatesSnapshot(recipe, facts),
      python: recipe.python,
      archive: recipe.archive,
      binding: recipe.binding,
      cacheKey: cacheKey(`rusty-v8-${tree.libraryVersion}-${target.debian}`, {
        engine: engine.platform,
        features: recipe.features,
        gn,
        // Without them the name is what it was before there were any.
        ...(precompiledHeaders && { headers }),
        ...(clustered && { clusters }),
        source: digest,
        toolchain: tools,
        sysroot: libraries,
      }),
      jobs: settings.jobs,
      compilerCache: openCompilerCache(settings),
      network: openNetwork(settings),
      disk: settings.ignoreResources ? null : { mebibytes: libraryDisk(), after, what: `V8 ${tree.libraryVersion}` },
    };
  };
}

/** GN passes over an argument that it does not know, which a person would learn after hours: it is rehearsed first. */
async function assertKnown(input: LibraryBuild, asked: string[]): Promise<void> {
  const checks = await rehearseLibrary(input);
  const check = checks.find(({ name }) => name === "GN arguments") ?? checks.find(({ passed }) => !passed);
  if (check?.passed) return;
  const seen = check?.seen ?? "the rehearsal did not come to them";
  throw new Error(`gn-arguments: this V8 does not take ${asked.join(", ")}: ${seen}`);
}

/** Looks at all that V8 is made of, and gives the work itself: hours, where it is compiled. */
export async function prepareLibrary(work: Work, after = 0): Promise<() => Promise<Directory>> {
  const { settings, tree, facts, target, engine } = work;
  if (settings.prebuilt) {
    const files = await takePrebuilt(settings.prebuilt, work);
    return async () => files;
  }
  if (facts.origin === "upstream") return async () => fetchUpstreamLibrary(work);

  const input = await prepareInput(work, after);
  return () =>
    step(`V8 ${tree.libraryVersion} for ${target.platform}`, async () => {
      if (engine !== target) await assertRuns(settings.base, target.platform as Platform);
      const ready = await input();
      if (settings.gnArguments.length > 0) await assertKnown(ready, settings.gnArguments);
      return orRefused((await buildLibrary(ready)).sync());
    });
}

/** Which tools compiled V8, and of which version; null: it was not compiled here. */
export async function libraryTools(work: Work): Promise<string | null> {
  if (work.facts.origin !== "source") return null;
  return versions((await (await prepareInput(work))()).toolchain);
}

/** Configures V8 as its build does, and looks at what GN makes of it; each finding is a line of the rehearsal. */
export async function rehearseV8(work: Work): Promise<Check[]> {
  const input = await (await prepareInput(work))();
  const tools = await runCheck("toolchain of V8", async () => {
    const [said, pinned, chromium] = await Promise.all([
      versions(input.toolchain),
      pinnedRust(input.source),
      upstream.readText(input.source, "tools/clang/scripts/update.py"),
    ]);
    const named = said.split("\n").filter((line) => /^(rustc|\S*clang|gn|ninja|bindgen): /.test(line));
    const rust = compareRust(said, pinned, "rusty_v8's source");
    return [...named, rust, compareClang(said, chromium)].filter(Boolean).join("; ");
  });
  return [tools, ...(await rehearseLibrary(input))];
}

/** V8's archive and binding under the names that V8's build script asks for. */
export async function makeLibrary(work: Work): Promise<Directory> {
  return (await prepareLibrary(work))();
}

/** What V8's build script asks for: the archive, and the binding of those that have one. */
function fileNames({ archive, binding }: Work["recipe"]): string[] {
  return binding ? [archive, binding] : [archive];
}

/** The files of one version from a directory in RUSTY_V8_MIRROR layout. */
async function takePrebuilt(mirror: Directory, { tree, recipe }: Work): Promise<Directory> {
  const folder = tagOf(tree.libraryVersion);
  for (const name of fileNames(recipe)) {
    if (!(await mirror.exists(`${folder}/${name}`))) {
      throw new Error(
        `prebuilt: ${folder}/${name} is missing, which Deno ${tree.version} asks for; the layout is that of RUSTY_V8_MIRROR`,
      );
    }
  }
  return mirror.directory(folder).filter({ include: fileNames(recipe) });
}

/** The same files from rusty_v8's own release. */
async function fetchUpstreamLibrary({ settings, tree, recipe }: Work): Promise<Directory> {
  const remote = { argument: "library-origin", instead: "finished files with --prebuilt, or --library-origin=SOURCE" };
  let directory = dag.directory();
  for (const name of fileNames(recipe)) {
    const url = downloadUrl(settings.libraryRepository, tree.libraryVersion, name);
    directory = directory.withFile(name, await fetchFile(url, remote, openNetwork(settings)));
  }
  return directory;
}

/** V8's files in the folder that RUSTY_V8_MIRROR has for this version; refused at once, or the work, as {@link prepareLibrary}. */
export async function prepareMirror(work: Work): Promise<() => Promise<Directory>> {
  const make = await prepareLibrary(work);
  return async () => dag.directory().withDirectory(tagOf(work.tree.libraryVersion), await make());
}
