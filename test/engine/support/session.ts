import type { Writable } from "node:stream";
import { connection } from "@dagger.io/dagger";
import { afterAll, beforeAll } from "vitest";
import { defaults } from "../../support/module.js";

/** One SDK session for all tests of a file: connecting costs a second, loading the module eight at each call. `log` gets what
 *  the engine says of it. */
export function useSession(log?: Writable): void {
  // The miniatures fit where Deno would not.
  defaults.ignoreResources = true;
  let close: () => void;
  let ended: Promise<void>;
  beforeAll(async () => {
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    await new Promise<void>((ready, failed) => {
      ended = connection(async () => {
        ready();
        await closed;
      }, log && { LogOutput: log });
      ended.catch(failed);
    });
  });
  afterAll(async () => {
    close();
    await ended;
  });
}

/** What a command that failed said on standard error; the error's own message has its status alone. */
export const stderrOf = (error: unknown) => String((error as { stderr?: string }).stderr);
