import type { Container, Directory, File, Platform } from "@dagger.io/dagger";
import { type Built, buildDeno, checkBinary, printFile } from "../../dagger/deno/build.js";
import { withTargetBuildScripts } from "../../dagger/deno/build-scripts.js";
import type { LinkOptions } from "../../dagger/deno/link.js";
import { withQuickjs } from "../../dagger/deno/quickjs.js";
import { rehearseDeno } from "../../dagger/deno/rehearsal.js";
import { type Check, runCheck } from "../../dagger/engine/check.js";
import { orRefused } from "../../dagger/engine/disk.js";
import { assertRuns } from "../../dagger/engine/emulation.js";
import { measureResources } from "../../dagger/engine/resources.js";
import { step } from "../../dagger/engine/step.js";
import { versions, withVersions } from "../../dagger/engine/versions.js";
import { tryCompilerCache } from "../../dagger/toolchain/compiler-cache.js";
import { withSystemCompilers } from "../../dagger/toolchain/compilers.js";
import { withCrossCompilers } from "../../dagger/toolchain/cross.js";
import { withLibclang } from "../../dagger/toolchain/libclang.js";
import { buildToolchain } from "../../dagger/toolchain/toolchain.js";
import { cacheKey } from "../engine/cache-key.js";
import { checkMemory, denoDisk } from "../engine/resources.js";
import { cargoArguments, cargoEnvironment, cargoPackages, cargoPlatform } from "../plan/arguments.js";
import type { Work } from "../plan/work.js";
import { fileName, onQuickjs, type ProgramName } from "../request/platform.js";
import { forDebugging } from "../request/profile.js";
import { compareRust } from "../toolchain/asked.js";
import { openCompilerCache } from "../toolchain/compiler-cache.js";
import { checkArchive, checkFloor, checkToolchain } from "../toolchain/glibc.js";
import {
  openNetwork,
  ownToolchain,
  requireRust,
  targetBase,
  targetBaseName,
  targetRoot,
} from "../toolchain/toolchains.js";

/**
 * The container that runs cargo: of the target's architecture, for V8 makes Deno's snapshot during the build; or of the
 * engine's with compilers for the target.
 */
export async function denoToolchain(work: Work, quickjs = false): Promise<Container> {
  const { settings, tree, facts, target } = work;
  const cross = facts.way.where === "cross";
  const runs = cargoPlatform(facts);
  const own = await ownToolchain(settings, runs, "Deno's cargo build runs");
  const container =
    own ??
    (await buildToolchain({
      platform: runs.platform as Platform,
      base: settings.base,
      packages: [...cargoPackages(tree.recipe, facts), ...(quickjs ? ["libsimde-dev"] : [])],
      rust: requireRust(tree.rust, "Deno's tree"),
      host: runs.triple,
      target: target.triple,
      llvmPackages: [],
      bindgen: false,
      compilerCache: settings.compilerCache !== "",
      network: openNetwork(settings),
    }));
  const ready = cross
    ? withCrossCompilers(withSystemCompilers(container, []), target.triple, targetRoot(work).rootfs())
    : container;
  return withVersions(withLibclang(ready, { least: null, most: tree.libclang }), [
    ...["rustc", "cargo", "cc", "git", "rsync", "strip", "python3"],
    ...(cross ? ["/opt/llvm/bin/clang", "/opt/llvm/bin/ld.lld"] : []),
    ...(facts.link && !cross ? ["ld.lld"] : []),
    // What a start is traced with.
    ...(facts.link?.startupOrder ? ["nm", "readelf"] : []),
    ...tree.recipe.packages.filter((name) => name === "cmake" || name === "perl"),
    ...(tree.recipe.packages.includes("protobuf-compiler") ? ["protoc"] : []),
    ...(facts.minifySources ? ["esbuild"] : []),
    ...(settings.compilerCache ? ["sccache"] : []),
  ]);
}

/** Refuses what is wrong with V8, and gives the work that makes its files; src/v8 has it. */
export type PrepareLibrary = (work: Work, after: number) => Promise<() => Promise<Directory>>;

/** Refuses a V8 from elsewhere that Deno cannot be linked with; one that is compiled here has Deno's own C library. */
async function checkLibraryFiles(work: Work, container: Container, files: Directory): Promise<void> {
  const { facts, recipe, target } = work;
  if (facts.origin === "source" || facts.way.where !== "cross") return;
  const argument = facts.origin === "prebuilt" ? "prebuilt" : "library-origin";
  const archive = { file: files.file(recipe.archive), name: recipe.archive, argument };
  await checkArchive(container, archive, target, targetBaseName(work));
}

/** How lld links a program of Deno's workspace; null: the toolchain's linker does, as it is. */
function linkOptions({ settings, tree, facts }: Work, program: ProgramName): LinkOptions | null {
  if (!facts.link) return null;
  const deno = program === "deno";
  return {
    unwindTables: facts.link.unwindTables,
    startupOrder: facts.link.startupOrder && deno ? tree.recipe.startupOrder : null,
    orderAsked: settings.startupOrder === true,
    // `deno compile` of 2.9.0 to 2.9.3 writes denort anew from its sections, and loses packed ones:
    // https://docs.rs/libsui/0.16.4/src/libsui/lib.rs.html
    packedRelocations: deno,
  };
}

/** A program of Deno's workspace, or a library that is loaded as one. */
export interface CargoProgram {
  name: ProgramName;
  /** arguments of cargo build, the profile aside */
  cargo: string[];
  strip: string[];
}

/**
 * Looks at all that the program is made of, so that what is wrong with it is refused before anything is compiled, and
 * gives the work itself: cargo build, then `check` with the program and the base image, both in one named step.
 */
export async function prepareProgram(
  work: Work,
  prepareLibrary: PrepareLibrary,
  program: CargoProgram,
  check: (container: Container, binary: File) => Promise<File>,
): Promise<() => Promise<Built>> {
  const { settings, tree, facts, recipe, target, engine } = work;
  const cross = facts.way.where === "cross";
  const environment = cargoEnvironment(tree.recipe, facts);
  // A given toolchain is looked at first: V8's preparation takes minutes on a slow engine.
  const quickjs = onQuickjs(program.name);
  const own = !cross && facts.ownToolchain ? await denoToolchain(work) : null;
  if (own) {
    if (engine !== target) await assertRuns(settings.base, target.platform as Platform);
    await checkToolchain(own, targetBase(work), target);
  }
  // Before the default one is made, for it refuses what is wrong with V8 before anything is downloaded.
  const compileLibrary = quickjs ? null : await prepareLibrary(work, denoDisk(cross));
  const tools = own ?? (await denoToolchain(work, quickjs));
  const container = quickjs ? await withQuickjs(tools) : tools;
  if (!settings.ignoreResources) {
    checkMemory(settings.profile, target, await measureResources(settings.base));
  }
  if (engine !== target) await assertRuns(settings.base, target.platform as Platform);
  return async () => {
    const [files, said] = await Promise.all([compileLibrary?.(), versions(container)]);
    if (files) await checkLibraryFiles(work, container, files);
    const name = `${files ? "deno" : "deno-quickjs"}-${tree.channel === "canary" ? "canary" : tree.version}`;
    const key = cacheKey(`${name}-${target.debian}`, {
      profile: settings.profile,
      // Deno's, whatever the program: they share a volume, for most of what they are made of is the same. With QuickJS nearly
      // nothing is, and cross-compiled its tree is another one.
      cargo: files && cargoArguments(tree.recipe, facts),
      environment,
      tools: said,
      ...(cross && { root: await versions(targetRoot(work)) }),
      ...(files && settings.libraryFeatures.length > 0 && { libraryFeatures: recipe.features }),
      // Its linker is at another path, with which cargo compiles all anew; cross-compiled it is at the same.
      ...(facts.link && !cross && { lld: true }),
    });
    return step(`${program.name} ${tree.version} for ${target.platform}`, async () => {
      const { binary, debug } = await buildDeno({
        name: program.name,
        program: fileName(program.name),
        platform: target.platform,
        strip: forDebugging(settings.profile) ? null : program.strip,
        toolchain: container,
        cross: cross ? target.triple : null,
        source:
          cross && files
            ? await withTargetBuildScripts(container, tree.directory, target.triple, openNetwork(settings))
            : tree.directory,
        library: files ? { files, archive: recipe.archive, binding: recipe.binding } : null,
        minifySources: facts.minifySources,
        link: linkOptions(work, program.name),
        cargo: program.cargo,
        profile: settings.profile,
        // Deno asks git for the hash, but asks again only when this variable changes, whose value it does not use:
        // https://github.com/denoland/deno/blob/v2.9.5/cli/lib/build.rs
        environment: tree.commit ? { ...environment, GIT_COMMIT_HASH: tree.commit } : environment,
        cacheKey: key,
        jobs: settings.jobs,
        compilerCache: openCompilerCache(settings),
        network: openNetwork(settings),
        disk: settings.ignoreResources
          ? null
          : { mebibytes: denoDisk(cross), what: `cargo's build of ${program.name}` },
      });
      if (cross) await checkFloor(container, binary, target, targetBaseName(work));
      return { binary: await check(targetBase(work), binary), debug };
    });
  };
}

/** Looks at all that deno is made of, and gives the work itself: the binary, checked. */
export function prepareDeno(work: Work, prepareLibrary: PrepareLibrary): Promise<() => Promise<Built>> {
  const { tree, facts, target } = work;
  const version = tree.channel === "canary" ? `+${(tree.commit ?? "").slice(0, 7)}` : `deno ${tree.version}`;
  const program: CargoProgram = { name: "deno", cargo: cargoArguments(tree.recipe, facts), strip: [] };
  return prepareProgram(work, prepareLibrary, program, (container, binary) =>
    checkBinary({ container, binary, platform: target.platform, version }),
  );
}

/** The work without debug files, for whoever has no use for them. */
export async function binaryOf(prepared: Promise<() => Promise<Built>>): Promise<() => Promise<File>> {
  const make = await prepared;
  return async () => (await make()).binary;
}

/** Deno's types, `lib.deno.d.ts`, as a deno that was built prints them. */
export function printTypes(work: Work, binary: File): Promise<File> {
  const { command, file } = work.tree.recipe.types;
  const { platform } = work.target;
  return printFile({ container: targetBase(work), binary, platform }, command, file);
}

/** Which tools cargo ran with, and of which version. */
export async function denoTools(work: Work): Promise<string> {
  return versions(await denoToolchain(work));
}

/** Cargo's graph and the compilers of crates, tried in minutes. */
export async function rehearseCargo(work: Work, prepareLibrary: PrepareLibrary): Promise<Check[]> {
  const { settings, tree, facts, recipe, target } = work;
  const toolchain = await denoToolchain(work);
  const cross = facts.way.where === "cross";
  const tools = await runCheck("toolchain of Deno", async () => {
    const said = await versions(toolchain);
    const named = said.split("\n").filter((line) => /^(rustc|cargo|cc|\S*clang): /.test(line));
    return [...named, compareRust(said, facts.rust, "Deno's tree")].join("; ");
  });
  const newer = await runCheck("glibc of the toolchain", async () => {
    // Cross-compiled, it is the target's that counts, whatever the toolchain's.
    if (!cross && facts.ownToolchain) await checkToolchain(toolchain, targetBase(work), target);
    return `what it compiles runs on ${targetBaseName(work)}`;
  });
  // One that is compiled is rehearsed by itself.
  const taken =
    facts.origin !== "source" &&
    (await runCheck("V8's files", async () => {
      const files = await (await prepareLibrary(work, 0))();
      await checkLibraryFiles(work, toolchain, files);
      return `${facts.origin}: ${recipe.archive}`;
    }));
  const cache = openCompilerCache(settings);
  const stored = cache && (await runCheck("compiler cache", () => orRefused(tryCompilerCache(toolchain, cache))));
  return [
    tools,
    newer,
    ...(taken ? [taken] : []),
    ...(stored ? [stored] : []),
    ...(await rehearseDeno({
      toolchain,
      source: tree.directory,
      triple: target.triple,
      cross,
      link: linkOptions(work, "deno"),
      bare: targetBase(work),
      bareName: targetBaseName(work),
      machine: target.machine,
      network: openNetwork(settings),
    })),
  ];
}
