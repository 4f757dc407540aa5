import { execFileSync } from "node:child_process";
import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connection, ImageLayerCompression } from "@dagger.io/dagger";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeEngine } from "../support/engine.js";
import { callModule, root } from "./support/call.js";
import { libraryVersion, paths, slowMksnapshot, version } from "./support/fixture.js";
import { base, registry, toolchain } from "./support/toolchain.js";

const call = (args: string[], watch?: (progress: string, stop: () => void) => void) => callModule(root, args, watch);

describeEngine("dagger call", () => {
  let directory: string;
  let crate: string;
  let options: string[];
  const addresses = ["amd64", "arm64"].map((name) => `${registry}/deno-from-source/toolchain:${name}`);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    // The published crate: see fixture.ts.
    crate = join(directory, "v8");
    await cp(paths.library, crate, { recursive: true });
    await writeFile(join(crate, ".cargo_vcs_info.json"), "{}");
    await connection(async () => {
      const fast = { forcedCompression: ImageLayerCompression.Zstd };
      await Promise.all([
        toolchain("linux/amd64", true).publish(addresses[0] as string, fast),
        toolchain("linux/arm64", false).publish(addresses[1] as string, fast),
      ]);
    });
    options = [
      ...[`--source=${paths.deno}`, `--library-source=${crate}`, `--toolchains=${addresses}`, `--base=${base}`],
      // The miniatures fit on a disk where Deno would not.
      "--ignore-resources",
    ];
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const amd64 = `--platform=linux/amd64`;

  it("build gives a deno of mode 755; again, it starts no compiler", async () => {
    const file = join(directory, "deno");
    const first = await call([...options, "build", `--version=${version}`, amd64, "-o", file]);
    expect(first.code, first.err).toBe(0);
    expect(first.err).toContain(`V8 ${libraryVersion} for linux/amd64`);
    expect((await stat(file)).mode & 0o777).toBe(0o755);
    const second = await call([...options, "build", `--version=${version}`, amd64, "-o", file]);
    expect(second.code, second.err).toBe(0);
    expect(second.err).not.toMatch(/\[\d+\/\d+\]|Compiling|Finished/);
  });

  it("archive gives, by default, a zip of an aarch64 program", async () => {
    const file = join(directory, "deno.zip");
    const { code, err } = await call([...options, "archive", "-o", file]);
    expect(code, err).toBe(0);
    execFileSync("python3", ["-m", "zipfile", "-e", file, join(directory, "unpacked")]);
    const elf = await readFile(join(directory, "unpacked/deno"));
    // https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html: e_machine, 183 is AArch64
    expect([elf.toString("latin1", 1, 4), elf.readUInt16LE(18)]).toEqual(["ELF", 183]);
  });

  it("plan, toolchain, library, mirror and release give what their help says", async () => {
    const plan = await call([...options, "plan", "text"]);
    expect(plan.out, plan.err).toContain(`library          ${libraryVersion}`);
    const tools = await call([
      ...[...options, "toolchain", amd64, "file", "--path=/opt/deno-from-source/versions", "contents"],
    ]);
    expect(tools.out, tools.err).toContain("cargo: cargo 1.");
    const names = [
      "librusty_v8_simdutf_release_x86_64-unknown-linux-gnu.a.gz",
      "src_binding_simdutf_release_x86_64-unknown-linux-gnu.rs",
    ];
    for (const [name, ...args] of [
      ["library", amd64],
      ["mirror", "--platforms=linux/amd64"],
      ["release", "--platforms=linux/amd64"],
    ]) {
      const { code, err } = await call([...options, name as string, ...args, "-o", join(directory, name as string)]);
      expect(code, err).toBe(0);
    }
    expect((await readdir(join(directory, "library"))).sort()).toEqual(names);
    expect((await readdir(join(directory, "mirror", `v${libraryVersion}`))).sort()).toEqual(names);
    const programs = ["deno", "denort"].map((program) => `${program}-x86_64-unknown-linux-gnu`);
    const packed = [...programs.flatMap((program) => [`${program}.zip`, `${program}.debug.zip`]), "deno_src.tar.gz"];
    const alone = [`${programs[0]}.build.txt`, `${programs[0]}.sha256sum`, "lib.deno.d.ts"];
    expect((await readdir(join(directory, "release"))).sort()).toEqual(
      [...packed.flatMap((name) => [name, `${name}.sha256sum`]), ...alone, ...names].sort(),
    );
  });

  it("goes on with V8 where it was interrupted", async () => {
    const slow = join(directory, "slow");
    await cp(crate, slow, { recursive: true });
    await appendFile(join(slow, "src/lib.rs"), `// another source each time: ${Date.now()}\n`);
    await slowMksnapshot(slow);
    const args = [...options, `--library-source=${slow}`, "library", amd64, "-o", join(directory, "resumed")];
    const steps = (text: string) =>
      [...text.matchAll(/\[(\d+)\/(\d+)\]/g)].map(([, done, all]) => [Number(done), Number(all)] as const);
    const first = await call(args, (progress, stop) => {
      if ((steps(progress).at(-1)?.[0] ?? 0) >= 3) stop();
    });
    expect(first.code).not.toBe(0);
    const [done, all] = steps(first.err).at(-1) as readonly [number, number];
    expect(done).toBeLessThan(all);
    const second = await call(args);
    expect(second.code, second.err).toBe(0);
    const left = (steps(second.err)[0] as readonly [number, number])[1];
    expect(left).toBeLessThanOrEqual(all - 3);
    expect(left).toBeGreaterThan(0);
  });

  it.each([
    ["version", ["build", "--version=2.9.5;reboot"]],
    ["platform", ["build", "--platform=linux/arm/v7"]],
    ["jobs", ["--jobs=-1", "build"]],
    ["base", ["--base=no image", "build"]],
  ])("refuses a bad %s before any container starts", async (argument, args) => {
    const { code, err } = await call(args);
    expect(code).not.toBe(0);
    expect(err).toContain(`${argument}: `);
    expect(err).not.toContain("withExec");
  });
});
