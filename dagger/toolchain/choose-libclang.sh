#!/bin/sh
set -eu
least=$1 most=$2 best=0 seen=
for folder in /usr/lib/llvm-*/lib; do
  major=${folder#/usr/lib/llvm-}
  major=${major%/lib}
  case $major in *[!0-9]*) continue ;; esac
  if [ ! -e "$folder/libclang.so.1" ] && [ ! -e "$folder/libclang.so" ]; then continue; fi
  seen="$seen $major"
  if [ "$major" -ge "$least" ] && [ "$major" -le "$most" ] && [ "$major" -gt "$best" ]; then best=$major; fi
done
if [ "$best" = 0 ]; then
  # Elsewhere, or none, which nothing may need.
  if [ -z "$seen" ]; then exit 0; fi
  echo "toolchain: its libclang is$seen; bindgen needs one of$3" >&2
  exit 1
fi
root=/usr/lib/llvm-$best
clang=$root/bin/clang
mkdir -p /opt/libclang
# rusty_v8's build.rs asks the clang beside it for the folder of its headers, and nothing else:
# https://github.com/denoland/rusty_v8/blob/v147.4.0/build.rs#L202
if [ ! -e "$clang" ]; then
  mkdir -p "$root/bin"
  printf '#!/bin/sh\necho %s\n' "$(ls -d "$root/lib/clang/$best"* | head -n 1)" >"$clang"
  chmod 755 "$clang"
fi
# bindgen asks a clang for its folders of headers too, the first one on PATH unless it is told of one. Those of two
# versions do not go together: their stdint.h includes the other's, and not the C library's.
# https://github.com/KyleMayes/clang-sys/blob/v1.8.1/src/support.rs
echo "export LIBCLANG_PATH=$root/lib CLANG_PATH=$clang" >/opt/libclang/variables
