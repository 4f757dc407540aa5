import { type Container, dag, type Platform } from "@dagger.io/dagger";

/** The base image of the engine tests: Debian 13 for both platforms, whose own packages make the toolchains. */
export const base = process.env.DENO_FROM_SOURCE_TEST_BASE ?? "debian:trixie";

/** An older distribution than {@link base}, with an older C library: Debian 12. */
export const older = process.env.DENO_FROM_SOURCE_TEST_SYSROOT ?? "debian:bookworm";

/** A registry that takes pushes, for what `dagger call` can only be given by address. */
export const registry = process.env.DENO_FROM_SOURCE_TEST_REGISTRY ?? "localhost:5000";

const cargo = ["cargo", "rustc", "gcc", "libc6-dev", "git", "rsync", "cmake", "make", "perl", "python3"];
const compilers = [
  "bindgen",
  "rustfmt",
  "clang",
  "lld",
  "llvm",
  "libclang-rt-19-dev",
  "generate-ninja",
  "ninja-build",
  "pkg-config",
];
const install = `set -eu
[ -z "\${FOREIGN-}" ] || dpkg --add-architecture "$FOREIGN"
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/*`;

/** The container with further packages of its distribution. */
export function withPackages(container: Container, packages: string[]): Container {
  return container.withExec(["sh", "-c", install, "install", ...packages]);
}

/** A site's own toolchain, as docs/glibc-and-toolchains.md describes it. */
export function toolchain(platform: "linux/amd64" | "linux/arm64", cross: boolean): Container {
  const foreign = platform === "linux/amd64" ? "arm64" : "amd64";
  const packages = cross ? [...cargo, ...compilers, `libstd-rust-dev:${foreign}`] : cargo;
  return dag
    .container({ platform: platform as Platform })
    .from(base)
    .withEnvVariable("FOREIGN", cross ? foreign : "")
    .with((container) => withPackages(container, packages));
}
