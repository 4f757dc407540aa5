import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, cp, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, type Directory, dag, type File, type Platform } from "@dagger.io/dagger";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { packZip } from "../../../dagger/releases/archive.js";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { copyOfDeno, deno, edit, library, libraryVersion, patch, paths, version } from "../support/fixture.js";
import { stderrOf, useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";
import { libraryVolumes, lookInVolume } from "../support/volume.js";

const triples = { "linux/amd64": "x86_64-unknown-linux-gnu", "linux/arm64": "aarch64-unknown-linux-gnu" } as const;
type Name = keyof typeof triples;

describeEngine("a build on a real engine", () => {
  useSession();
  let toolchains: Container[];
  beforeAll(async () => {
    toolchains = [toolchain("linux/amd64", true), toolchain("linux/arm64", false)];
    await Promise.all(toolchains.map((it) => it.sync()));
  });

  afterEach(() => vi.restoreAllMocks());

  const module = (options: Partial<Options> = {}) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains, base, ...options });

  /** Compiles V8, and names the volume that its objects are in. */
  const libraryVolume = async (options: Partial<Options>, platform: Name) => {
    const volumes = vi.spyOn(dag, "cacheVolume");
    await (await module(options).library(version, platform)).sync();
    const [key] = libraryVolumes(volumes);
    volumes.mockRestore();
    return key;
  };

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

  it("precompiles V8's headers once a target, and an object changes with them; or not, when that is asked for", async () => {
    // A comment makes this another source, so this is the first time that it is compiled.
    const librarySource = library().withNewFile("COMMENT", `headers ${Date.now()}`);
    const ask =
      "cd /cache/target/*/release/gn_out && cut -f 4 .ninja_log | sort && ninja -t query obj/v8_base_without_compiler/interpreter.o";
    const made = async (precompiledHeaders: boolean) =>
      lookInVolume(
        toolchains[0] as Container,
        await libraryVolume({ librarySource, precompiledHeaders }, "linux/amd64"),
        ask,
      );
    const header = "obj/v8_base_without_compiler/base.h-cc.gch";
    const [log, inputs] = (await made(true)).split("obj/v8_base_without_compiler/interpreter.o:\n");
    expect(log?.split("\n").filter((name) => name.endsWith(".gch"))).toEqual([header]);
    expect(inputs).toContain(`| ${header}\n`);
    expect(await made(false)).not.toContain(".gch");
  });

  /** What mksnapshot wrote for linux/arm64, in the volume of V8's objects. */
  const embedded = async (librarySource: Directory) =>
    lookInVolume(
      dag.container().from(base),
      await libraryVolume({ librarySource }, "linux/arm64"),
      "cd /cache/target/*/release/gn_out && find gen -name embedded.cc -exec head -n 1 {} + && ls",
    );

  it("has V8's snapshot made by a program of the target, and compiles nothing for the engine's architecture", async () => {
    const said = await embedded(library());
    expect(said).toContain("// Written by mksnapshot, which ran on arm64.");
    expect(said).not.toContain("clang_x64");
  });

  it("has V8's snapshot made by a host program where the target's fails under QEMU", async () => {
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    await cp(paths.library, directory, { recursive: true });
    const start = "int main(int argc, char** argv) {\n";
    await edit(join(directory, "src/mksnapshot.cc"), start, `${start}#ifdef __aarch64__\n  return 9;\n#endif\n`);
    const said = await embedded(library(directory));
    expect(said).toContain("// Written by mksnapshot, which ran on x64.");
    expect(said).toContain("clang_x64_v8_arm64");
  });

  it("compiles V8 once for two Deno versions that have the same V8", async () => {
    const next = await copyOfDeno();
    for (const file of ["cli/Cargo.toml", "cli/rt/Cargo.toml", "Cargo.lock"]) {
      await edit(join(next, file), `"${version}"`, '"2.9.100"');
    }
    const volumes = vi.spyOn(dag, "cacheVolume");
    const newer = module({ source: dag.host().directory(next) });
    expect(await run(await newer.build("2.9.100", "linux/amd64"), "linux/amd64", "--version")).toContain(
      versionOf("linux/amd64", "2.9.100"),
    );
    await module().build(version, "linux/amd64");
    const [one, other, ...more] = libraryVolumes(volumes);
    expect(more).toEqual([]);
    expect(other).toBe(one);
    // GN and Ninja were started once in the life of that volume: Ninja's log has each object once.
    const twice = "cut -f 4 /cache/target/*/release/gn_out/.ninja_log | grep -v '^#' | sort | uniq -d";
    expect(await lookInVolume(dag.container().from(base), one, twice)).toBe("");
  });

  it("goes on with cargo where a failed build stopped: what was compiled is not compiled again", async () => {
    const directory = await copyOfDeno();
    // A version of its own has a cargo volume of its own.
    const own = `2.9.${Date.now() % 1_000_000}`;
    for (const file of ["cli/Cargo.toml", "cli/rt/Cargo.toml", "Cargo.lock"]) {
      await edit(join(directory, file), `"${version}"`, `"${own}"`);
    }
    const built = () =>
      module({ source: dag.host().directory(directory, { noCache: true }) }).build("latest", "linux/amd64");
    const volumes = vi.spyOn(dag, "cacheVolume");
    await appendFile(join(directory, "cli/main.rs"), 'compile_error!("not yet");\n');
    await expect(built()).rejects.toThrow("exit code: 101");
    const [key] = volumes.mock.calls.map(([name]) => name).filter((name) => name.startsWith("deno-2.9."));
    const compiled = () =>
      lookInVolume(
        dag.container().from(base),
        key,
        "stat -c '%n %Y' /cache/target/release/deps/libv8*.rlib /cache/target/release/deps/libdeno_snapshots*.rlib",
      );
    const before = await compiled();
    expect(before).toContain("libdeno_snapshots");
    await edit(join(directory, "cli/main.rs"), 'compile_error!("not yet");\n', "// one line\n");
    expect(await run(await built(), "linux/amd64", "eval", "console.log(6*7)")).toBe("42\n");
    expect(await compiled()).toBe(before);
  });

  it("applies patches in the order of their names", async () => {
    const url = (name: string) => `static RELEASE_URL: &str = "https://${name}/releases";`;
    const canary = 'static CANARY_URL: &str = "https://dl.deno.land/canary";';
    const around = (old: string, replacement: string) =>
      patch("cli/tools/upgrade.rs", 2, ["use crate::version;", ""], old, replacement, [canary]);
    const patches = dag
      .directory()
      .withNewFile("2-second.patch", around(url("one.example"), url("two.example")))
      .withNewFile("1-first.patch", around(url("github.com/denoland/deno"), url("one.example")));
    const binary = await module({ patches }).build(version, "linux/amd64");
    expect(await run(binary, "linux/amd64", "upgrade")).toContain("https://two.example/releases");
  });

  it("names a patch that does not apply", async () => {
    const patches = dag.directory().withNewFile("broken.patch", patch("cli/main.rs", 1, [], "no such line", "x", []));
    await expect(module({ patches }).build(version, "linux/amd64")).rejects.toThrow(
      "patches: broken.patch does not apply",
    );
  });

  it("does not hand over a binary whose snapshot is of another architecture, and says what was seen", async () => {
    const directory = await copyOfDeno();
    await edit(join(directory, "cli/snapshot/build.rs"), "Option<&str> = None;", 'Option<&str> = Some("mips64");');
    const failure = module({ source: dag.host().directory(directory) }).build(version, "linux/amd64");
    await expect(failure).rejects.toThrow(
      /the deno that was built for linux\/amd64 does not work: eval.*exited with 134.*mips64/s,
    );
  });

  /** A copy of Deno whose build script does more, and which says a text of the generated source where it said its version. */
  const generating = async (place: string, more = "") => {
    const directory = await copyOfDeno();
    const source = `pub const PLACE: &str = ${place};`;
    const write = `std::fs::write(env::var("OUT_DIR").unwrap() + "/generated.rs", ${JSON.stringify(source)}).unwrap();`;
    await edit(join(directory, "cli/build.rs"), "fn main() {\n", `fn main() {\n  ${write}\n  ${more}\n`);
    await edit(
      join(directory, "cli/main.rs"),
      'println!("Deno {}", version::DENO)',
      'println!("{}", generated::PLACE)',
    );
    await appendFile(
      join(directory, "cli/main.rs"),
      'mod generated { include!(concat!(env!("OUT_DIR"), "/generated.rs")); }\n',
    );
    return module({ source: dag.host().directory(directory) });
  };

  it("leaves the paths of the build out of the sources' names", async () => {
    const binary = await (await generating("file!()")).build(version, "linux/amd64");
    expect(await run(binary, "linux/amd64")).toMatch(/^target\/release\/build\/deno-\w+\/out\/generated\.rs\n$/);
  });

  it("leaves them out of those of C, too, whatever the level of optimization", async () => {
    const more = `
  let out = env::var("OUT_DIR").unwrap();
  std::fs::write(format!("{out}/place.c"), "const char *place(void) { return __FILE__; }").unwrap();
  // As crate cc does, with the flags of the environment.
  let compile = "cc $CFLAGS -c $OUT_DIR/place.c -o $OUT_DIR/place.o";
  assert!(std::process::Command::new("sh").args(["-c", compile]).status().unwrap().success());
  println!("cargo:rustc-link-arg-bins={out}/place.o");`;
    const place =
      'unsafe { extern "C" { fn place() -> *const i8; } std::ffi::CStr::from_ptr(place()).to_str().unwrap() }';
    const directory = await copyOfDeno();
    await edit(join(directory, "cli/build.rs"), "fn main() {\n", `fn main() {${more}\n`);
    await edit(join(directory, "cli/main.rs"), 'println!("Deno {}", version::DENO)', `println!("{}", ${place})`);
    const binary = await module({ source: dag.host().directory(directory) }).build(version, "linux/amd64");
    expect(await run(binary, "linux/amd64")).toMatch(/^target\/release\/build\/deno-\w+\/out\/place\.c\n$/);
  });

  it.each(["linux/amd64", "linux/arm64"] as const)(
    "gives what was stripped for %s, with which a panic of the stripped deno names the function and the line",
    async (platform) => {
      const directory = await copyOfDeno();
      const greeting = 'None => println!("Deno {}", version::DENO)';
      await edit(join(directory, "cli/main.rs"), greeting, "None => goes_wrong()");
      await appendFile(
        join(directory, "cli/main.rs"),
        '\n#[inline(never)]\nfn goes_wrong() {\n  panic!("on purpose")\n}\n',
      );
      const lines = (await readFile(join(directory, "cli/main.rs"), "utf8")).split("\n");
      const line = lines.findIndex((it) => it.includes('panic!("on purpose")')) + 1;
      const source = dag.host().directory(directory);
      const built = () => module({ source, strategy: BuildStrategy.AUTO, unwindTables: true });
      const binary = await built().build(version, platform);
      const panic = (container: Container) =>
        container
          .withFile("/opt/deno/deno", binary)
          .withEnvVariable("RUST_BACKTRACE", "1")
          // It aborts, and the engine takes no program's end by a signal for one that is expected.
          .withExec(["sh", "-c", "/opt/deno/deno || true"])
          .stderr();
      const bare = dag.container({ platform: platform as Platform }).from(base);
      const stripped = await panic(bare);
      expect(stripped).toContain("on purpose");
      expect(stripped).not.toContain("goes_wrong");
      const files = await built().debugFiles(version, platform);
      expect((await files.entries()).sort()).toEqual(["deno.debug", "deno.dwp"]);
      const named = await panic(bare.withDirectory("/opt/deno", files));
      expect(named).toMatch(new RegExp(`deno::goes_wrong\\n\\s+at \\S*cli/main\\.rs:${line}:`));
    },
  );

  it("refuses the debug files of a profile that strips nothing, before anything is compiled", async () => {
    await expect(module({ profile: "dev" }).debugFiles(version, "linux/amd64")).rejects.toThrow(
      "profile: dev is about debugging, so nothing is stripped: build gives a deno with all of it",
    );
  });

  it("does not hand over a binary without RELRO, with a RUNPATH and paths of the build, and says each", async () => {
    const link = ["-z,norelro", "-rpath,/opt/elsewhere"];
    const print = link.map((it) => `println!("cargo:rustc-link-arg-bins=-Wl,${it}");`).join(" ");
    const failure = (await generating('env!("OUT_DIR")', print)).build(version, "linux/amd64");
    const name = "the deno that was built for linux/amd64";
    await expect(failure).rejects.toThrow(
      new RegExp(
        `^${name}: RELRO: .*-z relro.*\\n${name}: RUNPATH: '/opt/elsewhere'; .*\\n` +
          `${name}: build paths: 1 begin with /cache/target/, such as /cache/target/release/build/deno-.*$`,
      ),
    );
  });

  it("leaves deno upgrade out, or points it and deno compile elsewhere", async () => {
    const without = await module({ upgrade: false }).build(version, "linux/amd64");
    await expect(run(without, "linux/amd64", "upgrade")).rejects.toThrow("exit code: 1");
    const upgradeUrl = "https://builds.example/me/releases";
    const elsewhere = await module({ upgradeUrl }).build(version, "linux/amd64");
    const says = await run(elsewhere, "linux/amd64", "upgrade");
    expect(says).toContain(`${upgradeUrl}/download/v${version}/deno-${triples["linux/amd64"]}.zip`);
    expect(says).toContain(`Checksums at ${upgradeUrl}/download`);
    expect(says).toContain(`Newest version at ${upgradeUrl}/latest/download/release-latest.txt`);
    const compiled = run(elsewhere, "linux/amd64", "compile", "--output", "/tmp/program", "/etc/hostname");
    const name = `v${version}/denort-${triples["linux/amd64"]}.zip`;
    expect(await compiled.then(() => "", stderrOf)).toContain(
      `${upgradeUrl}/download/${name} would be /deno-dir/dl/https-builds.example-me-releases/release/${name}`,
    );
  });

  it("says who built it in deno --version and in Deno.version, and updates as the plain version does", async () => {
    const binary = await module({ vendor: "example.1" }).build(version, "linux/amd64");
    expect(await run(binary, "linux/amd64", "--version")).toContain(`deno ${version}+example.1 (stable, release, `);
    expect(await run(binary, "linux/amd64", "eval", "console.log(Deno.version.deno)")).toBe(`${version}+example.1\n`);
    expect(await run(binary, "linux/amd64", "-V")).toBe(`deno ${version}\n`);
    expect(await run(binary, "linux/amd64", "upgrade")).toContain(`/download/v${version}/deno-`);
  });

  it("compiles no V8 when the directory that mirror made is given", async () => {
    const mirror = await module().mirror(version, ["linux/amd64"]);
    expect(await mirror.directory(`v${libraryVersion}`).entries()).toEqual([
      `librusty_v8_simdutf_release_${triples["linux/amd64"]}.a.gz`,
      `src_binding_simdutf_release_${triples["linux/amd64"]}.rs`,
    ]);
    const volumes = vi.spyOn(dag, "cacheVolume");
    const binary = await module({ librarySource: undefined, prebuilt: mirror }).build(version, "linux/amd64");
    expect(await run(binary, "linux/amd64", "eval", "console.log(6*7)")).toBe("42\n");
    expect(libraryVolumes(volumes)).toEqual([]);
  });

  it("refuses a mirror that lacks the version, before it compiles anything", async () => {
    const prebuilt = dag.directory().withNewFile("v1.0.0/librusty_v8.a.gz", "");
    const failure = module({ librarySource: undefined, prebuilt }).build(version, "linux/amd64");
    await expect(failure).rejects.toThrow(/prebuilt: v150\.900\.0\/librusty_v8_simdutf_release_.* is missing/);
  });

  it("releases deno's and denort's zips, checksums in upstream's format, an alias and V8, for two platforms", async () => {
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    await (await module().release(version, ["linux/arm64", "linux/amd64"])).export(directory);
    const zips = Object.values(triples).flatMap((triple) => [`deno-${triple}.zip`, `denort-${triple}.zip`]);
    const debug = zips.map((name) => name.replace(/zip$/, "debug.zip"));
    const names = [...zips, ...debug, "deno-linux-arm64.zip"].flatMap((name) => [name, `${name}.sha256sum`]);
    const libraries = Object.values(triples).flatMap((triple) => [
      `librusty_v8_simdutf_release_${triple}.a.gz`,
      `src_binding_simdutf_release_${triple}.rs`,
    ]);
    const others = Object.values(triples).flatMap((triple) => [`deno-${triple}.build.txt`, `deno-${triple}.sha256sum`]);
    const shared = ["deno_src.tar.gz", "deno_src.tar.gz.sha256sum", "lib.deno.d.ts"];
    expect((await readdir(directory)).sort()).toEqual([...names, ...libraries, ...others, ...shared].sort());
    for (const name of names.filter((it) => it.endsWith(".zip"))) {
      const sum = createHash("sha256")
        .update(await readFile(join(directory, name)))
        .digest("hex");
      expect(await readFile(join(directory, `${name}.sha256sum`), "utf8")).toBe(`${sum}  ${name}\n`);
    }
    for (const name of [...zips, ...debug]) {
      const entries = execFileSync("python3", ["-m", "zipfile", "-l", join(directory, name)])
        .toString()
        .split("\n");
      const program = name.split("-")[0];
      expect(entries.slice(1).map((line) => line.split(" ")[0])).toEqual(
        name.endsWith(".debug.zip") ? [`${program}.debug`, `${program}.dwp`, ""] : [program, ""],
      );
    }
    expect(await readFile(join(directory, "deno-linux-arm64.zip"))).toEqual(
      await readFile(join(directory, `deno-${triples["linux/arm64"]}.zip`)),
    );
  });

  it("packs the same zip, byte for byte, on another day", async () => {
    const binary = await module().build(version, "linux/amd64");
    const pack = (day: string) => {
      const tools = (toolchains[0] as Container).withEnvVariable("DAY", day);
      return packZip(tools, binary.withTimestamps(Number(day)), "deno.zip").digest({ excludeMetadata: true });
    };
    expect(await pack("1000000000")).toBe(await pack("1700000000"));
  });

  it("plans without compiling: which step runs where", async () => {
    const { steps, text, library: v8, rust } = await module().plan(version, "linux/arm64");
    expect([v8, rust]).toEqual([libraryVersion, "1.63.0"]);
    expect(steps.map(({ name, where }) => [name.split(" ").slice(0, 2).join(" "), where])).toContainEqual([
      "compile V8",
      "cross",
    ]);
    expect(text).toContain("emulated on linux/arm64");
  });

  it("gives the toolchain with what its tools said of themselves", async () => {
    const said = async (options: Partial<Options> = {}) =>
      (await module(options).toolchain(version, "linux/arm64")).file("/opt/deno-from-source/versions").contents();
    expect(await said({ strategy: BuildStrategy.EMULATED })).toContain("aarch64\nrustc: rustc 1.85.");
    const cross = await said();
    expect(cross).toContain("x86_64\nrustc: rustc 1.85.");
    expect(cross).toContain("/opt/llvm/bin/clang: Debian clang version 19");
  });
});
