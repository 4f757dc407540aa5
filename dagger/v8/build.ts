import { CacheSharingMode, type Container, type Directory, dag } from "@dagger.io/dagger";
import { withCargoRegistry } from "../engine/cargo-registry.js";
import { type DiskNeed, withDiskNeed } from "../engine/disk.js";
import { type Network, withDownloads } from "../engine/network.js";
import { type StageFile, script, stageFiles, withStageFiles } from "../engine/script.js";
import { type CompilerCache, throughCompilerCache, withCompilerCache } from "../toolchain/compiler-cache.js";
import { root, variableSuffix, withTargetLibraries } from "../toolchain/cross.js";

/** What the V8 stage needs to know; all of it is decided before the stage is called. */
export interface LibraryBuild {
  /** compilers of the engine's own architecture */
  toolchain: Container;
  /** true: the toolchain's own compilers; false: V8's build script downloads Chromium's */
  systemCompilers: boolean;
  /** rusty_v8: a checkout with its submodules, or an unpacked crate */
  source: Directory;
  /** the root file system that the library is compiled against: it sets the glibc floor */
  sysroot: Directory;
  triple: string;
  cargoFeatures: string[];
  gnArguments: string[];
  gnArgumentsVariable: string;
  /** have GN precompile the headers of V8's large targets, where its files are as they are known */
  precompiledHeaders: boolean;
  /** `gnArguments` have V8's files compiled many at a time, which takes a script that not every source has */
  clustered: boolean;
  /** programs of the target make V8's snapshot, under QEMU, as `gnArguments` say */
  emulated: boolean;
  python: string;
  /** file names that this V8 version's build script asks for */
  archive: string;
  binding: string | null;
  /** names the cache volume: everything that decides what the compilers make */
  cacheKey: string;
  jobs: number;
  compilerCache?: CompilerCache;
  /** for crates, and what V8's build script downloads */
  network?: Network;
  disk: DiskNeed | null;
}

const build = script(import.meta.url, "build.sh");

const PRECOMPILED = "/opt/precompiled-headers";

const edit = stageFiles(import.meta.url, "precompiled-headers", ["edit.py"]);

/** Which headers are precompiled. They are written for each call with a time that never changes. */
export const headers = stageFiles(import.meta.url, "precompiled-headers", ["base.h", "builtins.h", "compiler.h"]);

const CLUSTERS = "/opt/clusters";

/** What decides which files are compiled together, where the source has nothing of its own. */
export const clusters = stageFiles(import.meta.url, "clusters", ["cluster_files.py"]);

/** The container that build.sh runs in, without the volume for what it compiles. */
export async function prepareBuild(input: LibraryBuild): Promise<Container> {
  const container = (await withCargoRegistry(input.toolchain))
    .withMountedDirectory(root, input.sysroot)
    .with((it) => (input.emulated ? withTargetLibraries(it, input.triple) : it))
    .withMountedDirectory("/src/rusty_v8", input.source)
    .withEnvVariable("V8_FROM_SOURCE", "1")
    // Empty: build.rs would take any sccache that it finds on PATH, and fill this layer with its cache.
    .withEnvVariable("SCCACHE", input.compilerCache ? "sccache" : "")
    .withEnvVariable("PYTHON", input.python)
    .withEnvVariable("SYSTEM_COMPILERS", String(input.systemCompilers))
    .withEnvVariable("TRIPLE", input.triple)
    // build.rs tells bindgen of no root: for another architecture it would find some of the C library's headers, and for
    // the engine's own those of another C library: https://github.com/denoland/rusty_v8/blob/v147.4.0/build.rs#L178
    .withEnvVariable(`BINDGEN_EXTRA_CLANG_ARGS_${variableSuffix(input.triple)}`, `--sysroot=${root}`)
    .withEnvVariable("ARCHIVE", input.archive)
    .withEnvVariable("BINDING", input.binding ?? "")
    .withEnvVariable("GN_ARGUMENTS_VARIABLE", input.gnArgumentsVariable)
    .withEnvVariable("GN_ARGUMENTS", input.gnArguments.join(" "))
    .withEnvVariable("EMULATED", String(input.emulated))
    .with((it) =>
      input.precompiledHeaders ? withFolder(it, "PRECOMPILED_HEADERS", PRECOMPILED, [...edit, ...headers]) : it,
    )
    .with((it) => (input.clustered ? withFolder(it, "CLUSTERS", CLUSTERS, clusters) : it));
  return input.jobs > 0 ? container.withVolatileVariable("CARGO_BUILD_JOBS", String(input.jobs)) : container;
}

/** The container with files in a folder that a variable of build.sh names; build.sh does without where there is none. */
function withFolder(container: Container, variable: string, folder: string, files: StageFile[]): Container {
  return withStageFiles(container, folder, files).withEnvVariable(variable, folder);
}

/** The command, with the cargo features of the crate. */
export function cargoCommand({ cargoFeatures }: LibraryBuild): string[] {
  const features = cargoFeatures.length > 0 ? ["--features", cargoFeatures.join(",")] : [];
  return ["sh", "-c", build, "build", ...features];
}

/**
 * Compiles V8 for `triple` with compilers of the engine's architecture. GN's output lives in a cache volume,
 * so an interrupted build goes on where it stopped; the products are copied out of it.
 */
export async function buildLibrary(input: LibraryBuild): Promise<Directory> {
  const container = (await prepareBuild(input)).withMountedCache("/cache", dag.cacheVolume(input.cacheKey), {
    sharing: CacheSharingMode.Locked,
  });
  const guarded = withDiskNeed(container, input.disk);
  const cached = input.compilerCache ? withCompilerCache(guarded, input.compilerCache) : guarded;
  const command = throughCompilerCache(input.compilerCache, cargoCommand(input));
  return withDownloads(cached, input.network, command).directory("/out");
}
