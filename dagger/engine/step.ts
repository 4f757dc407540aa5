import { getTracer } from "@dagger.io/dagger/telemetry";

/** ENOSPC in the words of programs and of the engine: https://man7.org/linux/man-pages/man3/errno.3.html */
const diskFull = /no space left on device/i;

/** What an engine of 0.21.7 says when its garbage collector took the files of a command while it ran. */
const collected = /snapshot \S+ does not exist: not found/;

/** The error, or one that says what a person can do about it. */
function explain(name: string, error: unknown): unknown {
  const { message, stdout, stderr } = error as { message?: string; stdout?: string; stderr?: string };
  if (message && collected.test(message)) {
    return new Error(
      `${name}: the engine's garbage collector took the files of this step away while it ran, which it does where less of ` +
        "the disk is free, or more of it its own, than its settings say (minFreeSpace, maxUsedSpace). What is compiled so " +
        "far is in a cache volume, which it may take next: make room, or give it more in the engine's engine.json, and the " +
        "same call goes on.",
      { cause: error },
    );
  }
  if (![message, stdout, stderr].some((text) => text && diskFull.test(text))) return error;
  return new Error(
    `${name}: the disk of the engine, or of its folder for temporary files, is full (no space left on device). What is ` +
      "compiled so far is kept: make room, and the same call goes on. `dagger core engine local-cache prune` makes room " +
      "too, but takes what is compiled with it.",
    { cause: error },
  );
}

/** Shows long work as a span with a name of its own, so that hours of compiling can be told apart. */
export function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  return getTracer("deno-from-source").startActiveSpan(name, async () => {
    try {
      return await work();
    } catch (error) {
      throw explain(name, error);
    }
  });
}
