import { type Container, type Directory, dag, type Platform } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource } from "../../support/module.js";
import { deno, library, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";

/** What deno compile makes of the denort in a zip, and a program in C that calls libdenort as a window does. */
const assemble = `set -eu
cd /made
python3 - "$1" "$2" <<'END'
import sys, zipfile
denort, desktop = (zipfile.ZipFile("/dist/" + name) for name in sys.argv[1:])
code = b"console.log(6*7)"
open("program", "wb").write(denort.read("denort") + code + len(code).to_bytes(8, "little") + b"d3n0l4nd")
open("libdenort.so", "wb").write(desktop.read("libdenort.so"))
END
chmod 755 program
cat >window.c <<'END'
int laufey_runtime_start(const char *, unsigned long);
int main(void) { return laufey_runtime_start("console.log(6*7)", 16); }
END
"$3" -o window window.c -L. -l:libdenort.so -Wl,-rpath,/made`;

describeEngine("runtimes on QuickJS on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain("linux/amd64", true).sync();
  });

  const made = (dist: Directory, triple: string, compiler: string) =>
    tools
      .withMountedDirectory("/dist", dist)
      .withNewFile("/usr/local/bin/cross", '#!/bin/sh\nexec clang --target=aarch64-linux-gnu -fuse-ld=lld "$@"\n', {
        permissions: 0o755,
      })
      .withDirectory("/made", dag.directory())
      .withExec([
        ...[
          "sh",
          "-c",
          assemble,
          "assemble",
          `denort-quickjs-${triple}.zip`,
          `libdenort-quickjs-${triple}.zip`,
          compiler,
        ],
      ])
      .directory("/made");

  it.each([
    ["linux/amd64", BuildStrategy.NATIVE, "x86_64-unknown-linux-gnu", "cc"],
    ["linux/arm64", BuildStrategy.CROSS, "aarch64-unknown-linux-gnu", "cross"],
  ] as const)("run a program for %s, %s", async (platform, strategy, triple, compiler) => {
    const runtimes = ["denort-quickjs", "libdenort-quickjs"];
    const module = denoFromSource({
      ...{ source: deno(), librarySource: library(), toolchains: [tools], base, strategy, runtimes },
    });
    const folder = made(await module.release(version, [platform]), triple, compiler);
    const target = dag
      .container({ platform: platform as Platform })
      .from(base)
      .withDirectory("/made", folder);
    expect(await target.withExec(["/made/program"]).stdout()).toBe("42\n");
    expect(await target.withExec(["/made/window"]).stdout()).toBe("42\n");
  });
});
