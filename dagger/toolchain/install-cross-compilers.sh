#!/bin/sh
# Compilers for the target by plain names, so that every crate's build script can be given one without knowing of
# sysroots: clang compiles for any target, its wrapper says which. A C library that is newer than the target's root is
# never seen.
set -eu
triple=$1
mkdir -p /opt/cross/bin
for tool in clang clang++; do
  # The flags for linking are no use to a compiler's other calls, which would warn of them.
  printf '#!/bin/sh\nexec %s --target=%s --sysroot=%s -fuse-ld=lld -Wno-unused-command-line-argument "$@"\n' \
    "/opt/llvm/bin/$tool" "$triple" /sysroot >"/opt/cross/bin/$triple-$tool"
  chmod 755 "/opt/cross/bin/$triple-$tool"
done
for tool in ar ranlib nm strip objdump; do ln -s "/opt/llvm/bin/llvm-$tool" "/opt/cross/bin/$triple-$tool"; done
# Programs of the target run here too, under QEMU, and look for their loader and libraries in their usual places.
multiarch=$(echo "$triple" | sed 's/-unknown//')
for loader in /sysroot/lib/ld-linux-*.so.* /sysroot/lib64/ld-linux-*.so.*; do
  [ -e "$loader" ] || continue
  place=${loader#/sysroot}
  if [ ! -e "$place" ]; then mkdir -p "$(dirname "$place")"; ln -s "$loader" "$place"; fi
done
if [ ! -e "/lib/$multiarch/libc.so.6" ]; then
  mkdir -p "/lib/$multiarch"
  for library in "/sysroot/lib/$multiarch"/*.so* "/sysroot/usr/lib/$multiarch"/*.so*; do
    if [ -e "$library" ] && [ ! -e "/lib/$multiarch/$(basename "$library")" ]; then
      ln -s "$library" "/lib/$multiarch/"
    fi
  done
fi
