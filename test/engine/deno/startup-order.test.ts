import { type Container, dag, type File } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { copyOfDeno, deno, edit, library, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";

const platform = "linux/amd64";

describeEngine("the order of deno's functions on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain(platform, true).sync();
  });

  const build = (options: Partial<Options>) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains: [tools], base, ...options }).build(
      version,
      platform,
    );

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
    "is that of a start where it is asked for, and the linker's again where it is not: %s",
    async (strategy) => {
      const before = await functions(await build({ strategy }));
      const [first, second] = before.split("\n");
      expect([first, second].sort()).toEqual(["ordered_one", "ordered_two"]);
      expect(await functions(await build({ strategy, startupOrder: true }))).toBe(`${second}\n${first}\n`);
      // Another command of the same volume, for the engine would give the first call's.
      expect(await functions(await build({ strategy, mirrors: ["apt.llvm.org=https://apt.llvm.org"] }))).toBe(before);
    },
  );

  it("says why it is not made, and keeps the deno that was linked", async () => {
    const changed = await copyOfDeno();
    await edit(`${changed}/cli/startup_order.rs`, "if seen != wanted", "if true");
    const source = dag.host().directory(changed);
    await expect(build({ source, startupOrder: true })).rejects.toThrow(
      /^startup-order: deno was linked, and its functions could not be put in the order of a start: error: .* kept/,
    );
    expect(await functions(await build({ source }))).toContain("ordered_one");
  });
});
