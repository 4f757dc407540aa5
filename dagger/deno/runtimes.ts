import type { Container } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import type { BinaryCheck } from "./build.js";

/** A runtime, by its name in errors, and where it is tried. */
export type RuntimeCheck = Omit<BinaryCheck, "version"> & { name: string };

/** The first 20 bytes of a runtime in hex, which name its architecture. */
async function readHeader(ready: Container, path: string): Promise<string> {
  const bytes = await ready.withExec(["od", "-A", "n", "-v", "-t", "x1", "-N", "20", path]).stdout();
  return bytes.replace(/\s/g, "");
}

/**
 * Starts denort, and gives its header. It carries no program, so V8 is not started: this shows that it loads on its
 * platform, and no more. It ends with 1 and a message, or with 0 in some versions, such as 2.1.7:
 * https://github.com/denoland/deno/blob/v2.1.7/cli/rt/main.rs
 */
export async function startRuntime({ name, container, binary, platform }: RuntimeCheck): Promise<string> {
  const ready = container.withMountedFile("/denort", binary);
  const { code, err } = await attempt(ready.withExec(["/denort"]));
  // The loader, which says whose library it misses, ends with 1 too.
  if (code > 1 || err.startsWith("/denort: ")) {
    throw new Error(
      `the ${name} that was built for ${platform} does not start: it exited with ${code}, ` +
        `standard error ${JSON.stringify(err.slice(0, 1000))}`,
    );
  }
  return readHeader(ready, "/denort");
}

/**
 * Loads libdenort into a program that does nothing, and gives its header. The loader says nothing where it can, and with
 * what it cannot load it starts the program all the same: https://man7.org/linux/man-pages/man8/ld.so.8.html
 */
export async function loadLibrary({ name, container, binary, platform }: RuntimeCheck): Promise<string> {
  const path = "/libdenort.so";
  const ready = container.withMountedFile(path, binary);
  const { code, err } = await attempt(ready.withExec(["env", `LD_PRELOAD=${path}`, "true"]));
  if (code !== 0 || err !== "") {
    throw new Error(
      `the ${name} that was built for ${platform} does not load: a program with it exited with ${code}, ` +
        `standard error ${JSON.stringify(err.slice(0, 1000))}`,
    );
  }
  return readHeader(ready, path);
}
