import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "../support/introspect.js";

const filesIn = (folder: string, end: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => end.test(name))
    .map((name) => `${folder}/${name}`);
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

const scripts = filesIn("dagger", /\.(sh|py|pl)$/);
const stages = [...filesIn("dagger", /\.ts$/), ...filesIn("src", /\.ts$/)];
const python = spawnSync("python3", ["--version"]).status === 0;

describe("a script of a stage", () => {
  it("is a file, not a text between quotes", () => {
    expect(scripts.length).toBeGreaterThan(15);
    const long = (file: string) => {
      const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022);
      const texts: string[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isTemplateLiteral(node)) texts.push(node.getText(source));
        ts.forEachChild(node, visit);
      };
      visit(source);
      return texts.some((text) => text.includes("\n"));
    };
    expect(stages.filter(long)).toEqual([]);
  });

  it.each(scripts)("%s is run by a stage in the same folder, or handed to an image", (file) => {
    const name = file.slice(file.lastIndexOf("/") + 1);
    const beside = stages.filter((stage) => file.startsWith(`${dirname(stage)}/`));
    expect(beside.filter((stage) => textOf(stage).includes(name))).not.toEqual([]);
  });

  it.each(scripts.filter((file) => file.endsWith(".sh")))(
    "%s is a POSIX shell's, and stops at the first error",
    (file) => {
      expect(textOf(file)).toMatch(/^#!\/bin\/sh\n(#.*\n)*set -eu\n/);
      const { status, stderr } = spawnSync("sh", ["-n", join(root, file)], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    },
  );

  it.skipIf(!python).each(scripts.filter((file) => file.endsWith(".py")))(
    `%s is Python that can be read${python ? "" : " (SKIPPED: there is no python3 here)"}`,
    (file) => {
      const read = "import ast, sys; ast.parse(open(sys.argv[1]).read())";
      const { status, stderr } = spawnSync("python3", ["-c", read, join(root, file)], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    },
  );
});
