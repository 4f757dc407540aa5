import { spawnSync } from "node:child_process";
import { describe } from "vitest";

/** Tests that run programs of this machine. Where one of them is missing they are skipped, and their name says so. */
export function describeWith(programs: string[], name: string, tests: () => void, options = {}): void {
  const missing = programs.find((program) => spawnSync(program, ["--version"]).status !== 0);
  const skipped = missing ? ` (SKIPPED: there is no ${missing} here)` : "";
  describe.skipIf(missing !== undefined)(name + skipped, options, tests);
}
