#!/bin/sh
# Arranges a distribution's LLVM the way V8's GN files look for Chromium's: every tool by its plain name in
# `bin`, compiler-rt under `lib/clang/VERSION/lib/TRIPLE`, and `clang` as a wrapper that leaves out the flags
# which this clang refuses. Each flag is tried first, so a clang that knows it is given it.
#
# Writes `gn-args`: what GN must be told of these compilers, and of the system's Rust.
# Why each step: https://github.com/denoland/rusty_v8/issues/1587 (compiler-rt),
# https://github.com/denoland/rusty_v8/issues/1907 (Rust).
set -eu
root=$(ls -d /usr/lib/llvm-[0-9]* 2>/dev/null | sort -V | tail -n 1)
if [ -z "$root" ]; then
  clang=$(command -v clang) || { echo "toolchain: no clang on PATH and no /usr/lib/llvm-*" >&2; exit 1; }
  root=$(dirname "$(dirname "$(readlink -f "$clang")")")
fi
for tool in bin/clang bin/clang++ bin/ld.lld bin/llvm-ar; do
  [ -x "$root/$tool" ] || { echo "toolchain: $root/$tool is missing" >&2; exit 1; }
done
resource=$("$root/bin/clang" -print-resource-dir)
version=$(basename "$resource")
mkdir -p /opt/llvm/bin "/opt/llvm/lib/clang/$version/lib"
ln -s "$root"/bin/* /opt/llvm/bin/
ln -s "$root/lib" /opt/llvm/lib/llvm
if [ -d "$resource/lib/linux" ]; then ln -s "$resource/lib/linux" "/opt/llvm/lib/clang/$version/lib/linux"; fi
for machine in x86_64 aarch64; do
  for builtins in "$resource/lib/linux/libclang_rt.builtins-$machine.a" "$resource/lib/$machine-unknown-linux-gnu/libclang_rt.builtins.a"; do
    if [ -e "$builtins" ]; then
      mkdir -p "/opt/llvm/lib/clang/$version/lib/$machine-unknown-linux-gnu"
      ln -sf "$builtins" "/opt/llvm/lib/clang/$version/lib/$machine-unknown-linux-gnu/libclang_rt.builtins.a"
    fi
  done
done
unknown=
for flag in "$@"; do
  case $flag in *=) probe=${flag}array-bounds ;; *) probe=$flag ;; esac
  if ! "$root/bin/clang" -Werror "$probe" -x c -c -o /dev/null /dev/null 2>/dev/null; then
    unknown="$unknown${unknown:+|}$flag*"
  fi
done
for tool in clang clang++; do
  rm "/opt/llvm/bin/$tool"
  {
    echo '#!/bin/sh'
    echo "# leaves out the flags of Chromium's clang that this clang does not know"
    if [ -n "$unknown" ]; then
      printf 'for flag do\n  shift\n  case $flag in\n    %s) ;;\n    *) set -- "$@" "$flag" ;;\n  esac\ndone\n' "$unknown"
    fi
    printf 'exec %s "$@"\n' "$root/bin/$tool"
  } >"/opt/llvm/bin/$tool"
  chmod 755 "/opt/llvm/bin/$tool"
done
printf 'clang_version="%s" rust_sysroot_absolute="%s" rust_bindgen_root="/opt/rust-bindgen" rustc_version="%s"' \
  "$version" "$(rustc --print sysroot)" "$(rustc --version | cut -d' ' -f2)" >/opt/llvm/gn-args
