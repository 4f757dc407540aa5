#!/bin/bash
# Runs Deno's own JavaScript unit tests on a binary that was built here and on the official one: the same must pass, and the
# same must fail.
#
#   test/real/unit-tests.sh DENO_REPOSITORY STD_REPOSITORY VERSION DIRECTORY BINARY OFFICIAL [NAME…]
#   test/real/unit-tests.sh ../deno.git ../std.git 2.7.14 /tmp/unit /tmp/deno/linux/amd64/deno /tmp/official/deno
#   QEMU_LD_PREFIX=/srv/arm64 TIMEOUT=900 test/real/unit-tests.sh ../deno.git ../std.git 2.7.14 /tmp/unit-arm64 \
#     /tmp/deno/linux/arm64/deno /tmp/official-arm64/deno url timers worker
#
# The tests come from tests/unit at the version's tag, with the flags of tests/unit/mod.rs; std from the commit of the
# submodule tests/util/std. Left out are files that name upstream's test servers (port 4545 and its like) or other hosts.
# TypeScript is not checked in each file, which takes most of the time; one file is checked instead.
# With NAMEs these files run, whatever they name, and no other: `url` is tests/unit/url_test.ts. Under QEMU, which takes
# a minute for a file, TIMEOUT is the seconds that one may take (300), and QEMU_LD_PREFIX a root directory with the glibc
# of the binaries' platform.
# OFFICIAL is the package @deno/linux-x64-glibc or @deno/linux-arm64-glibc of npm, or in `deno` of PyPI.
set -euo pipefail
[ $# -ge 6 ] || { sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 2; }
repository=$1 std=$2 version=$3 directory=$4
binary=$(realpath "$5") official=$(realpath "$6")
shift 6

tree=$directory/tree
mkdir -p "$tree/tests/util/std"
git -C "$repository" archive "v$version" -- import_map.json cli/js tests/config tests/unit tests/testdata tests/util/server tests/ffi |
  tar -x -C "$tree"
git -C "$std" archive "$(git -C "$repository" rev-parse "v$version:tests/util/std")" | tar -x -C "$tree/tests/util/std"
cd "$tree"
if [ $# -gt 0 ]; then
  files=
  for name; do
    [ -f "tests/unit/${name}_test.ts" ] || { echo "$0: no test file tests/unit/${name}_test.ts" >&2; exit 2; }
    files="$files tests/unit/${name}_test.ts"
  done
else
  files=$(grep -LE '(localhost|127\.0\.0\.1):[0-9]{4}|deno\.land|jsr:|npm:' tests/unit/*_test.ts)
fi

# Each test's outcome as a line, in order: `tests/unit/url_test.ts: ok urlParsing`.
run() {
  local deno=$1 name=$2 file flags
  : >"$directory/$name.txt"
  for file in $files; do
    case $file in
      */kv_*) flags=--unstable-kv ;;
      */cron_test.ts) flags=--unstable-cron ;;
      */worker_*) flags=--unstable-worker-options ;;
      *) flags= ;;
    esac
    # shellcheck disable=SC2086
    DENO_DIR=$directory/dir-$name NO_COLOR=1 timeout "${TIMEOUT:-300}" "$deno" test --config tests/config/deno.json --no-lock --no-check \
      --unstable-net --unstable-vsock $flags --location=http://127.0.0.1:4545/ --no-prompt -A --reporter=tap "$file" \
      >"$directory/out" 2>"$directory/err" </dev/null || echo "# ends with $?" >>"$directory/out"
    # What a file that could not be run says is its outcome: the error, not the stack under it.
    grep -qE '^(not )?ok ' "$directory/out" || { echo "not ok 0 - nothing ran: $(grep -m 1 -E "panicked|error" "$directory/err" || tail -n 1 "$directory/err")" >>"$directory/out"; }
    sed -nE "s#^(not ok|ok) [0-9]+ - #$file: \1 #p; s/^# ends/$(basename "$file"): ends/p" "$directory/out" >>"$directory/$name.txt"
  done
  "$deno" check --config tests/config/deno.json --no-lock tests/unit/url_test.ts >"$directory/err" 2>&1 &&
    echo "tests/unit/url_test.ts: ok deno check" >>"$directory/$name.txt" ||
    echo "tests/unit/url_test.ts: not ok deno check" >>"$directory/$name.txt"
}
time run "$binary" built
time run "$official" official

for name in built official; do
  echo "$name: $(cut -d: -f1 "$directory/$name.txt" | sort -u | grep -c /) files," \
    "$(grep -c ': ok ' "$directory/$name.txt") passed, $(grep -c ': not ok ' "$directory/$name.txt" || true) failed"
done
diff -u "$directory/official.txt" "$directory/built.txt" && echo "the same"
