#!/bin/sh
# Runs a command with sccache's server up: the store is tried before anything is compiled, and what it was worth is told at
# the end.
#
#   sh with-compiler-cache.sh COMMAND [ARGUMENT…]
#
# A server that the first compiler starts ends after ten minutes without work, and none starts where the store does not
# answer: a store that goes away would then be the end of the build. One that stays compiles what it cannot read.
set -eu
said=/tmp/sccache-start
export SCCACHE_IDLE_TIMEOUT=0 SCCACHE_ERROR_LOG=/tmp/sccache-log
if ! sccache --start-server >"$said" 2>&1; then
  # Its reason, and what that came of, which stands under Source.
  reason=$(sed -n -e '/^Backtrace:/,$d' -e 's/^sccache: error: //p' -e 's/^sccache: caused by: //p' \
    -e '/^Source:/{n;s/^ *//p;}' "$said" | tr -s '\n ' ' ' | cut -c 1-500)
  cat "$said" >&2
  # 78 as in require-disk.sh, whose last line is the error that people see.
  echo "compiler-cache: sccache cannot use the store, and nothing was compiled: ${reason% }. Look at the address," \
    "whether containers of the engine reach it, and --compiler-cache-user and --compiler-cache-password. What was" \
    "finished before is kept; without --compiler-cache the build does without a store" >&2
  exit 78
fi
if grep -q '^storage write check failed' "$SCCACHE_ERROR_LOG" 2>/dev/null; then
  echo "compiler-cache: the store refuses writes, so it is read and nothing new is stored: $(
    grep -m 1 '^storage write check failed' "$SCCACHE_ERROR_LOG" | cut -c 1-300
  )"
fi
status=0
"$@" || status=$?
# To standard output, for the last line of the other says why a stage is refused.
sccache --show-stats || true
# It waits for what is being stored.
sccache --stop-server >/dev/null 2>&1 || true
exit "$status"
