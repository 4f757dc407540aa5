import semver from "semver";
import { type ProgramName, type RuntimeName, TARGETS, type Target } from "../request/platform.js";
import { quote } from "../request/text.js";
import { FLOOR, releaseBase } from "../request/version.js";

/** Something that a person should know of this build. */
export interface Note {
  what: string;
  why: string;
  source: string;
}

/** What compiling a Deno release takes. */
export interface DenoRecipe {
  /** Debian and Ubuntu packages of the container that runs cargo */
  packages: string[];
  environment: Record<string, string>;
  /** cargo features of the V8 crate that this Deno turns on beyond the default: they name the archive that it asks for */
  libraryFeatures: string[];
  /** cargo arguments, beside `cargo`, that leave `deno upgrade` out; null: no feature does it, only `upgradeSource` */
  withoutUpgrade: string[] | null;
  /** the file and its constants that a fork points elsewhere so that `deno upgrade` downloads its own binaries */
  upgradeSource: { file: string; constants: string[] };
  /** what names the server that is asked which version is the newest, in the same file; null: the release page itself is */
  newestSource: string | null;
  /** the file with the download of `deno compile`, and the expression of its URL */
  baseSource: { file: string; url: string };
  /** the files that say the version in `deno --version`, and in `Deno.version`; null: where they say it was not read */
  versionSources: { command: string; runtime: string } | null;
  /** arguments of `cargo build` that make `deno`; the profile is not among them */
  cargo: string[];
  /** arguments of `cargo build` that make `denort`, the runtime that `deno compile` puts under a program */
  denort: string[] | null;
  /** arguments of `strip` for denort */
  denortStrip: string[];
  /** arguments of `cargo build` that make each runtime that there is beside denort */
  runtimes: Partial<Record<RuntimeName, string[]>>;
  /** folders of submodules that the build reads; all others hold tests and tools */
  submodules: string[];
  /** programs whose bare binary has a checksum of its own on the release page, beside the zips' */
  bareChecksums: ProgramName[];
  /** the folder of tools that see the order in which a start of deno calls its functions; null: the tree has none */
  startupOrder: string | null;
  /** a panic ends it at once in its profile release, so nothing in it unwinds a stack to go on */
  abortsOnPanic: boolean;
  /** upstream's releases keep the tables by which a stack is unwound */
  unwindTables: boolean;
  /** the package of the workspace that makes deltas between two binaries for `deno upgrade`; null: it takes none */
  deltaProgram: string | null;
  /** the file of Deno's types on the release page, and the arguments of deno that print it */
  types: { file: string; command: string[] };
  /** name of the source archive on the release page */
  sourceArchive: string;
  /** a variable has the build script of the snapshot minify Deno's own sources */
  minifiesSources: boolean;
  /** the build script that makes the snapshot; null: which those are, and how they behave cross-compiled, was not read */
  snapshotScript: string | null;
  notes: Note[];
}

/** What compiling a version of the V8 crate takes, and what the crate calls the results. */
export interface LibraryRecipe {
  /** the cargo features that were asked for */
  features: string[];
  /** file name of the static library that the crate's build script asks for */
  archive: string;
  /** file name of the Rust binding that belongs to the library; null: it is written by hand, in the crate */
  binding: string | null;
  /** the archive is gzipped */
  compressed: boolean;
  /** `python2.7` must answer to the name `python`, which these versions run; `python` is Python 3 by that name */
  python: "python2.7" | "python" | "python3";
  /** bindgen's libclang: none is loaded, any will do, or at least this major version */
  libclang: "none" | "any" | number;
  /** the build script downloads Chromium's Rust, an x86_64 binary */
  chromiumRust: boolean;
  /** its headers can be precompiled, by an edit of its GN files */
  precompiledHeaders: boolean;
  /** its GN files can put many .cc files together to be compiled as one */
  clusters: boolean;
  /** for another architecture, programs of the target can make its snapshot, under QEMU */
  emulatedSnapshot: boolean;
  /** Debian and Ubuntu packages for V8_FROM_SOURCE, compilers aside */
  packages: string[];
  /** further ones from apt.llvm.org, which the distributions do not have */
  llvmPackages: string[];
  /** further ones with a distribution's compilers in place of Chromium's */
  systemPackages: string[];
  /** GN arguments of every build */
  gnArguments: string[];
  /** further ones with a distribution's compilers in place of Chromium's */
  systemGnArguments: string[];
  /** further ones for the published crate, which lacks files that a git checkout has */
  crateGnArguments: string[];
  /** how the build script is handed GN arguments */
  gnArgumentsVariable: "EXTRA_GN_ARGS" | "GN_ARGS";
  /** beginnings of compiler flags to leave out if the compiler does not know them */
  unknownFlags: string[];
  notes: Note[];
}

const deno = (file: string) => `https://github.com/denoland/deno/blob/${file}`;
const rustyV8 = (file: string) => `https://github.com/denoland/rusty_v8/blob/${file}`;
const issue = (repository: string, number: number) => `https://github.com/denoland/${repository}/issues/${number}`;

/** One fact: the versions that it holds for, what it sets, why, and where that was read. */
interface Fact {
  /** of semver */
  range: string;
  note?: string;
  why: string;
  source: string;
}

export interface DenoRow extends Fact, Partial<Omit<DenoRecipe, "notes">> {}

export interface LibraryRow extends Fact, Partial<Omit<LibraryRecipe, "features" | "notes">> {
  triple?: Target["triple"];
  feature?: { name: string; suffix: string };
}

/** What each runtime on QuickJS is made with. Package deno is not among it: it would be compiled for QuickJS, too, for nothing. */
const QUICKJS = ["--locked", "-p", "denort", "-p", "denort_desktop", "--no-default-features", "--features", "quickjs"];

/**
 * The facts about Deno. Rows are folded from top to bottom: lists grow, and of everything else the last row that holds
 * decides.
 */
export const DENO: readonly DenoRow[] = [
  {
    range: "*",
    cargo: ["--locked", "-p", "deno", "--bin", "deno"],
    why: "-p keeps the features of test and benchmark packages out, --bin leaves denort to its own build",
    source: deno("v2.9.5/.github/workflows/ci.ts"),
  },
  {
    range: "*",
    packages: ["build-essential", "ca-certificates", "curl", "git", "pkg-config", "python3"],
    why: "C in crates, the commit hash in the version, crates that probe for libraries, V8's download script",
    source: `${deno("v2.9.5/cli/lib/build.rs")} and ${rustyV8("v150.0.0/build.rs")}`,
  },
  {
    range: ">=1.36.1",
    packages: ["cmake"],
    why: "zlib-ng is compiled with it: crate libz-ng-sys, since 1.38.2 libz-sys; since 2.3.7 aws-lc-sys too",
    source: `${deno("v1.36.1/Cargo.lock")} and ${issue("deno", 20290)}`,
  },
  {
    range: "1.36.4 - 1.44.2 || 1.44.4",
    packages: ["protobuf-compiler"],
    why: "ext/kv, later denokv_proto up to 0.7, compile .proto files; denokv_proto 0.8 ships the generated code",
    source: `${deno("v1.36.4/ext/kv/build.rs")} and ${deno("v1.44.4/Cargo.lock")}`,
  },
  {
    range: ">=2.2.0",
    packages: ["clang", "libclang-dev"],
    why: "rusqlite's feature `session` runs bindgen on SQLite's header, also when V8 is prebuilt",
    source: deno("v2.2.0/Cargo.lock"),
  },
  {
    range: ">=2.4.1",
    packages: ["make", "perl"],
    why: "keyring's feature `vendored` compiles OpenSSL",
    source: deno("v2.4.1/cli/Cargo.toml"),
  },
  {
    range: "1.23.4 - 1.25.1",
    submodules: ["ext/ffi/tinycc"],
    why: "ext/ffi/build.rs configures and compiles it; no other release needs a submodule to be built",
    source: `${deno("v1.24.3/ext/ffi/build.rs")} and ${deno("v1.24.3/.gitmodules")}`,
  },
  {
    range: ">=2.7.8",
    libraryFeatures: ["simdutf"],
    why: "the workspace turns it on, and it is part of the archive's name",
    source: deno("v2.7.8/Cargo.toml"),
  },
  {
    range: "*",
    minifiesSources: false,
    why: "sources are stored in the snapshot as they are",
    source: deno("v2.8.3/runtime/snapshot.rs"),
  },
  {
    range: ">=2.9.0",
    minifiesSources: true,
    why: "with DENO_SNAPSHOT_MINIFY_SOURCES the build script of the snapshot has a deno of PATH minify each source",
    source: `${deno("v2.9.5/runtime/transpile.rs#L137")} and ${deno("v2.9.5/runtime/snapshot.rs#L107")}`,
  },

  // deno upgrade
  {
    range: "*",
    withoutUpgrade: null,
    upgradeSource: { file: "cli/tools/upgrade.rs", constants: ["RELEASE_URL"] },
    why: "releases are downloaded from RELEASE_URL/download/vVERSION/ASSET",
    source: deno("v1.20.0/cli/tools/upgrade.rs"),
  },
  {
    range: "*",
    newestSource: null,
    why: "deno upgrade follows the redirect of RELEASE_URL/latest",
    source: deno("v1.20.0/cli/tools/upgrade.rs"),
  },
  {
    range: ">=1.27.0",
    newestSource: '"https://dl.deno.land/release-latest.txt"',
    why: "deno upgrade without --version reads the newest version there",
    source: deno("v1.27.0/cli/tools/upgrade.rs#L369"),
  },
  {
    range: ">=1.38.3",
    newestSource: 'Cow::Borrowed("https://dl.deno.land")',
    why: "the same, in a function for all channels",
    source: `${deno("v1.38.3/cli/tools/upgrade.rs")}, and each tag up to 2.9.5`,
  },
  {
    range: "*",
    baseSource: {
      file: "cli/tools/standalone.rs",
      url: 'format!("https://dl.deno.land/{}", binary_path_suffix)',
    },
    why: "deno compile downloads deno for another target there",
    source: deno("v1.20.0/cli/tools/standalone.rs#L65"),
  },
  {
    range: ">=1.30.1",
    baseSource: { file: "cli/tools/standalone.rs", url: 'format!("https://dl.deno.land/{binary_path_suffix}")' },
    why: "the same, written otherwise",
    source: deno("v1.30.1/cli/tools/standalone.rs"),
  },
  {
    range: ">=1.33.0",
    baseSource: { file: "cli/standalone/binary.rs", url: 'format!("https://dl.deno.land/{binary_path_suffix}")' },
    why: "the file has moved; since 1.40.5 it is denort, for each target",
    source: `${deno("v2.9.5/cli/standalone/binary.rs#L598")}, and each tag from 1.33.0 on`,
  },
  {
    range: "1.46.x",
    upgradeSource: { file: "cli/tools/upgrade.rs", constants: ["RELEASE_URL", "RC_URL"] },
    why: "release candidates are downloaded from RC_URL/vVERSION/ASSET, without `download`",
    source: deno("v1.46.0/cli/tools/upgrade.rs"),
  },
  {
    range: ">=2.0.0",
    upgradeSource: { file: "cli/tools/upgrade.rs", constants: ["RELEASE_URL", "DL_RELEASE_URL"] },
    why: "release candidates and LTS are downloaded from DL_RELEASE_URL/vVERSION/ASSET, without `download`",
    source: deno("v2.0.0/cli/tools/upgrade.rs"),
  },
  {
    range: ">=1.39.0",
    withoutUpgrade: ["--no-default-features", "--features", "__vendored_zlib_ng"],
    why: "`upgrade` is a default feature beside this one",
    source: deno("v1.39.0/cli/Cargo.toml"),
  },
  {
    range: ">=2.9.5",
    withoutUpgrade: ["--no-default-features", "--features", "__vendored_zlib_ng,deno_core/v8,v8/v8"],
    why: "the default is now `v8`, which brings `upgrade`; these are its other parts",
    source: deno("v2.9.5/cli/Cargo.toml"),
  },

  // --vendor
  {
    range: "*",
    versionSources: null,
    why: "the version is a function's value there, and 2.1.6 hands it on in other files",
    source: `${deno("v1.45.5/cli/version.rs")} and ${deno("v2.1.6/cli/factory.rs#L1183")}`,
  },
  {
    range: "1.46.0 - 2.1.5",
    versionSources: { command: "cli/args/flags.rs", runtime: "cli/worker.rs" },
    why: "the version is a constant of theirs",
    source: `${deno("v2.1.5/cli/args/flags.rs")} and ${deno("v2.1.5/cli/worker.rs")}`,
  },
  {
    range: ">=2.1.7",
    versionSources: { command: "cli/args/flags.rs", runtime: "cli/lib/worker.rs" },
    why: "the worker is deno's and denort's",
    source: `${deno("v2.9.5/cli/args/flags.rs#L1506")} and ${deno("v2.9.5/cli/lib/worker.rs#L477")}`,
  },

  // denort
  {
    range: "*",
    denort: null,
    why: "deno compile appends the program to a copy of deno itself",
    source: deno("v1.20.0/cli/tools/standalone.rs"),
  },
  {
    range: ">=1.40.5",
    denort: ["--locked", "-p", "deno", "--bin", "denort"],
    why: "a second binary of package deno",
    source: deno("v1.40.5/cli/Cargo.toml"),
  },
  {
    range: ">=2.1.7",
    denort: ["--locked", "-p", "deno", "-p", "denort", "--bin", "denort"],
    why:
      "it became a package. With both packages named, as upstream does, cargo gives the crates of both deno's features, and " +
      "what `-p deno --bin deno` compiled is taken as it is",
    source: `${deno("v2.1.7/cli/rt/Cargo.toml")} and ${deno("v2.9.5/.github/workflows/ci.ts#L984")}`,
  },
  {
    range: ">=2.7.0",
    denort: ["--locked", "-p", "deno", "-p", "denort", "--lib", "--bin", "denort"],
    why:
      "deno is a library with a small program since. With it among what is made, crates whose code a dynamic library of deno's " +
      "plugins may want are compiled as for deno; else, with LTO, cargo compiles nearly all of them again for denort",
    source: `${deno("v2.7.0/cli/Cargo.toml")} and https://github.com/rust-lang/cargo/blob/0.96.0/src/cargo/core/compiler/lto.rs`,
  },
  {
    range: ">=1.40.5",
    note: "deno compile downloads the official denort unless DENORT_BIN names one: ship your own beside deno.",
    why: "denort is looked for beside deno only in a path with a component `target`",
    source: deno("v2.9.5/cli/standalone/binary.rs"),
  },
  {
    range: "*",
    denortStrip: [],
    why: "upstream's own is stripped whole",
    source: deno("v2.8.0/.github/workflows/ci.ts"),
  },
  {
    range: ">=2.9.0",
    denortStrip: ["--strip-debug"],
    note: "Strip denort with --strip-debug only.",
    why: "without its symbol table, programs that deno compile made deadlock at start",
    source: deno("v2.9.5/.github/workflows/ci.ts"),
  },

  // the runtimes beside denort
  {
    range: ">=2.9.0",
    runtimes: { libdenort: ["--locked", "-p", "deno", "-p", "denort", "-p", "denort_desktop", "--lib"] },
    why: "deno desktop's is a shared library of a package of its own; with the other two named it takes their crates",
    source: `${deno("v2.9.5/cli/rt_desktop/Cargo.toml")} and ${deno("v2.9.5/.github/workflows/ci.ts#L1049")}`,
  },
  {
    range: ">=2.9.5",
    runtimes: { "denort-quickjs": [...QUICKJS, "--bin", "denort"], "libdenort-quickjs": [...QUICKJS, "--lib"] },
    why: "deno compile and deno desktop take --engine quickjs since",
    source: `${deno("v2.9.5/cli/standalone/binary.rs#L1789")} and ${deno("v2.9.5/.github/workflows/ci.ts#L771")}`,
  },

  // what a release page has beside the zips
  {
    range: "*",
    types: { file: "lib.deno.d.ts", command: ["types"] },
    why: "the job of linux prints it, and a release has it",
    source: `${deno("v1.20.0/.github/workflows/ci.yml#L348")} and ${deno("v2.9.5/.github/workflows/ci.ts#L780")}`,
  },
  {
    range: "*",
    sourceArchive: "deno_src.tar.gz",
    why: "one job packs the checkout before it is built, and a release has it",
    source: `${deno("v1.20.0/.github/workflows/ci.yml#L86")} and ${deno("v2.9.5/.github/workflows/ci.ts#L726")}`,
  },
  {
    range: "*",
    bareChecksums: [],
    why: "no release before 2.0.0 has a checksum; from 2.0.1 to 2.7.13 there are those of zips alone",
    source: `${deno("v1.46.3/.github/workflows/ci.generate.ts")} and ${deno("v2.0.1/.github/workflows/ci.generate.ts")}`,
  },
  {
    range: "2.0.0",
    bareChecksums: ["deno", "denort"],
    why: "its checksums are of the programs, not of their zips",
    source: deno("v2.0.0/.github/workflows/ci.generate.ts#L754"),
  },
  {
    range: ">=2.7.14",
    bareChecksums: ["deno"],
    why: "`deno upgrade` compares it before and after it applies a delta",
    source: `${deno("v2.7.14/.github/workflows/ci.ts#L658")} and ${deno("v2.9.5/cli/tools/upgrade.rs#L1622")}`,
  },
  {
    range: "*",
    startupOrder: null,
    why: "deno's functions are where the linker puts them",
    source: deno("v2.9.4/.github/workflows/ci.ts"),
  },
  {
    range: ">=2.9.5",
    startupOrder: "tools/startup_order",
    why: "upstream links a release a second time, in the order in which a start calls its functions",
    source: deno("v2.9.5/tools/startup_order/README.md"),
  },
  {
    range: "*",
    abortsOnPanic: false,
    unwindTables: true,
    why: "tasks that panic are caught, by unwinding their stack",
    source: deno("v2.7.14/Cargo.toml"),
  },
  {
    range: ">=2.8.0",
    abortsOnPanic: true,
    why: 'panic = "abort" in profile release, which release-lite inherits',
    source: deno("v2.8.0/Cargo.toml#L471"),
  },
  {
    range: ">=2.9.5",
    unwindTables: false,
    why: "upstream removes them from its releases: panics are traced by frame pointers",
    source: `${deno("v2.9.5/.github/workflows/ci.ts#L737")} and ${issue("deno", 36265)}`,
  },
  {
    range: "*",
    deltaProgram: null,
    why: "`deno upgrade` downloads the whole zip",
    source: deno("v2.7.13/cli/tools/upgrade.rs"),
  },
  {
    range: ">=2.7.14",
    deltaProgram: "bsdiff_helper",
    why: "a release has deltas from the one before, in the format that its own updater reads",
    source: deno("v2.7.14/tools/bsdiff_helper/main.rs"),
  },

  // the build scripts that run V8, for cross-compiling
  {
    range: "*",
    snapshotScript: null,
    why: "several scripts made several snapshots",
    source: deno("v1.46.3/cli/build.rs"),
  },
  {
    range: ">=2.0.0",
    snapshotScript: "cli/build.rs",
    why: "it makes the snapshots of the command line and of the TypeScript compiler",
    source: deno("v2.0.0/cli/build.rs"),
  },
  {
    range: ">=2.1.7",
    snapshotScript: "cli/snapshot/build.rs",
    why: "the snapshot became a package; the scripts of deno and denort import deno_runtime all the same",
    source: deno("v2.1.7/cli/snapshot/build.rs"),
  },

  // what else can go wrong
  {
    range: "*",
    note: "The release profile needs much memory: a compiler that is killed at the end ran out of it.",
    why: "fat LTO in one codegen unit: 2.9.5 took 8.5 GiB for linux/amd64, and 16.2 for linux/arm64; the maintainers advise 32 GB",
    source: issue("deno", 24449),
  },
  {
    range: "1.26.1",
    note: "On linux/arm64 cli/napi/env.rs does not compile as it is.",
    why: "it casts a string to *const i8, and C's char is unsigned there; fixed in 1.26.2",
    source: `${deno("v1.26.1/cli/napi/env.rs#L128")} and ${issue("deno", 16208)}`,
  },
  {
    range: ">=1.26.2 <2.0.3",
    note: "With glibc before 2.35 every symbol is exported and the binary is larger.",
    why: "build.rs takes such a linker for one that does not know --export-dynamic-symbol-list",
    source: deno("v1.26.2/cli/build.rs#L361"),
  },
  {
    range: ">=1.34.3",
    note: "Whoever sets RUSTFLAGS must add --cfg tokio_unstable.",
    why: "RUSTFLAGS replaces the flags of .cargo/config.toml",
    source: deno("v1.34.3/.cargo/config.toml"),
  },
];

/** The facts about the V8 crate. In a file name `{features}` are the chosen features' suffixes, in the order of their rows. */
export const LIBRARY: readonly LibraryRow[] = [
  // the names of the products
  {
    range: "*",
    archive: "librusty_v8_release_{triple}.a",
    binding: null,
    compressed: false,
    why: "the binding is written by hand and in the crate",
    source: rustyV8("v0.41.0/build.rs"),
  },
  {
    range: ">=0.88.0",
    archive: "librusty_v8_release_{triple}.a.gz",
    compressed: true,
    why: "archives are gzipped",
    source: rustyV8("v0.88.0/build.rs"),
  },
  {
    range: ">=0.95.0",
    binding: "src_binding_release_{triple}.rs",
    why: "bindgen writes the binding",
    source: rustyV8("v0.95.0/build.rs"),
  },
  {
    range: ">=0.95.0 <0.105.0",
    note: "Deno is compiled with the binding in the published crate, not with the one made here: a patch of V8's interface has no effect.",
    why: "the build script overwrites RUSTY_V8_SRC_BINDING_PATH with gen/src_binding_….rs; it is honoured since 0.105.0",
    source: `${rustyV8("v0.95.0/build.rs")} and ${rustyV8("v0.105.0/build.rs#L84")}`,
  },
  {
    range: ">=134.1.0",
    archive: "librusty_v8{features}_release_{triple}.a.gz",
    binding: "src_binding{features}_release_{triple}.rs",
    why: "features became part of both names",
    source: rustyV8("v134.1.0/build.rs"),
  },

  // cargo features, in the order of their suffixes
  {
    range: ">=0.42.0",
    feature: { name: "use_custom_libcxx", suffix: "" },
    why: "a default feature; before, V8's own libc++ was always used",
    source: rustyV8("v0.42.0/Cargo.toml"),
  },
  {
    range: ">=134.1.0",
    feature: { name: "v8_enable_pointer_compression", suffix: "_ptrcomp" },
    why: "the feature's first version",
    source: rustyV8("v134.1.0/Cargo.toml"),
  },
  {
    range: ">=140.2.0",
    feature: { name: "v8_enable_v8_checks", suffix: "" },
    why: "the feature's first version; it is not part of the name",
    source: rustyV8("v140.2.0/build.rs"),
  },
  {
    range: ">=145.0.0",
    feature: { name: "v8_enable_sandbox", suffix: "_sandbox" },
    why: "the feature's first version",
    source: rustyV8("v145.0.0/build.rs"),
  },
  {
    range: ">=146.7.0 <152.1.0",
    feature: { name: "simdutf", suffix: "_simdutf" },
    why: "the feature's first version",
    source: rustyV8("v146.7.0/build.rs"),
  },
  {
    range: ">=152.1.0",
    feature: { name: "simdutf", suffix: "" },
    why: "the feature does nothing any more, V8 has simdutf always; it is left out of the names",
    source: "https://docs.rs/crate/v8/152.1.0/source/build.rs#773",
  },

  // tools
  {
    range: "*",
    packages: ["build-essential", "ca-certificates", "curl", "git", "libglib2.0-dev", "pkg-config", "xz-utils"],
    why: "what the README asks for, and what the scripts run",
    source: rustyV8("v150.0.0/README.md"),
  },
  {
    range: "<0.43.0",
    python: "python2.7",
    packages: ["python2.7"],
    why: "the scripts are Python 2, not 3",
    source: rustyV8("v0.42.1/README.md#L100"),
  },
  {
    range: ">=0.43.0 <0.66.0",
    python: "python",
    packages: ["python-is-python3"],
    why: "Python 3, but build.rs runs `python`",
    source: rustyV8("v0.43.0/README.md#L100"),
  },
  {
    range: ">=0.66.0",
    python: "python3",
    packages: ["python3"],
    why: "build.rs runs `python3`, or what PYTHON says",
    source: rustyV8("v0.66.0/build.rs#L647"),
  },
  {
    range: "<0.95.0",
    libclang: "none",
    why: "bindgen is not used",
    source: rustyV8("v0.94.0/Cargo.toml"),
  },
  {
    range: ">=0.95.0 <142.0.0",
    libclang: "any",
    packages: ["libclang-dev"],
    why: "bindgen reads V8's headers with it",
    source: `${rustyV8("v0.95.0/build.rs")} and ${issue("rusty_v8", 1595)}`,
  },
  {
    range: ">=142.0.0 <152.0.0",
    libclang: 19,
    packages: ["libclang-19-dev"],
    why: "older ones do not know the type traits of V8's libc++",
    source: rustyV8("v142.0.0/build.rs#L144"),
  },
  {
    range: ">=152.0.0",
    libclang: 21,
    llvmPackages: ["libclang-21-dev"],
    why: "older ones refuse `#pragma clang attribute` in V8's libc++; no Ubuntu 24.04 or Debian 13 has it, apt.llvm.org does",
    source:
      "https://docs.rs/crate/v8/152.2.0/source/build.rs#172, and its binding made with libclang 19.1.7 and 21.1.8",
  },
  {
    range: "<130.0.2",
    systemPackages: ["generate-ninja", "ninja-build"],
    why: "before, the script that downloads GN and Ninja knows no linux-arm64: up to 0.105 it takes x86_64's, then asks for linux-aarch64",
    source: rustyV8("v130.0.2/tools/ninja_gn_binaries.py"),
  },
  {
    range: "*",
    chromiumRust: false,
    why: "no Rust in V8",
    source: rustyV8("v139.0.0/.gn"),
  },
  {
    range: ">=140.0.0",
    chromiumRust: true,
    why: "V8's Temporal is written in Rust; build.rs runs tools/rust_toolchain.py unconditionally",
    source: `${rustyV8("v140.0.0/build.rs")} and ${issue("rusty_v8", 1907)}`,
  },

  // GN
  {
    range: "<0.70.0",
    gnArgumentsVariable: "GN_ARGS",
    why: "EXTRA_GN_ARGS is not read yet",
    source: rustyV8("v0.69.0/build.rs"),
  },
  {
    range: ">=0.70.0",
    gnArgumentsVariable: "EXTRA_GN_ARGS",
    why: "appended last, so it overrides what build.rs sets",
    source: rustyV8("v0.70.0/build.rs"),
  },
  {
    range: "*",
    gnArguments: ["use_sysroot=false"],
    why: "not Chromium's Debian, which decides the glibc floor; build.rs forces it on arm64, since 0.92.0 also natively",
    source: rustyV8("v0.92.0/build.rs#L200"),
  },
  {
    range: "*",
    gnArguments: ["use_glib=false"],
    why: "else pkg-config looks for glib in the sysroot, and V8 does not use it",
    source: "`gn gen` of v8 147.4.0, linux/amd64 to linux/arm64",
  },
  {
    range: "*",
    systemGnArguments: ["treat_warnings_as_errors=false"],
    why: "V8 is free of warnings under Chromium's clang only",
    source: rustyV8("v0.41.0/build.rs#L125"),
  },
  {
    range: ">=0.49.0",
    crateGnArguments: ["v8_enable_builtins_optimization=false"],
    why: "v8/tools/builtins-pgo is not in the crate",
    source: issue("rusty_v8", 1063),
  },
  {
    range: ">=147.4.0",
    crateGnArguments: ["chrome_pgo_phase=0"],
    why: "Chromium's profiles are not in the crate",
    source: "`gn gen` of the crates v8 147.4.0 and 150.0.0",
  },
  {
    range: "*",
    precompiledHeaders: false,
    why: "no V8 before 10.9 was read for it",
    source: rustyV8("v0.54.0/Cargo.toml"),
  },
  {
    range: ">=0.55.0",
    precompiledHeaders: true,
    why: "the template v8_source_set, the rule for C++ and five targets' names are as the edit wants them",
    source:
      "v8/gni/v8.gni, v8/BUILD.gn and build/toolchain/gcc_toolchain.gni of the crates v8 0.60.1, 0.106.0, 130.0.2, " +
      "142.2.0, 146.8.0, 147.4.0, 150.0.0, 150.4.0 and 152.2.0",
  },
  {
    range: "*",
    clusters: false,
    why: "v8/gni/cluster_build.gni came with 14.7",
    source: "the crate v8 146.8.0",
  },
  {
    range: ">=147.4.0",
    clusters: true,
    why: "v8_enable_cluster_build compiles the files of four large targets 25 at a time",
    source: "v8/gni/cluster_build.gni of the crates v8 147.4.0, 150.0.0, 150.4.0 and 152.2.0",
  },
  {
    range: "*",
    emulatedSnapshot: false,
    why: "no V8 before 10.9 was read for it",
    source: rustyV8("v0.54.0/Cargo.toml"),
  },
  {
    range: ">=0.55.0",
    emulatedSnapshot: true,
    why: "v8_snapshot_toolchain is an argument that may name the target's own toolchain",
    source: "v8/gni/snapshot_toolchain.gni of the crates v8 0.60.1, 147.4.0 and 152.2.0",
  },
  {
    // Without a range: filtering a flag that is not given does nothing, and no other version was looked at.
    range: "*",
    unknownFlags: [
      "-fno-lifetime-dse",
      "-fsanitize-ignore-for-ubsan-feature=",
      "-fdiagnostics-show-inlining-chain",
      "-Wno-unsafe-buffer-usage-in-static-sized-array",
    ],
    why: "Chromium's clang is ahead of any distribution's: clang 22 refuses them",
    source: "builds of v8 147.4.0 and 150.0.0 with clang 22.1.8",
  },

  // what else can go wrong
  {
    range: "<0.70.0",
    triple: "aarch64-unknown-linux-gnu",
    note: "A cross build uses Chromium's Debian sysroot.",
    why: "build.rs writes use_sysroot=true after GN_ARGS, and nothing comes later",
    source: rustyV8("v0.69.0/build.rs#L170"),
  },
  {
    range: "<0.95.0",
    note: "Unset V8_FROM_SOURCE to link an archive: any value of it, also 0, compiles V8.",
    why: "only its presence is looked at",
    source: rustyV8("v0.94.0/build.rs"),
  },
  {
    range: ">=140.0.0 <147.4.0",
    note: "The published crate lacks build/rust/known-target-triples.txt, which GN reads: use a git checkout.",
    why: "Cargo.toml excludes *.txt",
    source: issue("rusty_v8", 1949),
  },
];

/** The newest line of Deno's releases whose trees were read for the rows. */
export const RECIPE_LINE = "2.9.x";

/** The newest line of V8 that was compiled with these rows, whole: docs/records/real-builds.md. */
export const PROVEN_LIBRARY = "150.x";

/** The V8 of the oldest Deno: https://github.com/denoland/deno/blob/v1.20.0/Cargo.lock */
const OLDEST_LIBRARY = "0.41.0";

/** The rows that hold for a version, which is a release: whoever calls has cut a prerelease to its base. */
function holding<Row extends DenoRow | LibraryRow>(rows: readonly Row[], version: string): Row[] {
  return rows.filter(({ range }) => semver.satisfies(version, range));
}

/** What the last row that says anything of `key` says. That there is one is tested for every Deno release. */
function last<Row extends object, Key extends keyof Row>(rows: Row[], key: Key): Exclude<Row[Key], undefined> {
  const value = rows.filter((row) => row[key] !== undefined).at(-1)?.[key];
  if (value === undefined) throw new Error(`recipe: no row sets ${String(key)}.`);
  return value as Exclude<Row[Key], undefined>;
}

function notes(rows: (DenoRow | LibraryRow)[]): Note[] {
  return rows.flatMap(({ note, why, source }) => (note ? [{ what: note, why, source }] : []));
}

/** What compiling a Deno release takes. A prerelease or canary is built like the release that its version names. */
export function denoRecipe(version: string): DenoRecipe {
  const base = releaseBase(version);
  if (!base) throw new Error(`Deno version ${quote(version)} is not of the form 2.9.5.`);
  if (semver.lt(base, FLOOR)) throw new Error(`Deno ${version} is older than ${FLOOR}, the oldest that can be built.`);
  const rows = holding(DENO, base);
  return {
    packages: rows.flatMap((row) => row.packages ?? []),
    environment: Object.assign({}, ...rows.map((row) => row.environment)),
    libraryFeatures: rows.flatMap((row) => row.libraryFeatures ?? []),
    withoutUpgrade: last(rows, "withoutUpgrade"),
    upgradeSource: last(rows, "upgradeSource"),
    newestSource: last(rows, "newestSource"),
    baseSource: last(rows, "baseSource"),
    versionSources: last(rows, "versionSources"),
    cargo: last(rows, "cargo"),
    denort: last(rows, "denort"),
    denortStrip: last(rows, "denortStrip"),
    runtimes: Object.assign({}, ...rows.map((row) => row.runtimes)),
    bareChecksums: last(rows, "bareChecksums"),
    startupOrder: last(rows, "startupOrder"),
    abortsOnPanic: last(rows, "abortsOnPanic"),
    unwindTables: last(rows, "unwindTables"),
    deltaProgram: last(rows, "deltaProgram"),
    types: last(rows, "types"),
    sourceArchive: last(rows, "sourceArchive"),
    minifiesSources: last(rows, "minifiesSources"),
    snapshotScript: last(rows, "snapshotScript"),
    submodules: rows.flatMap((row) => row.submodules ?? []),
    notes: notes(rows),
  };
}

/** The first version of Deno with a runtime, by the row that has it. */
export function firstWith(name: RuntimeName): string {
  const row = DENO.find(({ runtimes }) => runtimes?.[name]) as DenoRow;
  return String(semver.minVersion(row.range));
}

/** What compiling a V8 crate takes, for one target triple and a set of cargo features beyond the default. */
export function libraryRecipe(v8Version: string, triple: string, features: string[]): LibraryRecipe {
  const base = releaseBase(v8Version);
  if (!base) throw new Error(`V8 crate version ${quote(v8Version)} is not of the form 150.4.0.`);
  if (semver.lt(base, OLDEST_LIBRARY)) {
    throw new Error(`V8 crate ${v8Version} is older than ${OLDEST_LIBRARY}, which Deno ${FLOOR} uses.`);
  }
  const triples = TARGETS.map((target): string => target.triple);
  if (!triples.includes(triple)) throw new Error(`triple ${quote(triple)} is none of ${triples.join(", ")}.`);

  const rows = holding(LIBRARY, base).filter((row) => !row.triple || row.triple === triple);
  const known = rows.flatMap((row) => row.feature ?? []);
  for (const feature of features) {
    if (known.some(({ name }) => name === feature)) continue;
    const names = known.map(({ name }) => name).join(", ");
    throw new Error(
      `library-features: V8 crate ${v8Version} has no feature ${quote(feature)}; it has ${names || "none"}`,
    );
  }
  const suffix = known.map((feature) => (enabled(feature.name, features) ? feature.suffix : "")).join("");
  const name = (template: string) => template.replace("{features}", suffix).replace("{triple}", triple);
  const binding = last(rows, "binding");
  return {
    features,
    archive: name(last(rows, "archive")),
    binding: binding && name(binding),
    compressed: last(rows, "compressed"),
    python: last(rows, "python"),
    libclang: last(rows, "libclang"),
    chromiumRust: last(rows, "chromiumRust"),
    precompiledHeaders: last(rows, "precompiledHeaders"),
    clusters: last(rows, "clusters"),
    emulatedSnapshot: last(rows, "emulatedSnapshot"),
    packages: rows.flatMap((row) => row.packages ?? []),
    llvmPackages: rows.flatMap((row) => row.llvmPackages ?? []),
    systemPackages: rows.flatMap((row) => row.systemPackages ?? []),
    gnArguments: rows.flatMap((row) => row.gnArguments ?? []),
    systemGnArguments: rows.flatMap((row) => row.systemGnArguments ?? []),
    crateGnArguments: rows.flatMap((row) => row.crateGnArguments ?? []),
    gnArgumentsVariable: last(rows, "gnArgumentsVariable"),
    unknownFlags: rows.flatMap((row) => row.unknownFlags ?? []),
    notes: notes(rows),
  };
}

/** The sandbox turns pointer compression on: https://github.com/denoland/rusty_v8/blob/v145.0.0/Cargo.toml */
function enabled(feature: string, features: string[]): boolean {
  const implied = feature === "v8_enable_pointer_compression" && features.includes("v8_enable_sandbox");
  return implied || features.includes(feature);
}
