import type { Container, Directory } from "@dagger.io/dagger";
import { llvm } from "./compilers.js";

/** Where the target's root is mounted, and where the wrappers of the compilers are. */
export const root = "/sysroot";
export const tools = "/opt/cross/bin";

/**
 * Compilers for the target by plain names, so that every crate's build script can be given one without knowing of
 * sysroots: clang compiles for any target, its wrapper says which. A C library that is newer than the target's root is
 * never seen.
 */
const install = `set -eu
triple=$1
mkdir -p ${tools}
for tool in clang clang++; do
  # The flags for linking are no use to a compiler's other calls, which would warn of them.
  printf '#!/bin/sh\\nexec %s --target=%s --sysroot=%s -fuse-ld=lld -Wno-unused-command-line-argument "$@"\\n' \\
    "${llvm}/bin/$tool" "$triple" ${root} >"${tools}/$triple-$tool"
  chmod 755 "${tools}/$triple-$tool"
done
for tool in ar ranlib nm strip objdump; do ln -s "${llvm}/bin/llvm-$tool" "${tools}/$triple-$tool"; done
# Programs of the target run here too, under QEMU, and look for their loader and libraries in their usual places.
multiarch=$(echo "$triple" | sed 's/-unknown//')
for loader in ${root}/lib/ld-linux-*.so.* ${root}/lib64/ld-linux-*.so.*; do
  [ -e "$loader" ] || continue
  place=\${loader#${root}}
  if [ ! -e "$place" ]; then mkdir -p "$(dirname "$place")"; ln -s "$loader" "$place"; fi
done
if [ ! -e "/lib/$multiarch/libc.so.6" ]; then
  mkdir -p "/lib/$multiarch"
  for library in "${root}/lib/$multiarch"/*.so* "${root}/usr/lib/$multiarch"/*.so*; do
    if [ -e "$library" ] && [ ! -e "/lib/$multiarch/$(basename "$library")" ]; then
      ln -s "$library" "/lib/$multiarch/"
    fi
  done
fi
`;

/** What ends the name of a variable that is meant for this target alone: the triple as crates spell it there. */
export function variableSuffix(triple: string): string {
  return triple.replaceAll("-", "_");
}

/**
 * The container with compilers for `triple`, set up the way crates look for them: the cc crate, cmake and bindgen by
 * variables that end in the target, cargo by its linker's. Variables without the target stay as they are, for build
 * scripts and macros are compiled for the container itself.
 * https://docs.rs/cc/latest/cc/#external-configuration-via-environment-variables
 */
export function withCrossCompilers(container: Container, triple: string, sysroot: Directory): Container {
  const name = variableSuffix(triple);
  const tool = (it: string) => `${tools}/${triple}-${it}`;
  const variables = {
    [`CARGO_TARGET_${name.toUpperCase()}_LINKER`]: tool("clang"),
    [`CC_${name}`]: tool("clang"),
    [`CXX_${name}`]: tool("clang++"),
    [`AR_${name}`]: tool("ar"),
    [`RANLIB_${name}`]: tool("ranlib"),
    [`BINDGEN_EXTRA_CLANG_ARGS_${name}`]: `--target=${triple} --sysroot=${root}`,
    [`PKG_CONFIG_SYSROOT_DIR_${name}`]: root,
    [`PKG_CONFIG_LIBDIR_${name}`]: `${root}/usr/lib/${triple.replace("-unknown", "")}/pkgconfig`,
    PKG_CONFIG_ALLOW_CROSS: "1",
  };
  const ready = container
    .withMountedDirectory(root, sysroot)
    .withExec(["sh", "-c", install, "cross-compilers", triple]);
  return Object.entries(variables).reduce((it, [key, value]) => it.withEnvVariable(key, value), ready);
}
