import { type Container, dag, type File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { withCargoTool } from "../engine/cargo-tool.js";
import { lastLines } from "../engine/check.js";
import type { Network } from "../engine/network.js";
import { stageFiles } from "../engine/script.js";

const program = stageFiles(import.meta.url, "symcache", ["Cargo.toml", "Cargo.lock", "main.rs"]);

const TOOL = "/opt/symcache";

/** The container with the program that writes symcaches. `toolchain` has cargo and a C compiler. */
export function withSymcacheWriter(toolchain: Container, network: Network | undefined): Promise<Container> {
  const source = program.reduce((it, { name, text }) => it.withNewFile(name, text), dag.directory());
  return withCargoTool(toolchain, { source, name: "symcache", path: TOOL }, network);
}

/** What a site that names a panic's addresses looks them up in, of an ELF file with symbols. */
export async function writeSymcache(writer: Container, symbols: File, name: string): Promise<File> {
  const made = `/out/${name}`;
  const written = writer
    .withMountedFile("/debug/program", symbols)
    .withWorkdir("/out")
    .withExec([TOOL, "/debug/program", made]);
  const { code, err } = await attempt(written);
  if (code === 0) return written.file(made);
  throw new Error(`${name}: the debug files of this deno cannot be read: ${lastLines(err)}`);
}
