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
for tool in ar ranlib nm strip objcopy objdump; do ln -s "/opt/llvm/bin/llvm-$tool" "/opt/cross/bin/$triple-$tool"; done
