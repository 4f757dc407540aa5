import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository: the module itself. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const dagger = process.env._EXPERIMENTAL_DAGGER_CLI_BIN ?? "dagger";

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `dagger call` on a module of this machine; `watch` sees its progress and may end it. */
export function callModule(
  module: string,
  args: string[],
  watch?: (progress: string, stop: () => void) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(dagger, ["call", "--progress=plain", "-m", module, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended: Ended = { code: null, out: "", err: "" };
    child.stdout.on("data", (data) => {
      ended.out += data;
    });
    child.stderr.on("data", (data) => {
      ended.err += data;
      watch?.(ended.err, () => child.kill("SIGINT"));
    });
    child.on("close", (code) => resolve({ ...ended, code }));
  });
}
