/**
 * Builds Deno, and the V8 under it, from source for linux/arm64 and linux/amd64.
 *
 * `dagger call build --version=2.9.5 -o deno` compiles V8 (rusty_v8) with compilers of the engine's own architecture,
 * then Deno, and hands over a binary that was run. Forks, patches, commits, other base images and toolchains are
 * options; `plan` shows what would be done.
 */
import { argument, Container, Directory, dag, File, func, object, Secret } from "@dagger.io/dagger";
import { checkOptions } from "./options.js";
import type { Plan } from "./plan.js";
import { parsePlatform, parsePlatforms } from "./platform.js";
import { resolve } from "./source.js";
import * as stages from "./stages.js";
import { decide, type Work } from "./work.js";

/** Where V8's static library comes from. */
export enum LibraryOrigin {
  /** It is compiled here, from source. */
  SOURCE = "SOURCE",
  /** It is downloaded from rusty_v8's own release of that version. */
  UPSTREAM = "UPSTREAM",
}

/** Ubuntu 24.04 as of 2026-07, an image index with linux/amd64 and linux/arm64: glibc 2.39. */
const BASE = "ubuntu:24.04@sha256:4fbb8e6a8395de5a7550b33509421a2bafbc0aab6c06ba2cef9ebffbc7092d90";

/** Builds Deno, and the V8 under it, from source. */
@object()
export class DenoFromSource {
  source?: Directory;
  librarySource?: Directory;
  prebuilt?: Directory;
  fromUpstream: boolean;
  toolchains: Container[];
  base: string;
  repository: string;
  libraryRepository: string;
  patches?: Directory;
  libraryPatches?: Directory;
  profile: string;
  features: string[];
  upgrade: boolean;
  upgradeUrl: string;
  jobs: number;
  compilerCache: string;
  compilerCacheUser?: Secret;
  compilerCachePassword?: Secret;

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
     * (compiles V8: clang, lld, llvm-ar, rustc, cargo, python3, gn, ninja) and one for the target's, where that is
     * another (runs cargo: rustc, cargo, cc, git, rsync). Example: --toolchains=registry.example/sid:latest
     */
    toolchains: Container[] = [],
    /**
     * Address of the base image, for all platforms: Debian or Ubuntu. What is built needs its glibc or a newer one (with
     * toolchains, Deno needs the glibc of the one that runs cargo). Default: Ubuntu 24.04, glibc 2.39, pinned by
     * digest. Example: --base=debian:bookworm
     */
    base: string = BASE,
    /** Git URL of Deno, for a fork or a mirror. Example: --repository=https://git.example/me/deno */
    repository: string = "https://github.com/denoland/deno",
    /** Git URL of rusty_v8, for a fork or a mirror. Example: --library-repository=https://git.example/me/rusty_v8 */
    libraryRepository: string = "https://github.com/denoland/rusty_v8",
    /**
     * A directory of *.patch files for Deno, as git diff writes them, applied in the order of their names. One that
     * does not apply is an error that names it. Example: --patches=./patches
     */
    patches?: Directory,
    /** The same for rusty_v8. Example: --library-patches=./v8-patches */
    libraryPatches?: Directory,
    /**
     * Cargo profile. release is upstream's (fat LTO: wants 32 GB of memory); release-lite, since 1.46, is cheaper.
     * Example: --profile=release-lite
     */
    profile: string = "release",
    /** Cargo features beside the default ones. Example: --features=deno/panic-trace */
    features: string[] = [],
    /** Whether the binary has deno upgrade; false leaves it out (Deno 1.39.0 and newer). Example: --upgrade=false */
    upgrade: boolean = true,
    /**
     * Where deno upgrade downloads from, instead of upstream's releases: a URL that is followed by
     * /download/vVERSION/deno-TRIPLE.zip. Example: --upgrade-url=https://github.com/me/deno-builds/releases
     */
    upgradeUrl: string = "",
    /** How many compilers run at once; 0: as many as the engine has cores. Does not affect caching. Example: --jobs=4 */
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
  ) {
    checkOptions(
      {
        base,
        repository,
        "library-repository": libraryRepository,
        profile,
        features,
        jobs,
        "upgrade-url": upgradeUrl,
        "compiler-cache": compilerCache,
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
    this.source = source;
    this.librarySource = librarySource;
    this.prebuilt = prebuilt;
    this.fromUpstream = libraryOrigin === LibraryOrigin.UPSTREAM;
    this.toolchains = toolchains;
    this.base = base;
    this.repository = repository;
    this.libraryRepository = libraryRepository;
    this.patches = patches;
    this.libraryPatches = libraryPatches;
    this.profile = profile;
    this.features = features;
    this.upgrade = upgrade;
    this.upgradeUrl = upgradeUrl;
    this.jobs = jobs;
    this.compilerCache = compilerCache;
    this.compilerCacheUser = compilerCacheUser;
    this.compilerCachePassword = compilerCachePassword;
  }

  /**
   * What would be done for a version and platform, without doing it: versions, packages, environment, and each step
   * with where it runs (native, cross, emulated), why, and what it costs.
   *
   * Example: `dagger call plan --version=2.9.5 --platform=linux/arm64 text`
   */
  @func({ cache: "5m" })
  async plan(
    /** 2.9.5, v2.9.5, 2.9 (newest of that line), latest, canary, or a commit of 7 to 40 hex digits */
    version: string = "latest",
    /** linux/arm64 or linux/amd64 */
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
    /** As for plan */
    version: string = "latest",
    /** As for plan; the container is of this platform */
    platform: string = "linux/arm64",
  ): Promise<Container> {
    return (await stages.denoToolchain(await this.work(version, platform))).sync();
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
    /** Deno's version, as for plan; the V8 version follows from it */
    version: string = "latest",
    /** As for plan */
    platform: string = "linux/arm64",
  ): Promise<Directory> {
    return stages.libraryOf(await this.work(version, platform));
  }

  /**
   * V8's files for several platforms in the layout of RUSTY_V8_MIRROR (`vVERSION/…`), for other builds to use.
   *
   * Example: `dagger call mirror --version=2.9.5 -o mirror`, then `RUSTY_V8_MIRROR=$PWD/mirror cargo build`
   */
  @func({ cache: "5m" })
  async mirror(
    /** Deno's version, as for plan */
    version: string = "latest",
    /** As for plan, one or more */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
  ): Promise<Directory> {
    const works = await this.works(version, platforms);
    const files = await Promise.all(works.map(stages.mirrorOf));
    return files.reduce((all, one) => all.withDirectory(".", one), dag.directory());
  }

  /**
   * The `deno` binary, mode 755. It was run on its platform before it is handed over: its version, and a script.
   *
   * Example: `dagger call build --version=2.9.5 -o deno`
   */
  @func({ cache: "5m" })
  async build(
    /** As for plan */
    version: string = "latest",
    /** As for plan */
    platform: string = "linux/arm64",
  ): Promise<File> {
    return stages.binaryOf(await this.work(version, platform));
  }

  /**
   * The release zip, `deno-<triple>.zip`, with `deno` in it: byte for byte the same for the same input.
   *
   * Example: `dagger call archive --version=2.9.5 -o deno-aarch64-unknown-linux-gnu.zip`
   */
  @func({ cache: "5m" })
  async archive(
    /** As for plan */
    version: string = "latest",
    /** As for plan */
    platform: string = "linux/arm64",
  ): Promise<File> {
    return stages.archiveOf(await this.work(version, platform));
  }

  /**
   * Everything that a release page has, for several platforms, built side by side: the zips with `.sha256sum` files in
   * upstream's format, `deno-linux-arm64.zip` as a second name, and V8's archives and bindings.
   *
   * Example: `dagger call release --version=2.9.5 --platforms=linux/arm64,linux/amd64 -o dist`
   */
  @func({ cache: "5m" })
  async release(
    /** As for plan */
    version: string = "latest",
    /** As for plan, one or more */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
  ): Promise<Directory> {
    const works = await this.works(version, platforms);
    const files = await Promise.all(works.map(stages.releaseOf));
    return files.reduce((all, one) => all.withDirectory(".", one), dag.directory());
  }

  private async work(version: string, platform: string): Promise<Work> {
    const target = parsePlatform(platform);
    return decide(this, await resolve(this, version), target);
  }

  private async works(version: string, platforms: string[]): Promise<Work[]> {
    const targets = parsePlatforms(platforms);
    const tree = await resolve(this, version);
    return Promise.all(targets.map((target) => decide(this, tree, target)));
  }
}
