import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Directory, dag } from "@dagger.io/dagger";
import { onTestFinished } from "vitest";

const fixtures = fileURLToPath(new URL("../../fixtures/", import.meta.url));

/** The miniature Deno and rusty_v8, see test/fixtures. Their versions stand in their Cargo.toml and Cargo.lock. */
export const paths = { deno: join(fixtures, "upstream"), library: join(fixtures, "rusty_v8") };
export const version = "2.9.99";
export const libraryVersion = "150.900.0";

export const deno = (): Directory => dag.host().directory(paths.deno);
/** As the published crate, which gets the crates of its Temporal from the registry. */
export const library = (path = paths.library): Directory =>
  dag.host().directory(path).withNewFile(".cargo_vcs_info.json", "{}");

/** A copy of the miniature Deno on this machine's disk, to be changed; it goes when the test ends. */
export async function copyOfDeno(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await cp(paths.deno, directory, { recursive: true });
  return directory;
}

/** Replaces text in a file; the text must be there. */
export async function edit(file: string, before: string, after: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (!text.includes(before)) throw new Error(`${file} has no ${JSON.stringify(before)}`);
  await writeFile(file, text.replaceAll(before, after));
}

/** Makes a program of a copy of the miniature Deno call strlcpy, which came with glibc 2.38. */
export async function needNewerGlibc(file: string): Promise<void> {
  await edit(
    file,
    "fn main() {",
    'extern "C" {\n  fn strlcpy(to: *mut u8, from: *const u8, size: usize) -> usize;\n}\n\nfn main() {\n' +
      '  unsafe { strlcpy([0u8; 4].as_mut_ptr(), c"a".as_ptr().cast(), 4) };',
  );
}

/** Makes mksnapshot of a copy of the miniature V8 take 30 seconds, so that V8 can be interrupted there. */
export async function slowMksnapshot(library: string): Promise<void> {
  const file = join(library, "src/mksnapshot.cc");
  await edit(file, "#include <string.h>\n", "#include <string.h>\n#include <unistd.h>\n");
  await edit(file, '  FILE* file = fopen(argv[2], "w");', '  sleep(30);\n  FILE* file = fopen(argv[2], "w");');
}

/** A patch as `git diff` writes it: it replaces one line, between the lines around it, the first of which is `line`. */
export function patch(file: string, line: number, before: string[], old: string, replacement: string, after: string[]) {
  const context = (lines: string[]) => lines.map((text) => ` ${text}\n`).join("");
  const length = before.length + 1 + after.length;
  return (
    `--- a/${file}\n+++ b/${file}\n@@ -${line},${length} +${line},${length} @@\n` +
    `${context(before)}-${old}\n+${replacement}\n${context(after)}`
  );
}
