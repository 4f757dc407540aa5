import type { Container } from "@dagger.io/dagger";

/** How a command ended. */
export interface Attempt {
  code: number;
  out: string;
  err: string;
}

/**
 * Runs the container's last command and says how it ended, however that was. `ReturnType.Any` would not do: it takes
 * a death by signal (128 to 191), such as V8's abort, for an error. The module's SDK exports no ExecError to ask for:
 * https://github.com/dagger/dagger/blob/v0.21.7/sdk/typescript/runtime/tsutils/module/index.ts
 */
export async function attempt(container: Container): Promise<Attempt> {
  try {
    const [out, err] = await Promise.all([container.stdout(), container.stderr()]);
    return { code: 0, out, err };
  } catch (error) {
    const { exitCode, stdout, stderr } = error as { exitCode?: number; stdout?: string; stderr?: string };
    // -1: the engine could not start it, for example because there is no such user; the message says why.
    if (typeof exitCode !== "number" || exitCode < 0) throw error;
    return { code: exitCode, out: stdout ?? "", err: stderr ?? "" };
  }
}
