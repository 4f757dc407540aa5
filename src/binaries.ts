import type { Container, File } from "@dagger.io/dagger";
import { fetched, type Packed, unpacked } from "../dagger/binary.js";
import { npmRegistry } from "../dagger/npm.js";
import { checkHeader, given, manifestUrl, originOf, parseChecksum, parseManifest, zipUrl } from "./binary.js";
import type { Settings } from "./options.js";
import type { ProgramName, Target } from "./platform.js";
import { enginePlatform, pythonContainer } from "./toolchains.js";

/** Where binaries are unpacked. */
export async function unpackingTools(settings: Settings): Promise<Container> {
  return pythonContainer(settings, await enginePlatform(), "binaries are unpacked");
}

async function packed(settings: Settings, version: string, target: Target, member: ProgramName): Promise<Packed> {
  const { binaries, binaryOrigin, binaryRegistry, repository } = settings;
  if (binaries) {
    const { name, packing } = given(await binaries.entries(), target, member);
    return { file: binaries.file(name), packing, sha512: null, name: `binaries: ${name}`, member };
  }
  if (originOf(false, binaryOrigin) === "upstream") {
    const url = zipUrl(repository, version, target, member);
    const sum = `${url}.sha256sum`;
    const checksum = parseChecksum(await (await fetched(sum, "binary-origin")).contents(), sum);
    return {
      file: await fetched(url, "binary-origin", checksum),
      packing: "zip",
      sha512: null,
      name: `binary-origin: ${url}`,
      member,
    };
  }
  const url = manifestUrl(binaryRegistry || (await npmRegistry()), version, target);
  const { tarball, sha512 } = parseManifest(await (await fetched(url, "binary-registry")).contents(), url, version);
  return {
    file: await fetched(tarball, "binary-registry"),
    packing: "tarball",
    sha512,
    name: `binary-registry: ${tarball}`,
  };
}

/** A binary that was not built here, verified, and of the target's architecture. Nothing of it is run. */
export async function finishedBinary(
  settings: Settings,
  version: string,
  target: Target,
  program: ProgramName = "deno",
): Promise<File> {
  const from = await packed(settings, version, target, program);
  const { binary, header } = await unpacked(await unpackingTools(settings), from);
  checkHeader(header, from.name, target);
  return binary;
}
