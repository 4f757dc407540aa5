import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Container, type Directory, dag, type File, type Platform } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { copyOfDeno, deno, edit, library, needNewerGlibc, version } from "../support/fixture.js";
import { stderrOf, useSession } from "../support/session.js";
import { base, older, toolchain } from "../support/toolchain.js";

describeEngine("linux/arm64 on an engine of another architecture", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain("linux/amd64", true).sync();
  });

  const module = (options: Partial<Options> = {}) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains: [tools], base, ...options });

  const run = (binary: File, ...args: string[]) =>
    dag
      .container({ platform: "linux/arm64" as Platform })
      .from(base)
      .withFile("/bin/deno", binary)
      .withExec(["deno", ...args])
      .stdout();

  it("is cross-compiled by one toolchain, with a snapshot that V8 made as a program of the target", async () => {
    const { strategy, steps } = await module().plan(version, "linux/arm64");
    expect(strategy).toBe("cross");
    expect(steps.filter(({ where }) => where === "emulated").map(({ name }) => name)).toEqual([
      "make the sysroot",
      "run V8's code generators and mksnapshot, on the way",
      "see in which order a start of deno calls its functions, and link it again in that order",
      "run the binary: deno --version, deno eval",
    ]);
    const binary = await module().build(version, "linux/arm64");
    expect(await run(binary, "--version")).toContain("aarch64-unknown-linux-gnu");
    expect(await run(binary, "eval", "console.log(6*7, Deno.build.arch)")).toBe("42 aarch64\n");
  });

  it("does not hand over what is cross-compiled with a snapshot of another architecture", async () => {
    const directory = await copyOfDeno();
    await edit(join(directory, "cli/snapshot/build.rs"), "Option<&str> = None;", 'Option<&str> = Some("x86_64");');
    const failure = module({ source: dag.host().directory(directory) }).build(version, "linux/arm64");
    await expect(failure).rejects.toThrow(/the deno that was built for linux\/arm64 does not work: eval.*x86_64/s);
  });

  it("is cross-compiled where the script that makes the snapshot needs a crate of the tree, as Deno's does", async () => {
    const directory = await copyOfDeno();
    const runtime = join(directory, "runtime");
    await mkdir(runtime);
    await writeFile(
      join(runtime, "Cargo.toml"),
      '[package]\nname = "deno_runtime"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\npath = "lib.rs"\n',
    );
    await writeFile(join(runtime, "lib.rs"), 'pub fn snapshot_name() -> &\'static str {\n  "CLI_SNAPSHOT.bin"\n}\n');
    await edit(join(directory, "Cargo.toml"), '"cli/snapshot", ', '"cli/snapshot", "runtime", ');
    await edit(
      join(directory, "cli/snapshot/Cargo.toml"),
      "[build-dependencies]\n",
      '[build-dependencies]\ndeno_runtime = { path = "../../runtime" }\n',
    );
    await edit(join(directory, "cli/snapshot/build.rs"), '"CLI_SNAPSHOT.bin"', "deno_runtime::snapshot_name()");
    await edit(
      join(directory, "Cargo.lock"),
      '[[package]]\nname = "deno_snapshots"\nversion = "0.99.0"\ndependencies = [\n',
      '[[package]]\nname = "deno_runtime"\nversion = "0.1.0"\n\n' +
        '[[package]]\nname = "deno_snapshots"\nversion = "0.99.0"\ndependencies = [\n "deno_runtime",\n',
    );
    const binary = await module({ source: dag.host().directory(directory) }).build(version, "linux/arm64");
    expect(await run(binary, "eval", "console.log(Deno.build.arch)")).toBe("aarch64\n");
  });

  it("says what a build script that cannot be moved lacks", async () => {
    const directory = await copyOfDeno();
    await edit(
      join(directory, "cli/snapshot/Cargo.toml"),
      "default-features = false }",
      'default-features = false, optional = true }\n\n[features]\ndefault = ["deno_core"]',
    );
    const failure = module({ source: dag.host().directory(directory) }).build(version, "linux/arm64");
    await expect(failure).rejects.toThrow(
      /strategy: this tree's build scripts cannot be compiled .*deno_snapshots: its build script has an optional dependency, deno_core/,
    );
  });

  it("says which features a moved build script would be compiled with in place of upstream's", async () => {
    const directory = await copyOfDeno();
    // This resolver gives deno_core the feature v8 in build scripts, too, which nothing in them asks for.
    await edit(join(directory, "Cargo.toml"), 'resolver = "2"', 'resolver = "1"');
    const manifest = join(directory, "cli/Cargo.toml");
    const dependency = 'deno_core = { path = "../libs/core", default-features = false }\n';
    await edit(manifest, `[build-dependencies]\n${dependency}`, "[build-dependencies]\n");
    const failure = module({ source: dag.host().directory(directory) }).build(version, "linux/arm64");
    await expect(failure).rejects.toThrow(/strategy: .*: deno_core would have the features '', of deno it has 'v8';/);
  });

  it("falls back to QEMU where the tree makes its snapshot in another way, which then needs a toolchain for it", async () => {
    const directory = await copyOfDeno();
    await edit(join(directory, "cli/snapshot/build.rs"), "create_runtime_snapshot", "another_way");
    const odd = () => module({ source: dag.host().directory(directory) });
    expect((await odd().plan(version, "linux/arm64")).text).toContain(
      "cli/snapshot/build.rs does not call create_runtime_snapshot",
    );
    await expect(odd().build(version, "linux/arm64")).rejects.toThrow(
      "toolchains: none is for linux/arm64, where Deno's cargo build runs",
    );
  });

  it("runs all of cargo under QEMU when that is asked for", async () => {
    const both = [tools, toolchain("linux/arm64", false)];
    const binary = await module({ toolchains: both, strategy: BuildStrategy.EMULATED }).build(version, "linux/arm64");
    expect(await run(binary, "eval", "console.log(Deno.build.arch)")).toBe("aarch64\n");
  });
});

describeEngine("linux/amd64 on an engine of that architecture", () => {
  useSession();

  it("is compiled against the base image where the toolchain has a newer C library, which is refused otherwise", async () => {
    // It says that its library is newer; the compilers are the usual ones.
    const newer = toolchain("linux/amd64", true).withNewFile("/usr/local/bin/getconf", "#!/bin/sh\necho glibc 2.99\n", {
      permissions: 0o755,
    });
    const build = (strategy: BuildStrategy) =>
      denoFromSource({ source: deno(), librarySource: library(), toolchains: [newer], base, strategy }).build(
        version,
        "linux/amd64",
      );
    await expect(build(BuildStrategy.AUTO)).rejects.toThrow(
      /toolchains: the one for linux\/amd64 has glibc 2\.99, but the base image has 2\.\d+: .*--strategy=CROSS/,
    );
    const binary = await build(BuildStrategy.CROSS);
    const ready = dag.container().from(base).withFile("/bin/deno", binary);
    expect(await ready.withExec(["deno", "eval", "console.log(6*7, Deno.build.arch)"]).stdout()).toBe("42 x86_64\n");
  });

  it("is refused before cargo with a V8 that was compiled against a newer C library", async () => {
    const tools = toolchain("linux/amd64", true);
    const module = (prebuilt: Directory) =>
      denoFromSource({ source: deno(), prebuilt, toolchains: [tools], base, sysroot: older });
    const { library: v8, archive, binding } = await module(dag.directory()).plan(version, "linux/amd64");
    const made = (body: string) => {
      const files = tools
        .withNewFile("/v8.c", body)
        .withExec(["sh", "-c", `mkdir /v8 && cd /v8 && cc -c /v8.c && ar rcs v8.a v8.o && gzip -n v8.a`]);
      return dag
        .directory()
        .withFile(`v${v8}/${archive}`, files.file("/v8/v8.a.gz"))
        .withNewFile(`v${v8}/${binding}`, "");
    };
    // glibc has strlcpy since 2.38, and strtol since ever.
    const newer = made("int strlcpy(void);\nint v8(void) { return strlcpy(); }\n");
    await expect(module(newer).build(version, "linux/amd64")).rejects.toThrow(
      /^prebuilt: V8's archive for linux\/amd64 was compiled against a newer C library than that of \S+, which lacks strlcpy; .*--sysroot/,
    );
    const said = (prebuilt: Directory) => module(prebuilt).rehearse(version, ["linux/amd64"]);
    await expect(said(newer)).rejects.toThrow(/linux\/amd64 V8's files: failed: prebuilt: .* lacks strlcpy;/);
    const torn = newer.withNewFile(`v${v8}/${archive}`, "not a file of gzip's\n");
    await expect(said(torn)).rejects.toThrow(/V8's files: failed: V8's archive \S+\.a\.gz cannot be read by gzip;/);
    const old = made("int strtol(void);\nint stat(void);\nint v8(void) { return strtol() + stat(); }\n");
    await expect(said(old)).resolves.toMatch(/linux\/amd64 V8's files: passed: prebuilt: librusty_v8\S+/);
  });

  it("is compiled against another image's C library than that of its tools, and runs there", async () => {
    const module = (source: Directory) =>
      denoFromSource({
        source,
        librarySource: library(),
        toolchains: [toolchain("linux/amd64", true)],
        base,
        sysroot: older,
      });
    const binary = await module(deno()).build(version, "linux/amd64");
    const ready = dag.container().from(older).withFile("/bin/deno", binary);
    expect(await ready.withExec(["deno", "eval", "console.log(6*7, Deno.build.arch)"]).stdout()).toBe("42 x86_64\n");

    // The tools' image has such a glibc, and this one has not.
    const directory = await copyOfDeno();
    await needNewerGlibc(join(directory, "cli/main.rs"));
    const failure = module(dag.host().directory(directory)).build(version, "linux/amd64");
    expect(await failure.then(() => "", stderrOf)).toContain("undefined symbol: strlcpy");
  });
});
