set -eu
cd /src/rusty_v8
# The sysroot is the target's base image, so V8's own, which build.rs would download, are passed over: it looks for
# these folders, https://github.com/denoland/rusty_v8/blob/v147.4.0/build.rs#L491. (Links to a sysroot in their place
# would not do: cargo walks the package's folder through links, and so all of the system.)
mkdir -p build/linux/debian_sid_amd64-sysroot build/linux/debian_sid_arm64-sysroot
arguments=$GN_ARGUMENTS
if [ "$SYSTEM_COMPILERS" = true ]; then
  # The script downloads Chromium's Rust (x86_64 only) whatever GN is told to use.
  if [ -e tools/rust_toolchain.py ]; then : >tools/rust_toolchain.py; fi
  # Without both, build.rs downloads them, for x86_64 and arm64 alike.
  if command -v gn >/dev/null && command -v ninja >/dev/null; then
    GN=$(command -v gn) NINJA=$(command -v ninja)
    export GN NINJA
  fi
  CLANG_BASE_PATH=/opt/llvm RUSTC_BOOTSTRAP=1
  # build.rs runs ../bin/clang from there, so the link is followed first.
  LIBCLANG_PATH=$(readlink -f /opt/llvm/lib/llvm)
  if [ -e /opt/libclang ]; then . /opt/libclang/variables; fi
  # cargo does not watch this choice: with another one than last time, the binding is made again for its header's time.
  if [ "$(cat /cache/libclang 2>/dev/null || true)" != "$LIBCLANG_PATH" ]; then
    if [ -e src/binding.hpp ]; then touch src/binding.hpp; fi
    echo "$LIBCLANG_PATH" >/cache/libclang
  fi
  export CLANG_BASE_PATH LIBCLANG_PATH RUSTC_BOOTSTRAP
  arguments="$arguments $(cat /opt/llvm/gn-args)"
  # The target's compiler-rt is named as an input but never linked, for the product is an archive.
  runtime=$(echo /opt/llvm/lib/clang/*/lib)/$TRIPLE
  if [ ! -e "$runtime/libclang_rt.builtins.a" ]; then
    mkdir -p "$runtime"
    ln -s "$(ls /sysroot/usr/lib/gcc/*/*/libgcc.a | head -n 1)" "$runtime/libclang_rt.builtins.a"
  fi
fi
export "$GN_ARGUMENTS_VARIABLE=$arguments"
# Before 0.66 build.rs runs python whatever PYTHON says.
if [ "$PYTHON" = python2.7 ]; then ln -sf "$(command -v python2.7)" /usr/local/bin/python; fi
# cargo check runs the build script, which is all of V8, and type-checks the binding against the crate.
# -vv shows Ninja's progress, which cargo hides otherwise.
CARGO_TARGET_DIR=/cache/target cargo check -vv --release --lib --locked --target "$TRIPLE" "$@"
out=/cache/target/$TRIPLE/release/gn_out
rm -rf /out
mkdir /out
case $ARCHIVE in
  *.gz) gzip -9 -n -c "$out/obj/librusty_v8.a" >"/out/$ARCHIVE" ;;
  *) cp "$out/obj/librusty_v8.a" "/out/$ARCHIVE" ;;
esac
if [ -n "$BINDING" ]; then cp "$out/src_binding.rs" "/out/$BINDING"; fi
