import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../../support/introspect.js";
import { describeWith } from "../../support/programs.js";

const script = join(root, "dagger/deno/minify-source.py");

/** Minifies as the build script of the snapshot has it; `folder` has an esbuild. */
function minify(source: string, folder = join(root, "node_modules/.bin")) {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const { stdout, stderr, status } = spawnSync("python3", [script, "run", "-A", "/minifier.ts", "ext:a/b.js"], {
    input: source,
    encoding: "utf8",
    env,
  });
  return { stdout, stderr, status };
}

describeWith(["python3"], "a source of Deno's own", () => {
  it("loses comments and spaces, and is ASCII", () => {
    const { stdout, status } = minify("// Grüße\nconst greeting = 'Grüße'; // both\n");
    expect([stdout, status]).toEqual(['const greeting="Gr\\xFC\\xDFe";\n', 0]);
  });

  // esbuild by itself makes fetch2 of the inner one, which a stack trace names.
  it("keeps the names of what hides another", () => {
    const { stdout } = minify("function fetch(a) {\n  return (async function fetch() { await a; })();\n}\n");
    expect(stdout).toBe("function fetch(a){return(async function fetch(){await a})()}\n");
  });

  it("keeps names that end in a number, and those of their shape in strings and numbers", () => {
    const source =
      "const res1 = 1000, res2 = 'res3', e = '\\xe9x2';\nfunction f(res1, e) {\n  return { res1, e, g(res2) { return res2; } };\n}\n";
    const { stdout } = minify(source);
    expect(stdout).toMatch(/^const res1=1e3,res2="res3",e="\\xE9x2";function f\(res1,e\)/);
    expect(stdout).toContain("g(res2){return res2}");
    expect(new Function(`${stdout};return [f(5, 6).res1, f(5, 6).e, f(5, 6).g(7), res1]`)()).toEqual([5, 6, 7, 1000]);
  });

  it("is refused where names change in another way than is known", () => {
    const folder = mkdtempSync(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    // Another number each time.
    writeFileSync(join(folder, "esbuild"), "#!/bin/sh\ncat >/dev/null\necho fetch$$\n", { mode: 0o755 });
    const { stderr, status } = minify("fetch\n", folder);
    expect(stderr).toMatch(/^minify-sources: esbuild renames what is in ext:a\/b\.js .*--minify-sources=false/);
    expect(status).toBe(1);
  });

  it("names the source that esbuild cannot read", () => {
    const { stderr, status } = minify("const = ;\n");
    expect(stderr).toContain("minify-sources: esbuild could not read ext:a/b.js");
    expect(status).toBe(1);
  });

  it("is the only thing that the stand-in for deno does", () => {
    expect(() => execFileSync("python3", [script, "eval", "1"], { stdio: "pipe" })).toThrow(
      /minify-sources: a build script runs deno, which is no part of this toolchain: deno eval 1/,
    );
  });
});
