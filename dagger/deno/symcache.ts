import type { Container, File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { withCargoRegistry } from "../engine/cargo-registry.js";
import { lastLines } from "../engine/check.js";
import { type Network, withDownloads } from "../engine/network.js";
import { stageFiles, withStageFiles } from "../engine/script.js";

const program = stageFiles(import.meta.url, "symcache", ["Cargo.toml", "Cargo.lock", "main.rs"]);

const FOLDER = "/src/symcache";
const TARGET = "/tmp/symcache";

/** The container with the program that writes symcaches, /opt/symcache. `toolchain` has cargo. */
export async function withSymcacheWriter(toolchain: Container, network: Network | undefined): Promise<Container> {
  const ready = withStageFiles(await withCargoRegistry(toolchain), FOLDER, program)
    .withWorkdir(FOLDER)
    .withEnvVariable("CARGO_TARGET_DIR", TARGET);
  const made = withDownloads(ready, network, ["cargo", "build", "--release", "--locked"]).file(
    `${TARGET}/release/symcache`,
  );
  return toolchain.withFile("/opt/symcache", made);
}

/** What a site that names a panic's addresses looks them up in, of an ELF file with symbols and line tables. */
export async function writeSymcache(writer: Container, symbols: File, name: string): Promise<File> {
  const made = `/out/${name}`;
  const container = writer.withMountedFile("/debug/program", symbols).withWorkdir("/out");
  const written = container.withExec(["/opt/symcache", "/debug/program", made]);
  const { code, err } = await attempt(written);
  if (code === 0) return written.file(made);
  throw new Error(`${name}: the debug files of this deno cannot be read: ${lastLines(err)}`);
}
