#!/bin/sh
set -eu
if [ "${DISK_NEEDED:-0}" -gt 0 ]; then sh /opt/deno-from-source/require-disk.sh "$DISK_NEEDED" "$DISK_NEEDED_FOR"; fi
# A toolchain that was given may have such a folder.
rm -rf /out
mkdir /out
# The tree is kept in the cache by content: a file that did not change keeps its time, so cargo builds only what
# changed, and git's and uploads' own times (all equal) mislead nobody.
mkdir -p /cache/src
rsync -rlpc --delete /src/deno/ /cache/src/
# Its path holds V8's checksum: build.rs of the v8 crate runs again when the path changes, and only then.
digest=$(cat "/src/v8/$ARCHIVE" ${BINDING:+"/src/v8/$BINDING"} | sha256sum | cut -c -16)
rm -rf /cache/v8.*
ln -s /src/v8 "/cache/v8.$digest"
export RUSTY_V8_ARCHIVE="/cache/v8.$digest/$ARCHIVE"
if [ -n "$BINDING" ]; then export RUSTY_V8_SRC_BINDING_PATH="/cache/v8.$digest/$BINDING"; fi
cd /cache/src
git config --global --add safe.directory '*'
export CARGO_TARGET_DIR=/cache/target
if [ -e /opt/libclang ]; then . /opt/libclang/variables; fi
# Rust writes the path of each source that can panic into the program: those of crates tell where cargo's home is, and
# upstream's programs have 1,600 of them. A variable RUSTFLAGS replaces all other flags.
# https://doc.rust-lang.org/rustc/remap-source-paths.html, https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags
if [ -n "${RUSTFLAGS-}" ]; then export RUSTFLAGS="$RUSTFLAGS $REMAP"; fi
name=CARGO_TARGET_$(echo "${CROSS:-$(rustc -vV | sed -n 's/^host: //p')}" | tr a-z- A-Z_)_RUSTFLAGS
eval "export $name=\"\${$name-} \$REMAP\""
target=/cache/target strip=strip
if [ -n "$CROSS" ]; then
  target=/cache/target/$CROSS strip=/opt/cross/bin/$CROSS-strip
  packages=
  for name in $(cat .deno-from-source/programs); do
    if [ "$name" != denort-build-script ] || [ "$PROGRAM" = denort ]; then packages="$packages -p $name"; fi
  done
  cargo build --locked --profile build-script --target "$CROSS" $packages
  export DENO_FROM_SOURCE_BUILD_SCRIPTS="$target/build-script"
  set -- "$@" --target "$CROSS"
fi
cargo build --profile "$PROFILE" "$@"
# cargo's own profiles share two folders: https://doc.rust-lang.org/cargo/reference/profiles.html
case $PROFILE in
  dev | test) directory=debug ;;
  bench) directory=release ;;
  *) directory=$PROFILE ;;
esac
# As upstream does, but for its --remove-section, with which GNU strip drops the header of RELRO: check-hardening.py
# refuses what comes of that.
if [ "$STRIP" = none ]; then
  cp "$target/$directory/$PROGRAM" "/out/$PROGRAM"
else
  "$strip" $STRIP -o "/out/$PROGRAM" "$target/$directory/$PROGRAM"
fi
chmod 755 "/out/$PROGRAM"
