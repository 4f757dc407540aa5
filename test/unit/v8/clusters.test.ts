import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { chooseClusters } from "../../../src/plan/clusters.js";
import { libraryRecipe } from "../../../src/plan/recipe.js";
import { root } from "../../support/introspect.js";
import { describeWith } from "../../support/programs.js";

const script = join(root, "dagger/v8/clusters/cluster_files.py");

/** The options that V8's gni/cluster_build.gni gives each time. */
const SIZES = [
  ...["--cluster-size", "25", "--small-cluster-size", "5"],
  ...["--small-cluster-dirs", "src/compiler/turboshaft", "--small-cluster-dirs", "src/maglev"],
];

function run(...options: string[]) {
  const { status, stdout, stderr } = spawnSync("python3", [script, ...options], { encoding: "utf8" });
  return { status, stderr, lines: stdout.split("\n").filter(Boolean) };
}

const sources = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/file-${i}.cc`);

const names = (files: string[]) => run("--compute-filenames", "--prefix", "base", ...SIZES, ...files).lines;

const PRAGMA = '#pragma clang diagnostic ignored "-Wheader-hygiene"\n';

/** The clusters that are written, by name, each without its first line. */
function written(options: string[], files: string[]): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "clusters-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const output = join(folder, "clustered");
  const { status, stderr } = run(
    "--generate",
    "--output-dir",
    output,
    "--prefix",
    "base",
    ...options,
    ...SIZES,
    ...files,
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const texts = readdirSync(output).map((name) => [name, readFileSync(join(output, name), "utf8")] as const);
  for (const [, text] of texts) expect(text.startsWith(PRAGMA)).toBe(true);
  return Object.fromEntries(texts.map(([name, text]) => [name, text.slice(PRAGMA.length)]));
}

describeWith(["python3"], "clusters of V8's files", () => {
  it("hold 25 files of one folder, and 5 of one that V8 says is heavy", () => {
    expect(names([...sources("../../v8/src/heap", 26), ...sources("../../v8/src/maglev", 6)])).toEqual([
      "base-heap-1.cc",
      "base-heap-2.cc",
      "base-maglev-1.cc",
      "base-maglev-2.cc",
    ]);
  });

  it("are heavy in the whole folder's name alone", () => {
    const folders = ["../../v8/src/compiler/turboshaft", "../../v8/src/other/turboshaft", "../../v8/x-src/maglev"];
    expect(folders.map((folder) => names(sources(folder, 6)).length)).toEqual([2, 1, 1]);
  });

  it("have names of their own where two folders are called alike", () => {
    expect(names([...sources("../../v8/src/baseline", 1), ...sources("../../v8/src/x/baseline", 1)])).toEqual([
      "base-baseline-1.cc",
      "base-baseline-2.cc",
    ]);
  });

  it("hold the files of Turboshaft's assembler apart from the others, as V8's own script does", () => {
    const files = ["a-gen.cc", "b-tsa.cc", "c-gen.cc"].map((name) => `../../v8/src/builtins/${name}`);
    expect(written([], files)).toEqual({
      "base-builtins-1.cc": '#include "../../v8/src/builtins/a-gen.cc"\n#include "../../v8/src/builtins/c-gen.cc"\n',
      "base-tsa-1.cc": '#include "../../v8/src/builtins/b-tsa.cc"\n',
    });
  });

  it("are the same whatever the order in which the files come", () => {
    const files = [...sources("../../v8/src/objects", 30), ...sources("../../v8/src/heap", 3)];
    expect(written([], [...files].reverse())).toEqual(written([], files));
  });

  it("are written with the names that were computed, each file once", () => {
    const files = [...sources("../../v8/src/heap", 26), ...sources("../../v8/src/objects", 2)];
    const clusters = written(["--include-prefix", "../../../"], files);
    expect(Object.keys(clusters).sort()).toEqual([...names(files)].sort());
    expect(clusters["base-objects-1.cc"]).toBe(
      '#include "../../../../../v8/src/objects/file-0.cc"\n#include "../../../../../v8/src/objects/file-1.cc"\n',
    );
    expect(Object.values(clusters).join("").split("\n").filter(Boolean)).toHaveLength(files.length);
  });

  it("of files that V8's build writes name them from their own folder", () => {
    const clusters = written(["--strip-prefix", "gen/v8/torque-generated/"], ["gen/v8/torque-generated/src/a-tq.cc"]);
    expect(clusters).toEqual({ "base-src-1.cc": '#include "src/a-tq.cc"\n' });
  });

  it.each([
    [["--prefix", "base", ...SIZES, "a.cc"], "one of --generate and --compute-filenames is needed"],
    [["--generate", "--prefix", "base", ...SIZES, "a.cc"], "--generate needs --output-dir"],
  ])("are refused when they are asked for as %j", (options, message) => {
    const { status, stderr } = run(...options);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("whether there are clusters", () => {
  const recipe = (version: string) => libraryRecipe(version, "x86_64-unknown-linux-gnu", ["simdutf"]);

  it.each([
    ["146.8.0", true, [], false],
    ["147.4.0", true, [], true],
    ["150.4.0", true, [], true],
    ["150.4.0", false, [], false],
    ["150.4.0", true, ["v8_enable_cluster_build=false"], false],
    ["150.4.0", false, ["v8_enable_cluster_build=true"], true],
  ] as const)("in V8 %s, with a compiler cache: %j, GN arguments %j: %j", (version, cache, asked, expected) => {
    expect(chooseClusters([...asked], cache, recipe(version)).clustered).toBe(expected);
  });
});
