import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Directory } from "@dagger.io/dagger";
import type { LocalFile } from "./api.js";

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

/**
 * Copies a directory's files to the disk of the function's own container, whose requests they become, and gives each
 * with its checksum to `work`. Files of subdirectories are not among them.
 */
export async function onDisk<T>(directory: Directory, work: (files: LocalFile[]) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "deno-from-source-"));
  try {
    await directory.export(folder);
    const files: LocalFile[] = [];
    for (const name of (await readdir(folder)).sort()) {
      const path = join(folder, name);
      const facts = await stat(path);
      if (facts.isFile()) files.push({ name, path, size: facts.size, sha256: await sha256(path) });
    }
    return await work(files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
