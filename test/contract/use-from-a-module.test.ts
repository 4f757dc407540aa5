import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { introspect, root } from "../support/introspect.js";

const textOf = (file: string) => readFileSync(join(root, file), "utf8");
const page = textOf("docs/use-from-a-module.md");
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));

describe("docs/use-from-a-module.md", () => {
  it.each([
    ["ts", "examples/typescript/src/index.ts"],
    ["go", "examples/go/main.go"],
    ["python", "examples/python/src/examples/main.py"],
  ])("shows in %s what stands in %s, and links to it", (language, file) => {
    const shown = blocks.filter((block) => block.language === language);
    expect(shown.length).toBeGreaterThan(0);
    for (const { code } of shown) expect(textOf(file)).toContain(code);
    expect(page).toContain(`(../${file})`);
  });

  it("has no code that is not compared or read as commands", () => {
    expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual(["go", "python", "sh", "ts"]);
  });

  it("links to files that are there", () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link ?? "");
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(() => readFileSync(join(root, "docs", link)), link).not.toThrow(/ENOENT/);
  });

  // Its bindings send no false: a flag that is true by default cannot be turned off from there.
  it("names every flag that Go cannot turn off", async () => {
    const { objects } = await introspect();
    const all = Object.values(objects).flatMap(({ options, methods }) => [
      ...Object.values(options),
      ...Object.values(methods).flatMap((method) => Object.values(method.arguments)),
    ]);
    const flags = all.filter(({ type }) => type.kind === "BOOLEAN_KIND");
    expect(flags.length).toBeGreaterThan(1);
    expect(flags.filter(({ defaultValue }) => defaultValue === true).map(({ name }) => name)).toEqual([
      "upgrade",
      "precompiledHeaders",
    ]);
    expect(page).toContain("that matters for `Upgrade` and\n  `PrecompiledHeaders`.");
  });
});
