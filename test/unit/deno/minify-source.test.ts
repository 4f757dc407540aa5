import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../support/introspect.js";
import { describeWith } from "../../support/programs.js";

const script = join(root, "dagger/deno/minify-source.py");

/** Minifies as the build script of the snapshot has it; by the esbuild of npm. */
function minify(source: string) {
  const env = { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` };
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

  // `let inner2=function(){…};var inner=inner2`, which no other name can be put into: as ext:deno_node/dgram.ts has it.
  it("stays as it is where its names cannot be put back, which its being ASCII allows", () => {
    const source = "if (a) {\n  function inner() { return inner; }\n}\n";
    expect(minify(source)).toEqual({ stdout: source, stderr: "", status: 0 });
    const { stderr, status } = minify(`// ü\n${source}`);
    expect(stderr).toMatch(/^minify-sources: esbuild renames what is in ext:a\/b\.js, .*--minify-sources=false/);
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
