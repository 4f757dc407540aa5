/**
 * Builds Deno, and the V8 under it, from source for linux/arm64 and linux/amd64.
 *
 * `dagger call build --version=2.9.5 -o deno` compiles V8 (rusty_v8) with compilers of the engine's own architecture,
 * then Deno, and hands over a binary that was run. Forks, patches, commits, other base images and toolchains are
 * options; `plan` shows what would be done.
 */
import { argument, Container, check, Directory, dag, File, func, object, Secret } from "@dagger.io/dagger";
import { clock } from "../dagger/engine/http.js";
import { newestCommit, releaseTags } from "../dagger/upstream/git.js";
import { type FromSource, findSupply, type Supply } from "./binaries/supply.js";
import { binaryOf, denoToolchain, prepareDeno } from "./deno/build.js";
import { checkStripped, makeDebugFiles } from "./deno/debug-files.js";
import { namePanic } from "./deno/panic-trace.js";
import { prepareRuntime } from "./deno/runtimes.js";
import { makeImage } from "./images/image.js";
import { checkImageOptions } from "./images/options.js";
import { parseAddress } from "./images/tags.js";
import type { Plan } from "./plan/plan.js";
import { checkEngine, decide, inTurn, type Work } from "./plan/work.js";
import { App } from "./programs/app.js";
import * as programs from "./programs/programs.js";
import { rehearseNewest } from "./rehearsal/newest.js";
import { rehearse } from "./rehearsal/rehearse.js";
import { either, kindsFor, newestOfChannel } from "./releases/missing.js";
import { moveTags } from "./releases/moving-tags.js";
import { findMissing } from "./releases/outdated.js";
import { GITHUB, type Page, parsePage } from "./releases/page.js";
import { decideDelta, parsePrevious, predecessor } from "./releases/predecessor.js";
import { publishImages } from "./releases/publish.js";
import { makeArchive, makeRelease } from "./releases/release.js";
import { checkSync, type Synced, syncEach } from "./releases/sync.js";
import { releaseTag } from "./releases/tag.js";
import { type Upload, upload } from "./releases/upload.js";
import { UBUNTU } from "./request/base.js";
import { BinaryOrigin, BuildStrategy, ImageVariant, LibraryOrigin, UpstreamChannel } from "./request/enums.js";
import { checkNetworkOptions } from "./request/network.js";
import { checkOptions, type Settings } from "./request/options.js";
import { parsePlatform, parsePlatforms, type Target } from "./request/platform.js";
import { parseVersion, type VersionRequest } from "./request/version.js";
import { OFFICIAL, smoke } from "./smoke/smoke.js";
import { enginePlatform } from "./toolchain/toolchains.js";
import { findTree } from "./upstream/source.js";
import { makeLibrary, prepareLibrary, prepareMirror } from "./v8/build.js";

/** How a Deno is compiled, where no finished one is asked for. */
const FROM_SOURCE: FromSource = {
  findTree,
  prepareDeno: (work) => binaryOf(prepareDeno(work, prepareLibrary)),
  prepareDenort: (work) => binaryOf(prepareRuntime(work, prepareLibrary, "denort")),
};

/** Builds Deno, and the V8 under it, from source. */
@object()
export class DenoFromSource {
  source?: Directory;
  librarySource?: Directory;
  prebuilt?: Directory;
  fromUpstream: boolean;
  toolchains: Container[];
  base: string;
  sysroot: string;
  repository: string;
  libraryRepository: string;
  patches?: Directory;
  libraryPatches?: Directory;
  profile: string;
  features: string[];
  upgrade: boolean;
  upgradeUrl: string;
  vendor: string;
  jobs: number;
  compilerCache: string;
  compilerCacheUser?: Secret;
  compilerCachePassword?: Secret;
  binaries?: Directory;
  binaryOrigin: BinaryOrigin;
  binaryRegistry: string;
  imageBase: string;
  tini?: Directory;
  strategy: BuildStrategy;
  precompiledHeaders: boolean;
  startupOrder?: boolean;
  unwindTables?: boolean;
  minifySources: boolean;
  runtimes: string[];
  ignoreResources: boolean;
  mirrors: string[];
  proxy?: Secret;
  noProxy: string[];
  certificateAuthority?: File;
  libraryFeatures: string[];
  gnArguments: string[];

  constructor(
    /**
     * Deno's source tree, instead of a checkout of repository: a fork, a work tree, or the published crate deno.
     * Its version is read from it; --version may be left out. Example: --source=../deno
     */
    @argument({ ignore: ["target"] })
    source?: Directory,
    /**
     * rusty_v8's source, instead of a checkout of library-repository: a checkout with its submodules, or the unpacked
     * crate v8. It must be of the version that Deno's Cargo.lock names. Example: --library-source=../v8-147.4.0
     */
    @argument({ ignore: ["target"] })
    librarySource?: Directory,
    /**
     * Finished V8 archives and bindings, in the layout of RUSTY_V8_MIRROR: v147.4.0/librusty_v8_….a.gz and
     * v147.4.0/src_binding_….rs, as mirror makes it. V8 is not compiled then. Example: --prebuilt=./mirror
     */
    prebuilt?: Directory,
    /**
     * Where V8 comes from: SOURCE compiles it, which is what this module is for; UPSTREAM downloads rusty_v8's own
     * release over HTTPS, which publishes no checksums. Example: --library-origin=UPSTREAM
     */
    libraryOrigin: LibraryOrigin = LibraryOrigin.SOURCE,
    /**
     * Containers with the compilers, instead of the base image with pinned downloads: one for the engine's platform
     * (compiles V8 and cross-compiles Deno: clang, lld, llvm-ar, rustc, cargo, python3, gn, ninja, git, rsync) and one
     * for the target's, where cargo is emulated (rustc, cargo, cc, git, rsync). docs/glibc-and-toolchains.md lists all. Example: --toolchains=registry.example/sid:latest
     */
    toolchains: Container[] = [],
    /**
     * Address of the image that tools are installed in, for all platforms: Debian or Ubuntu. Given, its C library is what is
     * compiled against, too, where sysroot names no other: what is built needs its glibc or a newer one then (with
     * toolchains, Deno needs the glibc of the one that runs cargo). Default: Ubuntu 24.04, pinned by digest, with the C
     * library of sysroot's default. Example: --base=debian:bookworm
     */
    base: string = UBUNTU,
    /**
     * Git URL of Deno, for a fork or a mirror: https, http or git, without credentials, for images and errors show it. A
     * private one, or one that needs ssh, is cloned and given as source. Example: --repository=https://git.example/me/deno
     */
    repository: string = "https://github.com/denoland/deno",
    /**
     * Git URL of rusty_v8, for a fork or a mirror: https, http or git, without credentials.
     * Example: --library-repository=https://git.example/me/rusty_v8
     */
    libraryRepository: string = "https://github.com/denoland/rusty_v8",
    /**
     * A directory of *.patch files for Deno, as git diff writes them, applied in the order of their names. One that
     * does not apply is an error that names it. Example: --patches=./patches
     */
    patches?: Directory,
    /** The same for rusty_v8. Example: --library-patches=./v8-patches */
    libraryPatches?: Directory,
    /**
     * Cargo profile. release is upstream's (fat LTO, which takes 9 GB of memory for linux/amd64 and 17 for linux/arm64);
     * release-lite, since 1.46, is cheaper.
     * Example: --profile=release-lite
     */
    profile: string = "release",
    /** Cargo features beside the default ones. Example: --features=deno/panic-trace */
    features: string[] = [],
    /** Whether the binary has deno upgrade; false leaves it out (Deno 1.39.0 and newer). Example: --upgrade=false */
    upgrade: boolean = true,
    /**
     * Where deno upgrade downloads from, and deno compile its denort, instead of upstream's releases: a URL that is followed
     * by /download/vVERSION/deno-TRIPLE.zip, and for the newest version by /latest/download/release-latest.txt; release makes
     * both. Example: --upgrade-url=https://github.com/me/deno-builds/releases
     */
    upgradeUrl: string = "",
    /**
     * How many compilers run at once; 0: as many as the engine has cores. Does not affect caching. Example: --jobs=4
     */
    jobs: number = 0,
    /**
     * A shared store of compiled objects for sccache: redis://HOST:PORT/DB, webdav+https://HOST/PATH or
     * s3://BUCKET/PREFIX?region=REGION&endpoint=HOST, without credentials. Example: --compiler-cache=redis://cache:6379
     */
    compilerCache: string = "",
    /** User name, or S3 access key, of the compiler cache. Example: --compiler-cache-user=env:CACHE_USER */
    compilerCacheUser?: Secret,
    /** Password, or S3 secret key, of the compiler cache. Example: --compiler-cache-password=env:CACHE_PASSWORD */
    compilerCachePassword?: Secret,
    /**
     * Finished binaries for image, publish, app and compile, one for each platform: release zips named deno-TRIPLE.zip, as
     * archive makes them, or bare binaries named deno-TRIPLE; for compile also denort-TRIPLE.zip or denort-TRIPLE. Nothing
     * is compiled for these functions then. Example: --binaries=./dist
     */
    binaries?: Directory,
    /**
     * Where the binary of image, publish, app and compile comes from: SOURCE compiles it; UPSTREAM takes the zip from the
     * release page of repository (2.0.1 and newer); REGISTRY takes the official one from npm (1.46.0 and newer), which has
     * no denort for compile. Both are verified by the published checksum. Example: --binary-origin=UPSTREAM
     */
    binaryOrigin: BinaryOrigin = BinaryOrigin.SOURCE,
    /**
     * npm registry for binary-origin REGISTRY and the addon of smoke, for a mirror. Default: the one that npm asks.
     * Example: --binary-registry=https://npm.example
     */
    binaryRegistry: string = "",
    /**
     * Address of the image that images stand on and compile runs in, for all platforms, instead of the variant's own, which
     * is pinned by digest. Its C library must be as new as the one that the binary was built with. Example: --image-base=debian:trixie
     */
    imageBase: string = "",
    /**
     * Static binaries of tini, PID 1 of images, instead of the download of tini 0.19.0, which is pinned by SHA-256: files
     * named tini-amd64 and tini-arm64. Example: --tini=./tini
     */
    tini?: Directory,
    /**
     * Where Deno's cargo build runs: AUTO takes the first that is possible of NATIVE (an engine of the target's
     * architecture), CROSS (compilers of the engine's; Deno 2.0.0 and newer) and EMULATED (all under QEMU). plan says
     * which, and why. CROSS may be asked for on the target's own architecture, too: a toolchain that is newer than the base
     * image then compiles against the base image's C library. V8 is never compiled under QEMU, whatever this says.
     * Example: --strategy=EMULATED
     */
    strategy: BuildStrategy = BuildStrategy.AUTO,
    /**
     * Whether V8's headers are precompiled, once a target in place of once a file: a quarter of the time for the same
     * instructions. For V8 10.9 (crate 0.55) and newer, and not together with compiler-cache, for sccache stores nothing
     * that is compiled so: V8 14.7 and newer is compiled 25 files at a time instead. plan says whether they are, and why
     * not. Example: --precompiled-headers=false
     */
    precompiledHeaders: boolean = true,
    /**
     * Whether to begin what this engine has too little memory or disk for. By default a profile whose last link would not
     * fit into memory and swap is refused before anything is compiled, and a stage whose cache volume would not fit on the
     * disk is before it begins; docs/costs.md has the numbers. Example: --ignore-resources=true
     */
    ignoreResources: boolean = false,
    /**
     * Mirrors of the hosts that are downloaded from by default, each as HOST=URL; what is verified stays so. docs/air-gap.md
     * lists the hosts. Images and Git have options of their own. Example: --mirrors=static.rust-lang.org=https://mirror.example/rust
     */
    mirrors: string[] = [],
    /**
     * URL of an HTTP proxy for what is downloaded in a build, as a secret, for it may hold a password. Images and Git's tags
     * are fetched by the engine, with its own proxy; release pages and registries are asked without. Example: --proxy=env:PROXY
     */
    proxy?: Secret,
    /** Hosts that are asked without the proxy. Example: --no-proxy=mirror.example,.corp.example */
    noProxy: string[] = [],
    /**
     * A PEM file of certificates that are trusted in a build's downloads, beside those that containers have: of a mirror, or
     * of a proxy that opens HTTPS. Example: --certificate-authority=./company.pem
     */
    certificateAuthority?: File,
    /**
     * Cargo features of the crate v8 beside the default ones and Deno's own, for V8 and for Deno alike; they are part of
     * the names of V8's files. Default: none. One that this V8 does not have is an error that lists those it has, and so
     * is a Deno that is older than 2.7.2. Example: --library-features=v8_enable_pointer_compression
     */
    libraryFeatures: string[] = [],
    /**
     * GN arguments for compiling V8, NAME=VALUE, the value true, false, a number or a word, which is quoted for GN. Default:
     * none beside the module's own, which cannot be changed. One that this V8 does not have is refused in the first
     * minutes. Not together with prebuilt or library-origin UPSTREAM. Example: --gn-arguments=v8_enable_maglev=false
     */
    gnArguments: string[] = [],
    /**
     * Who built it, said behind the version in deno --version and Deno.version: 2.9.5+example. Build metadata of SemVer:
     * letters, digits and -, in parts between dots. deno upgrade, deno compile and the user agent go on with the plain
     * version. For Deno 1.46.0 to 2.1.5, and 2.1.7 and newer. Default: nothing, as upstream. Example: --vendor=example
     */
    vendor: string = "",
    /**
     * Address of the image whose C library V8 and Deno are compiled against, in place of base's, for all platforms: Debian
     * or Ubuntu, as old as what is built is to run on. Compilers and tools still come from base or toolchains, so Deno is
     * cross-compiled, which takes 2.0.0 or newer, and for that strategy AUTO or CROSS. The binary is run in this image.
     * Default: as old as upstream's, glibc 2.27 of Ubuntu 18.04, pinned by digest; base itself where base, toolchains or
     * strategy NATIVE or EMULATED was given, or where Deno cannot be cross-compiled. Example: --sysroot=debian:bullseye
     */
    sysroot: string = "",
    /**
     * Whether deno's functions are put together in the order in which a start calls them, which takes less memory and time at
     * each start: deno is linked, watched while it runs, and linked again by lld, in a minute. Default: as upstream does in
     * its releases since 2.9.5, so with profile release, with a toolchain that has lld: the default one, or any that
     * cross-compiles; for another architecture where QEMU on the engine's host can, which it can for linux/arm64 since 8.1.
     * Asked for where it cannot be made, it is an error. Where functions are differs from build to build then.
     * Example: --startup-order=false
     */
    startupOrder?: boolean,
    /**
     * Whether deno and denort keep the tables by which a stack is unwound, a tenth of their size. Without them
     * RUST_BACKTRACE=1 names no function of a panic; debuggers and perf go by frame pointers then. Default: as upstream
     * since 2.9.5, so with profile release, and a toolchain of which startup-order speaks, they are left out; else kept.
     * false takes 2.8.0 or newer, and a profile that is not about debugging. Example: --unwind-tables=true
     */
    unwindTables?: boolean,
    /**
     * Whether the sources of Deno's own JavaScript are stored without comments and spaces, which makes deno and denort 2 MB
     * smaller: by esbuild of the distribution, or of toolchains. Upstream's releases have more than that minified, by
     * a package of no fixed version. For 2.9.0 and newer. Default: as they are, so that the places in a stack trace of
     * Deno's own code are those of its sources. Example: --minify-sources=true
     */
    minifySources: boolean = false,
    /**
     * The runtimes that a release has beside denort, which a deno with --upgrade-url downloads from its page: libdenort, the
     * shared library that deno desktop puts a program behind, of 2.9.0 and newer; denort-quickjs and libdenort-quickjs, for
     * deno compile and deno desktop with --engine quickjs, of 2.9.5 and newer. From the repository. Default: none, for
     * libdenort takes a link with LTO more, 16 minutes of profile release, and the first one on QuickJS as many crates as
     * deno. Example: --runtimes=libdenort,denort-quickjs
     */
    runtimes: string[] = [],
  ) {
    checkOptions(
      {
        base,
        sysroot,
        repository,
        "library-repository": libraryRepository,
        profile,
        features,
        jobs,
        "upgrade-url": upgradeUrl,
        vendor,
        "compiler-cache": compilerCache,
        "library-features": libraryFeatures,
        "gn-arguments": gnArguments,
        runtimes,
      },
      {
        prebuilt: prebuilt !== undefined,
        librarySource: librarySource !== undefined,
        libraryPatches: libraryPatches !== undefined,
        fromUpstream: libraryOrigin === LibraryOrigin.UPSTREAM,
        upgrade,
        compilerCacheUser: compilerCacheUser !== undefined,
        compilerCachePassword: compilerCachePassword !== undefined,
      },
    );
    checkImageOptions(
      { "binary-registry": binaryRegistry, "image-base": imageBase },
      { binaries: binaries !== undefined, binaryOrigin },
    );
    checkNetworkOptions({ mirrors, "no-proxy": noProxy }, { proxy: proxy !== undefined });
    this.source = source;
    this.librarySource = librarySource;
    this.prebuilt = prebuilt;
    this.fromUpstream = libraryOrigin === LibraryOrigin.UPSTREAM;
    this.toolchains = toolchains;
    this.base = base;
    this.sysroot = sysroot;
    this.repository = repository;
    this.libraryRepository = libraryRepository;
    this.patches = patches;
    this.libraryPatches = libraryPatches;
    this.profile = profile;
    this.features = features;
    this.upgrade = upgrade;
    this.upgradeUrl = upgradeUrl;
    this.vendor = vendor;
    this.jobs = jobs;
    this.compilerCache = compilerCache;
    this.compilerCacheUser = compilerCacheUser;
    this.compilerCachePassword = compilerCachePassword;
    this.binaries = binaries;
    this.binaryOrigin = binaryOrigin;
    this.binaryRegistry = binaryRegistry;
    this.imageBase = imageBase;
    this.tini = tini;
    this.strategy = strategy;
    this.precompiledHeaders = precompiledHeaders;
    this.ignoreResources = ignoreResources;
    this.mirrors = mirrors;
    this.proxy = proxy;
    this.noProxy = noProxy;
    this.certificateAuthority = certificateAuthority;
    this.libraryFeatures = libraryFeatures;
    this.gnArguments = gnArguments;
    this.startupOrder = startupOrder;
    this.unwindTables = unwindTables;
    this.minifySources = minifySources;
    this.runtimes = runtimes;
  }

  /**
   * What would be done for a version and platform, without doing it: versions, packages, environment, and each step
   * with where it runs (native, cross, emulated), why, and what it costs.
   *
   * Example: `dagger call plan --version=2.9.5 --platform=linux/arm64 text`
   */
  @func({ cache: "5m" })
  async plan(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platform that it is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
  ): Promise<Plan> {
    return (await this.work(version, platform)).plan;
  }

  /**
   * The container that Deno's cargo build runs in, each tool run once with --version
   * (see /opt/deno-from-source/versions in it).
   *
   * Example: `dagger call toolchain --version=2.9.5 terminal`
   */
  @func({ cache: "5m" })
  async toolchain(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /**
     * The platform of the deno that is built in it: linux/arm64 or linux/amd64. The container is of that platform, or
     * of the engine's where it cross-compiles
     */
    platform: string = "linux/arm64",
  ): Promise<Container> {
    return (await denoToolchain(await this.work(version, platform))).sync();
  }

  /**
   * V8's static library and its Rust binding, under the names that this V8 version's build script asks for. Compiled by
   * compilers of the engine's own architecture: natively or cross, never emulated. Takes hours once; goes on where it
   * was interrupted.
   *
   * Example: `dagger call library --version=2.9.5 --platform=linux/arm64 -o v8`
   */
  @func({ cache: "5m" })
  async library(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits. Its Cargo.lock names the V8
     */
    version: string = "latest",
    /** The platform that it is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
  ): Promise<Directory> {
    return makeLibrary(await this.work(version, platform));
  }

  /**
   * V8's files for several platforms in the layout of RUSTY_V8_MIRROR (`vVERSION/…`), for other builds to use.
   *
   * Example: `dagger call mirror --version=2.9.5 -o mirror`, then `RUSTY_V8_MIRROR=$PWD/mirror cargo build`
   */
  @func({ cache: "5m" })
  async mirror(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits. Its Cargo.lock names the V8
     */
    version: string = "latest",
    /** One or more platforms, separated by commas: linux/arm64,linux/amd64 */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
  ): Promise<Directory> {
    const works = await this.works(version, platforms);
    const files = await inTurn(await Promise.all(works.map(prepareMirror)), (make) => make());
    return files.reduce((all, one) => all.withDirectory(".", one), dag.directory());
  }

  /**
   * The `deno` binary, mode 755. It was run on its platform before it is handed over: its version, and a script.
   *
   * Example: `dagger call build --version=2.9.5 -o deno`
   */
  @func({ cache: "5m" })
  async build(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platform that it is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
  ): Promise<File> {
    const make = await FROM_SOURCE.prepareDeno(await this.work(version, platform));
    return make();
  }

  /**
   * What was stripped from the deno of build, for debuggers and for the backtrace of a panic: `deno.debug`, which the
   * binary names by its build id and its debuglink, and, where the profile splits debug information, `deno.dwp`. Put beside
   * deno, they give a backtrace the names of functions and the lines of sources. docs/binary.md says how. The same build.
   * With --features=deno/panic-trace or deno/panic-trace-frame-pointer there is `deno.symcache`, too, for a site that names
   * panics as upstream's does.
   *
   * Example: `dagger call debug-files --version=2.9.5 -o debug`
   */
  @func({ cache: "5m" })
  async debugFiles(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platform that it is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
  ): Promise<Directory> {
    checkStripped(this.profile);
    return makeDebugFiles(await this.work(version, platform), prepareLibrary);
  }

  /**
   * The functions that a panic came through, and their places in the sources: of the link that a deno prints which was built
   * with --features=deno/panic-trace-frame-pointer, by what was stripped from that very deno. Upstream's site, which the link
   * leads to, knows upstream's binaries alone. Nothing is built.
   *
   * Example: `dagger call panic-trace --link=https://panic.deno.com/v2.9.5/x86_64-unknown-linux-gnu/4mv7jC --debug-files=debug`
   */
  @func({ cache: "5m" })
  async panicTrace(
    /** The link, or what is behind its last slash */
    link: string,
    /** What debug-files made with that deno, or what is in its deno-<triple>.debug.zip: deno.debug, and deno.dwp */
    debugFiles: Directory,
  ): Promise<string> {
    return namePanic(this, link, debugFiles);
  }

  /**
   * The release zip, `deno-<triple>.zip`, with `deno` in it: byte for byte the same for the same input.
   *
   * Example: `dagger call archive --version=2.9.5 -o deno-aarch64-unknown-linux-gnu.zip`
   */
  @func({ cache: "5m" })
  async archive(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platform that it is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
  ): Promise<File> {
    return makeArchive(await this.work(version, platform));
  }

  /**
   * Everything that a release page has, for several platforms, built one after the other: the zips of deno and, since 1.40.5,
   * denort, with `.sha256sum` files in upstream's format, that of deno itself where upstream has it (2.0.0, and 2.7.14 and
   * newer), `deno-linux-arm64.zip` as a second name, what was stripped from both (`.debug.zip`), V8's archives and bindings,
   * and a text that says what was built of and with what; with --runtimes the zips of others; and where deno's panics
   * print links, by --features=deno/panic-trace-frame-pointer, `deno-<triple>.symcache`. Once for all platforms:
   * `lib.deno.d.ts`, as deno types prints it, and `deno_src.tar.gz`, the source as it was built, patches applied, with its
   * checksum.
   *
   * Example: `dagger call release --version=2.9.5 --platforms=linux/arm64,linux/amd64 -o dist`
   */
  @func({ cache: "5m" })
  async release(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** One or more platforms, separated by commas: linux/arm64,linux/amd64 */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /**
     * The release before this one, on the page that upgrade-url names: of its deno and this one a delta is made for each
     * platform, which deno upgrade downloads in place of the zip; Deno 2.7.14 and newer. By default none. Example:
     * --previous=2.9.4
     */
    previous: string = "",
  ): Promise<Directory> {
    const from = parsePrevious(previous, this.upgradeUrl);
    const works = await this.works(version, platforms);
    return makeRelease(works, decideDelta((works[0] as Work).tree, from));
  }

  /**
   * denort, mode 755: the runtime that deno compile puts under a program; 1.40.5 and newer. Compiled here, in the same
   * cache as build and of the same crates: after build little but a link is left. It was started on its platform, which
   * shows no more than that it loads, for it carries no program yet; compile tries it with one.
   *
   * Example: `dagger call runtime --version=2.9.5 -o denort`
   */
  @func({ cache: "5m" })
  async runtime(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platform that it is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
  ): Promise<File> {
    const make = await FROM_SOURCE.prepareDenort(await this.work(version, platform));
    return make();
  }

  /**
   * A standalone executable of a program, made by deno compile with the deno and denort that binaries or binary-origin
   * name. It is of the platform that it is made for, emulated on an engine of another one: npm packages may be of a
   * platform, and so one deno is needed and not two. A program of one line is compiled and run first; the one that was
   * asked for is not run. What deno compile refuses fails with its message.
   *
   * Example: `dagger call compile --source=. --entrypoint=main.ts --permissions=allow-net,allow-read=/data -o app`
   */
  @func({ cache: "5m" })
  async compile(
    /**
     * The folder of the program, with deno.json and deno.lock where it has them. Its .git is not taken. Example:
     * --source=.
     */
    @argument({ ignore: [".git"] })
    source: Directory,
    /** The file of source that is started: a relative path. Example: --entrypoint=src/main.ts */
    entrypoint: string,
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platform that the executable is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
    /**
     * What the program may do, in Deno's words, with or without dashes; by default nothing. What is given more than once
     * is one list. Example: --permissions=allow-net,allow-read=/data,allow-read=/tmp
     */
    permissions: string[] = [],
    /**
     * Files and folders of source that are put in beside what is imported; Deno 1.32.0 and newer. Example:
     * --include=static
     */
    include: string[] = [],
  ): Promise<File> {
    const target = parsePlatform(platform);
    const request = parseVersion(version);
    return programs.makeExecutable(this, this.supply(request, [target]), {
      source,
      entrypoint,
      request,
      target,
      permissions,
      include,
    });
  }

  /**
   * An image of a program: image, with the source in /app, all that it imports in /deno-dir, user deno, and an entrypoint
   * that runs it with exactly these permissions. The words of docker run are the program's arguments. Nothing is
   * downloaded when it starts. What deno cache refuses fails with its message.
   *
   * Example: `dagger call app --source=. --entrypoint=main.ts --permissions=allow-net publish --address=ghcr.io/me/app`
   */
  @func({ cache: "5m" })
  async app(
    /**
     * The folder of the program, with deno.json and deno.lock where it has them; all of it but .git is in the image.
     * Example: --source=.
     */
    @argument({ ignore: [".git"] })
    source: Directory,
    /** The file of source that is started: a relative path. Example: --entrypoint=src/main.ts */
    entrypoint: string,
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** One or more platforms, separated by commas: linux/arm64,linux/amd64. The image is made for each of them */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /** What the image stands on: UBUNTU, DEBIAN (both with a shell), or DISTROLESS (without one) */
    variant: ImageVariant = ImageVariant.UBUNTU,
    /**
     * What the program may do, in Deno's words, with or without dashes; by default nothing. Example:
     * --permissions=allow-net,allow-read=/data
     */
    permissions: string[] = [],
  ): Promise<App> {
    const targets = parsePlatforms(platforms);
    const request = parseVersion(version);
    const wanted = { source, entrypoint, request, targets, variant, permissions };
    return Object.assign(new App(), await programs.makeApp(this, this.supply(request, targets), wanted));
  }

  /**
   * The newest version upstream, by version and not by date: of a release without its v, of CANARY the commit. A
   * prerelease may be older than the newest stable release.
   *
   * Example: `dagger call latest --channel=PRERELEASE`
   */
  @func({ cache: "5m" })
  async latest(
    /** STABLE, PRERELEASE or CANARY */
    channel: UpstreamChannel = UpstreamChannel.STABLE,
  ): Promise<string> {
    if (channel === UpstreamChannel.CANARY) return newestCommit(this.repository);
    const tags = await releaseTags(this.repository);
    return newestOfChannel(tags, channel === UpstreamChannel.STABLE ? "stable" : "prerelease");
  }

  /**
   * The stable releases that upstream has and a release page, an image, or either of both lacks, the oldest first. On a
   * release page a version is there when it is published with the zip and the checksum of each platform, in a registry
   * when a tag is the version.
   *
   * Example: `dagger call outdated --repository=me/deno-builds --address=ghcr.io/me/deno`
   */
  @func({ cache: "never" })
  async outdated(
    /** OWNER/NAME of the repository whose release page is compared; not Deno's, which is the option of this name */
    repository: string = "",
    /** An image without a tag, whose registry is asked for its tags */
    address: string = "",
    /** The platforms whose files a release page must have of each version: linux/arm64,linux/amd64 */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /**
     * The oldest release that counts. By default the oldest one that is there already, so gaps are found; of a place that
     * has none, upstream's newest alone
     */
    since: string = "",
    /** API of the release page: GitHub's, a GitHub Enterprise's https://HOST/api/v3, a Gitea's https://HOST/api/v1 */
    api: string = GITHUB,
    /** For a release page that is not public, and for drafts. Example: env:GITHUB_TOKEN */
    token?: Secret,
    /** User of the registry, where it asks for one */
    username: string = "",
    /** Password of that user. Example: env:REGISTRY_PASSWORD */
    password?: Secret,
  ): Promise<string[]> {
    const targets = parsePlatforms(platforms);
    const question = { repository, address, targets, since, kinds: [], api, token, username, password };
    const { page, image } = await findMissing(this.repository, question);
    return either(page, image);
  }

  /**
   * The image of one platform, laid out like denoland's own: `/bin/deno`, user and group deno (1993), `/deno-dir/`, tini
   * as PID 1, and an entrypoint that gives Deno's commands to Deno and runs other programs as they are. It is put together
   * by copying files; nothing in it is run.
   *
   * Example: `dagger call image --version=2.9.5 --platform=linux/amd64 as-tarball -o deno.tar`
   */
  @func({ cache: "5m" })
  async image(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platform that it is for: linux/arm64 or linux/amd64 */
    platform: string = "linux/arm64",
    /** UBUNTU, DEBIAN, DISTROLESS, or BIN, which is the binary alone */
    variant: ImageVariant = ImageVariant.UBUNTU,
  ): Promise<Container> {
    const target = parsePlatform(platform);
    const find = this.supply(parseVersion(version), [target]);
    return makeImage(this, await find(), target, variant);
  }

  /**
   * Brings the files of release to a release page of GitHub, GitHub Enterprise, Gitea or Forgejo, and publishes it. Until
   * all are there it is a draft, so what was interrupted is completed by the next call. A file that is there with the
   * same checksum is left; other content of a published release is an error. A commit is released as canary-<hash>.
   *
   * Example: `dagger call upload --repository=me/deno-builds --token=env:GITHUB_TOKEN --version=2.9.5`
   */
  @func({ cache: "never" })
  async upload(
    /** OWNER/NAME of the repository whose release page it is; not Deno's, which is the option of this name */
    repository: string,
    /** A token that may write releases: on GitHub contents read and write. Example: env:GITHUB_TOKEN */
    token: Secret,
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** The platforms whose files are made, separated by commas: linux/arm64,linux/amd64 */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /** API of the release page: GitHub's, a GitHub Enterprise's https://HOST/api/v3, a Gitea's https://HOST/api/v1 */
    api: string = GITHUB,
    /** Whether to overwrite files of a published release that have another content */
    replace: boolean = false,
    /** The files, as release made them, of one platform or several; nothing is built then */
    files?: Directory,
    /**
     * The release before this one, on the page that upgrade-url names: of its deno and this one a delta is made for each
     * platform, which deno upgrade downloads in place of the zip; Deno 2.7.14 and newer. By default none. Example:
     * --previous=2.9.4
     */
    previous: string = "",
  ): Promise<Upload> {
    const targets = parsePlatforms(platforms);
    const from = parsePrevious(previous, this.upgradeUrl);
    if (from && files) throw new Error("previous: files has the deltas that it has; give previous to release");
    return this.uploadRelease(parsePage(repository, api), token, parseVersion(version), targets, {
      replace,
      previous: from,
      files,
    });
  }

  /**
   * Follows upstream: makes what outdated finds, one version after the other, uploads what a release page lacks and
   * publishes what an image lacks. Tags such as latest that are behind a version which the image has are moved to it,
   * without building it again. A version that fails does not stop the others; an error at the end names it, and the next
   * call tries it again.
   *
   * Example: `dagger call sync --repository=me/deno-builds --token=env:GITHUB_TOKEN`
   */
  @func({ cache: "never" })
  async sync(
    /**
     * OWNER/NAME of the repository whose release page is kept up to date; left out: none. Not Deno's, which is the
     * option of this name
     */
    repository: string = "",
    /**
     * A token that may write releases: on GitHub contents read and write. Needed with repository. Example:
     * env:GITHUB_TOKEN
     */
    token?: Secret,
    /**
     * Registry and name of the image that is kept up to date, without a tag: ghcr.io/me/deno; left out: none. It is of
     * the variant UBUNTU
     */
    address: string = "",
    /** The platforms whose files are made, separated by commas: linux/arm64,linux/amd64 */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /**
     * The oldest release that counts. By default the oldest one that is there already; of a place that has none,
     * upstream's newest alone
     */
    since: string = "",
    /** API of the release page: GitHub's, a GitHub Enterprise's https://HOST/api/v3, a Gitea's https://HOST/api/v1 */
    api: string = GITHUB,
    /**
     * Whether to overwrite files of a published release that have another content: for versions that lack some of
     * their files
     */
    replace: boolean = false,
    /**
     * Which tags each version gets: version (2.9.5), minor (2.9), major (2), latest. The last three only where
     * upstream has no newer version for them
     */
    tags: string[] = ["version"],
    /** User name at the registry */
    username: string = "",
    /** Password or token at the registry. Example: env:REGISTRY_PASSWORD */
    password?: Secret,
  ): Promise<Synced[]> {
    checkSync(this, { repository, token, address, tags });
    const targets = parsePlatforms(platforms);
    const question = { repository, address, targets, since, kinds: tags, api, token, username, password };
    const missing = await findMissing(this.repository, question);
    const behind = new Map(missing.behind.map((one) => [one.version, one]));
    return syncEach(either(missing.page, missing.image, [...behind.keys()]), async (version) => {
      const places: string[] = [];
      const request = { kind: "release", version } as const;
      if (token && missing.page.includes(version)) {
        const previous = this.upgradeUrl ? predecessor(version, missing.deltaSources) : "";
        const options = { replace, previous, optional: true };
        places.push((await this.uploadRelease(parsePage(repository, api), token, request, targets, options)).url);
        missing.deltaSources.push(version);
      }
      if (missing.image.includes(version)) {
        const kinds = kindsFor(tags, version, missing.tags);
        const wanted = { request, targets, variant: ImageVariant.UBUNTU, tags: kinds, username, password };
        places.push(
          ...(await publishImages(this, this.supply(request, targets), { address: parseAddress(address), ...wanted })),
        );
      }
      const moved = behind.get(version);
      if (moved) {
        const login = password ? { user: username, password: await password.plaintext() } : null;
        places.push(...(await moveTags(address, moved, login)));
      }
      return places.join(", ");
    });
  }

  /**
   * Pushes the image of several platforms as one index for each tag, and gives the references with their digests. Every
   * binary and image is there before the first push. The tag of the version is pushed last, and an index after what is in
   * it, so what a push that failed left behind is repaired by the next one.
   *
   * Example: `dagger call publish --address=ghcr.io/me/deno --version=2.9.5 --username=me --password=env:TOKEN`
   */
  @func({ cache: "never" })
  async publish(
    /** Registry and name, without a tag: ghcr.io/me/deno */
    address: string,
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** One or more platforms, separated by commas: linux/arm64,linux/amd64 */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /**
     * UBUNTU, DEBIAN, DISTROLESS, or BIN, which is the binary alone. Tags of another variant than UBUNTU begin with
     * its name: debian-2.9.5
     */
    variant: ImageVariant = ImageVariant.UBUNTU,
    /**
     * Which tags: version (2.9.5), minor (2.9), major (2), latest. A canary or commit has one tag, canary-HASH, which
     * version stands for. Example: --tags=version,minor,latest
     */
    tags: string[] = ["version"],
    /** User name at the registry */
    username: string = "",
    /** Password or token at the registry */
    password?: Secret,
  ): Promise<string[]> {
    const [to, targets] = [parseAddress(address), parsePlatforms(platforms)];
    const request = parseVersion(version);
    return publishImages(this, this.supply(request, targets), {
      address: to,
      request,
      targets,
      variant,
      tags,
      username,
      password,
    });
  }

  /**
   * Tries an image on every platform, as user deno behind its own entrypoint: version, fetch, a worker, a Node-API addon
   * from npm, a denied permission, deno test, Deno's folder, and signals through tini. Gives a line for each check; if one
   * fails, an error lists those that failed, with what was seen, and those that passed. Deno 1.46.0 and newer. A platform
   * that is not the engine's needs QEMU. The engine remembers what passed: the same image is not run again.
   *
   * Example: `dagger call smoke --version=2.9.5 --platforms=linux/amd64`
   */
  @func({ cache: "never" })
  async smoke(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits. With address, what deno says of itself must fit it; latest, the default, fits any
     */
    version: string = "latest",
    /** One or more platforms, separated by commas: linux/arm64,linux/amd64 */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /** UBUNTU, DEBIAN or DISTROLESS; nothing runs in BIN, which is refused. Left out with address */
    variant: ImageVariant = ImageVariant.UBUNTU,
    /** A published image with its tag or digest; none is made then. Example: --address=ghcr.io/me/deno:2.9.5 */
    address: string = "",
  ): Promise<string> {
    const request = parseVersion(version);
    const targets = parsePlatforms(platforms);
    return smoke(this, this.supply(request, targets), { request, targets, variant, address });
  }

  /**
   * Does in minutes what can go wrong before the hours of compiling, for real: the source and its patches, the toolchains,
   * cargo's graph with the lock file as it is, V8's configuration with the arguments of the build (the sysroot in its
   * flags, no argument ignored, every input there), one file with each compiler, the names of V8's files, QEMU, memory and
   * disk, and every host that is downloaded from. Gives a line for each check; if one fails, an error lists those that
   * failed and those that passed. Run it before a first build of a version, a fork, a base image or a toolchain.
   *
   * Example: `dagger call rehearse --version=2.9.5 --platforms=linux/arm64`
   */
  @func({ cache: "never" })
  async rehearse(
    /**
     * The version of Deno: a release (2.9.5), a line (2.9: its newest), latest, canary, or a commit of 7 to 40 hex
     * digits
     */
    version: string = "latest",
    /** One or more of linux/arm64 and linux/amd64; each is rehearsed whole, one after the other */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
  ): Promise<string> {
    return rehearse(this, parseVersion(version), parsePlatforms(platforms));
  }

  /**
   * The official Deno 2.9.5 works in this module's image on both platforms: a check, which runs smoke with npm's binaries.
   * It compiles nothing, so what fails is the image or the engine. The options image-base, tini, binary-registry, base and
   * toolchains count.
   *
   * Example: `dagger call official-image`, or `dagger check official-image`
   */
  @check()
  @func({ cache: "never" })
  async officialImage(): Promise<void> {
    const settings: Settings = { ...this, binaries: undefined, binaryOrigin: BinaryOrigin.REGISTRY };
    const { request, targets } = OFFICIAL;
    await smoke(settings, () => findSupply(settings, request, targets, FROM_SOURCE), OFFICIAL);
  }

  /**
   * Upstream's newest release can be built: a check, for a cron that is to notice when upstream moves on. It is planned
   * for both platforms, is of a line of Deno and of V8 that the recipe was written for, patches apply, deno upgrade has
   * its place, and rehearse passes for what this engine compiles. Minutes, and the downloads of a toolchain.
   *
   * Example: `dagger call newest-release`, or `dagger check newest-release`
   */
  @check()
  @func({ cache: "never" })
  async newestRelease(): Promise<void> {
    await rehearseNewest(this);
  }

  /** Which Deno a version means, and from where: found when what is made of it has been looked at. */
  private supply(request: VersionRequest, targets: Target[]): () => Promise<Supply> {
    return () => findSupply(this, request, targets, FROM_SOURCE);
  }

  /** Brings a release's files to its page. What cannot be built is refused before a release page is touched. */
  private async uploadRelease(
    page: Page,
    token: Secret,
    request: VersionRequest,
    targets: Target[],
    options: { replace: boolean; previous: string; optional?: boolean; files?: Directory },
  ): Promise<Upload> {
    const access = { ...page, token: await token.plaintext(), clock };
    const { request: exact, ...release } = await releaseTag(this, request);
    const { replace, previous, optional, files } = options;
    const works = files ? [] : await this.decideAll(exact, targets);
    const delta = works[0] ? decideDelta(works[0].tree, previous, optional) : null;
    return upload(access, { ...release, replace }, async () => files ?? makeRelease(works, delta));
  }

  private async work(version: string, platform: string): Promise<Work> {
    const target = parsePlatform(platform);
    return (await this.decideAll(parseVersion(version), [target]))[0] as Work;
  }

  private async works(version: string, platforms: string[]): Promise<Work[]> {
    const targets = parsePlatforms(platforms);
    return this.decideAll(parseVersion(version), targets);
  }

  /** In this order, so that what is wrong is refused as early as it can be seen. */
  private async decideAll(request: VersionRequest, targets: Target[]): Promise<Work[]> {
    const engine = await enginePlatform();
    checkEngine(this, engine, targets);
    const tree = await findTree(this, request);
    return Promise.all(targets.map((target) => decide(this, tree, engine, target)));
  }
}
