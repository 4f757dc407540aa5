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
# Empty: QuickJS is in V8's place.
if [ -n "$ARCHIVE" ]; then
  # Its path holds V8's checksum: build.rs of the v8 crate runs again when the path changes, and only then.
  digest=$(cat "/src/v8/$ARCHIVE" ${BINDING:+"/src/v8/$BINDING"} | sha256sum | cut -c -16)
  rm -rf /cache/v8.*
  ln -s /src/v8 "/cache/v8.$digest"
  export RUSTY_V8_ARCHIVE="/cache/v8.$digest/$ARCHIVE"
  if [ -n "$BINDING" ]; then export RUSTY_V8_SRC_BINDING_PATH="/cache/v8.$digest/$BINDING"; fi
fi
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
# The same for C and C++, whose assertions name their sources: a crate's own build script leaves that to the compiler, or to
# some levels of optimization, https://docs.rs/crate/aws-lc-sys/0.40.0/source/builder/cc_builder.rs
# What compiles C takes flags from here: https://docs.rs/cc/latest/cc/#external-configuration-via-environment-variables
for map in $REMAP; do
  map=-ffile-prefix-map=${map#--remap-path-prefix=}
  # gcc has it since 8, clang since 10.
  if ! echo | cc "$map" -E - >/dev/null 2>&1; then continue; fi
  export CFLAGS="${CFLAGS-} $map" CXXFLAGS="${CXXFLAGS-} $map"
done
# How it is to be linked, beyond what cargo knows of: empty, or the words of link.ts.
if [ -n "$LINK" ]; then
  . /opt/deno-from-source/link/arrange-linker.sh
  if [ -z "$CROSS" ]; then export "${name%RUSTFLAGS}LINKER=$LINKER"; fi
fi
target=/cache/target strip=strip objcopy=objcopy
# cargo's own profiles share two folders: https://doc.rust-lang.org/cargo/reference/profiles.html
case $PROFILE in
  dev | test) directory=debug ;;
  bench) directory=release ;;
  *) directory=$PROFILE ;;
esac
if [ -n "$CROSS" ]; then
  target=/cache/target/$CROSS strip=/opt/cross/bin/$CROSS-strip objcopy=/opt/cross/bin/$CROSS-objcopy
  # What QuickJS makes while it builds is of no architecture, so its tree comes as it is.
  if [ -n "$ARCHIVE" ]; then
    packages=
    for package in $(cat .deno-from-source/programs); do
      case $package.$PROGRAM in
        denort-build-script.deno | denort_desktop-build-script.deno | denort_desktop-build-script.denort) ;;
        *) packages="$packages -p $package" ;;
      esac
    done
    cargo build --locked --profile build-script --target "$CROSS" $packages
    export DENO_FROM_SOURCE_BUILD_SCRIPTS="$target/build-script"
  fi
  set -- "$@" --target "$CROSS"
fi
made=$target/$directory/$PROGRAM
# Without unwind tables a debugger and perf walk a stack by these; Rust's own library has them:
# https://github.com/rust-lang/rust/pull/122646, https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts#L1021
if [ -n "${UNWIND_TABLES-}" ]; then
  if [ -n "${RUSTFLAGS-}" ]; then export RUSTFLAGS="$RUSTFLAGS -C force-frame-pointers=yes"; fi
  eval "export $name=\"\$$name -C force-frame-pointers=yes\""
fi
rm -rf /cache/startup-order
# Runs cargo, and sees how the program that is there was linked; where lld never linked one there is no need to read it.
compile() {
  cargo build --profile "$PROFILE" "$@"
  linked=''
  if [ -e /cache/linked ]; then linked=$(cat "/cache/linked/$(sha256sum <"$made" | cut -d ' ' -f 1)" 2>/dev/null || true); fi
}
compile "$@"
if [ "$linked" != "$LINK" ] && [ ! -e /cache/startup-order/log ]; then
  # It was there already, linked otherwise.
  case $PROGRAM in
    denort) touch cli/rt/main.rs ;;
    libdenort.so) touch cli/rt_desktop/lib.rs ;;
    *) touch cli/main.rs ;;
  esac
  compile "$@"
fi
if [ "$linked" != "$LINK" ]; then
  if [ ! -e /cache/startup-order/log ]; then
    echo "link: cargo did not link $PROGRAM with the linker that it was given: the toolchain or the tree names another one" >&2
    exit 1
  fi
  cat /cache/startup-order/log >&2
  # 78 as in require-disk.sh, whose last line is the error that people see.
  echo "startup-order: deno was linked, and its functions could not be put in the order of a start: $(
    tail -n 1 /cache/startup-order/log | cut -c 1-300
  ). What is compiled is kept; with --startup-order=false it is handed over as it was linked" >&2
  exit 78
fi
# As upstream does, but for its --remove-section, with which GNU strip drops the header of RELRO: check-hardening.py
# refuses what comes of that.
if [ "$STRIP" = none ]; then
  cp "$made" "/out/$PROGRAM"
else
  "$strip" $STRIP -o "/out/$PROGRAM" "$made"
  # What was stripped, in the form in which debuggers and Rust's own backtraces look for it, by build id or by this link:
  # https://sourceware.org/gdb/current/onlinedocs/gdb.html/Separate-Debug-Files.html
  mkdir /out/debug
  cd /out/debug
  "$objcopy" --only-keep-debug "$made" "$PROGRAM.debug"
  chmod 644 "$PROGRAM.debug"
  # split-debuginfo="packed", as Deno's profiles have it: https://doc.rust-lang.org/rustc/codegen-options/#split-debuginfo
  if [ -e "$made.dwp" ]; then cp "$made.dwp" "$PROGRAM.dwp"; fi
  "$objcopy" --add-gnu-debuglink="$PROGRAM.debug" "/out/$PROGRAM"
fi
chmod 755 "/out/$PROGRAM"
