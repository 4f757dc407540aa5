import { CacheSharingMode, type Container, type Directory, dag, type File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { cargoHome, withCargoRegistry } from "../engine/cargo-registry.js";
import { type DiskNeed, orRefused, withDiskNeed } from "../engine/disk.js";
import { type Network, withDownloads } from "../engine/network.js";
import { script } from "../engine/script.js";
import { type CompilerCache, throughCompilerCache, withCompilerCache } from "../toolchain/compiler-cache.js";
import { assertHardened } from "./hardening.js";
import { type LinkOptions, withLink } from "./link.js";

/** What the cargo stage needs to know; all of it is decided before the stage is called. */
export interface DenoBuild {
  /** the name of what is built, as errors have it */
  name: string;
  /** its file: deno, denort, libdenort.so */
  program: string;
  platform: string;
  /** arguments of strip for it; null: its profile is about debugging, and it keeps its symbols and the paths of its sources */
  strip: string[] | null;
  /** a container of the target's platform, or with `cross` one of the engine's with compilers for the target */
  toolchain: Container;
  /** the triple to cross-compile for, with a source whose build scripts run on it; null: cargo runs on the target's platform */
  cross: string | null;
  source: Directory;
  /** a folder with V8's archive and binding, and their names in it; null: QuickJS is what runs JavaScript in it */
  library: { files: Directory; archive: string; binding: string | null } | null;
  /** the build script of the snapshot minifies Deno's own sources */
  minifySources: boolean;
  /** how it is linked, beside what its profile says; null: by the toolchain's linker, as it is */
  link: LinkOptions | null;
  /** arguments of cargo build, without the profile */
  cargo: string[];
  profile: string;
  environment: Record<string, string>;
  cacheKey: string;
  jobs: number;
  compilerCache?: CompilerCache;
  /** for crates */
  network?: Network;
  disk: DiskNeed | null;
}

const build = script(import.meta.url, "build.sh");

const minifySource = script(import.meta.url, "minify-source.py");

/**
 * The folders whose paths build.sh has rustc write otherwise, with what it writes. Not /cache/src, where the tree is: Deno's
 * own macros write the places of its JavaScript into it, as they do in upstream's,
 * https://github.com/denoland/deno/blob/v2.9.5/libs/core/extensions.rs#L1053
 */
async function hiddenFolders(toolchain: Container): Promise<[folder: string, written: string][]> {
  const rustup = await toolchain.envVariable("RUSTUP_HOME");
  return [
    [await cargoHome(toolchain), "cargo"],
    ["/cache/target", "target"],
    ...(rustup ? [[rustup, "rustup"] as [string, string]] : []),
  ];
}

/** A program, and what was stripped from it, for debuggers; null: its profile is about debugging, and all is in it. */
export interface Built {
  binary: File;
  debug: Directory | null;
}

/** Runs cargo build. The target directory lives in a cache volume. What comes is hardened, or an error. */
export async function buildDeno(input: DenoBuild): Promise<Built> {
  const hidden = await hiddenFolders(input.toolchain);
  let container = (await withCargoRegistry(input.toolchain))
    .withMountedCache("/cache", dag.cacheVolume(input.cacheKey), { sharing: CacheSharingMode.Locked })
    .withMountedDirectory("/src/deno", input.source)
    .withEnvVariable("ARCHIVE", input.library?.archive ?? "")
    .withEnvVariable("BINDING", input.library?.binding ?? "")
    .withEnvVariable("PROFILE", input.profile)
    .withEnvVariable("CROSS", input.cross ?? "")
    .withEnvVariable("PROGRAM", input.program)
    .withEnvVariable("STRIP", input.strip?.join(" ") ?? "none")
    .withEnvVariable("REMAP", hidden.map(([from, to]) => `--remap-path-prefix=${from}=${to}`).join(" "));
  for (const [name, value] of Object.entries(input.environment)) container = container.withEnvVariable(name, value);
  if (input.library) container = container.withMountedDirectory("/src/v8", input.library.files);
  if (input.minifySources) {
    const folder = "/opt/deno-from-source/minifier";
    container = container
      .withNewFile(`${folder}/deno`, minifySource, { permissions: 0o755 })
      .withEnvVariable("PATH", `${folder}:$PATH`, { expand: true });
  }
  container = withLink(container, input.link);
  if (input.compilerCache) {
    container = withCompilerCache(container, input.compilerCache).withEnvVariable("RUSTC_WRAPPER", "sccache");
  }
  if (input.jobs > 0) container = container.withVolatileVariable("CARGO_BUILD_JOBS", String(input.jobs));
  const built = withDownloads(
    withDiskNeed(container, input.disk),
    input.network,
    throughCompilerCache(input.compilerCache, ["sh", "-c", build, "build", ...input.cargo]),
  );
  // Here, so that a compiler's error is not taken for one of the binary, which is run next.
  const binary = await orRefused(built.file(`/out/${input.program}`).sync());
  const name = `the ${input.name} that was built for ${input.platform}`;
  await assertHardened({
    binary,
    library: input.program.endsWith(".so"),
    name,
    tools: input.toolchain,
    // C's assertions name the sources, where they are not stripped.
    folders: input.strip === null ? [] : hidden.map(([folder]) => `${folder}/`),
  });
  return { binary, debug: input.strip === null ? null : built.directory("/out/debug") };
}

/** What a binary must show before it is handed over. */
export interface BinaryCheck {
  /** a container of the binary's platform */
  container: Container;
  binary: File;
  platform: string;
  /** what `deno --version` must contain: `deno 2.9.5`, or `+abcdef0` for a build of a commit */
  version: string;
}

/** A container in which the deno is /deno. */
function withDeno({ container, binary }: Pick<BinaryCheck, "container" | "binary">): Container {
  return container.withMountedFile("/deno", binary).withEnvVariable("DENO_DIR", "/tmp/deno-dir");
}

/**
 * Runs the binary: its version, and a script, which needs the snapshot that was made while it was built. A snapshot
 * of another architecture only shows when V8 loads it.
 */
export async function checkBinary({ container, binary, platform, version }: BinaryCheck): Promise<File> {
  const ready = withDeno({ container, binary });
  for (const [args, expected] of [
    [["/deno", "--version"], version],
    [["/deno", "eval", "console.log(6*7)"], "42"],
  ] as const) {
    const { code, out, err } = await attempt(ready.withExec([...args]));
    if (code === 0 && out.includes(expected)) continue;
    throw new Error(
      `the deno that was built for ${platform} does not work: ${args.slice(1).join(" ")} was to print ` +
        `${JSON.stringify(expected)}; it exited with ${code}, standard output ${JSON.stringify(out.slice(0, 500))}, ` +
        `standard error ${JSON.stringify(err.slice(0, 1000))}`,
    );
  }
  return binary;
}

/**
 * What a deno prints, as a file: its types, which are the same on every platform. Not as text: they are a megabyte.
 */
export async function printFile(
  { container, binary, platform }: Omit<BinaryCheck, "version">,
  command: string[],
  name: string,
): Promise<File> {
  const path = `/tmp/${name}`;
  const printed = withDeno({ container, binary }).withExec(["/deno", ...command], { redirectStdout: path });
  const { code, err } = await attempt(printed);
  if (code === 0) return printed.file(path);
  throw new Error(
    `the deno that was built for ${platform} does not print ${name}: ${command.join(" ")} exited with ${code}, ` +
      `standard error ${JSON.stringify(err.slice(0, 1000))}`,
  );
}
