import type { Container } from "@dagger.io/dagger";
import { libclang } from "./libclang.js";

/** Where {@link withRustBindgen} puts bindgen in the shape that V8's GN files expect. */
export const rustBindgen = "/opt/rust-bindgen";

/** Where {@link withSystemCompilers} puts the compilers in the shape that V8's GN files expect. */
export const llvm = "/opt/llvm";

/**
 * Arranges a distribution's LLVM the way V8's GN files look for Chromium's: every tool by its plain name in
 * `bin`, compiler-rt under `lib/clang/VERSION/lib/TRIPLE`, and `clang` as a wrapper that leaves out the flags
 * which this clang refuses. Each flag is tried first, so a clang that knows it is given it.
 *
 * Writes `gn-args`: what GN must be told of these compilers, and of the system's Rust.
 * Why each step: https://github.com/denoland/rusty_v8/issues/1587 (compiler-rt),
 * https://github.com/denoland/rusty_v8/issues/1907 (Rust).
 */
const arrange = `set -eu
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
mkdir -p ${llvm}/bin "${llvm}/lib/clang/$version/lib"
ln -s "$root"/bin/* ${llvm}/bin/
ln -s "$root/lib" ${llvm}/lib/llvm
if [ -d "$resource/lib/linux" ]; then ln -s "$resource/lib/linux" "${llvm}/lib/clang/$version/lib/linux"; fi
for machine in x86_64 aarch64; do
  for builtins in "$resource/lib/linux/libclang_rt.builtins-$machine.a" "$resource/lib/$machine-unknown-linux-gnu/libclang_rt.builtins.a"; do
    if [ -e "$builtins" ]; then
      mkdir -p "${llvm}/lib/clang/$version/lib/$machine-unknown-linux-gnu"
      ln -sf "$builtins" "${llvm}/lib/clang/$version/lib/$machine-unknown-linux-gnu/libclang_rt.builtins.a"
    fi
  done
done
unknown=
for flag in "$@"; do
  case $flag in *=) probe=\${flag}array-bounds ;; *) probe=$flag ;; esac
  if ! "$root/bin/clang" -Werror "$probe" -x c -c -o /dev/null /dev/null 2>/dev/null; then
    unknown="$unknown\${unknown:+|}$flag*"
  fi
done
for tool in clang clang++; do
  rm "${llvm}/bin/$tool"
  {
    echo '#!/bin/sh'
    echo "# leaves out the flags of Chromium's clang that this clang does not know"
    if [ -n "$unknown" ]; then
      printf 'for flag do\\n  shift\\n  case $flag in\\n    %s) ;;\\n    *) set -- "$@" "$flag" ;;\\n  esac\\ndone\\n' "$unknown"
    fi
    printf 'exec %s "$@"\\n' "$root/bin/$tool"
  } >"${llvm}/bin/$tool"
  chmod 755 "${llvm}/bin/$tool"
done
printf 'clang_version="%s" rust_sysroot_absolute="%s" rust_bindgen_root="${rustBindgen}" rustc_version="%s"' \\
  "$version" "$(rustc --print sysroot)" "$(rustc --version | cut -d' ' -f2)" >${llvm}/gn-args
`;

/** The container with its own compilers arranged for V8's build. Fails when clang, lld or llvm-ar are missing. */
export function withSystemCompilers(container: Container, unknownFlags: string[]): Container {
  return container.withExec(["sh", "-c", arrange, "arrange", ...unknownFlags]);
}

/**
 * Arranges bindgen the way V8's GN files look for Chromium's, for the Rust of V8's Temporal: bin/bindgen and bin/rustfmt,
 * which are inputs of the build, and in lib the libclang that bindgen loads, the only folder that it then looks in:
 * https://chromium.googlesource.com/chromium/src/build/+/refs/heads/main/rust/rust_bindgen_generator.gni
 * bindgen is handed the flags of Chromium's clang, too, and takes one that its libclang does not know for an error.
 */
const arrangeBindgen = `set -eu
for tool in bindgen rustfmt; do
  command -v "$tool" >/dev/null || { echo "toolchain: $tool is missing on PATH; V8's Temporal, which is written in Rust, needs it" >&2; exit 1; }
done
mkdir -p ${rustBindgen}/bin ${rustBindgen}/lib
ln -s "$(command -v rustfmt)" ${rustBindgen}/bin/rustfmt
{
  printf '#!/bin/sh\\n# leaves out the flags that only Chromium'"'"'s clang knows\\nfor flag do\\n  shift\\n  case $flag in\\n'
  for flag in "$@"; do printf '    %s*) ;;\\n' "$flag"; done
  printf '    *) set -- "$@" "$flag" ;;\\n  esac\\ndone\\nexec %s "$@"\\n' "$(command -v bindgen)"
} >${rustBindgen}/bin/bindgen
chmod 755 ${rustBindgen}/bin/bindgen
folder=$(readlink -f ${llvm}/lib/llvm)
if [ -e ${libclang}/variables ]; then . ${libclang}/variables; folder=$LIBCLANG_PATH; fi
found=$(ls "$folder"/libclang.so* "$folder"/libclang-[0-9]*.so* 2>/dev/null || true)
[ -n "$found" ] || { echo "toolchain: $folder has no libclang.so, which bindgen loads" >&2; exit 1; }
for library in $found; do ln -sf "$(readlink -f "$library")" "${rustBindgen}/lib/$(basename "$library")"; done
if [ ! -e ${rustBindgen}/lib/libclang.so ]; then ln -s "$(readlink -f "$(echo "$found" | head -n 1)")" ${rustBindgen}/lib/libclang.so; fi
`;

/** The container with bindgen arranged for V8's build, after its compilers and libclang. */
export function withRustBindgen(container: Container, unknownFlags: string[]): Container {
  return container.withExec(["sh", "-c", arrangeBindgen, "arrange-bindgen", ...unknownFlags]);
}
