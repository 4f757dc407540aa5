#!/bin/bash
# Makes a copy of the miniature Deno and V8 that downloads its tools as the real ones do: with the scripts of a real V8, and
# a Rust that has cargo's sparse protocol.
#
#   test/real/mirrors/miniature.sh DIRECTORY V8
#   test/real/mirrors/miniature.sh /tmp/miniature /tmp/rehearse/v8-150.4.0
#
# V8 is an unpacked crate `v8`. Then, with the options that serve.ts prints:
#
#   dagger call OPTIONS --source=/tmp/miniature/upstream --library-source=/tmp/miniature/rusty_v8 --base=debian:trixie \
#     build --version=2.9.99 --platform=linux/amd64 -o deno
set -euo pipefail
[ $# = 2 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
directory=$1 v8=$2
fixtures=$(cd "$(dirname "$0")/../../fixtures" && pwd)
mkdir -p "$directory"
cp -r "$fixtures/upstream" "$fixtures/rusty_v8" "$directory/"
for file in tools/{ninja_gn_binaries,rust_toolchain,download_file,v8_deps}.py tools/clang/scripts/update.py v8/DEPS; do
  cp "$v8/$file" "$directory/rusty_v8/$file"
done
# As the published crate: the crates of its Temporal come from the registry.
echo '{}' >"$directory/rusty_v8/.cargo_vcs_info.json"
rust=$(sed -n 's/^channel = "\(.*\)"/\1/p' "$v8/rust-toolchain.toml")
sed -i "s/^channel = .*/channel = \"$rust\"/" "$directory"/*/rust-toolchain.toml
