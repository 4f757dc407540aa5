import { type Container, type Directory, dag, type Platform } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource } from "../../support/module.js";
import { deno, library, version } from "../support/fixture.js";
import { runLibrary } from "../support/libdenort.js";
import { useSession } from "../support/session.js";
import { base, toolchain, withPackages } from "../support/toolchain.js";

/** What deno compile makes of the denort in a zip. */
const compile = `import os, sys, zipfile
code = b"console.log(6*7)"
denort = zipfile.ZipFile(sys.argv[1]).read("denort")
open("/program", "wb").write(denort + code + len(code).to_bytes(8, "little") + b"d3n0l4nd")
os.chmod("/program", 0o755)`;

describeEngine("runtimes on QuickJS on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await withPackages(toolchain("linux/amd64", true), ["libsimde-dev"]).sync();
  });

  const release = (platform: string, strategy: BuildStrategy, runtimes: string[]): Promise<Directory> =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains: [tools], base, strategy, runtimes }).release(
      version,
      [platform],
    );

  it.each([
    ["linux/amd64", BuildStrategy.NATIVE, "x86_64-unknown-linux-gnu"],
    ["linux/arm64", BuildStrategy.CROSS, "aarch64-unknown-linux-gnu"],
  ] as const)("run a program for %s, %s, which cmake compiled a part of", async (platform, strategy, triple) => {
    const dist = await release(platform, strategy, ["denort-quickjs"]);
    const zip = `/dist/denort-quickjs-${triple}.zip`;
    const program = tools
      .withMountedDirectory("/dist", dist)
      .withExec(["python3", "-c", compile, zip])
      .file("/program");
    const target = dag
      .container({ platform: platform as Platform })
      .from(base)
      .withFile("/program", program);
    expect(await target.withExec(["/program"]).stdout()).toBe("42\n");
  });

  it("are a libdenort, too", async () => {
    const dist = await release("linux/amd64", BuildStrategy.NATIVE, ["denort-quickjs", "libdenort-quickjs"]);
    const zip = "libdenort-quickjs-x86_64-unknown-linux-gnu.zip";
    expect(await runLibrary(tools, dist, zip, "console.log(6*7)")).toBe("42\n");
  });
});
