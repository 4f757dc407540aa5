import { ReturnType } from "@dagger.io/dagger";
import { z } from "zod";
import { type Check, lastLines } from "../engine/check.js";
import { withDownloads } from "../engine/network.js";
import { script, stageFiles, withStageFiles } from "../engine/script.js";
import { cargoCommand, type LibraryBuild, prepareBuild } from "./build.js";

const REHEARSAL = "/opt/rehearsal";
const REPORT = "/tmp/rehearsal.jsonl";
const files = stageFiles(import.meta.url, "rehearsal", ["report.py", "gn.py", "ninja.py"]);
const checkNames = script(import.meta.url, "rehearsal/names.sh");

const Line = z.object({ name: z.string(), passed: z.boolean(), seen: z.string() });

/**
 * The same call with programs before GN and Ninja that look at all of the configuration and compile one file with each
 * compiler; bindgen and the crate's own Rust are run whole. Then the build script is asked for the files by their names.
 */
export async function rehearseLibrary(input: LibraryBuild): Promise<Check[]> {
  const standing = withStageFiles(await prepareBuild(input), REHEARSAL, files, { permissions: 0o755 })
    .withEnvVariable("REHEARSAL", REHEARSAL)
    .withEnvVariable("REHEARSAL_REPORT", REPORT)
    .withNewFile(REPORT, "")
    .withExec(["mkdir", "-p", "/cache"]);
  const done = withDownloads(standing, input.network, cargoCommand(input), { expect: ReturnType.Any });
  const [code, report, err] = await Promise.all([done.exitCode(), done.file(REPORT).contents(), done.stderr()]);
  const lines = report
    .split("\n")
    .filter(Boolean)
    .map((line) => Line.parse(JSON.parse(line)));
  const crate = {
    name: "binding",
    passed: code === 0,
    seen: code === 0 ? "bindgen made it, and the crate's Rust is checked against it" : lastLines(err),
  };
  if (code !== 0) return [...lines, crate];
  const named = done.withExec(["sh", "-c", checkNames, "names", ...cargoCommand(input).slice(4)], {
    expect: ReturnType.Any,
  });
  const [asked, says] = await Promise.all([named.exitCode(), named.stderr()]);
  const names = [input.archive, input.binding].filter(Boolean).join(" and ");
  return [
    ...lines,
    crate,
    { name: "names", passed: asked === 0, seen: asked === 0 ? `build.rs asks for ${names}` : lastLines(says) },
  ];
}
