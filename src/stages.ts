import { type Container, type Directory, dag, type File, type Platform } from "@dagger.io/dagger";
import { archive, checksum } from "../dagger/archive.js";
import type { CompilerCache } from "../dagger/compiler-cache.js";
import { withSystemCompilers } from "../dagger/compilers.js";
import { checked, deno } from "../dagger/deno.js";
import { withPatches } from "../dagger/patches.js";
import { library } from "../dagger/rusty-v8.js";
import { step } from "../dagger/step.js";
import { sysroot, toolchain, withoutTimes } from "../dagger/toolchain.js";
import * as upstream from "../dagger/upstream.js";
import { versions, withVersions } from "../dagger/versions.js";
import { parseCompilerCache } from "./compiler-cache.js";
import { cacheKey } from "./key.js";
import type { Settings } from "./options.js";
import { cargoArguments, cargoEnvironment, gnArguments } from "./plan.js";
import { zipName } from "./platform.js";
import { ownToolchain, pythonContainer } from "./toolchains.js";
import { packageVersion, rustVersion } from "./tree.js";
import { downloadUrl, tagOf } from "./version.js";
import type { Work } from "./work.js";

/** The newest LLVM that V8 was seen to compile with outside Chromium's, see docs/real-builds.md. */
const distributionLlvm = 22;

function compilerCache({
  compilerCache,
  compilerCacheUser,
  compilerCachePassword,
}: Settings): CompilerCache | undefined {
  if (!compilerCache) return undefined;
  const { environment, user, password } = parseCompilerCache(compilerCache);
  return {
    environment,
    secrets: {
      ...(compilerCacheUser && { [user]: compilerCacheUser }),
      ...(compilerCachePassword && { [password]: compilerCachePassword }),
    },
  };
}

function rustOf(version: string | null, tree: string): string {
  if (version) return version;
  throw new Error(`toolchains: ${tree} has no rust-toolchain.toml, so a toolchain container must be given`);
}

/** The container that compiles V8: of the engine's architecture, whatever the target. */
async function libraryToolchain(
  { settings, recipe, facts, engine, target }: Work,
  rust: string | null,
): Promise<Container> {
  const own = await ownToolchain(settings, engine, "V8 is compiled");
  const container =
    own ??
    toolchain({
      platform: engine.platform as Platform,
      base: settings.base,
      packages: recipe.packages,
      rust: rustOf(rust, "rusty_v8's source"),
      host: engine.triple,
      target: target.triple,
      llvm: facts.systemCompilers ? distributionLlvm : null,
      compilerCache: settings.compilerCache !== "",
    });
  const tools = [
    "rustc",
    "cargo",
    "python3",
    ...(own ? ["gn", "ninja"] : []),
    ...(settings.compilerCache ? ["sccache"] : []),
  ];
  return facts.systemCompilers
    ? withVersions(withSystemCompilers(container, recipe.unknownFlags), [
        ...tools,
        "/opt/llvm/bin/clang",
        "/opt/llvm/bin/ld.lld",
      ])
    : withVersions(container, tools);
}

/** The container that runs cargo: of the target's architecture, for V8 makes Deno's snapshot during the build. */
export async function denoToolchain({ settings, tree, target }: Work): Promise<Container> {
  const own = await ownToolchain(settings, target, "Deno's cargo build runs");
  const container =
    own ??
    toolchain({
      platform: target.platform as Platform,
      base: settings.base,
      packages: [...tree.recipe.packages, "rsync"],
      rust: rustOf(tree.rust, "Deno's tree"),
      host: target.triple,
      target: target.triple,
      llvm: null,
      compilerCache: settings.compilerCache !== "",
    });
  return withVersions(container, [
    ...["rustc", "cargo", "cc", "git", "rsync", "strip"],
    ...tree.recipe.packages.filter((name) => name === "cmake" || name === "perl"),
    ...(tree.recipe.packages.includes("protobuf-compiler") ? ["protoc"] : []),
    ...(settings.compilerCache ? ["sccache"] : []),
  ]);
}

/** rusty_v8's source as it is compiled; its version must be the one that Deno's Cargo.lock names. */
async function librarySource({ settings, tree, facts }: Work): Promise<Directory> {
  const { librarySource: own, libraryRepository, libraryPatches } = settings;
  const original = own ?? upstream.withSubmodules(libraryRepository, tagOf(tree.library));
  const manifest = await upstream.textOf(original, "Cargo.toml");
  if (!manifest) throw new Error("library-source: not a rusty_v8 tree: Cargo.toml is missing");
  const version = packageVersion(manifest);
  if (version !== tree.library) {
    throw new Error(
      `library-source: it is V8 crate ${version}, but Deno ${tree.version} needs ${tree.library} (its Cargo.lock)`,
    );
  }
  const icu = "third_party/icu/common/icudtl.dat";
  const configuration = await upstream.textOf(original, ".gn");
  if (facts.crate && configuration?.includes("icu_use_data_file") && !(await original.exists(icu))) {
    throw new Error(
      `library-source: the published crate ${version} lacks ${icu} (https://github.com/denoland/rusty_v8/issues/2070); ` +
        "put src/icudtl.dat of the crate deno_core_icudata there, or give a git checkout",
    );
  }
  const patched = libraryPatches ? await withPatches(original, libraryPatches, "library-patches") : original;
  return own || libraryPatches ? withoutTimes(patched) : patched;
}

/**
 * Looks at all that V8 is made of, so that what is wrong with it is refused before anything is installed, and gives the
 * work itself.
 */
async function prepareLibrary(work: Work): Promise<() => Promise<Directory>> {
  const { settings, tree, facts, recipe, target, engine } = work;
  if (settings.prebuilt) {
    const files = await prebuilt(settings.prebuilt, work);
    return async () => files;
  }
  if (facts.origin === "upstream") return async () => upstreamLibrary(work);

  const source = await librarySource(work);
  const rust = await upstream.textOf(source, "rust-toolchain.toml");
  const container = await libraryToolchain(work, rust && rustVersion(rust));
  const root = withVersions(sysroot(settings.base, target.platform as Platform), []);
  const gn = gnArguments(recipe, facts);
  return () =>
    step(`V8 ${tree.library} for ${target.platform}`, async () => {
      const [digest, tools, libraries] = await Promise.all([source.digest(), versions(container), versions(root)]);
      const compiled = await library({
        toolchain: container,
        systemCompilers: facts.systemCompilers,
        source,
        sysroot: root.rootfs(),
        triple: target.triple,
        cargoFeatures: recipe.features,
        gnArguments: gn,
        gnArgumentsVariable: recipe.gnArgumentsVariable,
        python: recipe.python,
        archive: recipe.archive,
        binding: recipe.binding,
        cacheKey: cacheKey(`rusty-v8-${tree.library}-${target.debian}`, {
          engine: engine.platform,
          features: recipe.features,
          gn,
          source: digest,
          toolchain: tools,
          sysroot: libraries,
        }),
        jobs: settings.jobs,
        compilerCache: compilerCache(settings),
      });
      return compiled.sync();
    });
}

/** V8's archive and binding under the names that V8's build script asks for. */
export async function libraryOf(work: Work): Promise<Directory> {
  return (await prepareLibrary(work))();
}

/** The files of one version from a directory in RUSTY_V8_MIRROR layout. */
async function prebuilt(mirror: Directory, { tree, recipe }: Work): Promise<Directory> {
  const folder = tagOf(tree.library);
  const names = [recipe.archive, ...(recipe.binding ? [recipe.binding] : [])];
  for (const name of names) {
    if (!(await mirror.exists(`${folder}/${name}`))) {
      throw new Error(
        `prebuilt: ${folder}/${name} is missing, which Deno ${tree.version} asks for; the layout is that of RUSTY_V8_MIRROR`,
      );
    }
  }
  return mirror.directory(folder).filter({ include: names });
}

/** The same files from rusty_v8's own release. */
function upstreamLibrary({ settings, tree, recipe }: Work): Directory {
  const names = [recipe.archive, ...(recipe.binding ? [recipe.binding] : [])];
  return names.reduce(
    (directory, name) =>
      directory.withFile(name, dag.http(downloadUrl(settings.libraryRepository, tree.library, name))),
    dag.directory(),
  );
}

/** The checked binary. */
export async function binaryOf(work: Work): Promise<File> {
  const { settings, tree, facts, recipe, target } = work;
  const container = await denoToolchain(work);
  const cargo = cargoArguments(tree.recipe, facts);
  const environment = cargoEnvironment(tree.recipe, facts);
  const compileLibrary = await prepareLibrary(work);
  const [libraryFiles, tools] = await Promise.all([compileLibrary(), versions(container)]);
  const key = cacheKey(`deno-${tree.channel === "canary" ? "canary" : tree.version}-${target.debian}`, {
    profile: settings.profile,
    cargo,
    environment,
    tools,
  });
  return step(`Deno ${tree.version} for ${target.platform}`, async () => {
    const binary = await deno({
      toolchain: container,
      source: tree.directory,
      library: libraryFiles,
      archive: recipe.archive,
      binding: recipe.binding,
      cargo,
      profile: settings.profile,
      // Deno asks git for the hash, but asks again only when this variable changes, whose value it does not use:
      // https://github.com/denoland/deno/blob/v2.9.5/cli/lib/build.rs
      environment: tree.commit ? { ...environment, GIT_COMMIT_HASH: tree.commit } : environment,
      cacheKey: key,
      jobs: settings.jobs,
      compilerCache: compilerCache(settings),
    });
    const version = tree.channel === "canary" ? `+${(tree.commit ?? "").slice(0, 7)}` : `deno ${tree.version}`;
    return checked({ container, binary, platform: target.platform, version });
  });
}

/** A container of the engine's own architecture that has python3 and sha256sum. */
function tools({ settings, engine }: Work): Promise<Container> {
  return pythonContainer(settings, engine, "the archive is packed");
}

/** V8's files in the folder that RUSTY_V8_MIRROR has for this version. */
export async function mirrorOf(work: Work): Promise<Directory> {
  return dag.directory().withDirectory(tagOf(work.tree.library), await libraryOf(work));
}

/** The release zip. */
export async function archiveOf(work: Work): Promise<File> {
  return archive(await tools(work), await binaryOf(work), zipName(work.target.triple));
}

/** Everything of one platform that a release page has. */
export async function releaseOf(work: Work): Promise<Directory> {
  const container = await tools(work);
  const zip = await archiveOf(work);
  const libraryFiles = await libraryOf(work);
  const { alias } = work.target;
  return [zipName(work.target.triple), ...(alias ? [alias] : [])].reduce(
    (files, name) => files.withFile(name, zip).withFile(`${name}.sha256sum`, checksum(container, zip, name)),
    libraryFiles,
  );
}
