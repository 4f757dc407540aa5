import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Container } from "@dagger.io/dagger";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { deno, edit, library, paths, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";

describeEngine("rehearse on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain("linux/amd64", true).sync();
  });

  const rehearse = (platforms: string[], options: Partial<Options> = {}) =>
    denoFromSource({ source: deno(), librarySource: library(), toolchains: [tools], base, ...options }).rehearse(
      version,
      platforms,
    );

  it("passes for both platforms of the miniature, natively and cross-compiled", async () => {
    const report = await rehearse(["linux/amd64", "linux/arm64"]);
    for (const platform of ["linux/amd64", "linux/arm64"]) {
      for (const line of [
        /GN arguments: passed: GN knows every argument of this module/,
        /sysroot: passed: of the target's \d+ compile commands: \/sysroot in \d+\n/,
        /inputs: passed: every input of \d+ steps is there or made by one/,
        /C\+\+ for the target: passed: obj\//,
        /precompiled headers: passed: obj\/v8_base_without_compiler\/base\.h-cc\.gch in /,
        /bindgen of V8's build: passed: gen\//,
        /Rust for the target: passed: obj\/third_party\/rust\/utf8_iter\//,
        /binding: passed/,
        /names: passed: build\.rs asks for librusty_v8_simdutf_release_/,
        /compilers of crates: passed: C and Rust, linked; the program ran in the base image/,
      ]) {
        expect(report).toMatch(new RegExp(`^${platform} ${line.source}`, "m"));
      }
    }
    expect(report).toMatch(/^linux\/amd64 cargo metadata: passed/m);
    expect(report).toMatch(/^linux\/arm64 build scripts: passed: moved, .*deno_snapshots-build-script/m);
    // Natively with a toolchain of one's own the linker is as it is; in an order where QEMU can.
    expect(report).toMatch(
      /^linux\/arm64 deno's linker: passed: lld without-unwind-tables packed-relocations( startup-order|; left out: startup-order, .*); the program ran in /m,
    );
    expect(report).not.toMatch(/^linux\/amd64 deno's linker/m);
    expect(report).not.toContain("failed");
  });

  /** A copy of the miniature V8 with one place changed. */
  async function changed(file: string, before: string, after: string) {
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await cp(paths.library, directory, { recursive: true });
    await edit(join(directory, file), before, after);
    return library(directory);
  }

  it("finds a condition for the sysroot that is not known, and goes on with Deno", async () => {
    const librarySource = await changed("build/config/sysroot.gni", 'target_sysroot != "" && use_musl', "use_musl");
    const failure = rehearse(["linux/amd64"], { librarySource });
    await expect(failure).rejects.toThrow(
      /^rehearse: 1 of \d+ checks failed\nlinux\/amd64 binding: failed: .*sysroot\.gni/s,
    );
    await expect(failure).rejects.toThrow(/^linux\/amd64 compilers of crates: passed/m);
  });

  it("finds an argument that GN would ignore in silence", async () => {
    const librarySource = await changed("build/config/BUILD.gn", "  use_glib = true\n", "");
    const copy = librarySource.withNewFile(
      "build/config/BUILD.gn",
      (await librarySource.file("build/config/BUILD.gn").contents()).replace(/if \(use_glib\) \{[^}]*\}\n/, ""),
    );
    const failure = rehearse(["linux/amd64"], { librarySource: copy });
    await expect(failure).rejects.toThrow("linux/amd64 GN arguments: failed: GN ignores use_glib\n");
  });
});
