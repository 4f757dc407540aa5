#!/bin/bash
# Makes the tree of a Deno release from a git repository that lacks its largest file, for machines that reach a mirror of
# that kind and a registry of crates, but not GitHub.
#
#   test/real/deno-tree.sh REPOSITORY VERSION DIRECTORY [STD NODE_TEST]
#   test/real/deno-tree.sh ../deno.git 2.7.14 /tmp/deno-2.7.14
#   test/real/deno-tree.sh ../deno.git 2.9.5 /tmp/deno-2.9.5 ../std.git ../node_test.git
#
# The file is TypeScript's compiler, cli/tsc/00_typescript.js. It is taken from the published crate deno of the same
# version, and must be byte for byte the one that the commit names, by git's own hash. What only tests read may be missing.
# With STD and NODE_TEST, repositories of the submodules denoland/std and denoland/node_test, the tests are in the tree
# too, for test/real/upstream-tests.sh; a line names each file that a mirror lacks.
set -euo pipefail
[ $# = 3 ] || [ $# = 5 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
repository=$1 version=$2 directory=$3 std=${4:-} node_test=${5:-}
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
[ -n "$std" ] || exit 0

# Unpacks the paths of a commit that the repository has, and names those that it lacks.
unpack() {
  local from=$1 commit=$2 into=$3 lacking left_out=()
  shift 3
  lacking=$(git -C "$from" ls-tree -r "$commit" -- "$@" | awk '$2 == "blob" { print $3 }' |
    git -C "$from" cat-file --batch-check | awk '$2 == "missing" { print $1 }')
  while IFS=$'\t' read -r entry path; do
    grep -qF "${entry##* }" <<<"${lacking:-none}" || continue
    echo "missing in $from: $path" >&2
    left_out+=(":(exclude)$path")
  done < <(git -C "$from" ls-tree -r "$commit" -- "$@")
  mkdir -p "$into"
  git -C "$from" archive "$commit" -- "$@" ${left_out[@]+"${left_out[@]}"} | tar -x -C "$into"
}
unpack "$repository" "v$version" "$directory" tests
unpack "$std" "$(git -C "$repository" rev-parse "v$version:tests/util/std")" "$directory/tests/util/std" .

# A mirror may be older than the commit that the tree names: then its newest, which lacks the newest tests.
suite=$(git -C "$repository" rev-parse "v$version:tests/node_compat/runner/suite")
if ! git -C "$node_test" cat-file -e "$suite" 2>/dev/null; then
  echo "$node_test has no commit $suite: its newest, $(git -C "$node_test" log -1 --format='%h, %s'), is taken" >&2
  suite=HEAD
fi
unpack "$node_test" "$suite" "$directory/tests/node_compat/runner/suite" .

# The test registry's list of the versions of @types/node has more than 4 MiB, which a mirror may leave out. Of the
# versions whose archives are in the tree npm has the same lines.
types=$directory/tests/registry/npm/@types/node
if [ ! -e "$types/registry.json" ]; then
  for archive in "$types"/node-*.tgz; do
    of=$(basename "$archive" .tgz)
    npm view "@types/node@${of#node-}" --json
  done | node -e '
    const versions = JSON.parse(`[${require("fs").readFileSync(0, "utf8").replace(/^}\n{/gm, "},{")}]`);
    for (const one of versions) one.dist.tarball = `http://localhost:4260/@types/node/node-${one.version}.tgz`;
    const latest = versions.at(-1).version;
    const all = Object.fromEntries(versions.map((one) => [one.version, one]));
    console.log(JSON.stringify({ name: "@types/node", "dist-tags": { latest }, versions: all }, null, 1));
  ' >"$types/registry.json"
  echo "made of npm's answers: $types/registry.json" >&2
fi
