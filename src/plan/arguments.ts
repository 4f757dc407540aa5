/** What GN, cargo and the packages' installer are given. */
import { onQuickjs, type RuntimeName, type Target } from "../request/platform.js";
import { CLUSTER_ARGUMENTS } from "./clusters.js";
import type { Facts } from "./facts.js";
import { type DenoRecipe, firstWith, type LibraryRecipe } from "./recipe.js";

/**
 * For another architecture than the engine's, V8's generators and mksnapshot are programs of the target, which QEMU runs.
 * Those of the host would be a second V8: they know the target, and hold a simulator of it.
 */
export function emulatesSnapshot(recipe: LibraryRecipe, { engine, target }: Pick<Facts, "engine" | "target">): boolean {
  return engine !== target && recipe.emulatedSnapshot;
}

/** What build.rs and dagger/v8/build.sh tell GN, and what says it here. */
const SAID_ELSEWHERE: readonly [RegExp, string][] = [
  [
    /^(use_custom_libcxx|v8_enable_(pointer_compression|sandbox|v8_checks)|rusty_v8_enable_simdutf)$/,
    "--library-features says it, for it counts for V8's names and binding, too",
  ],
  [/^is_debug$/, "V8's files have names of release builds"],
  [/^cc_wrapper$/, "--compiler-cache says it"],
  [
    /^(is_clang|clang_\w+|rust\w*_(sysroot|root|path|version)\w*|use_sysroot|sysroot|host_cpu|target_os)$/,
    "it follows from --toolchains, --base, --sysroot and --platform",
  ],
];

/** The arguments that were asked for, as GN reads them; refused where the module says something else. */
function askedArguments(asked: string[], own: string[]): string[] {
  const said = new Map(own.map((text) => [text.split("=", 1)[0], text]));
  return asked.flatMap((text) => {
    const [name = "", value = ""] = text.split(/=(.*)/);
    const argument = `${name}=${/^(true|false|-?\d+|".*")$/.test(value) ? value : `"${value}"`}`;
    const elsewhere = SAID_ELSEWHERE.find(([names]) => names.test(name))?.[1];
    const before = said.get(name);
    if (before === argument) return [];
    if (before) throw new Error(`gn-arguments: ${argument} is not accepted, for ${before} is said already`);
    if (elsewhere) throw new Error(`gn-arguments: ${argument} is not accepted: ${elsewhere}`);
    said.set(name, argument);
    return [argument];
  });
}

/**
 * GN's arguments for V8: those of every build, those that its compilers and its source's form ask for, and those that the
 * caller does.
 */
export function gnArguments(
  recipe: LibraryRecipe,
  facts: Pick<Facts, "systemCompilers" | "crate" | "target" | "engine" | "clusters" | "gnArguments">,
): string[] {
  const own = [
    ...recipe.gnArguments,
    // Named for both: build.rs names it for arm64 only and leaves x64 to GN's guess of the host.
    `target_cpu="${facts.target.cpu}"`,
    'target_sysroot="/sysroot"',
    ...(emulatesSnapshot(recipe, facts)
      ? [`v8_snapshot_toolchain="//build/toolchain/linux:clang_${facts.target.cpu}"`]
      : []),
    ...(facts.clusters.clustered ? CLUSTER_ARGUMENTS : []),
    ...(facts.systemCompilers ? recipe.systemGnArguments : []),
    ...(facts.crate ? recipe.crateGnArguments : []),
  ];
  return [...own, ...askedArguments(facts.gnArguments, own)];
}

/** The newest LLVM that V8 was seen to compile with outside Chromium's, see docs/records/real-builds.md. */
const LLVM = 22;

/** Packages of the default container that compiles V8: the distribution's, and those that only apt.llvm.org has. */
export function libraryPackages(
  recipe: LibraryRecipe,
  { systemCompilers }: Pick<Facts, "systemCompilers">,
): { packages: string[]; llvmPackages: string[] } {
  if (!systemCompilers) return { packages: recipe.packages, llvmPackages: recipe.llvmPackages };
  const llvm = ["clang-", "lld-", "llvm-"].map((name) => `${name}${LLVM}`);
  return {
    packages: [...recipe.packages, ...recipe.systemPackages],
    llvmPackages: [...llvm, `libclang-${LLVM}-dev`, `libclang-rt-${LLVM}-dev`, ...recipe.llvmPackages],
  };
}

function withFeatures({ features }: Pick<Facts, "features">): string[] {
  return features.length > 0 ? ["--features", features.join(",")] : [];
}

/** Arguments of cargo build, the profile aside. */
export function cargoArguments(recipe: DenoRecipe, facts: Pick<Facts, "features" | "upgrade" | "version">): string[] {
  const without = facts.upgrade ? [] : recipe.withoutUpgrade;
  if (without === null) {
    throw new Error(
      `upgrade: Deno ${facts.version} has no feature that leaves \`deno upgrade\` out (1.39.0 is the first); ` +
        "give --upgrade-url to point it elsewhere, or a patch",
    );
  }
  return [...recipe.cargo, ...without, ...withFeatures(facts)];
}

/** denort is a package of its own, which is not published as a crate. */
function apart(denort: string[]): boolean {
  return denort.join(" ").includes("-p denort");
}

/** Whether the tree has denort. */
export function hasRuntime({ denort }: DenoRecipe, { published }: Pick<Facts, "published">): boolean {
  return denort !== null && !(published && apart(denort));
}

/** The published crate has no package of the repository but deno's own; `argument` is what an error names first. */
function notPublished(argument: string, version: string, program: string): Error {
  return new Error(
    `${argument}: the published crate deno ${version} has no ${program}, which is a package of the repository that is not ` +
      "published; give a tree of the repository",
  );
}

/**
 * Arguments of cargo build for denort, the profile aside. The option features is given as it is to deno, or the crates of
 * both would be compiled twice. What leaves `deno upgrade` out is not: it is about package deno, which is not compiled here,
 * and without its default features denort has no V8 since 2.9.5 (https://github.com/denoland/deno/blob/v2.9.5/cli/rt/Cargo.toml).
 */
export function runtimeArguments(
  recipe: DenoRecipe,
  facts: Pick<Facts, "features" | "version" | "published">,
): string[] {
  if (recipe.denort === null) {
    throw new Error(
      `version: Deno ${facts.version} has no denort (1.40.5 is the first): its deno compile puts the program behind a ` +
        "copy of deno itself",
    );
  }
  if (!hasRuntime(recipe, facts)) throw notPublished("source", facts.version, "denort");
  return [...recipe.denort, ...withFeatures(facts)];
}

/**
 * Arguments of cargo build for a runtime beside denort, the profile aside. Those on QuickJS are compiled by themselves, so
 * that the option features, which is deno's, is nothing to them.
 */
export function otherRuntimeArguments(
  recipe: DenoRecipe,
  facts: Pick<Facts, "features" | "version" | "published">,
  name: RuntimeName,
): string[] {
  const cargo = recipe.runtimes[name];
  if (!cargo) {
    throw new Error(`runtimes: Deno ${facts.version} has no ${name} (${firstWith(name)} is the first); leave it out`);
  }
  if (facts.published) throw notPublished("runtimes", facts.version, name);
  return onQuickjs(name) ? cargo : [...cargo, ...withFeatures(facts)];
}

/**
 * Packages of the container that runs cargo; cross-compiling takes the distribution's LLVM, a compiler for any target.
 * Python reads what was linked.
 */
export function cargoPackages(
  recipe: DenoRecipe,
  { way, link, minifySources }: Pick<Facts, "way" | "link" | "minifySources">,
): string[] {
  const llvm = way.where === "cross" ? ["clang", "lld", "llvm"] : link ? ["lld"] : [];
  return [...new Set([...recipe.packages, "rsync", "python3", ...llvm, ...(minifySources ? ["esbuild"] : [])])];
}

/** Environment of cargo build, without the variables that hand V8 over. */
export function cargoEnvironment(
  recipe: DenoRecipe,
  facts: Pick<Facts, "channel" | "minifySources">,
): Record<string, string> {
  return {
    ...recipe.environment,
    // https://github.com/denoland/deno/blob/v2.9.5/cli/lib/version.rs: any value counts
    ...(facts.channel === "canary" && { DENO_CANARY: "true" }),
    // https://github.com/denoland/deno/blob/v2.9.5/runtime/snapshot.rs#L107: the same
    ...(facts.minifySources && { DENO_SNAPSHOT_MINIFY_SOURCES: "1" }),
  };
}

/** Where cargo itself runs. */
export function cargoPlatform({ engine, target, way }: Pick<Facts, "engine" | "target" | "way">): Target {
  return way.where === "cross" ? engine : target;
}
