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
# JOBS is how many files run at once (2). LIMIT is the seconds that one suite may take (10800), FILE those that one file of
# unit and unit_node may take (1800), and STEP those that one command of the specs may take (300). With NO_CHECK=1 the unit
# tests are not checked by TypeScript first, which takes most of their time and tells little of a binary. A shard is
# upstream's own: a part of specs or of node_compat.
# The tests see no network but an own loopback interface, and no processes but their own, where `unshare` may make these;
# elsewhere a line says that they see this machine's. Started as root, they run as daemon, who then owns TREE and TREE/tests.
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
# Without symbols it takes a tenth of the disk. All of it is built for any suite: each choice of packages has features
# of its own, and would build the server anew.
export CARGO_TARGET_DIR=$tree/target CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0
# Upstream builds the whole workspace, whose other members give these two crates features that change what the server
# serves, so that lock files in the tests would not fit: https://doc.rust-lang.org/cargo/reference/features.html#feature-unification.
sed -i -e 's/^flate2 = .*/flate2 = { workspace = true, features = ["default", "zlib-ng-compat"] }/' \
  -e 's/^serde_json\.workspace = true$/serde_json = { workspace = true, features = ["preserve_order"] }/' \
  "$tree/tests/util/server/Cargo.toml"
harness=$(cd "$tree" && cargo build --locked -p test_server -p unit_tests -p unit_node_tests -p specs_tests \
  -p node_compat_tests --bins --tests --message-format=json | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')

# The test server downloads esbuild from GitHub where it finds none, before it starts, but the tests have no network:
# https://github.com/denoland/deno/blob/v2.9.5/tests/util/server/servers/npm_registry.rs#L538. npm has the same program.
case $(uname -m) in aarch64) cpu=arm64 named=aarch64 ;; *) cpu=x64 named=x64 ;; esac
esbuild=$tree/third_party/prebuilt/linux64/esbuild-$named
if [ ! -x "$esbuild" ]; then
  mkdir -p "$(dirname "$esbuild")"
  of=$(sed -n 's/^pub static ESBUILD_VERSION: &str = "\(.*\)";/\1/p' "$tree/tests/util/server/npm.rs")
  (cd "$(dirname "$esbuild")" && archive=$(npm pack --silent "@esbuild/linux-$cpu@$of") &&
    tar -x -O -f "$archive" package/bin/esbuild >"$esbuild.part" && rm "$archive")
  chmod +x "$esbuild.part"
  mv "$esbuild.part" "$esbuild"
fi

mkdir -p "$directory"
directory=$(realpath "$directory")
# Not below DIRECTORY: the path of a Unix socket has 108 bytes at most.
temporary=$(mktemp -d /tmp/XXXXXX)
mkdir -p "$directory/junit" "$temporary/home" "$temporary/tmp" "$temporary/program"
trap 'rm -rf "$temporary"' EXIT
# Some specs have deno write beside itself, or be upgraded, and one forbids to run `deno` and then runs this file.
cp "$deno" "$temporary/program/deno"
deno=$temporary/program/deno
rm -f "$tree/target/debug/denort"
[ -z "${DENORT:-}" ] || cp "$DENORT" "$tree/target/debug/denort"

# By their paths, for some specs run deno without PATH.
timeout=$(command -v timeout)
# The harness names only a file, so JUnit's report tells what is in it. What it runs of the specs may take for ever:
# https://github.com/denoland/deno/blob/v2.9.5/tests/specs/mod.rs#L723 sets a limit only where a test asks for one.
cat >"$temporary/deno" <<END
#!/bin/bash
for last; do :; done
case "\${1:-} \$last" in
  "test "*/tests/unit/*_test.ts | "test "*/tests/unit_node/*_test.ts)
    name=\${last#*/tests/}
    shift
    exec '$timeout' --foreground --kill-after=5 ${FILE:-1800} '$deno' test ${NO_CHECK:+--no-check} \\
      --junit-path="$directory/junit/\${name//\//.}.xml" "\$@" ;;
esac
exec '$timeout' --foreground --kill-after=5 ${STEP:-300} '$deno' "\$@"
END
chmod +x "$temporary/deno"

# Tests join multicast groups, which takes a route.
loopback='ip link set lo up multicast on; ip route add 224.0.0.0/4 dev lo;'
alone=(unshare --net --pid --fork --mount-proc --kill-child)
ordinary=()
if [ "$(id -u)" = 0 ]; then
  # Root is refused nothing, and tests want to be; also to be refused when they give a file to nobody. Some write into the
  # tree itself, where the harness starts them.
  user=$(id -u daemon) group=$(id -g daemon)
  ordinary=(setpriv --reuid="$user" --regid="$group" --clear-groups --inh-caps=-all)
  chown "$user:$group" "$tree"
  chown -R "$user:$group" "$tree/tests" "$directory" "$temporary"
else
  alone+=(--map-current-user --keep-caps)
fi
if ! "${alone[@]}" sh -e -c "$loopback" 2>"$temporary/why"; then
  echo "$0: not alone: the tests see this machine's network and processes ($(head -n 1 "$temporary/why"))" >&2
  alone=() loopback=
fi

# Runs one harness: LOG EXECUTABLE DENO COMMANDS-OF-ROOT [FILTER]
run() {
  local log=$1 executable=$2 seen=$3 before=$4
  shift 4
  # Nothing of this machine's environment: with CI in it, the harness asks a server whether the tests may be left out.
  (cd "$tree/tests" && "${alone[@]}" sh -c "$loopback $before exec \"\$@\"" -- "${ordinary[@]}" \
    env -i PATH="$PATH" HOME="$temporary/home" TMPDIR="$temporary/tmp" LANG=C.UTF-8 \
    ${CI_SHARD_TOTAL:+CI_SHARD_TOTAL="$CI_SHARD_TOTAL" CI_SHARD_INDEX="$CI_SHARD_INDEX"} \
    DENO_TEST_UTIL_DENO_EXE="$seen" FILE_TEST_RUNNER_PARALLELISM="${JOBS:-2}" \
    timeout --kill-after=10 "${LIMIT:-10800}" "$executable" "$@") >"$log" 2>&1 </dev/null || true
}

for suite; do
  executable=$(grep "/deps/$suite-" <<<"$harness" | tail -n 1)
  rm -f "$directory/junit/$suite".* "$directory/$suite"*.log
  started=$SECONDS log=$directory/$suite.log
  # Two suites have two parts, and the harness leaves out the second after a failure in the first.
  case $suite in
    unit_node)
      run "$log" "$executable" "$temporary/deno" ''
      grep -q '^test unit_node::crypto::' "$log" ||
        run "$directory/$suite.second.log" "$executable" "$temporary/deno" '' ::crypto:: ;;
    node_compat)
      # Ten seconds are for a test, and its own children are counted: nothing is put before deno. The first part is the
      # folder sequential, with what is in no list, too; without that folder the second is the rest of the list.
      if [ ${#alone[@]} -gt 0 ]; then
        run "$log" "$executable" "$deno" '' ::sequential::
        run "$directory/$suite.second.log" "$executable" "$deno" \
          "mount -t tmpfs none '$tree/tests/node_compat/runner/suite/test/sequential' || exit;"
      else
        # The mount would be this machine's. The report names a part that began and did not end.
        run "$log" "$executable" "$deno" ''
        grep -q '^test node_compat::parallel::' "$log" || echo '     Running the second part' >>"$log"
      fi ;;
    *) run "$log" "$executable" "$temporary/deno" '' ;;
  esac
  echo "$suite: $((SECONDS - started)) s"
done

cd "$(dirname "$0")/../.."
npx tsx test/real/upstream-tests/report.ts read "$tree" "$directory"
