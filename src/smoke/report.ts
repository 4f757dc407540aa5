import semver from "semver";
import type { Check } from "../../dagger/engine/check.js";
import { messageOf } from "../../dagger/engine/message.js";
import type { Command, Run } from "../../dagger/smoke/smoke.js";
import type { Variant } from "../request/enums.js";
import { fullVersion, type Identity } from "../request/identity.js";
import { checkValues, imageReference } from "../request/options.js";
import { quote } from "../request/text.js";
import { type VersionRequest } from "../request/version.js";

/** What the image of a platform is to show. */
export interface Expected {
  /** what `deno --version` is to contain; see {@link ownVersionText} */
  version: string;
  /** the architecture as Deno names it */
  machine: string;
  /** the checks in the test file */
  tests: string[];
}

/** The oldest Deno that the scripts in dagger/smoke were run with. */
const OLDEST = "1.46.0";

/** Refuses what cannot be tried. */
export function checkTrial(variant: Variant, address: string): void {
  if (variant === "BIN") {
    throw new Error("variant: BIN is the binary alone, which nothing can run in; UBUNTU has the same binary");
  }
  if (!address) return;
  checkValues({ address: [imageReference] }, { address });
  if (variant !== "UBUNTU") {
    throw new Error(`variant: ${variant} is given together with address; an image that is there has its variant`);
  }
}

/** Refuses a Deno that the scripts were not written for. */
export function checkAge(version: string): void {
  if (semver.lt(version, OLDEST)) throw new Error(`version: the smoke test is for ${OLDEST} and newer, not ${version}`);
}

/** What `deno --version` says of a Deno that was made here. */
export function ownVersionText(identity: Identity): string {
  return `deno ${fullVersion(identity)} (`;
}

/** What it says of a published one, as far as the version that was asked for tells. */
export function askedVersionText(request: VersionRequest): string {
  switch (request.kind) {
    case "release":
      return `deno ${request.version} (`;
    case "line":
      return `deno ${request.range.replace(/x$/, "")}`;
    case "commit":
      return `+${request.hash.slice(0, 7)}`;
    case "canary":
      return "+";
    case "latest":
      return "deno ";
  }
}

/** The names of the tests in a test file, so that one that never ran is missed. */
export function testNames(file: string): string[] {
  return [...file.matchAll(/^Deno\.test\("([^"]+)"/gm)].map(([, name]) => name as string);
}

const firstLine = (text: string) => text.trim().split("\n")[0] as string;

/**
 * Each test's name, with null for one that passed and the message of one that failed. A failed test is followed by
 * lines of YAML, of which one is JSON: https://github.com/denoland/deno/blob/v2.9.5/cli/tools/test/reporters/tap.rs
 */
export function parseTap(text: string): Map<string, string | null> {
  const found = new Map<string, string | null>();
  let failed: string | null = null;
  for (const line of text.split("\n")) {
    const [, not, name] = /^(not )?ok \d+ - (.*?)(?: # .*)?$/.exec(line) ?? [];
    if (name !== undefined) {
      failed = not ? name : null;
      found.set(name, not ? "no reason given" : null);
    } else if (failed && /^\s+\{.*\}$/.test(line)) {
      found.set(failed, messageIn(line));
    }
  }
  return found;
}

function messageIn(line: string): string {
  try {
    return firstLine(String(JSON.parse(line).message));
  } catch {
    return line.trim();
  }
}

/** How a command ended, on one line. */
function ending(run: Run): string {
  if ("error" in run) return `it could not be started: ${cut(run.error, 500)}`;
  return (
    `it exited with ${run.code}, standard output ${JSON.stringify(cut(run.out, 300))}, ` +
    `standard error ${JSON.stringify(cut(run.err, 700))}`
  );
}

function cut(text: string, length: number): string {
  const trimmed = text.trim();
  return trimmed.length > length ? `${trimmed.slice(0, length - 1)}…` : trimmed;
}

function check(
  name: string,
  run: Run,
  expected: string,
  fits: (code: number, out: string, err: string) => boolean,
): Check {
  const passed = !("error" in run) && fits(run.code, run.out, run.err);
  return { name, passed, seen: passed ? "" : `expected ${expected}; ${ending(run)}` };
}

function tests(run: Run, names: string[]): Check[] {
  const results = "error" in run ? new Map<string, string | null>() : parseTap(run.out);
  const each = names.map((name): Check => {
    const result = results.get(name);
    if (result === undefined) return { name, passed: false, seen: "deno test did not run it" };
    return { name, passed: result === null, seen: result ?? "" };
  });
  const reported = names.every((name) => results.has(name));
  const code = each.every(({ passed }) => passed) ? 0 : 1;
  const whole = `all of ${names.join(", ")} to be run, and exit code ${code}`;
  return [check("test", run, whole, (found) => reported && found === code), ...each];
}

/** What the commands showed, in the order of the report. */
export function judgeRuns(runs: Record<Command, Run>, { version, machine, tests: names }: Expected): Check[] {
  const arch = `${machine} 42`;
  const said = check("version", runs.version, quote(version), (code, out) => code === 0 && out.includes(version));
  if (said.passed && "out" in runs.version) said.seen = firstLine(runs.version.out);
  return [
    said,
    check("eval", runs.eval, quote(arch), (code, out) => code === 0 && out.trim() === arch),
    ...tests(runs.test, names),
    // PermissionDenied before Deno 2: https://docs.deno.com/api/deno/~/Deno.errors.NotCapable
    check("permission", runs.permission, "exit code 1 and a denied read", (code, out, err) => {
      return code === 1 && out === "" && /(NotCapable|PermissionDenied): Requires read access/.test(err);
    }),
    check("signals", runs.signals, "tini to hand SIGTERM on, and exit code 42", (code, out) => {
      return code === 42 && out.trim() === "SIGTERM arrived";
    }),
  ];
}

/** The image could not even be had. */
export function noImage(error: unknown): Check[] {
  return [{ name: "image", passed: false, seen: messageOf(error) }];
}
