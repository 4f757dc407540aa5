import { join } from "node:path";
import { type Container, dag, type File, ReturnType } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { copyOfDeno, deno, edit, library, needNewerGlibc, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";

const platform = "linux/amd64";

describeEngine("how deno and denort are linked on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain(platform, true).sync();
  });

  const module = (options: Partial<Options>) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains: [tools], base, ...options });
  const build = (options: Partial<Options>) => module(options).build(version, platform);

  /** Names of two functions of a miniature deno, that with the higher address first. */
  const functions = (binary: File) =>
    dag
      .container()
      .from(base)
      .withFile("/deno", binary)
      .withNewFile("/tools/generate_linux_function_orderfile.ts", "")
      .withExec(["/deno", "run", "/tools/generate_linux_function_orderfile.ts", "--output", "/dev/stdout"])
      .stdout();

  it.each([BuildStrategy.NATIVE, BuildStrategy.CROSS])(
    "functions lie in the order of a start where it is asked for, and in the linker's again where it is not: %s",
    async (strategy) => {
      const before = await functions(await build({ strategy, startupOrder: false }));
      const [first, second] = before.split("\n");
      expect([first, second].sort()).toEqual(["ordered_one", "ordered_two"]);
      expect(await functions(await build({ strategy, startupOrder: true }))).toBe(`${second}\n${first}\n`);
      // Another command of the same volume, for the engine would give the first call's.
      expect(
        await functions(await build({ strategy, startupOrder: false, mirrors: ["apt.llvm.org=https://apt.llvm.org"] })),
      ).toBe(before);
    },
  );

  /** The names of a program's sections, in the order of their addresses. */
  const sections = async (binary: File) =>
    (await tools.withFile("/program", binary).withExec(["readelf", "-SW", "/program"]).stdout()).match(/ \.[\w.]+/g);

  it("unwind tables are left out by default where lld is known to be there, and kept where they are asked for", async () => {
    const strategy = BuildStrategy.CROSS;
    const [without, kept] = [module({ strategy }), module({ strategy, unwindTables: true })];
    const tables = [" .eh_frame", " .eh_frame_hdr"];
    const other = "linux/arm64";
    for (const program of [
      ...[without.build(version, platform), without.runtime(version, platform)],
      ...[without.build(version, other), without.runtime(version, other)],
    ]) {
      const found = await sections(await program);
      expect(found).toContain(" .rodata");
      for (const table of tables) expect(found).not.toContain(table);
    }
    for (const program of [kept.build(version, platform), kept.runtime(version, platform), build({})]) {
      expect(await sections(await program)).toEqual(expect.arrayContaining(tables));
    }
  });

  it("relative relocations are packed where deno needs a C library that reads them so, and in no denort", async () => {
    const packed = " .relr.dyn";
    const strategy = BuildStrategy.CROSS;
    expect(await sections(await module({ strategy }).build(version, platform))).not.toContain(packed);
    // glibc reads them so since 2.36.
    const directory = await copyOfDeno();
    for (const program of ["main.rs", "rt/main.rs"]) await needNewerGlibc(join(directory, "cli", program));
    const newer = module({ strategy, source: dag.host().directory(directory) });
    expect(await sections(await newer.build(version, platform))).toContain(packed);
    expect(await sections(await newer.runtime(version, platform))).not.toContain(packed);
    const ready = dag
      .container()
      .from(base)
      .withFile("/bin/deno", await newer.build(version, platform));
    expect(await ready.withExec(["deno", "eval", "console.log(6*7, Deno.build.arch)"]).stdout()).toBe("42 x86_64\n");
  });

  it("a panic without unwind tables is named by its link and the debug files", async () => {
    const made = module({ strategy: BuildStrategy.CROSS, features: ["deno/panic-trace-frame-pointer"] });
    const failed = await dag
      .container()
      .from(base)
      .withFile("/deno", await made.build(version, platform))
      .withExec(["/deno", "nonsense"], { expect: ReturnType.Failure })
      .stderr();
    const [link = ""] = failed.match(/https:\S+/) ?? [];
    const files = await made.debugFiles(version, platform);
    expect(await made.panicTrace(link, files)).toMatch(
      /^ {2}0: deno::fail\S* at \S*cli\/main\.rs:\d+:\d+\n {2}1: deno::main\S* at \S*cli\/main\.rs:\d+:\d+\n$/,
    );
    await expect(made.panicTrace("https://panic.deno.com/v1/x/gggggB", files)).rejects.toThrow(
      /^debug-files: they name none/,
    );
    await expect(made.panicTrace(link, dag.directory().withNewFile("deno.dwp", ""))).rejects.toThrow(
      /^debug-files: there is no deno\.debug in them; .*found: deno\.dwp$/,
    );
  });

  it("an lld that cannot do it is refused before anything is compiled, with what it said and what to do", async () => {
    const old = `#!/bin/sh
if [ "$1" = --version ]; then echo "LLD 9.0.0"; exit; fi
echo "ld.lld: error: unknown argument '--icf=safe'" >&2
exit 1
`;
    const toolchains = [tools.withNewFile("/usr/bin/ld.lld", old, { permissions: 0o755 })];
    await expect(build({ toolchains, startupOrder: true })).rejects.toThrow(
      /^link: the toolchain's lld does not link .*unknown argument '--icf=safe'.*; use a newer lld, or give --startup-order=false/,
    );
  });

  it("an order that cannot be made is an error that says why, and what was linked is kept", async () => {
    const changed = await copyOfDeno();
    await edit(`${changed}/cli/startup_order.rs`, "if seen != wanted", "if true");
    const source = dag.host().directory(changed);
    await expect(build({ source, startupOrder: true })).rejects.toThrow(
      /^startup-order: deno was linked, and its functions could not be put in the order of a start: error: .* kept/,
    );
    expect(await functions(await build({ source }))).toContain("ordered_one");
  });
});
