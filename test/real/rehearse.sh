#!/bin/bash
# Rehearses published crates of V8, and with each a tree of Deno: minutes for each V8 and platform. To be run when upstream
# moves, with the two newest of each.
#
#   test/real/rehearse.sh TOOLCHAIN BASE DIRECTORY TREE V8…
#   test/real/rehearse.sh localhost:5000/toolchain:sid-amd64 localhost:5000/debian:bookworm /tmp/rehearse /tmp/deno-2.9.5 \
#     150.4.0 152.2.0
#
# TOOLCHAIN is what test/real/sid-toolchain.ts pushed, TREE what deno-tree.sh made, DIRECTORY takes crates and reports. A V8
# that TREE's Cargo.lock does not name is rehearsed with a tree that has no more than that name in it, so its lines of
# Deno's own build fail. The report of each V8 is in DIRECTORY/V8.txt.
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2; }
toolchain=$1 base=$2 directory=$3 tree=$4
shift 4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$directory"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$tree/cli/Cargo.toml" | head -n 1)
locked=$(grep -A 1 '^name = "v8"$' "$tree/Cargo.lock" | sed -n 's/^version = "\(.*\)"/\1/p')

fetching=$(mktemp -d)
trap 'rm -rf "$fetching"' EXIT
for v8 in "$@"; do
  if [ ! -d "$directory/v8-$v8" ]; then
    # cargo downloads the crate and checks it against the registry's checksum.
    mkdir -p "$fetching/src"
    : >"$fetching/src/lib.rs"
    printf '[package]\nname = "fetching"\nversion = "0.0.0"\n[dependencies]\nv8 = "=%s"\n' "$v8" >"$fetching/Cargo.toml"
    rm -f "$fetching/Cargo.lock"
    cargo fetch --manifest-path "$fetching/Cargo.toml"
    tar -xzf "$(ls "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"v8-$v8.crate")" -C "$directory"
  fi
  source=$tree
  if [ "$v8" != "$locked" ]; then
    source=$directory/deno-$v8
    mkdir -p "$source/cli/snapshot"
    # As in Deno's: what says that it can be cross-compiled.
    echo '// create_runtime_snapshot' >"$source/cli/snapshot/build.rs"
    printf '[package]\nname = "deno"\nversion = "%s"\n' "$version" >"$source/cli/Cargo.toml"
    printf '[[package]]\nname = "v8"\nversion = "%s"\n' "$v8" >"$source/Cargo.lock"
  fi
  date -u +"V8 $v8 started %FT%TZ"
  # A report with a line that failed is what this is for, too. CROSS: the toolchain is newer than the base image.
  dagger call --progress=plain -m "$here/../.." --source="$source" --library-source="$directory/v8-$v8" \
    --toolchains="$toolchain" --base="$base" --strategy=CROSS \
    rehearse --version="$version" --platforms=linux/amd64,linux/arm64 >"$directory/$v8.txt" 2>"$directory/$v8.log" ||
    sed -n '/^Error: /,$p' "$directory/$v8.log" >"$directory/$v8.txt"
  date -u +"V8 $v8 ended %FT%TZ"
  cat "$directory/$v8.txt"
done
