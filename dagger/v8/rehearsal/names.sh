#!/bin/sh
# Asks the crate's build script for V8's files under the names that this module gives them, as a build of Deno with a
# mirror does: it reads both, so a name that is another is an error.
set -eu
cd /src/rusty_v8
version=$(cargo metadata --no-deps --locked --offline --format-version=1 | sed 's/.*"version":"\([0-9.]*\)".*/\1/')
folder=/tmp/mirror/v$version
mkdir -p "$folder"
case $ARCHIVE in
  *.gz) printf '!<arch>\n' | gzip -n >"$folder/$ARCHIVE" ;;
  *) printf '!<arch>\n' >"$folder/$ARCHIVE" ;;
esac
if [ -n "$BINDING" ]; then cp "/cache/target/$TRIPLE/release/gn_out/src_binding.rs" "$folder/$BINDING"; fi
# What the crate has in gen would do as well as what is asked for here.
mkdir -p gen
rm -rf gen/src_binding* target
unset V8_FROM_SOURCE
RUSTY_V8_MIRROR=/tmp/mirror CARGO_TARGET_DIR=/tmp/names cargo check --release --lib --locked --target "$TRIPLE" "$@"
