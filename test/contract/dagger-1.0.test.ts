import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import { beforeAll, describe, expect, it } from "vitest";
import { type Api, apiOf, commandsIn, read } from "../support/commands.js";
import { introspect, root } from "../support/introspect.js";

const textOf = (file: string) => readFileSync(join(root, file), "utf8");

describe.each([".", "examples/go", "examples/python", "examples/typescript"])("the module in %s", (folder) => {
  // https://github.com/dagger/dagger/blob/v1.0.0-beta.10/engine/version.go: MinimumModuleVersion, and the engine's own
  it("asks for an engine whose modules 1.0 loads, and for none of 1.0, so that 0.21 loads it too", () => {
    const { engineVersion } = JSON.parse(textOf(`${folder}/dagger.json`));
    expect(engineVersion).toMatch(/^v\d+\.\d+\.\d+$/);
    expect(semver.satisfies(engineVersion, ">=0.9.9 <0.22.0")).toBe(true);
  });

  // 1.0 takes the new file, where bindings must be committed; 0.21 takes the old one: two modules in one folder.
  it("is described by dagger.json alone", () => {
    expect(existsSync(join(root, folder, "dagger-module.toml"))).toBe(false);
  });
});

describe("docs/dagger-1.0.md", () => {
  let own: Api;
  beforeAll(async () => {
    own = apiOf(await introspect(), "DenoFromSource");
  });

  const rows = textOf("docs/dagger-1.0.md")
    .split("\n")
    .filter((line) => line.startsWith("| `dagger call "));

  it("has commands to compare", () => {
    expect(rows.length).toBeGreaterThan(2);
  });

  it.each(rows)("has two spellings of one command in %s", (row) => {
    const [old, now, ...more] = commandsIn("x.md", row).map((command) => read(command, own));
    expect(old).toBeDefined();
    expect(old).toEqual(now);
    expect(old?.problems).toEqual([]);
    expect(more).toEqual([]);
    expect(row).toMatch(/ \| `dagger (-\S+ (\S+ )?)?api call /);
  });
});
