#!/bin/bash
# Compiles deno and denort of a tree for real, with a V8 that test/real/library.sh made: hours, which go on where they
# were stopped.
#
#   test/real/deno.sh TOOLCHAIN BASE PLATFORM TREE LIBRARY DIRECTORY [OPTION…]
#   test/real/deno.sh localhost:5000/toolchain:sid-amd64 localhost:5000/debian:bookworm linux/amd64 \
#     /tmp/deno-2.7.14 /tmp/v8/linux/amd64 /tmp/deno --profile=release-lite --patches=test/real/patches
#
# TREE is what test/real/deno-tree.sh made, LIBRARY what library.sh put out, DIRECTORY takes the products and logs.
# OPTIONs are the module's; test/real/patches makes the cheapest profile of release-lite.
set -euo pipefail
[ $# -ge 6 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
toolchain=$1 base=$2 platform=$3 tree=$4 library=$5 directory=$6
shift 6
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$tree/cli/Cargo.toml" | head -n 1)
v8=$(grep -A 1 '^name = "v8"$' "$tree/Cargo.lock" | sed -n 's/^version = "\(.*\)"/\1/p')
mkdir -p "$directory/mirror/v$v8" "$directory/$platform"
cp "$library"/* "$directory/mirror/v$v8/"
for function in build runtime; do
  case $function in build) name=deno ;; *) name=denort ;; esac
  log=$directory/${platform/\//-}-$name.log
  date -u +"$name started %FT%TZ"
  time dagger call --progress=plain -m "$here/../.." --source="$tree" --prebuilt="$directory/mirror" \
    --toolchains="$toolchain" --base="$base" "$@" \
    "$function" --version="$version" --platform="$platform" --output="$directory/$platform/$name" >"$log" 2>&1 ||
    { tail -n 40 "$log"; exit 1; }
  date -u +"$name ended %FT%TZ"
done
ls -l "$directory/$platform"
