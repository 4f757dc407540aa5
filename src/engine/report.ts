import type { Check } from "../../dagger/engine/check.js";

/** Checks as text, a line each; an error when a check failed, with those that failed before those that passed. */
export function report(name: string, platforms: { platform: string; checks: Check[] }[]): string {
  const lines = platforms.flatMap(({ platform, checks }) =>
    checks.map(({ name: check, passed, seen }) => {
      const text = `${platform} ${check}: ${passed ? "passed" : "failed"}${seen ? `: ${seen}` : ""}`;
      return { passed, text };
    }),
  );
  const failed = lines.filter(({ passed }) => !passed);
  const text = (some: typeof lines) => some.map((line) => `${line.text}\n`).join("");
  if (failed.length === 0) return text(lines);
  const passed = lines.filter((line) => line.passed);
  throw new Error(
    `${name}: ${failed.length} of ${lines.length} checks failed\n${text(failed)}${text(passed)}`.trimEnd(),
  );
}
