#!/bin/sh
# Arranges bindgen the way V8's GN files look for Chromium's, for the Rust of V8's Temporal: bin/bindgen and bin/rustfmt,
# which are inputs of the build, and in lib the libclang that bindgen loads, the only folder that it then looks in:
# https://chromium.googlesource.com/chromium/src/build/+/refs/heads/main/rust/rust_bindgen_generator.gni
# bindgen is handed the flags of Chromium's clang, too, and takes one that its libclang does not know for an error.
set -eu
for tool in bindgen rustfmt; do
  command -v "$tool" >/dev/null || { echo "toolchain: $tool is missing on PATH; V8's Temporal, which is written in Rust, needs it" >&2; exit 1; }
done
mkdir -p /opt/rust-bindgen/bin /opt/rust-bindgen/lib
ln -s "$(command -v rustfmt)" /opt/rust-bindgen/bin/rustfmt
{
  printf '#!/bin/sh\n# leaves out the flags that only Chromium'"'"'s clang knows\nfor flag do\n  shift\n  case $flag in\n'
  for flag in "$@"; do printf '    %s*) ;;\n' "$flag"; done
  printf '    *) set -- "$@" "$flag" ;;\n  esac\ndone\nexec %s "$@"\n' "$(command -v bindgen)"
} >/opt/rust-bindgen/bin/bindgen
chmod 755 /opt/rust-bindgen/bin/bindgen
folder=$(readlink -f /opt/llvm/lib/llvm)
if [ -e /opt/libclang/variables ]; then . /opt/libclang/variables; folder=$LIBCLANG_PATH; fi
found=$(ls "$folder"/libclang.so* "$folder"/libclang-[0-9]*.so* 2>/dev/null || true)
[ -n "$found" ] || { echo "toolchain: $folder has no libclang.so, which bindgen loads" >&2; exit 1; }
for library in $found; do ln -sf "$(readlink -f "$library")" "/opt/rust-bindgen/lib/$(basename "$library")"; done
if [ ! -e /opt/rust-bindgen/lib/libclang.so ]; then ln -s "$(readlink -f "$(echo "$found" | head -n 1)")" /opt/rust-bindgen/lib/libclang.so; fi
