import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Facts, plan } from "../../src/plan/plan.js";
import { chooseWay } from "../../src/plan/strategy.js";
import type { Strategy } from "../../src/request/enums.js";
import { parsePlatform } from "../../src/request/platform.js";
import { denoRecipe, libraryRecipe } from "../../src/upstream/recipe.js";
import { root } from "../support/introspect.js";

const page = readFileSync(join(root, "docs/how-it-builds.md"), "utf8");

/** The steps of Deno 2.9.5 as the plan has them, without its versions. */
function stepsOf(engine: string, target: string, strategy: Strategy) {
  const facts: Facts = {
    version: "2.9.5",
    channel: "stable",
    commit: null,
    rust: "1.95.0",
    library: "150.4.0",
    target: parsePlatform(target),
    engine: parsePlatform(engine),
    origin: "source",
    systemCompilers: false,
    crate: false,
    published: false,
    ownToolchain: false,
    way: chooseWay(strategy, parsePlatform(engine), parsePlatform(target), null),
    profile: "release",
    features: [],
    upgrade: true,
  };
  const recipe = denoRecipe(facts.version);
  const { steps } = plan(facts, recipe, libraryRecipe(facts.library, facts.target.triple, recipe.libraryFeatures));
  const plain = (name: string) => name.replace(/ (150\.4\.0|2\.9\.5)|, profile release|-\w+-unknown-linux-gnu/g, "");
  return steps.map(({ name, where, platform }) => [plain(name), `${where} on ${platform}`] as const);
}

const CASES: [string, string, string, Strategy][] = [
  ["`CROSS`", "linux/amd64", "linux/arm64", "CROSS"],
  ["`EMULATED`", "linux/amd64", "linux/arm64", "EMULATED"],
  ["`NATIVE`", "linux/arm64", "linux/arm64", "NATIVE"],
];

/** What runs where as a table: a row for each step, a column for each strategy. */
function table(): string {
  const columns = CASES.map(([, engine, target, strategy]) => new Map(stepsOf(engine, target, strategy)));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const order = [...(columns[0]?.keys() ?? [])];
  names.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return [
    `| step | ${CASES.map(([name]) => name).join(" | ")} |`,
    `|---${"|---".repeat(CASES.length)}|`,
    ...names.map((name) => `| ${name} | ${columns.map((column) => column.get(name) ?? "").join(" | ")} |`),
  ].join("\n");
}

describe("docs/how-it-builds.md", () => {
  it("has in its table of what runs where the steps of the plan, for each strategy", async () => {
    const shown = /<!-- steps[^\n]*-->\n([\s\S]*?)\n?<!-- \/steps -->/.exec(page)?.[1];
    await expect(`${table()}\n`).toMatchFileSnapshot("golden/steps.md");
    expect(shown).toBe(table());
  });

  it("draws each step of the plan of a native build, in its order", () => {
    const drawn = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const words = stepsOf("linux/arm64", "linux/arm64", "NATIVE").map(([name]) => name.split(/[ :]/)[0] as string);
    expect(words).toEqual(["make", "compile", "cargo", "run", "pack"]);
    const labels = [...drawn.matchAll(/\["([^"]+)"\]/g)].map(([, label]) => label as string);
    const found = words.map((word) => labels.findIndex((label) => label.startsWith(word)));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });
});
