/** What upstream's harness and JUnit's reports say, as one line for each test; and how two binaries differ in them. */

import { stripVTControlCharacters } from "node:util";

/** `unable`: it failed for want of something that is not of the binary, which `note` names. */
export const OUTCOMES = ["pass", "fail", "timeout", "unable", "ignored"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The name of a line that is of no test: the suite, or a part of it, was cut off. */
export const WHOLE = "(the suite)";

export interface Result {
  suite: string;
  test: string;
  outcome: Outcome;
  /** one line that says why it did not pass */
  note: string;
}

/**
 * What a failure's text shows to be missing where the tests run. Read in failures of npm's Deno 2.9.5.
 * None of them can hide a difference: a test that passes on one binary and is `unable` on the other is one.
 */
const LACKING: [RegExp, string][] = [
  [/DENORT_BIN|target\/debug\/denort/, "needs denort"],
  [
    /(?:libtest_(?:ffi|napi)|test_(?:ffi|napi)\.so|libtest_sqlite_extension)\S*.*(?:No such file|cannot open)/,
    "needs a library of upstream's tests",
  ],
  [/npm package '@types\/node' does not exist|@types\/node.*(?:404|not found)/, "needs @types/node in tests/registry"],
  [
    /dns error|failed to lookup address|EAI_AGAIN|ENOTFOUND|Network is unreachable|ENETUNREACH|query\w+ (?:UNKNOWN|ECONNREFUSED|ETIMEOUT)/,
    "needs another host",
  ],
];

/** The file's own line says what the error was. */
const CANCELLED = { outcome: "unable" as const, note: "cancelled: an uncaught error ended its file" };

const TIMED_OUT = /Test timed out after|failed to complete in time|has timed out|Test command timed out/;

/** The outcome of a test that did not pass, of what it printed. */
export function failure(output: string): Pick<Result, "outcome" | "note"> {
  const lacking = LACKING.find(([sign]) => sign.test(output));
  if (lacking) return { outcome: "unable", note: lacking[1] };
  if (TIMED_OUT.test(output)) return { outcome: "timeout", note: "" };
  const lines = output.split("\n").map((line) => line.trim());
  const telling = lines.find((line) => /^error:|error: |Error: |panicked|exit code|died with/.test(line));
  return { outcome: "fail", note: (telling ?? lines.find((line) => line !== "") ?? "").slice(0, 200) };
}

/**
 * The log of one suite: `test unit::url_test ... ok (812ms)`, and below `failures:` what each failed test printed.
 * https://docs.rs/file_test_runner: LogReporter. The test server may print between a name and its outcome.
 */
export function readHarness(suite: string, printed: string): Result[] {
  const log = stripVTControlCharacters(printed);
  const at = log.search(/^failures:$/m);
  const [running, failed] = at < 0 ? [log, ""] : [log.slice(0, at), log.slice(at)];
  const outputs = new Map<string, string>();
  for (const part of failed.split(/^---- (?=\S+ ----$)/m).slice(1)) {
    const end = part.indexOf(" ----\n");
    outputs.set(part.slice(0, end), part.slice(end + 6));
  }
  const results: Result[] = [];
  for (const found of running.matchAll(
    /^test (\S+) \.\.\. ((?:(?!^test \S+ \.\.\.)[\s\S])*?)(ok \(\d+ms\)|fail \(\d+ms\)|ignored)$/gm,
  )) {
    const test = (found[1] as string).replace(`${suite}::`, "");
    const word = found[3] as string;
    if (word.startsWith("ok")) results.push({ suite, test, outcome: "pass", note: "" });
    else if (word === "ignored") results.push({ suite, test, outcome: "ignored", note: "" });
    else results.push({ suite, test, ...failure(outputs.get(found[1] as string) ?? "") });
  }
  // When a part is done, the harness prints its failures, or the number of its tests.
  const last = log.slice(log.search(/^ +Running (?![\s\S]*^ +Running )/m));
  if (!/^(?:failures:|\d+ tests passed)$/m.test(last)) {
    results.push({ suite, test: WHOLE, outcome: "timeout", note: "it did not come to its end" });
  }
  return results;
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const text = (xml: string) =>
  xml.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex || decimal ? String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10)) : (ENTITIES[name] ?? whole),
  );

function ofTestcase(xml: string): Pick<Result, "outcome" | "note"> {
  if (/<skipped\b/.test(xml)) return { outcome: "ignored", note: "" };
  if (/<error message="Cancelled"/.test(xml)) return CANCELLED;
  const failed = /<(?:failure|error)\b[^>]*?(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/.exec(xml);
  return failed ? failure(text(failed[1] ?? "")) : { outcome: "pass", note: "" };
}

/** The report of `deno test --junit-path` for one file; its tests are named `FILE: NAME`. */
export function readJunit(suite: string, file: string, xml: string): Result[] {
  const seen = new Map<string, number>();
  return [...xml.matchAll(/<testcase\b[^>]*?\bname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map((found) => {
    // Some are named by the time of the run.
    const own = text(found[1] as string).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
    const name = `${file}: ${own.replace(/\s+/g, " ")}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return { suite, test: times > 1 ? `${name} #${times}` : name, ...ofTestcase(found[2] ?? "") };
  });
}

/**
 * Of a suite whose files have reports: the tests in them, in the place of the file's own line. That line stays where the
 * file failed though no test in it did, or where no report was written: it may have crashed.
 */
export function withReports(files: Result[], reports: Map<string, Result[]>): Result[] {
  return files.flatMap((file) => {
    const tests = reports.get(file.test) ?? [];
    const bad = tests.some((one) => one.outcome === "fail" || one.outcome === "timeout");
    return tests.length === 0 || (file.outcome !== "pass" && !bad) ? [...tests, file] : tests;
  });
}

export function write(results: Result[]): string {
  const cells = results.map((one) => [one.suite, one.test, one.outcome, one.note]);
  const lines = cells.map((line) => line.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t"));
  return `${["suite\ttest\toutcome\tnote", ...lines].join("\n")}\n`;
}

export function parse(tsv: string): Result[] {
  return tsv
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line, at) => {
      const [suite, test, outcome, note] = line.split("\t");
      if (!suite || !test || !OUTCOMES.includes(outcome as Outcome))
        throw new Error(`line ${at + 2} is no result: ${line}`);
      return { suite, test, outcome: outcome as Outcome, note: note ?? "" };
    });
}

export interface Difference {
  suite: string;
  test: string;
  /** the outcomes of each side's runs, `absent` for a run that has no such test */
  sides: [string[], string[]];
  note: string;
}

/** `a` and `b` are the runs of two binaries, one or more each. */
export function compare(a: Result[][], b: Result[][]): { different: Difference[]; unsteady: Difference[] } {
  const suites = (runs: Result[][]) => new Set(runs.flat().map((one) => one.suite));
  const both = suites(b);
  const common = [...suites(a)].filter((suite) => both.has(suite));
  const index = (runs: Result[][]) =>
    runs.map(
      (run) =>
        new Map(run.filter((one) => common.includes(one.suite)).map((one) => [`${one.suite}\t${one.test}`, one])),
    );
  const sides = [index(a), index(b)] as const;
  const names = [...new Set(sides.flat().flatMap((run) => [...run.keys()]))].sort();
  const different: Difference[] = [];
  const unsteady: Difference[] = [];
  for (const name of names) {
    const [left, right] = sides.map((runs) => runs.map((run) => run.get(name)?.outcome ?? "absent")) as [
      string[],
      string[],
    ];
    if (new Set([...left, ...right]).size === 1) continue;
    const [suite, test] = name.split("\t") as [string, string];
    const note =
      sides
        .flat()
        .map((run) => run.get(name)?.note)
        .find((one) => one) ?? "";
    // What one run of a side had and the other side had too is no difference between the binaries.
    const shared = left.some((outcome) => right.includes(outcome));
    (shared ? unsteady : different).push({ suite, test, sides: [left, right], note });
  }
  return { different, unsteady };
}

/** For each suite how many tests have which outcome, and of the `unable` for want of what. */
export function counts(results: Result[]): string[] {
  const suites = [...new Set(results.map((one) => one.suite))];
  return suites.flatMap((suite) => {
    const own = results.filter((one) => one.suite === suite);
    const said = OUTCOMES.map((outcome) => [own.filter((one) => one.outcome === outcome).length, outcome] as const);
    const lacking = new Map<string, number>();
    for (const one of own) if (one.outcome === "unable") lacking.set(one.note, (lacking.get(one.note) ?? 0) + 1);
    return [
      `${suite}: ${own.length} tests, ${said.map(([number, outcome]) => `${number} ${outcome}`).join(", ")}`,
      ...[...lacking].map(([what, number]) => `  ${number} unable: ${what}`),
    ];
  });
}
