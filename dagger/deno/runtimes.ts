import type { Container, File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";

/** A runtime and where it is tried. */
export interface RuntimeCheck {
  /** a container of the runtime's platform */
  container: Container;
  binary: File;
  platform: string;
}

/** A runtime that was loaded, and the first 20 bytes of it in hex, which name its architecture. */
export interface Loaded {
  binary: File;
  header: string;
}

async function readHeader(ready: Container, path: string): Promise<string> {
  const bytes = await ready.withExec(["od", "-A", "n", "-v", "-t", "x1", "-N", "20", path]).stdout();
  return bytes.replace(/\s/g, "");
}

/**
 * Starts denort. It carries no program, so V8 is not started: this shows that it loads on its platform, and no more. It
 * ends with 1 and a message, or with 0 in some versions, such as 2.1.7:
 * https://github.com/denoland/deno/blob/v2.1.7/cli/rt/main.rs
 */
export async function startRuntime({ container, binary, platform }: RuntimeCheck): Promise<Loaded> {
  const ready = container.withMountedFile("/denort", binary);
  const { code, err } = await attempt(ready.withExec(["/denort"]));
  // The loader, which says whose library it misses, ends with 1 too.
  if (code > 1 || err.startsWith("/denort: ")) {
    throw new Error(
      `the denort that was built for ${platform} does not start: it exited with ${code}, ` +
        `standard error ${JSON.stringify(err.slice(0, 1000))}`,
    );
  }
  return { binary, header: await readHeader(ready, "/denort") };
}

/**
 * Loads libdenort into a program that does nothing. The loader says nothing where it can, and with what it cannot load it
 * starts the program all the same: https://man7.org/linux/man-pages/man8/ld.so.8.html
 */
export async function loadLibrary({ container, binary, platform }: RuntimeCheck): Promise<Loaded> {
  const path = "/libdenort.so";
  const ready = container.withMountedFile(path, binary);
  const { code, err } = await attempt(ready.withExec(["env", `LD_PRELOAD=${path}`, "true"]));
  if (code !== 0 || err !== "") {
    throw new Error(
      `the libdenort that was built for ${platform} does not load: a program with it exited with ${code}, ` +
        `standard error ${JSON.stringify(err.slice(0, 1000))}`,
    );
  }
  return { binary, header: await readHeader(ready, path) };
}
