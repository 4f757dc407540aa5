import { type Container, dag, type File } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource } from "../../support/module.js";
import { deno, library, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain, withPackages } from "../support/toolchain.js";

const platform = "linux/amd64";

describeEngine("Deno's own sources on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await withPackages(toolchain(platform, true), ["esbuild"]).sync();
  });

  const build = (strategy: BuildStrategy, minifySources: boolean, toolchains = [tools]) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains, base, strategy, minifySources }).build(
      version,
      platform,
    );

  /** A source as a miniature deno has it. */
  const source = (binary: File) =>
    dag.container().from(base).withFile("/deno", binary).withExec(["/deno", "info"]).stdout();

  it.each([BuildStrategy.NATIVE, BuildStrategy.CROSS])(
    "lose comments and spaces where that is asked for, by a build script that wants a deno for it: %s",
    async (strategy) => {
      expect(await source(await build(strategy, false))).toBe("// A comment. const greeting = 'Grüße';\n");
      expect(await source(await build(strategy, true))).toBe('const greeting="Gr\\xFC\\xDFe";\n');
    },
  );

  it("are not minified by a toolchain without esbuild, which is named before anything is compiled", async () => {
    await expect(build(BuildStrategy.NATIVE, true, [toolchain(platform, true)])).rejects.toMatchObject({
      stderr: expect.stringContaining("toolchain: esbuild is missing on PATH"),
    });
  });
});
