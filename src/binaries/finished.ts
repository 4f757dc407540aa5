import type { File } from "@dagger.io/dagger";
import { npmRegistry } from "../../dagger/binaries/npm.js";
import type { Packed } from "../../dagger/binaries/unpack.js";
import { fetchFile } from "../../dagger/engine/remote.js";
import type { Settings } from "../request/options.js";
import type { ProgramName, Target } from "../request/platform.js";
import { openNetwork } from "../toolchain/toolchains.js";
import { unpackBinary } from "../toolchain/unpack.js";
import { findFile, manifestUrl, originOf, packageName, parseChecksum, parseManifest, zipUrl } from "./origin.js";

const npm = {
  argument: "binary-registry",
  instead: "a mirror with --binary-registry, or finished binaries with --binaries",
};
const upstream = { argument: "binary-origin", instead: "finished binaries with --binaries, or --binary-origin=SOURCE" };

/** The tarball of a package in the npm registry, with the SHA-512 that the registry names. */
export async function fetchTarball(settings: Settings, name: string, version: string): Promise<Packed> {
  const network = openNetwork(settings);
  const url = manifestUrl(settings.binaryRegistry || (await npmRegistry()), name, version);
  const { tarball, sha512 } = parseManifest(await (await fetchFile(url, npm, network)).contents(), url, version);
  const file = await fetchFile(tarball, npm, network);
  return { file, packing: "tarball", sha512, name: `binary-registry: ${tarball}` };
}

async function findPacked(settings: Settings, version: string, target: Target, member: ProgramName): Promise<Packed> {
  const { binaries, binaryOrigin, repository } = settings;
  if (binaries) {
    const { name, packing } = findFile(await binaries.entries(), target, member);
    return { file: binaries.file(name), packing, sha512: null, name: `binaries: ${name}`, member };
  }
  if (originOf(false, binaryOrigin) === "upstream") {
    const network = openNetwork(settings);
    const url = zipUrl(repository, version, target, member);
    const sum = `${url}.sha256sum`;
    const checksum = parseChecksum(await (await fetchFile(sum, upstream, network)).contents(), `binary-origin: ${sum}`);
    return {
      file: await fetchFile(url, upstream, network, checksum),
      packing: "zip",
      sha512: null,
      name: `binary-origin: ${url}`,
      member,
    };
  }
  return fetchTarball(settings, packageName(target), version);
}

/**
 * A binary that was not built here, verified, and of the target's architecture. Nothing of it is run. Nor must it be
 * hardened (dagger/deno/hardening.ts): it is its author's, and upstream's own 2.9.5 has no RELRO.
 */
export async function fetchBinary(
  settings: Settings,
  version: string,
  target: Target,
  program: ProgramName,
): Promise<File> {
  return unpackBinary(settings, await findPacked(settings, version, target, program), target);
}
