import type { Container, Directory, File } from "@dagger.io/dagger";
import { script } from "../engine/script.js";

const zip = script(import.meta.url, "archive.py");

/** Packs a program. `tools` is any container with python3; it runs on the engine's own architecture. */
export function packZip(tools: Container, binary: File, name: string, program = "deno"): File {
  return tools
    .withMountedFile(`/src/${program}`, binary)
    .withExec(["python3", "-c", zip, name, "755", program])
    .file(`/out/${name}`);
}

/** Packs the files of a directory, none of which is a program. */
export function packFiles(tools: Container, files: Directory, name: string): File {
  return tools.withMountedDirectory("/src", files).withExec(["python3", "-c", zip, name, "644"]).file(`/out/${name}`);
}

/** The checksum file beside each archive, in upstream's format: `<hex>  <name>`. */
export function writeChecksum(tools: Container, file: File, name: string): File {
  return tools
    .withMountedFile(`/out/${name}`, file)
    .withWorkdir("/out")
    .withExec(["sha256sum", name], { redirectStdout: `/tmp/${name}.sha256sum` })
    .file(`/tmp/${name}.sha256sum`);
}

/** A file of a release that a command printed: the engine writes it for its owner alone, and a release is for others. */
export function withPrinted(files: Directory, name: string, file: File): Directory {
  return files.withFile(name, file, { permissions: 0o644 });
}

/** A file of a release with its checksum beside it. */
export function withChecksum(tools: Container, files: Directory, name: string, file: File): Directory {
  return withPrinted(files.withFile(name, file), `${name}.sha256sum`, writeChecksum(tools, file, name));
}
