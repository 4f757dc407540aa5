import { type Container, dag, type File, type Platform, type Secret } from "@dagger.io/dagger";
import type { Network } from "../../dagger/engine/network.js";
import { withVersions } from "../../dagger/engine/versions.js";
import { buildSysroot, withDownloader, withGit, withPython } from "../../dagger/toolchain/toolchain.js";
import { sysrootName } from "../request/base.js";
import { checkAuthority, parseMirrors } from "../request/network.js";
import { parsePlatform, type Target } from "../request/platform.js";

/** Which containers were given, what the default ones are made from, and by what those download. */
export interface ToolchainOptions {
  toolchains: Container[];
  base: string;
  sysroot: string;
  mirrors: string[];
  proxy?: Secret;
  noProxy: string[];
  certificateAuthority?: File;
}

/** The engine's own platform. */
export async function enginePlatform(): Promise<Target> {
  return parsePlatform(await dag.defaultPlatform(), "engine");
}

/** The given toolchain for a platform; undefined: none were given at all, and the default is made. */
export async function ownToolchain(
  { toolchains }: ToolchainOptions,
  target: Target,
  purpose: string,
): Promise<Container | undefined> {
  if (toolchains.length === 0) return undefined;
  const platforms = await Promise.all(toolchains.map(async (it) => parsePlatform(await it.platform(), "toolchains")));
  const index = platforms.indexOf(target);
  if (index < 0) {
    throw new Error(
      `toolchains: none is for ${target.platform}, where ${purpose}; ` +
        `given: ${platforms.map(({ platform }) => platform).join(", ")}`,
    );
  }
  return toolchains[index];
}

/** What the site has between it and the hosts that are downloaded from; undefined: nothing was said. */
export function openNetwork(given: ToolchainOptions): Network | undefined {
  const { mirrors, proxy, noProxy, certificateAuthority: authority, base } = given;
  if (mirrors.length === 0 && !proxy && !authority) return undefined;
  const network: Network = {
    mirrors: parseMirrors(mirrors),
    proxy,
    noProxy,
    authority,
    python: async () =>
      (await ownToolchain(given, await enginePlatform(), "files are downloaded")) ?? withDownloader(base, network),
  };
  return network;
}

/** Refuses a file of certificates that is none, before anything is downloaded. */
export async function checkNetwork({ certificateAuthority }: ToolchainOptions): Promise<void> {
  if (certificateAuthority) checkAuthority(await certificateAuthority.contents());
}

/** A container of the engine's platform that has python3: its own toolchain when one was given, else the base image. */
export async function pythonContainer(given: ToolchainOptions, engine: Target, purpose: string): Promise<Container> {
  return (await ownToolchain(given, engine, purpose)) ?? withPython(given.base, openNetwork(given));
}

/** The same with git, for reading repositories. */
export async function gitContainer(given: ToolchainOptions): Promise<Container> {
  return (
    (await ownToolchain(given, await enginePlatform(), "the repository is read")) ??
    withGit(given.base, openNetwork(given))
  );
}

/** The Rust that a tree pins, for the default toolchain. */
export function requireRust(version: string | null, tree: string): string {
  if (version) return version;
  throw new Error(`toolchains: ${tree} has no rust-toolchain.toml, so a toolchain container must be given`);
}

interface ForTarget {
  settings: ToolchainOptions;
  target: Target;
}

/** The image that what is built must run on: nothing but it, on the target's platform. */
export function targetBase({ settings, target }: ForTarget): Container {
  return dag.container({ platform: target.platform as Platform }).from(settings.sysroot || settings.base);
}

/** What a message calls that image. */
export function targetBaseName({ settings }: ForTarget): string {
  return sysrootName(settings.sysroot);
}

/** The same as the target's root: its C library sets the glibc floor of what is compiled against it. */
export function targetRoot({ settings, target }: ForTarget): Container {
  return withVersions(buildSysroot(targetBase({ settings, target }), openNetwork(settings)), []);
}
