import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Facts } from "../../src/plan/facts.js";
import { plan, type Step } from "../../src/plan/plan.js";
import { denoRecipe, libraryRecipe } from "../../src/plan/recipe.js";
import { chooseWay } from "../../src/plan/strategy.js";
import { BuildStrategy, type Strategy } from "../../src/request/enums.js";
import { parsePlatform } from "../../src/request/platform.js";
import { root } from "../support/introspect.js";

/** What is drawn: a release whose V8 has all steps that there are. */
const VERSION = "2.9.5";
const LIBRARY = "150.4.0";

const STRATEGIES = Object.values(BuildStrategy).filter((strategy) => strategy !== BuildStrategy.AUTO);

/** Where V8 comes from, in the reader's words. */
const ORIGINS: Record<string, Pick<Facts, "origin" | "crate">> = {
  checkout: { origin: "source", crate: false },
  crate: { origin: "source", crate: true },
  "--library-origin=UPSTREAM": { origin: "upstream", crate: false },
  "--prebuilt": { origin: "prebuilt", crate: false },
};

/** The steps on an amd64 engine: for linux/amd64 where it is native, else for linux/arm64. */
function stepsOf(strategy: Strategy, from: Pick<Facts, "origin" | "crate">): Step[] {
  const engine = parsePlatform("linux/amd64");
  const target = parsePlatform(strategy === "NATIVE" ? "linux/amd64" : "linux/arm64");
  const recipe = denoRecipe(VERSION);
  const facts: Facts = {
    ...from,
    version: VERSION,
    channel: "stable",
    commit: null,
    rust: "1.95.0",
    libraryVersion: LIBRARY,
    target,
    engine,
    systemCompilers: false,
    headers: { precompiled: true, why: "" },
    link: null,
    minifySources: false,
    published: false,
    ownToolchain: false,
    way: chooseWay(strategy, engine, target, null),
    sysroot: "",
    clusters: { clustered: false, why: "no compiler cache was given" },
    profile: "release",
    features: [],
    upgrade: true,
    gnArguments: [],
  };
  return plan(facts, recipe, libraryRecipe(LIBRARY, target.triple, recipe.libraryFeatures)).steps;
}

/** A step's name without what differs between two plans of the same step. */
const nameOf = ({ name }: Step) => name.replace(/deno-\S+\.zip/, "deno-TRIPLE.zip").replaceAll('"', "'");

interface Edge {
  from: string;
  to: string;
  /** the plans that go this way */
  strategies: Set<string>;
  origins: Set<string>;
}

/** Every way through the steps, whatever the strategy and wherever V8 is from. */
function edges(): Edge[] {
  const found = new Map<string, Edge>();
  for (const [origin, from] of Object.entries(ORIGINS)) {
    for (const strategy of STRATEGIES) {
      const names = [
        "Deno's tree, whose Cargo.lock names V8",
        ...stepsOf(strategy, from).map(nameOf),
        "what was asked for",
      ];
      for (const [index, to] of names.slice(1).entries()) {
        const before = names[index] as string;
        const edge = found.get(`${before}\n${to}`) ?? { from: before, to, strategies: new Set(), origins: new Set() };
        found.set(`${before}\n${to}`, edge);
        edge.strategies.add(strategy);
        edge.origins.add(origin);
      }
    }
  }
  return [...found.values()];
}

/** What takes one this way and not another: what all plans that go this way have, and some that stand at its start lack. */
function labelOf(edge: Edge, all: Edge[]): string {
  const siblings = all.filter(({ from }) => from === edge.from);
  const part = (of: (edge: Edge) => Set<string>) => {
    const whole = new Set(siblings.flatMap((one) => [...of(one)]));
    return of(edge).size < whole.size ? [[...of(edge)].join(" or ")] : [];
  };
  return siblings.length < 2 ? "" : [...part((one) => one.strategies), ...part((one) => one.origins)].join(", ");
}

function flow(): string {
  const all = edges();
  const names = [...new Set(all.flatMap(({ from, to }) => [from, to]))];
  const id = (name: string) => `s${names.indexOf(name)}`;
  return [
    "flowchart TD",
    ...names.map((name) => `  ${id(name)}["${name}"]`),
    ...all.map((edge) => {
      const label = labelOf(edge, all);
      return `  ${id(edge.from)} -->${label ? `|"${label}"|` : ""} ${id(edge.to)}`;
    }),
  ].join("\n");
}

function places(): string {
  const from = ORIGINS.checkout as Pick<Facts, "origin" | "crate">;
  const columns = STRATEGIES.flatMap((strategy) => {
    const steps = stepsOf(strategy, from);
    const id = (index: number) => `${strategy}${index}`;
    return [
      `  subgraph ${strategy}`,
      "    direction TB",
      ...steps.map((step, index) => {
        const { where, platform } = step;
        return `    ${id(index)}["${nameOf(step)}<br/><b>${where}</b> on ${platform}"]:::${where}`;
      }),
      `    ${steps.map((_, index) => id(index)).join(" --> ")}`,
      "  end",
    ];
  });
  return [
    "flowchart LR",
    ...columns,
    "  classDef native fill:#d5f5dd,stroke:#2e7d46,color:#000",
    "  classDef cross fill:#d9e8fb,stroke:#2a5ea8,color:#000",
    "  classDef emulated fill:#fbdcd9,stroke:#b3261e,color:#000",
  ].join("\n");
}

const DIAGRAMS: Record<string, () => string> = { flow, places };
const page = "docs/how-it-builds.md";
const MARKED = /(<!-- generated: (\w+) -->\n```mermaid\n)(.*?)(^```$)/gms;

describe(page, () => {
  const text = readFileSync(join(root, page), "utf8");

  it("has a place for each diagram, and no other diagram", () => {
    expect([...text.matchAll(MARKED)].map(([, , name]) => name)).toEqual(Object.keys(DIAGRAMS));
    expect(text.split("```mermaid")).toHaveLength(Object.keys(DIAGRAMS).length + 1);
  });

  // Written anew by `npx vitest run --project contract -u`.
  it("draws the steps that plan has", async () => {
    const drawn = text.replace(MARKED, (_, start: string, name: string, _old: string, end: string) => {
      return `${start}${DIAGRAMS[name]?.()}\n${end}`;
    });
    await expect(drawn).toMatchFileSnapshot(join(root, page));
  });

  it("draws every step of every plan, and where it runs", () => {
    const all = Object.values(ORIGINS).flatMap((from) => STRATEGIES.flatMap((strategy) => stepsOf(strategy, from)));
    expect(new Set(all.map(nameOf)).size).toBeGreaterThan(6);
    expect(all.map(nameOf).filter((name) => !flow().includes(`["${name}"]`))).toEqual([]);
    const compiled = STRATEGIES.map((strategy) => stepsOf(strategy, ORIGINS.checkout as Facts));
    expect(new Set(compiled.flat().map(({ where }) => where))).toEqual(new Set(["native", "cross", "emulated"]));
    expect(places().match(/:::\w+/g)).toHaveLength(compiled.flat().length);
  });

  // A tree that AUTO takes another way for has no way of its own.
  it("leaves no strategy out but AUTO, which is one of the others", () => {
    const [engine, target] = [parsePlatform("linux/amd64"), parsePlatform("linux/arm64")];
    const others = [engine, target].flatMap((it) =>
      [null, "odd"].map((odd) => chooseWay("AUTO", engine, it, odd).where),
    );
    expect(new Set(others.map((where) => where.toUpperCase()))).toEqual(new Set<string>(STRATEGIES));
  });
});
