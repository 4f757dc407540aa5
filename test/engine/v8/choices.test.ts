import { dag } from "@dagger.io/dagger";
import { expect, it, vi } from "vitest";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { deno, library, libraryVersion, version } from "../support/fixture.js";
import { stderrOf, useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";
import { libraryVolumes, lookInVolume } from "../support/volume.js";

const platform = "linux/amd64";

describeEngine("a V8 of one's own choices on a real engine", () => {
  useSession();

  const module = (options: Partial<Options>) =>
    denoFromSource({
      source: deno(),
      librarySource: library(),
      toolchains: [toolchain(platform, true)],
      base,
      ...options,
    });

  it("has cargo features in its names and in Deno, and GN arguments in what it is", async () => {
    const chosen = module({
      libraryFeatures: ["v8_enable_pointer_compression"],
      // The value that it has anyway: the miniature's crate wants no other.
      gnArguments: ["v8_embedder_string=-rusty"],
    });
    const volumes = vi.spyOn(dag, "cacheVolume");
    const triple = "x86_64-unknown-linux-gnu";
    expect(await (await chosen.library(version, platform)).entries()).toEqual([
      `librusty_v8_ptrcomp_simdutf_release_${triple}.a.gz`,
      `src_binding_ptrcomp_simdutf_release_${triple}.rs`,
    ]);
    const binary = await chosen.build(version, platform);
    const said = dag.container().from(base).withFile("/deno", binary).withExec(["/deno", "--version"]).stdout();
    expect(await said).toContain(`v8 ${libraryVersion}-rusty\n`);
    const [key] = libraryVolumes(volumes);
    const told = await lookInVolume(dag.container().from(base), key, "cat /cache/target/*/release/gn_out/args.gn");
    expect(told).toMatch(/^v8_embedder_string = "-rusty"$/m);
  });

  it("refuses a GN argument that this V8 does not have, before it is compiled", async () => {
    await expect(module({ gnArguments: ["v8_enable_other=true"] }).library(version, platform)).rejects.toThrow(
      "gn-arguments: this V8 does not take v8_enable_other=true: GN ignores v8_enable_other",
    );
  });

  const clustered = { gnArguments: ["v8_enable_cluster_build=true"] };

  it("compiles V8's files as one where that is asked for, and no object anew in another call", async () => {
    const volumes = vi.spyOn(dag, "cacheVolume");
    const object = "obj/v8_base_without_compiler/v8_base_without_compiler-src-1.o";
    // A mirror makes it another command, which the engine runs on the same volume.
    const made = async (mirrors: string[]) => {
      volumes.mockClear();
      await (await module({ ...clustered, mirrors }).library(version, platform)).sync();
      const [key] = libraryVolumes(volumes);
      return lookInVolume(dag.container().from(base), key, `cd /cache/target/*/release/gn_out && stat -c %Y ${object}`);
    };
    const first = await made([]);
    expect(Number(first)).toBeGreaterThan(0);
    expect(await made(["apt.llvm.org=https://apt.llvm.org"])).toBe(first);
  });

  it("says how to do without where two files cannot be compiled as one", async () => {
    const clash = "static int clash;\n";
    const texts = await Promise.all(
      ["src/interpreter.cc", "src/snapshot.cc"].map(
        async (path) => [path, await library().file(path).contents()] as const,
      ),
    );
    const librarySource = texts.reduce((it, [path, text]) => it.withNewFile(path, clash + text), library());
    const failure = module({ ...clustered, librarySource }).library(version, platform);
    const said = await failure.then((it) => it.sync()).then(() => "", stderrOf);
    expect(said).toContain("redefinition of 'clash'");
    expect(said).toContain("--gn-arguments=v8_enable_cluster_build=false compiles each by itself");
    expect(await (await module({ librarySource }).library(version, platform)).entries()).toHaveLength(2);
  });
});
