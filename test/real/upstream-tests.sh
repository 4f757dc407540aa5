#!/bin/bash
# Runs the test suites of Deno's own tree on one deno, with the tree's own harness and test server, and writes a line for
# each test. Two such runs are compared by test/real/upstream-tests/report.ts. docs/upstream-tests.md says what came of it.
#
#   test/real/upstream-tests.sh TREE DENO DIRECTORY [SUITE…]
#   test/real/upstream-tests.sh ../deno-2.9.5 ./deno /tmp/built
#   DENORT=./denort JOBS=4 test/real/upstream-tests.sh ../deno-2.9.5 ./deno /tmp/built specs
#   CI_SHARD_INDEX=0 CI_SHARD_TOTAL=10 test/real/upstream-tests.sh ../deno-2.9.5 ./deno /tmp/tenth node_compat
#   npx tsx test/real/upstream-tests/report.ts compare /tmp/official /tmp/built
#
# TREE is a checkout of the version that DENO is, with its submodules tests/util/std and, for node_compat,
# tests/node_compat/runner/suite: `git clone --recurse-submodules --branch v2.9.5 …`, or test/real/deno-tree.sh where only
# mirrors are. It is written to: the harness must lie in TREE/target. One run at a time in a tree.
# SUITEs: unit, unit_node, specs, node_compat; without one, all four.
# DENORT is the denort of the same build. Without it, what needs one cannot run, and is counted as such.
# JOBS is how many files run at once (2). LIMIT is the seconds that one suite may take (10800), and STEP those that one
# command of the specs may take (300). A shard is upstream's own: a part of specs or of node_compat.
# The tests see no network but an own loopback interface, and no processes but their own, where `unshare` may make these;
# elsewhere a line says that they see this machine's.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,21s/^# \{0,1\}//p' "$0"; exit 2; }
tree=$(realpath "$1") deno=$(realpath "$2") directory=$3
shift 3
[ $# -gt 0 ] || set -- unit unit_node specs node_compat
for suite; do
  case $suite in
    unit | unit_node | specs | node_compat) ;;
    *) echo "$0: no suite $suite; there are unit, unit_node, specs and node_compat" >&2; exit 2 ;;
  esac
done

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$tree/cli/Cargo.toml" | head -n 1)
found=$("$deno" --version | sed -n 's/^deno \([^ ]*\).*/\1/p')
[ "$found" = "$version" ] || { echo "$0: $deno is Deno $found, and $tree is of $version" >&2; exit 2; }
[ -f "$tree/tests/util/std/deno.json" ] || { echo "$0: $tree lacks its submodule tests/util/std" >&2; exit 2; }

# The harness finds the tree by its own place: https://github.com/denoland/deno/blob/v2.9.5/tests/util/lib/lib.rs#L154.
# Without symbols it takes a tenth of the disk.
export CARGO_TARGET_DIR=$tree/target CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0
packages=()
for suite; do packages+=(-p "${suite}_tests"); done
harness=$(cd "$tree" && cargo build --locked -p test_server "${packages[@]}" --bins --tests --message-format=json |
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')

mkdir -p "$directory"
directory=$(realpath "$directory")
# Not below DIRECTORY: the path of a Unix socket has 108 bytes at most.
temporary=$(mktemp -d /tmp/XXXXXX)
trap 'rm -rf "$temporary"' EXIT
rm -f "$tree/target/debug/denort"
[ -z "${DENORT:-}" ] || cp "$DENORT" "$tree/target/debug/denort"

# The harness names only a file, so JUnit's report tells what is in it. What it runs of the specs may take for ever:
# https://github.com/denoland/deno/blob/v2.9.5/tests/specs/mod.rs#L723 sets a limit only where a test asks for one.
cat >"$temporary/deno" <<END
#!/bin/bash
for last; do :; done
case "\${1:-} \$last" in
  "test "*/tests/unit/*_test.ts | "test "*/tests/unit_node/*_test.ts)
    name=\${last#*/tests/}
    shift
    exec '$deno' test --junit-path="$directory/junit/\${name//\//.}.xml" "\$@" ;;
esac
exec timeout --foreground --kill-after=5 ${STEP:-300} '$deno' "\$@"
END
chmod +x "$temporary/deno"

alone=(unshare --net --pid --fork --mount-proc --kill-child)
[ "$(id -u)" = 0 ] || alone+=(--map-current-user --keep-caps)
if ! "${alone[@]}" ip link set lo up 2>"$temporary/why"; then
  echo "$0: not alone: the tests see this machine's network and processes ($(head -n 1 "$temporary/why"))" >&2
  alone=()
fi

for suite; do
  executable=$(grep "/deps/$suite-" <<<"$harness" | tail -n 1)
  mkdir -p "$directory/junit" "$temporary/home" "$temporary/tmp"
  rm -f "$directory/junit/$suite".*
  # node_compat's harness measures ten seconds and looks for its own children: nothing is put before that deno.
  seen=$temporary/deno
  [ "$suite" != node_compat ] || seen=$deno
  started=$SECONDS status=0
  # Nothing of this machine's environment: with CI in it, the harness asks a server whether the tests may be left out.
  (cd "$tree/tests" && "${alone[@]}" env -i PATH="$PATH" HOME="$temporary/home" TMPDIR="$temporary/tmp" LANG=C.UTF-8 NO_COLOR=1 \
    ${CI_SHARD_TOTAL:+CI_SHARD_TOTAL="$CI_SHARD_TOTAL" CI_SHARD_INDEX="$CI_SHARD_INDEX"} \
    DENO_TEST_UTIL_DENO_EXE="$seen" FILE_TEST_RUNNER_PARALLELISM="${JOBS:-2}" \
    sh -c "${alone[*]:+ip link set lo up;} exec timeout --kill-after=10 ${LIMIT:-10800} '$executable'") \
    >"$directory/$suite.log" 2>&1 </dev/null || status=$?
  echo "$suite: $((SECONDS - started)) s, status $status" | tee "$directory/$suite.time"
done

cd "$(dirname "$0")/../.."
npx tsx test/real/upstream-tests/report.ts read "$tree" "$directory"
