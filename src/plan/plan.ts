import semver from "semver";
import { sysrootName } from "../request/base.js";
import { zipName } from "../request/platform.js";
import {
  cargoArguments,
  cargoEnvironment,
  cargoPackages,
  cargoPlatform,
  emulatesSnapshot,
  gnArguments,
  libraryPackages,
} from "./arguments.js";
import type { Facts } from "./facts.js";
import { type DenoRecipe, type LibraryRecipe, PROVEN_LIBRARY } from "./recipe.js";
import type { Way } from "./strategy.js";

/** One thing that is done, and where. */
export type Step = {
  /** What is done */
  name: string;
  /** `native`: by tools of the target's own architecture; `cross`: by tools of the engine's, for the target; `emulated`: under QEMU; `none`: only copied or downloaded */
  where: string;
  /** The platform of the container that does it */
  platform: string;
  /** Why there */
  why: string;
  /** What it costs, roughly */
  cost: string;
};

/** Something to know before the work is started. */
export type Remark = {
  /** What to know */
  what: string;
  /** The reason */
  why: string;
  /** Where that was read */
  source: string;
};

/** What would be done for one version and platform, without doing it. */
export type Plan = {
  /** Deno's version as its tree says it, without a leading v */
  version: string;
  /** `stable`, `prerelease` or `canary` */
  channel: string;
  /** The commit, 40 hex digits; empty when the source has no git metadata */
  commit: string;
  /** The platform that the binary is for */
  platform: string;
  /** The same as a target triple */
  triple: string;
  /** The engine's own platform */
  engine: string;
  /** Rust's version as rust-toolchain.toml says it; empty when the tree has none */
  rust: string;
  /** Version of the V8 crate as Cargo.lock says it */
  library: string;
  /** Where V8 comes from: `source`, `upstream` (its own release) or `prebuilt` (the given directory) */
  libraryOrigin: string;
  /** File name of V8's static library */
  archive: string;
  /** File name of its Rust binding; empty when this version has none */
  binding: string;
  /** GN arguments beyond those of V8's build script; empty when V8 is not compiled */
  gnArguments: string[];
  /** Packages of the container that compiles V8; empty when it is not compiled, or the toolchain is given */
  libraryPackages: string[];
  /** Packages of the container that runs cargo; empty when the toolchain is given */
  packages: string[];
  /** Environment of cargo build, NAME=value */
  environment: string[];
  /** Arguments of cargo build */
  cargo: string[];
  /** Where Deno's cargo build runs: `native`, `cross` or `emulated` */
  strategy: string;
  /** What is done, in order */
  steps: Step[];
  /** What to know before */
  remarks: Remark[];
  /** All of this as text, for people */
  text: string;
};

function librarySteps(facts: Facts, recipe: LibraryRecipe): Step[] {
  const { origin, engine, target, libraryVersion, systemCompilers, headers, clusters } = facts;
  if (origin !== "source") {
    const why = origin === "upstream" ? "asked for by --library-origin=UPSTREAM" : "given by --prebuilt";
    return [{ name: `take V8 ${libraryVersion}`, where: "none", platform: engine.platform, why, cost: "a copy" }];
  }
  const native = engine === target;
  const emulated = emulatesSnapshot(recipe, facts);
  const snapshot: Step = {
    name: "run V8's code generators and mksnapshot, on the way",
    where: "emulated",
    platform: target.platform,
    why:
      "they are programs of the target, as in a native build, so QEMU runs them" +
      (engine.cpu === "x64" ? "; if it cannot, a V8 of host programs does that: the log says so" : ""),
    cost: "10 minutes in V8 150.4.0 on 2 cores: torque 7, which natively takes 16 seconds, and mksnapshot 3",
  };
  const restore: Step = {
    name: "get back what the published crate leaves out: the crates of V8's Temporal, ICU's data",
    where: "none",
    platform: engine.platform,
    why: "they are ordinary crates, named by version in V8's GN files; cargo checks each by its checksum",
    cost: "seconds",
  };
  return [
    ...(facts.crate && recipe.chromiumRust ? [restore] : []),
    {
      name: "make the sysroot",
      where: native ? "native" : "emulated",
      platform: target.platform,
      why: `${sysrootName(facts.sysroot)} for the target, with its C library's headers, sets the glibc floor; only its package manager runs`,
      cost: native ? "half a minute" : "one to three minutes",
    },
    {
      name: `compile V8 ${libraryVersion}`,
      where: native ? "native" : "cross",
      platform: engine.platform,
      why:
        `${systemCompilers ? "the toolchain's clang" : "Chromium's clang"} of the engine's own architecture ` +
        `compiles for any target; V8's snapshot of its own builtins is made by ${emulated ? "programs of the target, so no second V8 is compiled" : "a host program"}; headers are ` +
        (headers.precompiled
          ? `precompiled, for ${headers.why}; where its GN files are unlike any that are known they are not, and the log says so`
          : `not precompiled: ${headers.why}`) +
        (clusters.clustered ? `; its files are compiled 25 at a time, for ${clusters.why}` : ""),
      cost: native
        ? headers.precompiled || clusters.clustered
          ? "an hour on 2 cores (docs/records/real-builds.md)"
          : "hours: more than 3 on 2 cores (docs/records/real-builds.md)"
        : emulated
          ? "about 1.1 times a native build, by the number of steps"
          : "about 1.85 times a native build: host tools come too",
    },
    ...(emulated ? [snapshot] : []),
  ];
}

const COSTS: Record<Way["where"], string> = {
  native: "half an hour to hours, by cores and profile",
  cross: "about as long as a native build",
  emulated: "about ten times a native build",
};

const HERE = "V8 makes Deno's snapshot during the build, and it runs here";

function denoSteps(facts: Facts): Step[] {
  const { engine, target, version, profile, way, link } = facts;
  const { platform } = cargoPlatform(facts);
  const scripts: Step = {
    name: "compile the build scripts that run V8, as programs of the target",
    where: "cross",
    platform,
    why:
      engine === target
        ? HERE
        : "V8 writes Deno's snapshot for the architecture that it runs on, so QEMU runs these programs, and no more",
    cost: "a part of the cargo build",
  };
  const order: Step = {
    name: "see in which order a start of deno calls its functions, and link it again in that order",
    where: engine === target ? "native" : "emulated",
    platform: target.platform,
    why:
      engine === target
        ? "a start touches fewer pages then; --startup-order=false leaves it out"
        : "a start touches fewer pages then; QEMU can since 8.1, with an older one it is left out",
    cost: "a minute or two",
  };
  return [
    ...(way.where === "cross" ? [scripts] : []),
    {
      name: `cargo build of Deno ${version}, profile ${profile}`,
      where: way.where,
      platform,
      why:
        way.where === "native"
          ? HERE
          : way.where === "cross"
            ? way.why
            : `V8 of the target's architecture makes Deno's snapshot during the build, so QEMU runs all of cargo; ${way.why}`,
      cost: COSTS[way.where],
    },
    ...(link?.startupOrder ? [order] : []),
    {
      name: "run the binary: deno --version, deno eval",
      where: engine === target ? "native" : "emulated",
      platform: target.platform,
      why: "a snapshot of another architecture only shows when V8 loads it",
      cost: "seconds",
    },
  ];
}

function remarks(facts: Facts, denoRecipe: DenoRecipe, libraryRecipe: LibraryRecipe): Remark[] {
  const own: Remark[] = [];
  if (facts.way.where === "emulated") {
    own.push({
      what: `The engine is ${facts.engine.platform}: cargo runs under QEMU, about ten times slower (${facts.way.why}). An engine on ${facts.target.platform} needs none.`,
      why: "C++ measured 9.5 times slower under QEMU than native",
      source: "docs/records/real-builds.md",
    });
  }
  if (denoRecipe.minifiesSources && !facts.minifySources) {
    own.push({
      what: "Deno's own sources are stored with their comments and spaces, 2 MB: --minify-sources=true leaves these out.",
      why: "upstream's releases have them minified, by a deno of PATH with npm:rolldown of no fixed version, so every build may differ",
      source:
        "https://github.com/denoland/deno/blob/v2.9.5/runtime/transpile.rs#L137, https://github.com/denoland/deno/issues/36844",
    });
  }
  if (facts.link && !facts.link.unwindTables) {
    own.push({
      what: "Without unwind tables: RUST_BACKTRACE=1 names no function of a panic. --unwind-tables=true keeps them, for 12 MB.",
      why: "as in upstream's releases since 2.9.5; debuggers and perf go by frame pointers, which it has",
      source: "docs/binary.md",
    });
  }
  if (facts.ownToolchain && facts.rust) {
    own.push({
      what: `The given toolchain's Rust is used; the tree asks for ${facts.rust}.`,
      why: "rust-toolchain.toml is rustup's; a distribution's cargo does not read it",
      source: "https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file",
    });
  }
  if (!facts.ownToolchain && !facts.rust) {
    own.push({
      what: "Give --toolchains: the tree has no rust-toolchain.toml, so the default toolchain does not know which Rust to install.",
      why: "the repository has that file; the published crate leaves it out",
      source: "https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file",
    });
  }
  if (facts.published) {
    own.push({
      what: "The published crate makes deno alone: no denort, and without Tokio's runtime metrics.",
      why: "the package denort is not published, and .cargo/config.toml with --cfg tokio_unstable is left out",
      source: "https://github.com/denoland/deno/blob/v2.9.5/.cargo/config.toml",
    });
  }
  if (facts.origin === "source" && semver.gtr(facts.libraryVersion, PROVEN_LIBRARY)) {
    own.push({
      what: `V8 ${facts.libraryVersion} is newer than ${PROVEN_LIBRARY}, the newest line that was compiled with this recipe: rehearse it first.`,
      why: "V8's GN files change without a word between its releases, and a wrong argument is ignored",
      source: "docs/records/real-builds.md",
    });
  }
  const recipes = facts.origin === "source" ? [...denoRecipe.notes, ...libraryRecipe.notes] : denoRecipe.notes;
  return [...own, ...recipes];
}

/** Named values as a person reads them, a line each. Empty lists and values are left out. */
export function valueLines(values: Record<string, string | string[]>): string {
  return Object.entries(values)
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(" ") : value] as const)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.padEnd(16)} ${value}`)
    .join("\n");
}

/** A plan, or the part of it that is known, as a person reads it. */
export function planText(plan: Partial<Plan>): string {
  const { steps = [], remarks = [], ...values } = plan;
  const done = steps.map(
    ({ name, where, platform, why, cost }, index) =>
      `${index + 1}. ${name}\n   ${where} on ${platform}: ${why}\n   takes ${cost}`,
  );
  const known = remarks.map(({ what, why, source }) => `- ${what}\n  ${why} (${source})`);
  return [
    valueLines(values),
    ...(done.length > 0 ? [`Steps\n${done.join("\n")}`] : []),
    ...(known.length > 0 ? [`To know\n${known.join("\n")}`] : []),
  ].join("\n\n");
}

/** Everything that is decided for one version and platform, as an object that a person can read. */
export function plan(facts: Facts, denoRecipe: DenoRecipe, libraryRecipe: LibraryRecipe): Plan {
  const { target, engine } = facts;
  const fromSource = facts.origin === "source";
  const decided = {
    version: facts.version,
    channel: facts.channel,
    commit: facts.commit ?? "",
    platform: target.platform,
    triple: target.triple,
    engine: engine.platform,
    rust: facts.rust ?? "",
    library: facts.libraryVersion,
    libraryOrigin: facts.origin,
    archive: libraryRecipe.archive,
    binding: libraryRecipe.binding ?? "",
    gnArguments: fromSource ? gnArguments(libraryRecipe, facts) : [],
    libraryPackages:
      fromSource && !facts.ownToolchain ? Object.values(libraryPackages(libraryRecipe, facts)).flat() : [],
    packages: facts.ownToolchain ? [] : cargoPackages(denoRecipe, facts),
    environment: Object.entries(cargoEnvironment(denoRecipe, facts)).map(([name, value]) => `${name}=${value}`),
    cargo: ["--profile", facts.profile, ...cargoArguments(denoRecipe, facts)],
    strategy: facts.way.where,
    steps: [
      ...librarySteps(facts, libraryRecipe),
      ...denoSteps(facts),
      {
        name: `pack ${zipName(target.triple)}`,
        where: "native",
        platform: engine.platform,
        why: "nothing of the target runs for it",
        cost: "seconds",
      },
    ],
    remarks: remarks(facts, denoRecipe, libraryRecipe),
  };
  return { ...decided, text: planText(decided) };
}
