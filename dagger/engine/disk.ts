import type { Container } from "@dagger.io/dagger";
import { script } from "./script.js";

const requireDisk = script(import.meta.url, "require-disk.sh");
const PLACE = "/opt/deno-from-source/require-disk.sh";
const REFUSED = 78;

/** What a stage needs of the disk that its cache volume is on. */
export interface DiskNeed {
  mebibytes: number;
  what: string;
  /** what the stages after it need, counted where this one begins from nothing: they would refuse when it is done */
  after?: number;
}

/**
 * A container whose script can refuse to begin, as the first line of dagger/deno/build.sh does. How much is needed is no
 * part of what is cached: the same work with another number, or none, is not done again.
 */
export function withDiskNeed(container: Container, need: DiskNeed | null): Container {
  return container
    .withNewFile(PLACE, requireDisk)
    .withVolatileVariable("DISK_NEEDED", String(need?.mebibytes ?? 0))
    .withVolatileVariable("DISK_NEEDED_AFTER", String(need?.after ?? 0))
    .withVolatileVariable("DISK_NEEDED_FOR", need?.what ?? "this");
}

/** Waits for work that {@link withDiskNeed} may refuse, and says so without the engine's words around it. */
export async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { exitCode, stderr = "" } = error as { exitCode?: number; stderr?: string };
    if (exitCode === REFUSED) throw new Error(stderr.trim().split("\n").at(-1));
    throw error;
  }
}
