import type { Rule, Thing } from "./session.js";
import { commandOf, platformOf } from "./world.js";

/** The words of a command. */
export const words: (of: Thing | null) => string[] = commandOf;
/** The same without the script. */
export const last = (of: Thing | null) =>
  words(of)
    .slice(words(of)[0] === "sh" ? 3 : 2)
    .join(" ");

/** An engine where all that a rehearsal tries works, but for what is changed. */
export const engine =
  (changes: { report?: object[]; code?: number; samples?: () => string } = {}): Rule =>
  ({ of, field }) => {
    const lines = changes.report ?? [{ name: "sysroot", passed: true, seen: "/sysroot in 442" }];
    if (field === "exitCode") return last(of).startsWith("build") ? (changes.code ?? 0) : 0;
    if (field === "contents" && of?.args.path === "/tmp/rehearsal.jsonl") {
      return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    }
    if (field === "contents" && of?.args.path === ".deno-from-source/programs") return "deno_snapshots-build-script";
    if (field === "stderr" && words(of).length > 0) return "";
    if (field !== "stdout" || words(of).length === 0 || !of) return undefined;
    if (last(of).startsWith("samples")) return "";
    if (last(of).startsWith("linker")) return "lld without-unwind-tables packed-relocations\n";
    if (words(of)[0] === "/linked") return "linked\n";
    if (words(of)[0] === "/rehearsed")
      return changes.samples?.() ?? `${platformOf(of) === "linux/arm64" ? "aarch64" : "x86_64"} 42\n`;
    if (words(of)[1] === "metadata") return JSON.stringify({ packages: [{}, {}] });
    return words(of)[0] === "python3" ? "deno_snapshots-build-script\n" : undefined;
  };
