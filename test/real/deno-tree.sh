#!/bin/bash
# Makes the tree of a Deno release from a git repository that lacks its largest file, for machines that reach a mirror of
# that kind and a registry of crates, but not GitHub.
#
#   test/real/deno-tree.sh REPOSITORY VERSION DIRECTORY
#   test/real/deno-tree.sh ../deno.git 2.7.14 /tmp/deno-2.7.14
#
# The file is TypeScript's compiler, cli/tsc/00_typescript.js. It is taken from the published crate deno of the same
# version, and must be byte for byte the one that the commit names, by git's own hash. What only tests read may be missing.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
repository=$1 version=$2 directory=$3
file=cli/tsc/00_typescript.js

fetching=$(mktemp -d)
trap 'rm -rf "$fetching"' EXIT
mkdir -p "$fetching/src" "$directory"
# cargo downloads the crate and checks it against the registry's checksum.
: >"$fetching/src/lib.rs"
printf '[package]\nname = "fetching"\nversion = "0.0.0"\n[dependencies]\ndeno = "=%s"\n' "$version" >"$fetching/Cargo.toml"
cargo fetch --manifest-path "$fetching/Cargo.toml"
crate=$(ls "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/deno-"$version".crate)

git -C "$repository" archive "v$version" -- . ":(exclude)$file" ':(exclude)tests' | tar -x -C "$directory"
# Members of the workspace are in tests too: their manifests and sources.
git -C "$repository" archive "v$version" -- ':(glob)tests/**/Cargo.toml' ':(glob)tests/**/*.rs' | tar -x -C "$directory"
tar -x -O -f "$crate" "deno-$version/tsc/$(basename "$file")" >"$directory/$file"
expected=$(git -C "$repository" rev-parse "v$version:$file")
found=$(git hash-object "$directory/$file")
[ "$found" = "$expected" ] || { echo "$file of the crate is $found, not $expected as in the tag" >&2; exit 1; }
