import type { Container, Directory } from "@dagger.io/dagger";
import { withCargoRegistry } from "./cargo-registry.js";
import { type Network, withDownloads } from "./network.js";

const SOURCE = "/src/tool";
const TARGET = "/tmp/tool";

/** A program that is compiled only to be run in a stage, and where it is put. */
export interface CargoTool {
  /** a package, or a workspace that has it, with a lock file */
  source: Directory;
  /** the package and its program */
  name: string;
  path: string;
}

/** The container with the program in it, which its cargo compiled of what the lock file names. */
export async function withCargoTool(
  toolchain: Container,
  { source, name, path }: CargoTool,
  network: Network | undefined,
): Promise<Container> {
  const ready = (await withCargoRegistry(toolchain))
    .withMountedDirectory(SOURCE, source)
    .withWorkdir(SOURCE)
    .withEnvVariable("CARGO_TARGET_DIR", TARGET);
  const command = ["cargo", "build", "--release", "--locked", "--package", name];
  return toolchain.withFile(path, withDownloads(ready, network, command).file(`${TARGET}/release/${name}`));
}
