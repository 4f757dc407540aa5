#!/bin/sh
set -eu
if [ "${DISK_NEEDED:-0}" -gt 0 ]; then sh /opt/deno-from-source/require-disk.sh "$DISK_NEEDED" "$DISK_NEEDED_FOR" "$DISK_NEEDED_AFTER"; fi
cd /src/rusty_v8
# The sysroot is the target's base image, so V8's own, which build.rs would download, are passed over: it looks for
# these folders, https://github.com/denoland/rusty_v8/blob/v147.4.0/build.rs#L491. (Links to a sysroot in their place
# would not do: cargo walks the package's folder through links, and so all of the system.)
mkdir -p build/linux/debian_sid_amd64-sysroot build/linux/debian_sid_arm64-sysroot
# GN takes target_sysroot for musl only since V8 150.2, and says nothing when it does not take it:
# https://github.com/denoland/rusty_v8/pull/2016. What the condition says otherwise was read in
# 0.47, 0.74, 0.106, 130, 142, 147, 150 and 152.
sysroot=build/config/sysroot.gni
sed -E -z -i 's/(target_sysroot != "") && use_musl &&[[:space:]]+current_toolchain == default_toolchain\)/\1)/' $sysroot
if ! grep -E -z -q 'current_cpu == target_cpu &&[[:space:]]+target_sysroot != ""\)' $sysroot; then
  echo "$sysroot has another condition for target_sysroot than any V8 that is known: V8 would be compiled against the" \
    "compiler's own C library, not the base image's. Report it to deno-from-source" >&2
  exit 1
fi
# In a log this says whether they are, or why not.
if [ -n "${PRECOMPILED_HEADERS-}" ]; then "$PYTHON" "$PRECOMPILED_HEADERS/edit.py" . "$PRECOMPILED_HEADERS"; fi
# The crate leaves V8's script out. With a time that never changes, or Ninja would compile every cluster anew; what is in
# it is part of the name of the objects' volume instead.
if [ -n "${CLUSTERS-}" ] && [ ! -e v8/tools/cluster_files.py ]; then
  mkdir -p v8/tools
  cp "$CLUSTERS/cluster_files.py" v8/tools/cluster_files.py
  touch -d @315532800 v8/tools/cluster_files.py
fi
arguments=$GN_ARGUMENTS
if [ "$SYSTEM_COMPILERS" = true ]; then
  # The script downloads Chromium's Rust (x86_64 only) whatever GN is told to use.
  if [ -e tools/rust_toolchain.py ]; then : >tools/rust_toolchain.py; fi
  # GN's actions have Chromium's rustc as an input, also where they run another one:
  # https://chromium.googlesource.com/chromium/src/build/+/refs/heads/main/rust/std/BUILD.gn
  mkdir -p third_party/rust-toolchain/bin
  ln -sf "$(rustc --print sysroot)/bin/rustc" third_party/rust-toolchain/bin/rustc
  # V8 147 takes it that every Rust but Chromium's has adler in its standard library; newer ones have adler2 in its place:
  # https://chromium.googlesource.com/chromium/src/build/+/refs/heads/main/rust/std/BUILD.gn. 140.2.0 and 150.4.0 name
  # adler2 alone.
  if [ -e build/rust/std/BUILD.gn ] && ls "$(rustc --print sysroot)/lib/rustlib/$TRIPLE/lib"/libadler2-*.rlib >/dev/null 2>&1; then
    sed -i 's/"adler"/"adler2"/' build/rust/std/BUILD.gn
  fi
  # Without both, build.rs downloads them, for x86_64 and arm64 alike.
  if command -v gn >/dev/null && command -v ninja >/dev/null; then
    GN=$(command -v gn) NINJA=$(command -v ninja)
    export GN NINJA
  fi
  CLANG_BASE_PATH=/opt/llvm RUSTC_BOOTSTRAP=1
  # build.rs runs ../bin/clang from there, so the link is followed first.
  LIBCLANG_PATH=$(readlink -f /opt/llvm/lib/llvm)
fi
if [ -e /opt/libclang/variables ]; then . /opt/libclang/variables; fi
if [ "$SYSTEM_COMPILERS" = true ]; then
  # cargo does not watch this choice: with another one than last time, the binding is made again for its header's time.
  if [ "$(cat /cache/libclang 2>/dev/null || true)" != "$LIBCLANG_PATH" ]; then
    if [ -e src/binding.hpp ]; then touch src/binding.hpp; fi
    echo "$LIBCLANG_PATH" >/cache/libclang
  fi
  export CLANG_BASE_PATH LIBCLANG_PATH RUSTC_BOOTSTRAP
  arguments="$arguments $(cat /opt/llvm/gn-args)"
  # The target's compiler-rt is named as an input, and linked to the programs that QEMU runs: libgcc has the same.
  runtime=$(echo /opt/llvm/lib/clang/*/lib)/$TRIPLE
  if [ ! -e "$runtime/libclang_rt.builtins.a" ]; then
    mkdir -p "$runtime"
    ln -s "$(ls /sysroot/usr/lib/gcc/*/*/libgcc.a | head -n 1)" "$runtime/libclang_rt.builtins.a"
  fi
fi
export "$GN_ARGUMENTS_VARIABLE=$arguments"
# Before 0.66 build.rs runs python whatever PYTHON says.
if [ "$PYTHON" = python2.7 ]; then ln -sf "$(command -v python2.7)" /usr/local/bin/python; fi
# In a rehearsal, programs stand before GN and Ninja that look at everything and compile next to nothing.
if [ -n "${REHEARSAL-}" ]; then
  if [ "$SYSTEM_COMPILERS" != true ]; then
    "$PYTHON" tools/ninja_gn_binaries.py --dir /tmp/gn_ninja
    GN=/tmp/gn_ninja/gn/gn NINJA=/tmp/gn_ninja/ninja/ninja
  fi
  export REHEARSED_GN="$GN" REHEARSED_NINJA="$NINJA" GN="$REHEARSAL/gn.py" NINJA="$REHEARSAL/ninja.py"
fi
# cargo check runs the build script, which is all of V8, and type-checks the binding against the crate.
# -vv shows Ninja's progress, which cargo hides otherwise.
compile() { CARGO_TARGET_DIR=/cache/target cargo check -vv --release --lib --locked --target "$TRIPLE" "$@"; }
give_up() {
  echo "V8 was not compiled" >&2
  if [ -n "${PRECOMPILED_HEADERS-}" ]; then
    echo "If the step that failed was to make a file .gch, or to compile with one, V8's headers cannot be precompiled" \
      "here: --precompiled-headers=false does without" >&2
  fi
  if [ -n "${CLUSTERS-}" ]; then
    echo "If the step that failed was of a file in a folder clustered or torque-generated, some of V8's files cannot be" \
      "compiled as one: --gn-arguments=v8_enable_cluster_build=false compiles each by itself" >&2
  fi
  exit 1
}
# An empty toolchain is V8's own choice: host programs that know the target. Those of x86_64 alone are defined for Linux.
by_host() {
  echo "V8's snapshot: $1" >&2
  if [ "$(uname -m)" != x86_64 ]; then
    echo "V8's snapshot: on an engine like this nothing else makes one; use one of the target's platform" >&2
    exit 1
  fi
  echo "V8's snapshot: host programs make it, which compiles most of V8 a second time" >&2
  export "$GN_ARGUMENTS_VARIABLE=$arguments v8_snapshot_toolchain=\"\""
}
emulated=$EMULATED
if [ "$emulated" = true ] && ! /sysroot/bin/true; then
  by_host "QEMU did not run a program of the target here"
  emulated=false
fi
if [ "$emulated" = true ] && [ -z "${REHEARSAL-}" ]; then
  # What is said is kept, to see whether the step that failed was one that QEMU ran: V8's tools/run.py starts them all.
  { compile "$@" 2>&1 || touch /tmp/failed; } | tee /tmp/said >&2
  if [ -e /tmp/failed ]; then
    grep -A 1 'FAILED: ' /tmp/said | grep -q '/run\.py ' || give_up
    by_host "a program of the target failed under QEMU"
    compile "$@" || give_up
  fi
else
  compile "$@" || give_up
fi
if [ -n "${REHEARSAL-}" ]; then exit 0; fi
out=/cache/target/$TRIPLE/release/gn_out
rm -rf /out
mkdir /out
case $ARCHIVE in
  *.gz) gzip -9 -n -c "$out/obj/librusty_v8.a" >"/out/$ARCHIVE" ;;
  *) cp "$out/obj/librusty_v8.a" "/out/$ARCHIVE" ;;
esac
if [ -n "$BINDING" ]; then cp "$out/src_binding.rs" "/out/$BINDING"; fi
