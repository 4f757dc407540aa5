import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CacheSharingMode, type Container, dag } from "@dagger.io/dagger";
import { afterEach, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { LibraryOrigin } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { deno, library, libraryVersion, patch, version } from "../support/fixture.js";
import { hostAddress } from "../support/git.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";
import { libraryVolumes } from "../support/volume.js";

const platform = "linux/amd64";

describeEngine("an option on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain(platform, true).sync();
  });
  afterEach(() => vi.restoreAllMocks());

  const module = (options: Partial<Options> = {}) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains: [tools], base, ...options });

  const run = (container: Container, ...args: string[]) => container.withExec(["/deno", ...args]);
  const withDeno = async (options: Partial<Options>) =>
    dag
      .container()
      .from(base)
      .withFile("/deno", await module(options).build(version, platform));

  it("library-patches changes the V8 that Deno is linked with", async () => {
    const [sum, patched] = ["(op == '+' ? a + b : a - b)", "(op == '+' ? a + b + 1000 : a - b)"].map(
      (value) => `        value->number = (int64_t)${value};`,
    ) as [string, string];
    const lines = (await library().file("src/interpreter.cc").contents()).split("\n");
    const at = lines.indexOf(sum);
    const around = [lines.slice(at - 1, at), lines.slice(at + 1, at + 2)] as const;
    const text = patch("src/interpreter.cc", at, around[0], sum, patched, around[1]);
    const libraryPatches = dag.directory().withNewFile("sums.patch", text);
    const container = await withDeno({ libraryPatches });
    expect(await run(container, "eval", "console.log(1+1)").stdout()).toBe("1002\n");
    expect(await run(await withDeno({}), "eval", "console.log(1+1)").stdout()).toBe("2\n");

    const broken = dag.directory().withNewFile("broken.patch", patch("src/lib.rs", 1, [], "no such line", "x", []));
    await expect(module({ libraryPatches: broken }).library(version, platform)).rejects.toThrow(
      "library-patches: broken.patch does not apply",
    );
  });

  it("library-origin UPSTREAM takes V8 from the release page of library-repository, and compiles none", async () => {
    const files = await module().library(version, platform);
    const asked: string[] = [];
    const contents = new Map<string, Buffer>();
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await files.export(directory);
    for (const name of await files.entries()) {
      contents.set(`/rusty_v8/releases/download/v${libraryVersion}/${name}`, await readFile(join(directory, name)));
    }
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const content = contents.get(request.url ?? "");
      response.writeHead(content ? 200 : 404).end(content);
    });
    await new Promise<void>((ready) => server.listen(0, hostAddress(), ready));
    onTestFinished(() => void server.close());
    const libraryRepository = `http://${hostAddress()}:${(server.address() as AddressInfo).port}/rusty_v8`;

    const volumes = vi.spyOn(dag, "cacheVolume");
    const options = { librarySource: undefined, libraryOrigin: LibraryOrigin.UPSTREAM, libraryRepository };
    const container = await withDeno(options);
    expect(await run(container, "eval", "console.log(6*7)").stdout()).toBe("42\n");
    expect([...new Set(asked)].sort()).toEqual([...contents.keys()].sort());
    expect(libraryVolumes(volumes)).toEqual([]);

    const elsewhere = { ...options, libraryRepository: libraryRepository.replace("rusty_v8", "none") };
    await expect(module(elsewhere).build(version, platform)).rejects.toThrow(/404/);
  });

  it("profile and features reach cargo", async () => {
    const volumes = vi.spyOn(dag, "cacheVolume");
    const container = await withDeno({ profile: "release-lite", features: ["deno/panic-trace"] });
    const trace = 'deno nonsense 2>&1 | grep -c "panic.deno.com"';
    const [key] = volumes.mock.calls.map(([name]) => name).filter((name) => name.startsWith("deno-"));
    const profiles = container
      .withMountedCache("/cache", dag.cacheVolume(key as string), { sharing: CacheSharingMode.Locked })
      .withExec(["ls", "/cache/target"]);
    expect((await profiles.stdout()).split("\n")).toContain("release-lite");
    const traced = (it: Container) => it.withExec(["sh", "-c", `ln -s /deno /bin/deno; ${trace} || true`]).stdout();
    expect(await traced(container)).toBe("1\n");
    expect(await traced(await withDeno({ profile: "release-lite" }))).toBe("0\n");
  });

  it("toolchains: where one of them finds the disk full, the error says what to do, and with room the call goes on", async () => {
    const source = library().withNewFile("src/note.h", `// ${Date.now()}\n`);
    const compile = (container: Container) =>
      module({ toolchains: [container], librarySource: source }).library(version, platform);
    const cargo = '#!/bin/sh\n/usr/bin/cargo "$@" && case $1 in check) head -c 9999 /dev/zero >/full/file ;; esac\n';
    const full = tools
      .withMountedTemp("/full", { size: 4096 })
      .withNewFile("/usr/local/bin/cargo", cargo, { permissions: 0o755 });
    await expect(compile(full)).rejects.toThrow(
      new RegExp(`^V8 ${libraryVersion} for ${platform}: the disk of the engine.* is full`),
    );
    expect(await (await compile(tools)).entries()).toHaveLength(2);
  });
});
