#!/bin/sh
# The linker where deno's functions are put in the order in which a start calls them, so that a start touches fewer pages:
# https://github.com/denoland/deno/blob/v2.9.5/tools/startup_order/README.md
#
# It links as $PLAIN_LINKER does, and deno a second time in the order that the first deno was seen to have. Upstream has
# cargo link twice, and so does all of LTO twice; here the objects that LTO made are still there, and lld takes seconds.
set -eu
program=${CARGO_BIN_NAME-}
case $program in
  deno | denort) ;;
  *) exec "$PLAIN_LINKER" "$@" ;;
esac
# As upstream does: https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts#L178
set -- "$@" -fuse-ld=lld -Wl,--icf=safe
"$PLAIN_LINKER" "$@"
if [ "$program" != deno ]; then exit; fi

out='' previous=''
for argument; do
  if [ "$previous" = -o ]; then out=$argument; fi
  # Of a real deno there are 15,000 objects: rustc gives them in a file, a line each.
  case $argument in @*) out=$(sed -n '/^-o$/{n;p;q;}' "${argument#@}") ;; esac
  previous=$argument
done
place=$STARTUP_ORDER_PLACE
rm -rf "$place"
mkdir -p "$place"
# cargo's is for rustc.
run() {
  script=$1 deno=$2
  shift 2
  env -u LD_LIBRARY_PATH CC="$PLAIN_LINKER" DENO_DIR="$place/deno-dir" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 \
    "$deno" run --no-config --no-lock --allow-all "$STARTUP_ORDER/$script" "$@"
}
arrange() {
  run generate_linux_function_orderfile.ts "$out" --binary "$out" --output "$place/deno.order" &&
    "$PLAIN_LINKER" "$@" "-Wl,--symbol-ordering-file=$place/deno.order" -Wl,--no-warn-symbol-ordering -o "$out.ordered" &&
    run verify_orderfile.ts "$out.ordered" --baseline-binary "$out" --binary "$out.ordered" --order "$place/deno.order" &&
    mv "$out.ordered" "$out"
}
# What goes wrong here must not cost the hour of LTO: build.sh sees that the file is missing.
if arrange "$@" >"$place/log" 2>&1; then sha256sum <"$out" >"$place/ordered"; fi
