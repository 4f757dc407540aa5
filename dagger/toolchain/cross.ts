import type { Container, Directory } from "@dagger.io/dagger";
import { script } from "../engine/script.js";

/** Where the target's root is mounted, and where the wrappers of the compilers are. */
export const root = "/sysroot";
export const tools = "/opt/cross/bin";

const install = script(import.meta.url, "install-cross-compilers.sh");

const linkLibraries = script(import.meta.url, "link-target-libraries.sh");

/** What ends the name of a variable that is meant for this target alone: the triple as crates spell it there. */
export function variableSuffix(triple: string): string {
  return triple.replaceAll("-", "_");
}

/** The container, in which the target's root is mounted, with what programs of `triple` need to run there under QEMU. */
export function withTargetLibraries(container: Container, triple: string): Container {
  return container.withExec(["sh", "-c", linkLibraries, "link-target-libraries", triple]);
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
    .withExec(["sh", "-c", install, "cross-compilers", triple])
    .with((it) => withTargetLibraries(it, triple));
  return Object.entries(variables).reduce((it, [key, value]) => it.withEnvVariable(key, value), ready);
}
