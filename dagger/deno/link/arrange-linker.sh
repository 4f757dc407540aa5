#!/bin/sh
# Puts link.sh in the linker's place, and tries it: after an hour of LTO it is too late to see that a linker cannot do it.
# build.sh and a rehearsal read this file into theirs. It takes $CROSS, $PROGRAM and what link.ts names, and leaves /tmp/trial.
set -eu
export LINKED=/cache/linked STARTUP_ORDER_PLACE=/cache/startup-order PLAIN_LINKER=cc
if [ -n "${STARTUP_ORDER-}" ]; then export STARTUP_ORDER="/cache/src/$STARTUP_ORDER"; fi
if [ -n "$CROSS" ]; then
  # At the same path: with a linker at another one cargo compiles everything anew.
  linker=/opt/cross/bin/$CROSS-clang PLAIN_LINKER=/opt/cross/bin/$CROSS-clang.plain
  mv "$linker" "$PLAIN_LINKER"
  cp "$LINKER" "$linker"
  # Of a toolchain for one architecture nm takes marks in the code of another for functions.
  export NM="/opt/cross/bin/$CROSS-nm"
else
  linker=$LINKER
fi
# What watches a start needs more of QEMU than deno does.
watched() { "$PLAIN_LINKER" -o /tmp/takes-breakpoints "$TAKES_BREAKPOINTS" && /tmp/takes-breakpoints; }
if [ -n "${STARTUP_ORDER-}" ] && ! watched; then
  why='what runs deno here does not let its first calls be seen: QEMU does for linux/arm64 since 8.1'
  if [ -n "$STARTUP_ORDER_ASKED" ]; then
    echo "startup-order: $why; install a newer one on the host of the engine, or leave it out" >&2
    exit 78
  fi
  echo "deno's functions stay in the linker's order, for $why" >&2
  STARTUP_ORDER='' LINK=${LINK% startup-order}
fi
echo 'fn main() { println!("linked"); }' >/tmp/trial.rs
if ! CARGO_BIN_NAME=$PROGRAM STARTUP_ORDER='' LINKED=/tmp/linked rustc ${CROSS:+--target "$CROSS"} -C linker="$linker" \
  -C panic=abort -o /tmp/trial /tmp/trial.rs 2>/tmp/trial.log; then
  cat /tmp/trial.log >&2
  echo "link: the toolchain's lld does not link as profile release is linked ($LINK): $(
    grep -m 1 -E 'lld: |relocate\.c:' /tmp/trial.log | cut -c 1-300
  ); use a newer lld, or give --startup-order=false and --unwind-tables=true" >&2
  exit 78
fi
