import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { denoFromSource, type Options } from "../../support/module.js";
import { engine, last, words } from "../../support/rehearsal.js";
import { ExecFailure, type Rule, type Thing } from "../../support/session.js";
import { COMMIT, commands, container, DENO, denoTree, prebuilt, session, steps } from "../../support/world.js";

const rehearse = (
  rule: Rule,
  options: () => Partial<Options> = () => ({}),
  version = "2.9.5",
  trees: Record<string, Record<string, string>> = {},
) => {
  const it = session({ rules: [rule], trees });
  return { it, report: it.run(() => denoFromSource(options()).rehearse(version, ["linux/arm64"])) };
};

describe("rehearse", () => {
  const asked: string[] = [];
  beforeEach(() => {
    asked.length = 0;
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url);
      return { status: 200 };
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it("has a line for each check of the source, the engine, the hosts, V8 and Deno", async () => {
    const { report } = rehearse(engine());
    const names = (await report)
      .trim()
      .split("\n")
      .map((line) => line.split(":")[0]);
    expect(names).toEqual([
      "every platform source",
      ...["plan", "QEMU", "engine", "host of crates, by cargo", "host of Rust, by rustup"].map(
        (it) => `linux/arm64 ${it}`,
      ),
      ...[
        "host of Chromium's clang",
        "host of which GN and Ninja",
        "host of Chromium's Rust, and GN's and Ninja's files",
        "toolchain of V8",
        "sysroot",
        "binding",
        "names",
      ].map((it) => `linux/arm64 ${it}`),
      ...["toolchain of Deno", "glibc of the toolchain", "cargo metadata", "compilers of crates", "deno's linker"].map(
        (it) => `linux/arm64 ${it}`,
      ),
    ]);
    expect(asked).toHaveLength(5);
  });

  it("configures V8 by the very script and environment of its build, without the build's volume", async () => {
    const { it, report } = rehearse(engine());
    await report;
    const run = [...it.made()].find((thing) => last(thing).startsWith("build --features simdutf")) as Thing;
    const built = session();
    await built.run(async () => {
      await denoFromSource().library("2.9.5", "linux/arm64");
    });
    const real = [...built.made()].find((thing) => last(thing).startsWith("build --features simdutf")) as Thing;
    expect(words(run)).toEqual(words(real));
    const variables = (thing: Thing) => steps(thing, "withEnvVariable").map(({ args }) => `${args.name}=${args.value}`);
    expect(variables(run)).toEqual(expect.arrayContaining(variables(real)));
    expect(steps(run, "withMountedCache", { path: "/cache" })).toEqual([]);
    expect(steps(real, "withMountedCache", { path: "/cache" })).toHaveLength(1);
  });

  it("tells of what failed first, and of what passed beside it", async () => {
    const failing = engine({
      report: [{ name: "sysroot", passed: false, seen: "of the target's 9 compile commands: none in 9" }],
      samples: () => {
        throw new ExecFailure(1, "exec format error");
      },
    });
    const error = await rehearse(failing).report.catch((it) => it);
    expect(error.message).toMatch(/^rehearse: 2 of 18 checks failed\nlinux\/arm64 sysroot: failed: .*none in 9\n/);
    expect(error.message).toContain("linux/arm64 compilers of crates: failed: expected aarch64 42, saw");
    expect(error.message).toContain("linux/arm64 cargo metadata: passed");
  });

  it("goes on with Deno where V8 cannot even be configured", async () => {
    const error = await rehearse(engine({ code: 101 })).report.catch((it) => it);
    expect(error.message).toContain("linux/arm64 binding: failed");
    expect(error.message).toContain("linux/arm64 toolchain of Deno: passed");
  });

  it("moves Deno's build scripts where it is cross-compiled, as its build does", async () => {
    const tree = { ...denoTree("2.9.5", "150.4.0"), "cli/snapshot/build.rs": "create_runtime_snapshot()" };
    const { report } = rehearse(engine(), undefined, "2.9.5", {
      [`${DENO}@v2.9.5`]: tree,
      [`${DENO}@${COMMIT}`]: tree,
    });
    expect(await report).toContain(
      "build scripts: passed: moved, with the lock file as it was: deno_snapshots-build-script",
    );
    // As where QEMU is too old.
    expect(await report).toContain(
      "deno's linker: passed: lld without-unwind-tables packed-relocations; left out: startup-order, for QEMU is too old; ",
    );
  });

  it("says which host does not answer", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND index.crates.io") });
    });
    const error = await rehearse(engine()).report.catch((it) => it);
    expect(error.message).toContain(
      "host of crates, by cargo: failed: https://index.crates.io/config.json does not answer: getaddrinfo ENOTFOUND",
    );
  });

  it("asks nothing of V8's compilers where V8 is given", async () => {
    const options = () => ({ prebuilt: prebuilt(), toolchains: [container("linux/amd64"), container("linux/arm64")] });
    const { it, report } = rehearse(engine(), options);
    expect(await report).not.toContain("V8:");
    expect(commands(it.made()).flat().join(" ")).not.toContain("gn.py");
    expect(asked).toEqual(["https://index.crates.io/config.json"]);
  });

  it("of a version that is not there is one line, and nothing is made", async () => {
    const error = await rehearse(engine(), undefined, "2.9.9").report.catch((it) => it);
    expect(error.message).toMatch(
      /^rehearse: 1 of 1 checks failed\nevery platform source: failed: version: .* has no tag v2\.9\.9/,
    );
  });

  it("of what is no version or platform is refused before anything is asked", async () => {
    for (const [version, platforms, message] of [
      ["newest", ["linux/arm64"], /^version: "newest" is not understood/],
      ["2.9.5", ["linux/riscv64"], /^platforms: "linux\/riscv64" is not accepted/],
      ["2.9.5", [], /^platforms: at least one/],
    ] as const) {
      const it = session();
      await expect(it.run(() => denoFromSource().rehearse(version, [...platforms]))).rejects.toThrow(message);
      expect(it.questions).toEqual([]);
    }
  });
});
