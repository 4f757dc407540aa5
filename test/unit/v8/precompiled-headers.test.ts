import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { chooseHeaders } from "../../../src/plan/headers.js";
import { libraryRecipe } from "../../../src/plan/recipe.js";
import { root } from "../../support/introspect.js";
import { describeWith } from "../../support/programs.js";

const folder = join(root, "dagger/v8/precompiled-headers");
const miniature = join(root, "test/fixtures/rusty_v8");

/** The commands of the rule for C++, with the crates `v8` that have it. */
const RULES = readFileSync(join(root, "test/fixtures/rules-for-cxx.tsv"), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split("\t") as [string, string]);

const templates = readFileSync(join(miniature, "v8/gni/v8.gni"), "utf8");
const toolchain = readFileSync(join(miniature, "build/toolchain/gcc_toolchain.gni"), "utf8");
const withCommand = (command: string) =>
  toolchain.replace(/(tool\("cxx"\).*?command = ")[^\n]*(?="\n)/s, (_, before) => before + command);
const FILES = { "v8/gni/v8.gni": templates, "build/toolchain/gcc_toolchain.gni": toolchain };

/** Runs the script on a tree with these files. */
function edited(changes: Partial<Record<keyof typeof FILES, string | null>> = {}) {
  const tree = mkdtempSync(join(tmpdir(), "precompiled-headers-"));
  onTestFinished(() => rmSync(tree, { recursive: true }));
  for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
    if (text === null) continue;
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
  const { status, stdout, stderr } = spawnSync("python3", [join(folder, "edit.py"), tree, folder], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const read = (name: string) => readFileSync(join(tree, name), "utf8");
  return { said: stdout, tree, read };
}

describeWith(["python3"], "precompiled headers", () => {
  it("are named for five targets, at one place of one template", () => {
    const { said, read } = edited();
    expect(said).toBe("precompiled headers: for five targets of V8\n");
    const [before, after] = read("v8/gni/v8.gni").split('template("v8_executable")');
    expect(before?.match(/precompiled_source = v8_path_prefix \+ "[^"]*"/g)).toEqual([
      'precompiled_source = v8_path_prefix + "/src/precompiled/base.h"',
      'precompiled_source = v8_path_prefix + "/src/precompiled/compiler.h"',
      'precompiled_source = v8_path_prefix + "/src/precompiled/builtins.h"',
    ]);
    expect(before?.match(/target_name == "\w+"/g)).toHaveLength(5);
    expect(after).toBe(templates.split('template("v8_executable")')[1]);
  });

  it("are lists of what a version of V8 may lack, and have a time that never changes", () => {
    const { tree, read } = edited();
    for (const name of ["base.h", "builtins.h", "compiler.h"]) {
      const path = `v8/src/precompiled/${name}`;
      const listed = readFileSync(join(folder, name), "utf8").trim().split("\n");
      expect(listed.length).toBeGreaterThan(5);
      const asked = listed.flatMap((line) => [`#if __has_include(${line.slice("#include ".length)})`, line, "#endif"]);
      expect(read(path).trim().split("\n")).toEqual(asked);
      expect(statSync(join(tree, path)).mtimeMs).toBe(315532800000);
    }
  });

  it.each(RULES)("are compiled by the rule for C++ of the crates %s", (_, command) => {
    const { said, read } = edited({ "build/toolchain/gcc_toolchain.gni": withCommand(command) });
    expect(said).toBe("precompiled headers: for five targets of V8\n");
    const rule = /tool\("cxx"\).*?command = "([^\n]*)"\n/s.exec(read("build/toolchain/gcc_toolchain.gni"));
    expect(rule?.[1]).toMatch(/[^_] -c \{\{source\}\} -o \{\{output\}\}$/);
    expect(rule?.[1]).not.toContain("module_name_flag");
    // The rule for C is left, so GN finds that the name of a module is used.
    expect(read("build/toolchain/gcc_toolchain.gni")).toContain("{module_name_flag}");
  });

  const twice = templates.replace(/( +configs \+= invoker\.configs\n)/, "$1$1");
  it.each<[string, Parameters<typeof edited>[0], string]>([
    ["has no such file", { "v8/gni/v8.gni": null }, "there is no v8/gni/v8.gni"],
    ["has no such template", { "v8/gni/v8.gni": "" }, "v8/gni/v8.gni has the template v8_source_set 0 times, not once"],
    ["adds a target's configs twice", { "v8/gni/v8.gni": twice }, "has `configs += invoker.configs` 2 times, not once"],
    [
      "has some of its own",
      {
        "v8/gni/v8.gni": templates.replace(
          "configs += invoker.configs\n",
          'configs += invoker.configs\nprecompiled_source = "x"\n',
        ),
      },
      "v8/gni/v8.gni has precompiled headers of its own",
    ],
    [
      "compiles C++ in another way",
      { "build/toolchain/gcc_toolchain.gni": withCommand("$cxx {{source}} -o $other") },
      "build/toolchain/gcc_toolchain.gni has another rule for C++ than any that is known",
    ],
    [
      "knows no precompiled headers",
      { "build/toolchain/gcc_toolchain.gni": toolchain.replaceAll('precompiled_header_type = "gcc"', "") },
      "build/toolchain/gcc_toolchain.gni has another rule for C++ than any that is known",
    ],
  ])("are left, and the tree as it is, where V8 %s", (_, changes, why) => {
    const { said, tree, read } = edited(changes);
    expect(said).toMatch(/^precompiled headers: none of this module's, V8 is compiled without: /);
    expect(said).toContain(why);
    expect(existsSync(join(tree, "v8/src/precompiled"))).toBe(false);
    for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
      if (text !== null) expect(read(name)).toBe(text);
    }
  });

  it("are for all of the miniature's tree", () => {
    const tree = mkdtempSync(join(tmpdir(), "precompiled-headers-"));
    onTestFinished(() => rmSync(tree, { recursive: true }));
    cpSync(miniature, tree, { recursive: true });
    const { stdout } = spawnSync("python3", [join(folder, "edit.py"), tree, folder], { encoding: "utf8" });
    expect(stdout).toBe("precompiled headers: for five targets of V8\n");
  });
});

describe("whether headers are precompiled", () => {
  const of = (asked: boolean, cache: boolean, version: string) =>
    chooseHeaders(asked, cache, libraryRecipe(version, "x86_64-unknown-linux-gnu", []));

  it.each(["0.55.0", "0.106.0", "130.0.2", "147.4.0", "152.2.0"])("they are, for V8 %s", (version) => {
    expect(of(true, false, version).precompiled).toBe(true);
  });

  it.each<[string, boolean, boolean, string, RegExp]>([
    ["when it was asked for", false, false, "147.4.0", /--precompiled-headers=false/],
    ["with a compiler cache", true, true, "147.4.0", /--compiler-cache was given, and sccache/],
    ["before 10.9", true, false, "0.54.0", /10\.9 \(crate 0\.55\)/],
  ])("they are not %s, and the reason is said", (_, asked, cache, version, why) => {
    expect(of(asked, cache, version)).toEqual({ precompiled: false, why: expect.stringMatching(why) });
  });
});
