#!/bin/bash
# Compiles the V8 of the published crate v8 147.4.0 for real: hours of work, which goes on where it was stopped.
#
#   test/real/library.sh TOOLCHAIN BASE PLATFORM DIRECTORY [OPTION…]
#   test/real/library.sh localhost:5000/toolchain:sid-amd64 localhost:5000/debian:bookworm linux/amd64 /tmp/v8
#
# TOOLCHAIN is what test/real/sid-toolchain.ts pushed; DIRECTORY takes the sources, the product and the log; OPTIONs are
# the module's, such as --compiler-cache=redis://HOST:6379/0, which keeps what was compiled when the engine loses it.
# Then, where PLATFORM is this machine's, a Rust program is linked with the product and evaluates JavaScript.
set -euo pipefail
[ $# -ge 4 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
toolchain=$1 base=$2 platform=$3 directory=$4
shift 4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$directory"

# cargo downloads the crate and checks it against evaluate/Cargo.lock.
cargo fetch --locked --manifest-path "$here/evaluate/Cargo.toml"
crate=$(ls "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/v8-147.4.0.crate)
[ -d "$directory/v8-147.4.0" ] || tar -xzf "$crate" -C "$directory"
# Of Deno's tree library reads no more than its version and which V8 its lock file names.
mkdir -p "$directory/deno/cli"
printf '[package]\nname = "deno"\nversion = "2.7.14"\n' >"$directory/deno/cli/Cargo.toml"
printf '[[package]]\nname = "v8"\nversion = "147.4.0"\n' >"$directory/deno/Cargo.lock"

log=$directory/${platform/\//-}.log
date -u +'started %FT%TZ'
time dagger call --progress=plain -m "$here/../.." --source="$directory/deno" --library-source="$directory/v8-147.4.0" \
  --toolchains="$toolchain" --base="$base" "$@" \
  library --version=2.7.14 --platform="$platform" --output="$directory/$platform" >"$log" 2>&1 ||
  { tail -n 40 "$log"; exit 1; }
date -u +'ended %FT%TZ'
ls -l "$directory/$platform"

case $platform-$(uname -m) in linux/amd64-x86_64 | linux/arm64-aarch64) ;; *) exit 0 ;; esac
cd "$here/evaluate"
RUSTY_V8_ARCHIVE=$(echo "$directory/$platform"/librusty_v8*.a.gz) \
RUSTY_V8_SRC_BINDING_PATH=$(echo "$directory/$platform"/src_binding*.rs) \
CARGO_TARGET_DIR=$directory/evaluate cargo run --release -- '6 * 7' '[1, 2, 3].map((x) => x ** 2).join()' \
  'new Intl.DateTimeFormat("de", { timeZone: "UTC" }).format(0)' 'typeof Temporal'
