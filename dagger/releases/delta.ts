import type { Container, Directory, File } from "@dagger.io/dagger";
import { withCargoTool } from "../engine/cargo-tool.js";
import type { Network } from "../engine/network.js";

const TOOL = "/opt/delta-tool";

/**
 * A container with the tree's own program for deltas, whose format is that of its `deno upgrade`, locked like all else:
 * https://github.com/denoland/deno/blob/v2.9.5/tools/bsdiff_helper/main.rs. `toolchain` has cargo and a C compiler.
 */
export function withDeltaTool(
  toolchain: Container,
  source: Directory,
  program: string,
  network: Network | undefined,
): Promise<Container> {
  return withCargoTool(toolchain, { source, name: program, path: TOOL }, network);
}

/** What makes the new file of the old one. */
export function makeDelta(tools: Container, old: File, made: File, name: string): File {
  return tools
    .withMountedFile("/src/old", old)
    .withMountedFile("/src/new", made)
    .withWorkdir("/out")
    .withExec([TOOL, "/src/old", "/src/new", name])
    .file(`/out/${name}`);
}
