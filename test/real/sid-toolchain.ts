/**
 * Makes a toolchain image of Debian sid's own packages and pushes it: the "build without upstream's
 * prebuilt tools" path that docs/air-gap.md describes, as one command.
 *
 *   npx tsx test/real/sid-toolchain.ts BASE ADDRESS [PLATFORM]
 *   npx tsx test/real/sid-toolchain.ts debian:bookworm localhost:5000/toolchain:sid-amd64 linux/amd64
 *
 * BASE is any Debian image; its package sources are pointed at sid.
 */
import { connection, dag, type Platform } from "@dagger.io/dagger";

// The packages are named without their origin on purpose: apt verifies their signatures.
const common = [
  "bindgen",
  "ca-certificates",
  "cargo",
  "clang-22",
  "cmake",
  "curl",
  "esbuild",
  "g++",
  "generate-ninja",
  "git",
  // For bindgen: see dagger/toolchain/libclang.ts.
  "libclang-21-dev",
  "libclang-22-dev",
  "libclang-rt-22-dev",
  "libglib2.0-dev",
  "lld-22",
  "llvm-22",
  "libsimde-dev",
  "make",
  "ninja-build",
  "patch",
  "perl",
  "pkg-config",
  "protobuf-compiler",
  "python3",
  "rsync",
  "rustfmt",
  "rustc",
  "sccache",
  "xz-utils",
];
// What a toolchain needs to compile V8 for the other platform, too.
const other = { "linux/amd64": "arm64", "linux/arm64": "amd64" };

const [base, address, platform = "linux/amd64"] = process.argv.slice(2);
if (!base || !address) throw new Error("usage: sid-toolchain.ts BASE ADDRESS [PLATFORM]");

if (!(platform in other)) throw new Error(`PLATFORM: ${platform} is none of ${Object.keys(other).join(", ")}`);
const foreign = other[platform as keyof typeof other];
const packages = [...common, `libstd-rust-dev:${foreign}`];
const install = `set -eu
# Sid in place of the base's release, from where the base takes it; sid has no security updates of its own.
for file in $(ls /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null); do
  awk 'BEGIN { RS = "" } NR == 1' "$file" | grep -v security >/tmp/sources || true
  sed -E '/^deb|^Suites:/ s/\\b(bookworm|trixie)\\b(-updates)?/sid/g' /tmp/sources >"$file"
done
dpkg --add-architecture ${foreign}
apt-get -o Acquire::Check-Valid-Until=false update
# force-overwrite: files moved between packages since the base's release
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-overwrite "$@"
# The compiler-rt of two architectures lie in different files, but their packages refuse each other.
if dpkg --print-foreign-architectures | grep -qx arm64; then
  cd /tmp && apt-get download libclang-rt-22-dev:arm64 && dpkg-deb -x libclang-rt-22-dev_*_arm64.deb / && rm libclang-rt-*.deb
fi
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives`;

await connection(
  async () => {
    const debian = dag.container({ platform: platform as Platform }).from(base);
    const certificates = "/etc/ssl/certs/ca-certificates.crt";
    const reference = await debian
      .withExec(["sh", "-c", install, "install", ...packages])
      // A site's own certificates, which the package's upgrade left out.
      .withFile(certificates, debian.file(certificates))
      .publish(address);
    console.log(reference);
  },
  { LogOutput: process.stderr },
);
