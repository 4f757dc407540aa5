import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, dag, type File, type Platform, ReturnType } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { panicAddresses } from "../../../src/deno/panic-link.js";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { copyOfDeno, deno, edit, library, needNewerGlibc, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { lookUp } from "../support/symcache.js";
import { base, toolchain } from "../support/toolchain.js";

const platform = "linux/amd64";

/** What a main of Rust begins with that prints by addresses which a start writes, and how it may use the page that they are on. */
const ADDRESSES = `static WORDS: [&str; 2] = ["one", "two"];
thread_local! {
  static OWN: std::cell::Cell<&'static [&'static str]> = const { std::cell::Cell::new(&WORDS) };
}

fn addresses() {
  let say = || println!("{}", OWN.get().join(" "));
  say();
  std::thread::spawn(say).join().unwrap();
  let address = &raw const WORDS as usize;
  for line in std::fs::read_to_string("/proc/self/maps").unwrap().lines() {
    let (from, rest) = line.split_once('-').unwrap();
    let (to, rest) = rest.split_once(' ').unwrap();
    let number = |text| usize::from_str_radix(text, 16).unwrap();
    if (number(from)..number(to)).contains(&address) {
      println!("{}", &rest[..4]);
    }
  }
}

fn main() {
  if std::env::args().nth(1).as_deref() == Some("addresses") {
    return addresses();
  }`;

describeEngine("how deno and denort are linked on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain(platform, true).sync();
  });

  const module = (options: Partial<Options>) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains: [tools], base, ...options });
  const build = (options: Partial<Options>) => module(options).build(version, platform);

  /** Names of two functions of a miniature deno, that with the higher address first. */
  const functions = (binary: File, of = platform) =>
    dag
      .container({ platform: of as Platform })
      .from(base)
      .withFile("/deno", binary)
      .withNewFile("/tools/generate_linux_function_orderfile.ts", "")
      .withExec(["/deno", "run", "/tools/generate_linux_function_orderfile.ts", "--output", "/dev/stdout"])
      .stdout();

  it.each([BuildStrategy.NATIVE, BuildStrategy.CROSS])(
    "functions lie in the order of a start where it is asked for, and in the linker's again where it is not: %s",
    async (strategy) => {
      const before = await functions(await build({ strategy, startupOrder: false }));
      const [first, second] = before.split("\n");
      expect([first, second].sort()).toEqual(["ordered_one", "ordered_two"]);
      expect(await functions(await build({ strategy, startupOrder: true }))).toBe(`${second}\n${first}\n`);
      // Another command of the same volume, for the engine would give the first call's.
      expect(
        await functions(await build({ strategy, startupOrder: false, mirrors: ["apt.llvm.org=https://apt.llvm.org"] })),
      ).toBe(before);
    },
  );

  const noOrder =
    /^startup-order: what runs deno here does not let its first calls be seen: QEMU .* 8\.1; install a newer one/;

  it("where a start cannot be watched, an order that was asked for is refused, and by default there is none", async () => {
    // Nothing that asks for it can be compiled, which is as good as a no.
    const unable = `set -eu
clang=$(ls -d /usr/lib/llvm-*/bin | sort -V | tail -n 1)/clang
mv "$clang" "$clang.real"
cat >"$clang" <<'END'
#!/bin/sh
case "$*" in *takes-breakpoints.c) exit 1 ;; esac
exec "$0.real" "$@"
END
chmod 755 "$clang"
`;
    const toolchains = [tools.withExec(["sh", "-c", unable])];
    const strategy = BuildStrategy.CROSS;
    await expect(build({ toolchains, strategy, startupOrder: true })).rejects.toThrow(noOrder);
    const linkers = await functions(await build({ strategy, startupOrder: false }));
    expect(await functions(await build({ toolchains, strategy }))).toBe(linkers);
  });

  it("for another architecture QEMU lets a start be watched, or an order is refused, and by default left out", async () => {
    const other = "linux/arm64";
    const strategy = BuildStrategy.CROSS;
    const order = (startupOrder?: boolean) =>
      module({ strategy, startupOrder })
        .build(version, other)
        .then((binary) => functions(binary, other));
    const linkers = await order(false);
    // By the version of QEMU that this engine has.
    const asked = await order(true).catch(String);
    if (!noOrder.test(asked.replace(/^Error: /, ""))) {
      expect(asked).toBe(linkers.trim().split("\n").reverse().join("\n").concat("\n"));
      expect(await order()).toBe(asked);
    } else {
      expect(await order()).toBe(linkers);
    }
  });

  /** The names of a program's sections, in the order of their addresses. */
  const sections = async (binary: File) =>
    (await tools.withFile("/program", binary).withExec(["readelf", "-SW", "/program"]).stdout()).match(/ \.[\w.]+/g);

  it("unwind tables are left out by default where lld is known to be there, and kept where they are asked for", async () => {
    const strategy = BuildStrategy.CROSS;
    const [without, kept] = [module({ strategy }), module({ strategy, unwindTables: true })];
    const tables = [" .eh_frame", " .eh_frame_hdr"];
    const other = "linux/arm64";
    for (const program of [
      ...[without.build(version, platform), without.runtime(version, platform)],
      ...[without.build(version, other), without.runtime(version, other)],
    ]) {
      const found = await sections(await program);
      expect(found).toContain(" .rodata");
      for (const table of tables) expect(found).not.toContain(table);
    }
    for (const program of [kept.build(version, platform), kept.runtime(version, platform), build({})]) {
      expect(await sections(await program)).toEqual(expect.arrayContaining(tables));
    }
  });

  /** The tags of a program's dynamic section that are about packed relocations, as objdump and readelf write them. */
  const packedBy = async (binary: File) =>
    (await tools.withFile("/program", binary).withExec(["readelf", "-dW", "/program"]).stdout()).match(
      /\(RELR\)|0x0*6fffe000\b/g,
    );

  it("relative relocations are packed for the loader where deno needs one that reads them, and in no denort", async () => {
    const strategy = BuildStrategy.CROSS;
    // glibc reads them so since 2.36.
    const directory = await copyOfDeno();
    for (const program of ["main.rs", "rt/main.rs"]) await needNewerGlibc(join(directory, "cli", program));
    const newer = module({ strategy, source: dag.host().directory(directory) });
    expect(await packedBy(await newer.build(version, platform))).toEqual(["(RELR)"]);
    expect(await packedBy(await newer.runtime(version, platform))).toBeNull();
    const ready = dag
      .container()
      .from(base)
      .withFile("/bin/deno", await newer.build(version, platform));
    expect(await ready.withExec(["deno", "eval", "console.log(6*7, Deno.build.arch)"]).stdout()).toBe("42 x86_64\n");
  });

  it("where deno needs no such loader it applies them itself: constants, variables of threads, and pages that are closed again", async () => {
    const directory = await copyOfDeno();
    await edit(join(directory, "cli/main.rs"), "fn main() {", ADDRESSES);
    const made = module({ strategy: BuildStrategy.CROSS, source: dag.host().directory(directory) });
    const other = "linux/arm64";
    for (const of of [platform, other]) {
      const binary = await made.build(version, of);
      expect(await packedBy(binary)).toEqual(["0x000000006fffe000"]);
      const ready = dag
        .container({ platform: of as Platform })
        .from(base)
        .withFile("/bin/deno", binary);
      expect(await ready.withExec(["deno", "addresses"]).stdout()).toBe("one two\none two\nr--p\n");
    }
    expect(await packedBy(await made.runtime(version, platform))).toBeNull();
  });

  it("a panic without unwind tables is named by its link and the debug files", async () => {
    const made = module({ strategy: BuildStrategy.CROSS, features: ["deno/panic-trace-frame-pointer"] });
    const failed = await dag
      .container()
      .from(base)
      .withFile("/deno", await made.build(version, platform))
      .withExec(["/deno", "nonsense"], { expect: ReturnType.Failure })
      .stderr();
    const [link = ""] = failed.match(/https:\S+/) ?? [];
    const files = await made.debugFiles(version, platform);
    expect(await made.panicTrace(link, files)).toMatch(
      /^ {2}0: deno::fail\S* at \S*cli\/main\.rs:\d+:\d+\n {2}1: deno::main\S* at \S*cli\/main\.rs:\d+:\d+\n$/,
    );

    // What a site names them by has the same, and comes with the release.
    const folder = mkdtempSync(join(tmpdir(), "deno-from-source-"));
    try {
      await (await made.release(version, [platform])).export(folder);
      const symcache = readFileSync(join(folder, "deno-x86_64-unknown-linux-gnu.symcache"));
      expect(panicAddresses(link).flatMap((address) => lookUp(symcache, address))).toEqual([
        expect.stringMatching(/^_ZN4deno4fail/),
        expect.stringMatching(/^_ZN4deno4main/),
      ]);
      // Functions lie side by side in it, without a gap.
      const listed = tools
        .withMountedDirectory("/debug", files)
        .withExec(["nm", "-S", "--defined-only", "/debug/deno.debug"]);
      const functions = [...(await listed.stdout()).matchAll(/^([0-9a-f]+) [0-9a-f]+ [tT] /gm)];
      expect(functions.length).toBeGreaterThan(100);
      const addresses = functions.map(([, address]) => Number.parseInt(address as string, 16));
      expect(addresses.filter((address) => lookUp(symcache, address).length === 0)).toEqual([]);
      await files.file("deno.symcache").export(join(folder, "its"));
      expect(readFileSync(join(folder, "its")).equals(symcache)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }

    await expect(made.panicTrace("https://panic.deno.com/v1/x/gggggB", files)).rejects.toThrow(
      /^debug-files: they name none/,
    );
    await expect(made.panicTrace(link, dag.directory().withNewFile("deno.dwp", ""))).rejects.toThrow(
      /^debug-files: there is no deno\.debug in them; .*found: deno\.dwp$/,
    );
  });

  it("an lld that cannot do it is refused before anything is compiled, with what it said and what to do", async () => {
    const old = `#!/bin/sh
if [ "$1" = --version ]; then echo "LLD 9.0.0"; exit; fi
echo "ld.lld: error: unknown argument '--icf=safe'" >&2
exit 1
`;
    const toolchains = [tools.withNewFile("/usr/bin/ld.lld", old, { permissions: 0o755 })];
    await expect(build({ toolchains, startupOrder: true })).rejects.toThrow(
      /^link: the toolchain's lld does not link .*unknown argument '--icf=safe'.*; use a newer lld, or give --startup-order=false/,
    );
  });

  it("an order that cannot be made is an error that says why, and what was linked is kept", async () => {
    const changed = await copyOfDeno();
    await edit(`${changed}/cli/startup_order.rs`, "if seen != wanted", "if true");
    const source = dag.host().directory(changed);
    await expect(build({ source, startupOrder: true })).rejects.toThrow(
      /^startup-order: deno was linked, and its functions could not be put in the order of a start: error: .* kept/,
    );
    expect(await functions(await build({ source }))).toContain("ordered_one");
  });
});
