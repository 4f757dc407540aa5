import { CacheSharingMode, type Container, type Directory, dag, ExistsType, type File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";

/** What `deno compile` needs to know; all of it is decided before. */
export interface Compilation {
  /** a container of the program's platform */
  base: Container;
  platform: string;
  deno: File;
  /** what is put under the program; null: deno itself, in versions without denort */
  denort: File | null;
  source: Directory;
  /** where the source is put */
  folder: string;
  /** options of deno compile, the output aside */
  options: string[];
  /** an absolute path in that folder, so that it is no option */
  entrypoint: string;
  /** the executable's name */
  name: string;
}

/** Whether a directory has a regular file at a path. */
export function hasFile(directory: Directory, path: string): Promise<boolean> {
  return directory.exists(path, { expectedType: ExistsType.RegularType });
}

/** The end of what a program said, where its last word is. */
export function lastWords(text: string): string {
  return text.trim().slice(-4000);
}

/** The program whose output is known, for a look at deno and denort before the program that was asked for. */
const TRIAL = "console.log(6*7)";

/** Compiles and runs a program of one line: of denort, nothing else shows that its snapshot works. */
async function checkCompiler(ready: Container, platform: string): Promise<void> {
  const trial = ready
    .withNewFile("/trial/trial.js", TRIAL)
    .withWorkdir("/trial")
    .withExec(["/opt/deno", "compile", "--output", "/out/trial", "/trial/trial.js"])
    .withExec(["/out/trial"]);
  const { code, out, err } = await attempt(trial);
  if (code === 0 && out.trim() === "42") return;
  throw new Error(
    `compile: deno and denort for ${platform} do not work: a program of one line was to print "42"; it ended with ` +
      `${code}, standard output ${JSON.stringify(out.slice(0, 500))}, standard error ${JSON.stringify(lastWords(err))}`,
  );
}

/** Runs `deno compile`. The executable itself is not run: what it does is its author's business. */
export async function compileProgram(input: Compilation): Promise<File> {
  const { base, platform, deno, denort, source, folder, options, entrypoint, name } = input;
  let ready = base
    .withMountedFile("/opt/deno", deno)
    .withMountedCache("/deno-dir", dag.cacheVolume("deno-dir"), { sharing: CacheSharingMode.Locked })
    .withEnvVariable("DENO_DIR", "/deno-dir")
    .withEnvVariable("DENO_NO_UPDATE_CHECK", "1")
    .withEnvVariable("NO_COLOR", "1")
    .withDirectory("/out", dag.directory());
  // Otherwise deno downloads one: https://github.com/denoland/deno/blob/v2.9.5/cli/standalone/binary.rs
  if (denort) ready = ready.withMountedFile("/opt/denort", denort).withEnvVariable("DENORT_BIN", "/opt/denort");
  await checkCompiler(ready, platform);
  const done = ready
    .withDirectory(folder, source)
    .withWorkdir(folder)
    .withExec(["/opt/deno", "compile", ...options, "--output", `/out/${name}`, entrypoint]);
  const { code, err } = await attempt(done);
  if (code !== 0) {
    throw new Error(`compile: deno compile of ${entrypoint} for ${platform} ended with ${code}: ${lastWords(err)}`);
  }
  return done.file(`/out/${name}`);
}
