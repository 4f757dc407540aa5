import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Container, dag } from "@dagger.io/dagger";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { BuildStrategy } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { copyOfDeno, edit, library, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";
import { lookInVolume } from "../support/volume.js";

/**
 * Adds a crate that deno takes with a feature and denort without, as those of the real ones do with deno_resolver; and one of
 * deno alone that is also a dynamic library and has the first in it, as dprint's plugins. With LTO cargo compiles what is in
 * such a library in another way than what is not, and both programs have LTO in Deno's profile.
 */
async function addCrates(directory: string): Promise<void> {
  const place = join(directory, "libs/resolver");
  await mkdir(place, { recursive: true });
  await writeFile(
    join(place, "Cargo.toml"),
    '[package]\nname = "deno_resolver"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\npath = "lib.rs"\n\n' +
      "[features]\ndeno_ast = []\n",
  );
  await writeFile(join(place, "lib.rs"), 'pub const ANALYZES: bool = cfg!(feature = "deno_ast");\n');
  const plugin = join(directory, "libs/plugin");
  await mkdir(plugin, { recursive: true });
  await writeFile(
    join(plugin, "Cargo.toml"),
    '[package]\nname = "plugin"\nversion = "0.1.0"\nedition = "2021"\n\n' +
      '[lib]\npath = "lib.rs"\ncrate-type = ["lib", "cdylib"]\n\n' +
      '[dependencies]\ndeno_resolver = { path = "../resolver" }\n',
  );
  await writeFile(join(plugin, "lib.rs"), "pub use deno_resolver::ANALYZES;\n");
  await edit(join(directory, "Cargo.toml"), '"cli/snapshot", ', '"cli/snapshot", "libs/plugin", "libs/resolver", ');
  await edit(join(directory, "Cargo.toml"), "[profile.release]\n", "[profile.release]\nlto = true\n");
  const dependencies = "[dependencies]\n";
  const taken = (path: string, rest: string) => `${dependencies}deno_resolver = { path = "${path}"${rest} }\n`;
  await edit(join(directory, "cli/Cargo.toml"), dependencies, taken("../libs/resolver", ', features = ["deno_ast"]'));
  await edit(join(directory, "cli/Cargo.toml"), dependencies, `${dependencies}plugin = { path = "../libs/plugin" }\n`);
  await edit(join(directory, "cli/rt/Cargo.toml"), dependencies, taken("../../libs/resolver", ""));
  // Those of deno and denort; denort_desktop takes it through denort.
  const last = ' "deno_snapshots",\n "deno_v8",\n]\n';
  await edit(join(directory, "Cargo.lock"), last, ` "deno_resolver",\n${last}`);
  const snapshots = '[[package]]\nname = "deno_snapshots"\n';
  const resolver = '[[package]]\nname = "deno_resolver"\nversion = "0.1.0"\n\n';
  await edit(join(directory, "Cargo.lock"), snapshots, resolver + snapshots);
  await edit(
    join(directory, "Cargo.lock"),
    ' "deno_snapshots",\n "deno_v8",\n]\n\n[[package]]\nname = "deno_core"',
    ' "deno_snapshots",\n "deno_v8",\n "plugin",\n]\n\n[[package]]\nname = "deno_core"',
  );
  const libraryEntry = '[[package]]\nname = "v8"\n';
  await edit(
    join(directory, "Cargo.lock"),
    libraryEntry,
    `[[package]]\nname = "plugin"\nversion = "0.1.0"\ndependencies = [\n "deno_resolver",\n]\n\n${libraryEntry}`,
  );
}

describeEngine("deno and denort on a real engine", () => {
  useSession();
  let toolchains: Container[];
  beforeAll(async () => {
    toolchains = [await toolchain("linux/amd64", true).sync()];
  });

  afterEach(() => vi.restoreAllMocks());

  const module = (options: Partial<Options> = {}) =>
    denoFromSource({ librarySource: library(), toolchains, base, ...options });

  it.each([
    ["linux/amd64", BuildStrategy.NATIVE, "x86_64-unknown-linux-gnu", "release"],
    ["linux/arm64", BuildStrategy.CROSS, "aarch64-unknown-linux-gnu", "aarch64-unknown-linux-gnu/release"],
  ] as const)(
    "for %s, %s, share every crate, though deno has more features of one, and go on where a release was interrupted",
    async (platform, strategy, triple, folder) => {
      const directory = await copyOfDeno();
      const own = `2.9.${Date.now() % 1_000_000}`;
      for (const file of ["cli/Cargo.toml", "cli/rt/Cargo.toml", "Cargo.lock"]) {
        await edit(join(directory, file), `"${version}"`, `"${own}"`);
      }
      await addCrates(directory);
      const options = () => ({ source: dag.host().directory(directory, { noCache: true }), strategy });
      const volumes = vi.spyOn(dag, "cacheVolume");
      /** When the crates of both, and the programs, were written to the volume. */
      const compiled = () => {
        const key = volumes.mock.calls.map(([name]) => name).find((name) => name.startsWith("deno-2.9."));
        const files = ["deps/libdeno_resolver-*.rlib", "deps/libdeno_snapshots-*.rlib", "deno", "denort"];
        const list = `cd /cache/target/${folder} && for one in ${files.join(" ")}; do [ ! -e $one ] || stat -c '%n %y' $one; done`;
        return lookInVolume(dag.container().from(base), key, list);
      };

      await appendFile(join(directory, "cli/rt/main.rs"), 'compile_error!("not yet");\n');
      await expect(module(options()).release("latest", [platform])).rejects.toThrow("exit code: 101");
      const before = (await compiled()).trim().split("\n");
      expect(before.map((line) => line.replace(/(-\w+)?(\.rlib)? .*/, ""))).toEqual([
        ...["deps/libdeno_resolver", "deps/libdeno_snapshots", "deno"],
      ]);

      await edit(join(directory, "cli/rt/main.rs"), 'compile_error!("not yet");\n', "// one line\n");
      const files = await module(options()).release("latest", [platform]);
      expect(await files.entries()).toContain(`denort-${triple}.zip`);
      const after = (await compiled()).trim().split("\n");
      expect(after).toEqual([...before, expect.stringMatching(/^denort /)]);

      // Neither of them alone compiles anything, either.
      await module(options()).build("latest", platform);
      await module(options()).runtime("latest", platform);
      expect((await compiled()).trim().split("\n")).toEqual(after);
    },
  );
});
