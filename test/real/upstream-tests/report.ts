/**
 * Reads what test/real/upstream-tests.sh has run, and compares such runs.
 *
 *   npx tsx test/real/upstream-tests/report.ts read TREE DIRECTORY
 *   npx tsx test/real/upstream-tests/report.ts compare DIRECTORY[,DIRECTORY…] DIRECTORY[,DIRECTORY…]
 *
 * `read` writes DIRECTORY/results.tsv. `compare` takes the official binary's runs, then the other's; two runs of one tell
 * which tests are unsteady. It ends with 1 where the binaries differ.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import {
  compare,
  counts,
  type Difference,
  parse,
  type Result,
  readHarness,
  readJunit,
  WHOLE,
  withReports,
  write,
} from "./results.js";

const [command, first, second] = process.argv.slice(2);

/** node_compat's list of tests, and those of them that its suite lacks: the harness leaves them out without a word. */
function nodeCompat(tree: string): { listed: string[]; absent: string[] } {
  const folder = join(tree, "tests/node_compat");
  const { config, error } = ts.readConfigFile(join(folder, "config.jsonc"), (path) => readFileSync(path, "utf8"));
  if (error) throw new Error(`${folder}/config.jsonc: ${ts.flattenDiagnosticMessageText(error.messageText, " ")}`);
  const listed = Object.keys(config.tests);
  return { listed, absent: listed.filter((name) => !existsSync(join(folder, "runner/suite/test", name))) };
}

function read(tree: string, directory: string): Result[] {
  const logs = ["unit", "unit_node", "specs", "node_compat"].filter((suite) =>
    existsSync(join(directory, `${suite}.log`)),
  );
  return logs.flatMap((suite) => {
    const results = [`${suite}.log`, `${suite}.second.log`]
      .filter((log) => existsSync(join(directory, log)))
      .flatMap((log) => readHarness(suite, readFileSync(join(directory, log), "utf8")));
    if (suite === "node_compat") {
      const { listed, absent } = nodeCompat(tree);
      return [
        ...results.filter((one) => listed.includes(one.test.replaceAll("::", "/")) || one.test === WHOLE),
        ...absent.map((name) => ({
          suite,
          test: name.replaceAll("/", "::"),
          outcome: "unable" as const,
          note: "is listed and not in the suite",
        })),
      ];
    }
    const reports = new Map(
      readdirSync(join(directory, "junit"))
        .filter((name) => name.startsWith(`${suite}.`))
        .map((name) => {
          const file = name.slice(suite.length + 1, -".ts.xml".length).replaceAll(".", "::");
          return [file, readJunit(suite, file, readFileSync(join(directory, "junit", name), "utf8"))] as const;
        }),
    );
    return withReports(results, reports);
  });
}

const runs = (directories: string) =>
  directories.split(",").map((directory) => parse(readFileSync(join(directory, "results.tsv"), "utf8")));

const listed = (title: string, differences: Difference[]) =>
  [
    `${title}: ${differences.length}`,
    ...differences.map((one) =>
      `  ${one.suite} ${one.test}: ${one.sides.map((side) => side.join("/")).join(" -> ")} ${one.note}`.trimEnd(),
    ),
  ].join("\n");

if (command === "read" && first && second) {
  const results = read(first, second);
  writeFileSync(join(second, "results.tsv"), write(results));
  console.log(counts(results).join("\n"));
} else if (command === "compare" && first && second) {
  const [a, b] = [runs(first), runs(second)];
  const names = [...first.split(","), ...second.split(",")];
  for (const [at, run] of [...a, ...b].entries()) {
    console.log([names[at], ...counts(run).map((line) => `  ${line}`)].join("\n"));
  }
  const { different, unsteady } = compare(a, b);
  console.log(listed("unsteady", unsteady));
  console.log(listed("different", different));
  process.exitCode = different.length > 0 ? 1 : 0;
} else {
  console.error("report.ts read TREE DIRECTORY, or report.ts compare DIRECTORY[,DIRECTORY…] DIRECTORY[,DIRECTORY…]");
  process.exitCode = 2;
}
