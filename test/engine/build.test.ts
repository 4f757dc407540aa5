import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, dag, type File, type Platform } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { describeEngine } from "../support/engine.js";
import { denoFromSource, type Options } from "../support/module.js";
import { copyOfDeno, deno, edit, library, libraryVersion, patch, version } from "./fixture.js";
import { useSession } from "./session.js";
import { base, toolchain } from "./toolchain.js";

const triples = { "linux/amd64": "x86_64-unknown-linux-gnu", "linux/arm64": "aarch64-unknown-linux-gnu" } as const;
type Name = keyof typeof triples;

describeEngine("a build on a real engine", () => {
  useSession();
  let toolchains: Container[];
  beforeAll(async () => {
    toolchains = [toolchain("linux/amd64", true), toolchain("linux/arm64", false)];
    await Promise.all(toolchains.map((it) => it.sync()));
  });

  const module = (options: Partial<Options> = {}) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains, base, ...options });

  /** What a command says in a plain container of the platform, where nothing but the base image is. */
  const run = (binary: File, platform: Name, ...args: string[]) =>
    dag
      .container({ platform: platform as Platform })
      .from(base)
      .withFile("/bin/deno", binary)
      .withExec(["deno", ...args])
      .stdout();

  const versionOf = (platform: Name, deno = version, channel = "stable") =>
    `deno ${deno} (${channel}, release, ${triples[platform]})\nv8 ${libraryVersion}-rusty\n`;

  for (const platform of ["linux/amd64", "linux/arm64"] as const) {
    it(`gives a deno for ${platform} that runs in the bare base image`, async () => {
      const binary = await module().build(version, platform);
      expect(await run(binary, platform, "--version")).toContain(versionOf(platform));
      expect(await run(binary, platform, "eval", "console.log(6*7)")).toBe("42\n");
    });

    it(`gives a zip for ${platform} with one entry, deno, mode 755, of the oldest date`, async () => {
      const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
      const zip = join(directory, "deno.zip");
      await (await module().archive(version, platform)).export(zip);
      const entry = execFileSync("python3", [
        "-c",
        `import sys, zipfile
for e in zipfile.ZipFile(sys.argv[1]).infolist(): print(e.filename, oct(e.external_attr >> 16), *e.date_time)`,
        zip,
      ]);
      expect(entry.toString()).toBe("deno 0o100755 1980 1 1 0 0 0\n");
    });
  }

  it("compiles V8 once for two Deno versions that have the same V8", async () => {
    const next = await copyOfDeno();
    for (const file of ["cli/Cargo.toml", "Cargo.lock"]) await edit(join(next, file), `"${version}"`, '"2.8.100"');
    const newer = module({ source: dag.host().directory(next) });
    const binary = await newer.build("2.8.100", "linux/amd64");
    expect(await run(binary, "linux/amd64", "--version")).toContain(versionOf("linux/amd64", "2.8.100"));
    // The same object of the engine, not merely an equal one.
    const libraries = await Promise.all([
      module().library(version, "linux/amd64"),
      newer.library("2.8.100", "linux/amd64"),
    ]);
    const [one, other] = await Promise.all(libraries.map((it) => it.digest()));
    expect(other).toBe(one);
  });
});
