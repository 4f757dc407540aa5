#!/bin/sh
# Programs of the target run here too, under QEMU, and look for their loader and libraries in their usual places: links
# lead from there into the target's root. A C library of the target's that is installed here already is left.
set -eu
triple=$1
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
