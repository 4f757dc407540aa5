import { dag } from "@dagger.io/dagger";
import { expect, it, vi } from "vitest";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { deno, library, libraryVersion, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";
import { lookInVolume } from "../support/volume.js";

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
    const key = volumes.mock.calls.map(([name]) => name).find((name) => name.startsWith("rusty-v8-"));
    const told = await lookInVolume(dag.container().from(base), key, "cat /cache/target/*/release/gn_out/args.gn");
    expect(told).toMatch(/^v8_embedder_string = "-rusty"$/m);
  });

  it("refuses a GN argument that this V8 does not have, before it is compiled", async () => {
    await expect(module({ gnArguments: ["v8_enable_other=true"] }).library(version, platform)).rejects.toThrow(
      "gn-arguments: this V8 does not take v8_enable_other=true: GN ignores v8_enable_other",
    );
  });
});
