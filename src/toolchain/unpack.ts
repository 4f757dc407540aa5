import type { File } from "@dagger.io/dagger";
import { type Packed, unpackFile } from "../../dagger/binaries/unpack.js";
import type { Target } from "../request/platform.js";
import { checkHeader } from "./elf.js";
import { enginePlatform, pythonContainer, type ToolchainOptions } from "./toolchains.js";

/** Unpacks a file, which must be of the target's architecture. Nothing of it is run. */
export async function unpackBinary(settings: ToolchainOptions, from: Packed, target: Target): Promise<File> {
  const tools = await pythonContainer(settings, await enginePlatform(), "binaries are unpacked");
  const { binary, header } = await unpackFile(tools, from);
  checkHeader(header, from.name, target);
  return binary;
}
