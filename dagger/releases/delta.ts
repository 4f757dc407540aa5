import type { Container, Directory, File } from "@dagger.io/dagger";
import { withCargoRegistry } from "../engine/cargo-registry.js";
import { type Network, withDownloads } from "../engine/network.js";

const TARGET = "/tmp/delta-tool";

/**
 * A container with the tree's own program for deltas, whose format is that of its `deno upgrade`, locked like all else:
 * https://github.com/denoland/deno/blob/v2.9.5/tools/bsdiff_helper/main.rs. `toolchain` has cargo and a C compiler.
 */
export async function withDeltaTool(
  toolchain: Container,
  source: Directory,
  program: string,
  network: Network | undefined,
): Promise<Container> {
  const ready = (await withCargoRegistry(toolchain))
    .withMountedDirectory("/src/deno", source)
    .withWorkdir("/src/deno")
    .withEnvVariable("CARGO_TARGET_DIR", TARGET);
  const command = ["cargo", "build", "--release", "--locked", "--package", program];
  const made = withDownloads(ready, network, command).file(`${TARGET}/release/${program}`);
  return toolchain.withFile("/opt/delta-tool", made);
}

/** What makes the new file of the old one. */
export function makeDelta(tools: Container, old: File, made: File, name: string): File {
  return tools
    .withMountedFile("/src/old", old)
    .withMountedFile("/src/new", made)
    .withWorkdir("/out")
    .withExec(["/opt/delta-tool", "/src/old", "/src/new", name])
    .file(`/out/${name}`);
}
