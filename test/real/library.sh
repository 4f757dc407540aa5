#!/bin/bash
# Compiles the V8 of a published crate for real: hours of work, which goes on where it was stopped.
#
#   test/real/library.sh VERSION TOOLCHAIN BASE PLATFORM DIRECTORY [OPTION…]
#   test/real/library.sh 150.4.0 localhost:5000/toolchain:sid-amd64 localhost:5000/debian:bookworm linux/amd64 /tmp/v8
#
# VERSION is of the crate v8, 142.0.0 or newer; TOOLCHAIN is what test/real/sid-toolchain.ts pushed; DIRECTORY takes the
# sources, the product and the log; OPTIONs are the module's, such as --compiler-cache=redis://HOST:6379/0, which keeps what
# was compiled when the engine loses it.
# Then, where PLATFORM is this machine's, a Rust program is linked with the product and evaluates JavaScript.
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
v8=$1 toolchain=$2 base=$3 platform=$4 directory=$5
shift 5
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$directory"

# evaluate with this V8, and ICU's data of its version: cargo downloads both and checks them.
evaluate=$directory/evaluate-$v8
rm -rf "$evaluate"
cp -r "$here/evaluate" "$evaluate"
if ! grep -q "\"=$v8\"" "$evaluate/Cargo.toml"; then
  rm "$evaluate/Cargo.lock"
  sed -i "s/^v8 = { version = \"=[0-9.]*\"/v8 = { version = \"=$v8\"/" "$evaluate/Cargo.toml"
fi
cargo fetch --manifest-path "$evaluate/Cargo.toml"
crate=$(ls "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"v8-$v8.crate")
[ -d "$directory/v8-$v8" ] || tar -xzf "$crate" -C "$directory"
# Of Deno's tree library reads no more than its version, which V8 its lock file names, and for --sysroot whether Deno could be
# cross-compiled.
mkdir -p "$directory/deno-$v8/cli/snapshot"
echo 'fn main() { create_runtime_snapshot() }' >"$directory/deno-$v8/cli/snapshot/build.rs"
printf '[package]\nname = "deno"\nversion = "2.9.5"\n' >"$directory/deno-$v8/cli/Cargo.toml"
printf '[[package]]\nname = "v8"\nversion = "%s"\n' "$v8" >"$directory/deno-$v8/Cargo.lock"

product=$directory/$v8/$platform
log=$directory/$v8-${platform/\//-}.log
date -u +'started %FT%TZ'
time dagger call --progress=plain -m "$here/../.." --source="$directory/deno-$v8" --library-source="$directory/v8-$v8" \
  --toolchains="$toolchain" --base="$base" "$@" \
  library --version=2.9.5 --platform="$platform" --output="$product" >"$log" 2>&1 ||
  { tail -n 40 "$log"; exit 1; }
date -u +'ended %FT%TZ'
ls -l "$product"

case $platform-$(uname -m) in linux/amd64-x86_64 | linux/arm64-aarch64) ;; *) exit 0 ;; esac
cd "$evaluate"
RUSTY_V8_ARCHIVE=$(echo "$product"/librusty_v8*.a.gz) \
RUSTY_V8_SRC_BINDING_PATH=$(echo "$product"/src_binding*.rs) \
CARGO_TARGET_DIR=$directory/evaluate cargo run --release -- '6 * 7' '[1, 2, 3].map((x) => x ** 2).join()' \
  'new Intl.DateTimeFormat("de", { timeZone: "UTC" }).format(0)' \
  'Temporal.PlainDate.from("2026-11-24").add({ months: 3, days: 5 }).toString()' \
  'Temporal.ZonedDateTime.from("2026-03-29T00:30[Europe/Berlin]").add({ hours: 2 }).toString()'
