import type { Container, File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { script } from "../engine/script.js";

/** A finished binary as its host packs it. */
export interface Packed {
  file: File;
  packing: "zip" | "tarball" | "bare";
  /** SHA-512 in hex that the file must have; null: it was verified already, or is the user's own */
  sha512: string | null;
  /** what an error calls it */
  name: string;
  /** the file in the archive, deno by default; npm's tarballs have it in their folder package */
  member?: string;
}

/** A binary of mode 755, whatever its name was, and the first 20 bytes of it in hex, which name its architecture. */
export interface Unpacked {
  binary: File;
  header: string;
}

const unpack = script(import.meta.url, "unpack.py");

/** Verifies and unpacks. `tools` is any container with python3; it runs on the engine's own architecture. */
export async function unpackFile(tools: Container, from: Packed): Promise<Unpacked> {
  const { file, packing, sha512, name, member = "deno" } = from;
  const command = ["python3", "-c", unpack, packing, sha512 ?? "", member];
  const done = tools.withMountedFile("/src/packed", file).withExec(command);
  const { code, out, err } = await attempt(done);
  if (code !== 0) throw new Error(`${name}: ${err.trim()}`);
  return { binary: done.file("/out/deno"), header: out.trim() };
}
