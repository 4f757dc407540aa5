import type { Container, Directory, File } from "@dagger.io/dagger";
import { script } from "../engine/script.js";

const pack = script(import.meta.url, "source.py");

/** Packs a source tree, without the paths in `leftOut`, each of which ends with NUL. `tools` is any container with python3. */
export function packSource(tools: Container, tree: Directory, name: string, leftOut: File | null): File {
  const ready = tools.withMountedDirectory("/src/deno", tree);
  return (leftOut ? ready.withMountedFile("/src/left-out", leftOut) : ready)
    .withExec(["python3", "-c", pack, name])
    .file(`/out/${name}`);
}

/** The SHA-256 and the name of each file, a line each; `tools` is any container with sha256sum. */
export function checksums(tools: Container, directory: Directory, names: string[]): Promise<string> {
  return tools
    .withMountedDirectory("/src/files", directory)
    .withWorkdir("/src/files")
    .withExec(["sha256sum", "--", ...names])
    .stdout();
}
