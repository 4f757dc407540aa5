import type { Container, Directory, File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { withCargoRegistry } from "../engine/cargo-registry.js";
import { type Check, lastLines, runCheck } from "../engine/check.js";
import { type Network, withDownloads } from "../engine/network.js";
import { script } from "../engine/script.js";
import { folder, withTargetBuildScripts } from "./build-scripts.js";
import { type LinkOptions, withLink } from "./link.js";

const samples = script(import.meta.url, "rehearsal/samples.sh");

const linker = script(import.meta.url, "rehearsal/linker.sh");

/** What is tried of Deno's own build. */
export interface DenoRehearsal {
  toolchain: Container;
  source: Directory;
  triple: string;
  /** its build scripts are moved, and compiled for the target */
  cross: boolean;
  /** how lld links deno; null: the toolchain's linker does, as it is */
  link: LinkOptions | null;
  /** where the target's programs run: nothing but the image that they are for */
  bare: Container;
  /** as a message names it */
  bareName: string;
  /** the architecture as Rust names it */
  machine: string;
  network?: Network;
}

/** Cargo's graph of Deno with its lock file as it is, and the compilers that crates are compiled with. */
export async function rehearseDeno(input: DenoRehearsal): Promise<Check[]> {
  const { toolchain, source, triple, cross, link, bare, bareName, machine, network } = input;
  /** A program that was made must run in the target's own image, and say what is expected. */
  const assertRunsBare = async (path: string, program: File, expected: string) => {
    const ran = await attempt(bare.withFile(path, program).withExec([path]));
    if (ran.out.trim() !== expected)
      throw new Error(`expected ${expected}, saw ${ran.out.trim()} ${lastLines(ran.err)}`);
    return `the program ran in ${bareName}`;
  };
  const metadata = await runCheck(cross ? "build scripts" : "cargo metadata", async () => {
    if (cross) {
      const moved = await withTargetBuildScripts(toolchain, source, triple, network);
      return `moved, with the lock file as it was: ${await moved.file(`${folder}/programs`).contents()}`;
    }
    const ready = (await withCargoRegistry(toolchain))
      .withMountedDirectory("/src/deno", source)
      .withWorkdir("/src/deno");
    const command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", triple];
    const asked = withDownloads(ready, network, command);
    const { code, out, err } = await attempt(asked);
    if (code !== 0) throw new Error(lastLines(err));
    return `${JSON.parse(out).packages.length} packages, with the lock file as it is`;
  });
  const compilers = await runCheck("compilers of crates", async () => {
    const made = toolchain.withExec(["sh", "-c", samples, "samples", triple]);
    const { code, err } = await attempt(made);
    if (code !== 0) throw new Error(lastLines(err));
    return `C and Rust, linked; ${await assertRunsBare("/rehearsed", made.file("/out/rehearsed"), `${machine} 42`)}`;
  });
  if (!link) return [metadata, compilers];
  const linked = await runCheck("deno's linker", async () => {
    const ready = withLink(toolchain, link).withEnvVariable("CROSS", cross ? triple : "");
    const made = ready.withExec(["sh", "-c", linker, "linker"]);
    const { code, out, err } = await attempt(made);
    if (code !== 0) throw new Error(lastLines(err));
    const left =
      link.startupOrder && !out.includes("startup-order") ? "; left out: startup-order, for QEMU is too old" : "";
    return `${out.trim()}${left}; ${await assertRunsBare("/linked", made.file("/tmp/trial"), "linked")}`;
  });
  return [metadata, compilers, linked];
}
