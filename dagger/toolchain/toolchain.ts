import { type Container, type Directory, dag, type Platform } from "@dagger.io/dagger";
import { NO_DATE } from "../engine/date.js";
import { cargoMirror, mirrored, type Network, withDownloads } from "../engine/network.js";
import { fetchFile } from "../engine/remote.js";
import { script } from "../engine/script.js";

/** What the default toolchain is made of. A site that brings its own container needs none of this. */
export interface ToolchainBuild {
  /** where its tools run */
  platform: Platform;
  base: string;
  packages: string[];
  /** Rust's version, as rust-toolchain.toml names it */
  rust: string;
  /** the triple of `platform`, and the one that Rust's standard library is needed for */
  host: string;
  target: string;
  /** packages of LLVM that the distribution does not have, from apt.llvm.org: each named with its major version */
  llvmPackages: string[];
  /** compile bindgen of crates.io, with rustfmt: V8's build runs both, and only x86_64 gets Chromium's */
  bindgen: boolean;
  compilerCache: boolean;
  network?: Network;
}

/** What the base image's packages must add before anything can be compiled against it. */
export const developmentPackages = ["build-essential", "ca-certificates", "libglib2.0-dev", "pkg-config"];

const install = script(import.meta.url, "install-packages.sh");

const installLlvm = script(import.meta.url, "install-llvm.sh");

/** rustup-init 1.28.2: 1.29.0 dispatches wrongly, https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts */
const rustup = {
  version: "1.28.2",
  checksums: {
    "x86_64-unknown-linux-gnu": "sha256:20a06e644b0d9bd2fbdbfd52d42540bdde820ea7df86e92e533c073da0cdd43c",
    "aarch64-unknown-linux-gnu": "sha256:e3853c5a252fca15252d07cb23a1bdd9377a8c6f3efa01531109281ae47f841c",
  } as Record<string, string>,
};

/** The bindgen of Chromium's Rust at V8 150: https://github.com/denoland/rusty_v8/blob/v150.0.0/Cargo.toml has 0.72, too */
const BINDGEN = "0.72.1";

/** sccache 0.10.0 of https://github.com/mozilla/sccache/releases/tag/v0.10.0: distributions' may be older than 0.8 */
const sccache = {
  version: "0.10.0",
  checksums: {
    "x86_64-unknown-linux-gnu": "sha256:1fbb35e135660d04a2d5e42b59c7874d39b3deb17de56330b25b713ec59f849b",
    "aarch64-unknown-linux-gnu": "sha256:d6a1ce4acd02b937cd61bc675a8be029a60f7bc167594c33d75732bbc0a07400",
  } as Record<string, string>,
};

function withPackages(container: Container, packages: string[], network: Network | undefined): Container {
  return withDownloads(container, network, ["sh", "-c", install, "install", ...packages]);
}

/** What is given when a download of the default toolchain cannot be had. */
const remote = { argument: "toolchains", instead: "a container with the compilers as --toolchains" };

async function withRust(container: Container, input: ToolchainBuild): Promise<Container> {
  const url = `https://static.rust-lang.org/rustup/archive/${rustup.version}/${input.host}/rustup-init`;
  const init = await fetchFile(url, remote, input.network, rustup.checksums[input.host], 0o755);
  const ready = container
    .withEnvVariable("RUSTUP_HOME", "/usr/local/rustup")
    .withEnvVariable("CARGO_HOME", "/usr/local/cargo")
    .withEnvVariable("PATH", "/usr/local/cargo/bin:$PATH", { expand: true })
    // Over a tree's rust-toolchain.toml: its components and targets would be downloaded during the build.
    .withEnvVariable("RUSTUP_TOOLCHAIN", input.rust)
    .withMountedFile("/tmp/rustup-init", init);
  return withDownloads(ready, input.network, [
    ...["/tmp/rustup-init", "-y", "--no-modify-path", "--profile", "minimal"],
    ...["--default-toolchain", input.rust, "--target", input.target],
    ...(input.bindgen ? ["--component", "rustfmt"] : []),
  ]).withoutMount("/tmp/rustup-init");
}

async function withSccache(container: Container, { host, network }: ToolchainBuild): Promise<Container> {
  const name = `sccache-v${sccache.version}-${host.replace("gnu", "musl")}`;
  const url = `https://github.com/mozilla/sccache/releases/download/v${sccache.version}/${name}.tar.gz`;
  return container
    .withMountedFile("/tmp/sccache.tar.gz", await fetchFile(url, remote, network, sccache.checksums[host]))
    .withExec(["tar", "-xzf", "/tmp/sccache.tar.gz", "-C", "/usr/local/bin", "--strip-components=1", `${name}/sccache`])
    .withoutMount("/tmp/sccache.tar.gz");
}

/** The base image with everything that compiling takes, from its own packages and pinned downloads. */
export async function buildToolchain(input: ToolchainBuild): Promise<Container> {
  const { platform, base, llvmPackages, network } = input;
  let container = withPackages(dag.container({ platform }).from(base), input.packages, network);
  if (llvmPackages.length > 0) {
    const host = "https://apt.llvm.org";
    const from = installLlvm.replaceAll(`${host}/`, mirrored(network, `${host}/`));
    container = withDownloads(container, network, ["sh", "-c", from, "install-llvm", ...llvmPackages]);
  }
  container = await withRust(container, input);
  if (input.bindgen) {
    // Its own lock file holds the checksums of what it is made of.
    const command = ["install", "--locked", "--root", "/usr/local", `bindgen-cli@${BINDGEN}`];
    container = withDownloads(container, network, ["cargo", ...cargoMirror(network), ...command]);
  }
  return input.compilerCache ? withSccache(container, input) : container;
}

const relativeLinks = script(import.meta.url, "relative-links.pl");

/** An image of the target's platform with its C library's development files: what a compiler takes for the target's root. */
export function buildSysroot(image: Container, network: Network | undefined): Container {
  return withPackages(image, developmentPackages, network).withExec(["perl", "-e", relativeLinks]);
}

/** The base image, on the engine's own platform, with Python: for work that nothing of the target is needed for. */
export function withPython(base: string, network: Network | undefined): Container {
  return withPackages(dag.container().from(base), ["python3"], network);
}

/** The same with what names the addresses in a program. */
export function withSymbolizer(base: string, network: Network | undefined): Container {
  return withPackages(dag.container().from(base), ["llvm"], network);
}

/** The same with git. */
export function withGit(base: string, network: Network | undefined): Container {
  return withPackages(dag.container().from(base), ["ca-certificates", "git"], network);
}

/** The same with what a download by Python takes. */
export function withDownloader(base: string, network: Network): Container {
  return withPackages(dag.container().from(base), ["ca-certificates", "python3"], network);
}

/** A tree without the differences that only a clock makes: two uploads of one source are one source. */
export function withoutTimes(source: Directory): Directory {
  return source.withTimestamps(NO_DATE);
}
