import type { Container, File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { lastLines } from "../engine/check.js";

/** What was stripped from a program: its symbols and, where its profile splits debug information, the rest of it. */
export interface DebugFiles {
  symbols: File;
  split: File | null;
}

/**
 * For each address the functions that it lies in, the innermost of those that were inlined first, and their places in the
 * sources; `?? ??:0:0` for one that they do not know. `tools` has llvm-symbolizer on PATH or among withSystemCompilers'.
 */
export async function nameAddresses(
  tools: Container,
  { symbols, split }: DebugFiles,
  addresses: number[],
): Promise<string[]> {
  const at = "/debug/program";
  let container = tools.withMountedFile(at, symbols);
  // Where it looks for split information: https://llvm.org/docs/CommandGuide/llvm-symbolizer.html
  if (split) container = container.withMountedFile(`${at}.dwp`, split);
  const { code, out, err } = await attempt(
    container
      .withEnvVariable("PATH", "/opt/llvm/bin:$PATH", { expand: true })
      .withExec(["llvm-symbolizer", `--obj=${at}`, "--pretty-print", ...addresses.map((it) => `0x${it.toString(16)}`)]),
  );
  if (code !== 0) throw new Error(`debug-files: llvm-symbolizer does not read them: ${lastLines(err)}`);
  return out.trimEnd().split(/\n\n+/);
}
