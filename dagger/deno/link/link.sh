#!/bin/sh
# The linker of deno, denort and libdenort, where they are linked as upstream's releases are: by lld, which puts equal
# functions together; $UNWIND_TABLES names a linker script where the tables to unwind a stack are left out; $RELOCATE names
# relocate.c where deno's relative relocations are packed; and where $STARTUP_ORDER names the tools for it, deno's functions
# lie in the order in which a start calls them, so that a start touches fewer pages:
# https://github.com/denoland/deno/blob/v2.9.5/tools/startup_order/README.md
#
# For that it links deno a second time, in the order that the first deno was seen to have. Upstream has cargo link twice, and
# so does all of LTO twice; here the objects that LTO made are still there, and lld takes seconds.
set -eu
# A library is no program to cargo; arrange-linker.sh calls it by its file.
case ${CARGO_BIN_NAME:-${CARGO_PKG_NAME-}/${CARGO_CRATE_NAME-}} in
  deno | denort | libdenort.so | denort_desktop/denort) ;;
  *) exec "$PLAIN_LINKER" "$@" ;;
esac
# Equal functions whose addresses nobody compares: https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts#L178
set -- "$@" -fuse-ld=lld -Wl,--icf=safe
# Upstream removes them from the finished file instead, which costs it RELRO, and links without their index as here:
# https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts#L1021
if [ -n "${UNWIND_TABLES-}" ]; then set -- "$@" -Wl,--no-eh-frame-hdr "-Wl,-T,$UNWIND_TABLES"; fi
"$PLAIN_LINKER" "$@"

out='' previous=''
for argument; do
  if [ "$previous" = -o ]; then out=$argument; fi
  # Of a real deno there are 15,000 objects: rustc gives them in a file, a line each.
  case $argument in @*) out=$(sed -n '/^-o$/{n;p;q;}' "${argument#@}") ;; esac
  previous=$argument
done
# The 4 MB that say where a start writes addresses are a hundredth of that when packed. glibc reads them so since 2.36, and
# lld writes them for it since 15 (14 warns and goes on); for a deno that runs on an older one it has what applies them in it:
# https://sourceware.org/glibc/wiki/Release/2.36, https://maskray.me/blog/2021-10-31-relative-relocations-and-relr
if [ -n "${RELOCATE-}" ]; then
  if grep -zqE '^GLIBC_2\.(3[6-9]|[4-9][0-9])$' "$out"; then
    set -- "$@" -Wl,-z,pack-relative-relocs
  else
    "$PLAIN_LINKER" -O2 -fPIC -c "$RELOCATE" -o "$out.relocate.o"
    set -- "$@" "$out.relocate.o" -Wl,--pack-dyn-relocs=relr,--use-android-relr-tags,--entry=start_with_packed_relocations
  fi
  "$PLAIN_LINKER" "$@"
fi
# How a file was linked, by what is in it, for build.sh: cargo does not know.
linked() {
  mkdir -p "$LINKED"
  echo "$1" >"$LINKED/$(sha256sum <"$out" | cut -d ' ' -f 1)"
}
if [ -z "${STARTUP_ORDER-}" ]; then
  linked "$LINK"
  exit
fi

place=$STARTUP_ORDER_PLACE
rm -rf "$place"
mkdir -p "$place/bin"
if [ -n "${NM-}" ]; then ln -s "$NM" "$place/bin/nm"; fi
# cargo's is for rustc.
run() {
  script=$1 deno=$2
  shift 2
  env -u LD_LIBRARY_PATH PATH="$place/bin:$PATH" CC="$PLAIN_LINKER" DENO_DIR="$place/deno-dir" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 \
    "$deno" run --no-config --no-lock --allow-all "$STARTUP_ORDER/$script" "$@"
}
arrange() {
  run generate_linux_function_orderfile.ts "$out" --binary "$out" --output "$place/deno.order" &&
    "$PLAIN_LINKER" "$@" "-Wl,--symbol-ordering-file=$place/deno.order" -Wl,--no-warn-symbol-ordering -o "$out.ordered" &&
    run verify_orderfile.ts "$out.ordered" --baseline-binary "$out" --binary "$out.ordered" --order "$place/deno.order" &&
    mv "$out.ordered" "$out"
}
# What goes wrong here must not cost the hour of LTO: build.sh sees how far it came.
if arrange "$@" >"$place/log" 2>&1; then linked "$LINK"; else linked "${LINK% startup-order}"; fi
