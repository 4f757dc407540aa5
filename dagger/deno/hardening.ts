import type { Container, File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { script } from "../engine/script.js";

const check = script(import.meta.url, "check-hardening.py");

/** A program that was linked here, and where. */
export interface Linked {
  binary: File;
  /** it is a shared library, which has no loader of its own */
  library: boolean;
  /** what an error calls it */
  name: string;
  /** any container with python3: nothing of the program runs */
  tools: Container;
  /** folders of the build, each with a slash at its end, whose paths are not to be in the program */
  folders: string[];
}

/**
 * Refuses a program that is less hardened than rustc links it: RELRO, BIND_NOW, NX, PIE, no text relocations, no RPATH, no
 * paths of the build. Upstream's own 2.9.5 has lost its RELRO to GNU strip, see check-hardening.py.
 */
export async function assertHardened({ binary, library, name, tools, folders }: Linked): Promise<void> {
  const path = library ? "/linked.so" : "/linked";
  const checked = tools.withMountedFile(path, binary);
  const { code, err } = await attempt(checked.withExec(["python3", "-c", check, path, name, ...folders]));
  if (code !== 0) throw new Error(err.trim());
}
