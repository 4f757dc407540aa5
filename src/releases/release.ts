import { type Container, type Directory, dag, type File } from "@dagger.io/dagger";
import type { Built } from "../../dagger/deno/build.js";
import { packFiles, packZip, withChecksum, withPrinted, writeChecksum } from "../../dagger/releases/archive.js";
import { binaryOf, prepareDeno, printTypes } from "../deno/build.js";
import { type MakeSymcache, prepareSymcache } from "../deno/debug-files.js";
import { prepareRuntime } from "../deno/runtimes.js";
import { denoDisk } from "../engine/resources.js";
import { hasRuntime } from "../plan/arguments.js";
import { inTurn, type Work } from "../plan/work.js";
import {
  checksumName,
  debugName,
  fileName,
  type ProgramName,
  RUNTIMES,
  recordName,
  symcacheName,
  zipName,
} from "../request/platform.js";
import { pythonContainer } from "../toolchain/toolchains.js";
import { prepareLibrary } from "../v8/build.js";
import { prepareDeltas } from "./deltas.js";
import type { Delta } from "./predecessor.js";
import { makeRecord, packTree } from "./source.js";

/** A container of the engine's own architecture that has python3 and sha256sum. */
function tools({ settings, engine }: Work): Promise<Container> {
  return pythonContainer(settings, engine, "the archive is packed");
}

/** The release zip. */
export async function makeArchive(work: Work): Promise<File> {
  const make = await binaryOf(prepareDeno(work, prepareLibrary));
  return packZip(await tools(work), await make(), zipName(work.target.triple));
}

/** The files of one platform, and the deno in them. */
interface Made {
  work: Work;
  files: Directory;
  deno: File;
}

/**
 * Everything of one platform that a release page has: what is wrong with its parts is refused at once, and the work
 * itself is given back.
 */
async function prepareRelease(
  work: Work,
  container: Container,
): Promise<(makeSymcache: MakeSymcache | null) => Promise<Made>> {
  const { triple, alias } = work.target;
  const { recipe } = work.tree;
  const prepared = prepareLibrary(work, denoDisk(work.facts.way.where === "cross"));
  const names = [
    ...(hasRuntime(recipe, work.facts) ? (["denort"] as const) : []),
    ...RUNTIMES.filter((name) => work.settings.runtimes.includes(name)),
  ];
  const [library, makeDeno, ...runtimes] = await Promise.all([
    prepared,
    prepareDeno(work, () => prepared),
    ...names.map(async (name) => ({ name, make: await prepareRuntime(work, () => prepared, name) })),
  ]);
  return async (makeSymcache) => {
    const deno = await makeDeno();
    const programs = new Map<ProgramName, Built>([["deno", deno]]);
    for (const { name, make } of runtimes) programs.set(name, await make());
    const zips = new Map<string, File>();
    for (const [program, { binary }] of programs) {
      const name = zipName(triple, program);
      const zip = packZip(container, binary, name, fileName(program));
      zips.set(name, zip);
      if (alias && program === "deno") zips.set(alias, zip);
    }
    for (const [program, { debug }] of programs) {
      const name = debugName(triple, program);
      if (debug) zips.set(name, packFiles(container, debug, name));
    }
    if (makeSymcache && deno.debug) {
      const name = symcacheName(triple);
      zips.set(name, await makeSymcache(deno.debug, name));
    }
    let files = (await library()).withNewFile(recordName(triple), await makeRecord(work, container));
    for (const name of recipe.bareChecksums) {
      const program = programs.get(name);
      if (program)
        files = withPrinted(files, checksumName(triple, name), writeChecksum(container, program.binary, name));
    }
    for (const [name, file] of zips) files = withChecksum(container, files, name, file);
    return { work, files, deno: deno.binary };
  };
}

/** What a release has once, whatever its platforms: the source, and the types, printed by the deno that runs natively if there is one. */
async function makeShared(made: Made[], container: Container, source: File): Promise<Directory> {
  const { work, deno } = made.find((one) => one.work.target === one.work.engine) ?? (made[0] as Made);
  const { recipe, channel, version } = work.tree;
  const archived = withChecksum(container, dag.directory(), recipe.sourceArchive, source);
  const shared = withPrinted(archived, recipe.types.file, await printTypes(work, deno));
  // What a deno that was built with --upgrade-url asks for the newest version, see src/upstream/upgrade.ts.
  const asked = work.settings.upgradeUrl !== "" && channel === "stable";
  return asked ? shared.withNewFile("release-latest.txt", `v${version}\n`) : shared;
}

/** Everything that a release page has, of every platform: the one of which something is wrong is refused before any is made. */
export async function makeRelease(works: Work[], delta: Delta | null = null): Promise<Directory> {
  const first = works[0] as Work;
  const container = await tools(first);
  const addDelta = delta && (await prepareDeltas(works, delta, container));
  const source = await packTree(first, container);
  const prepared = await Promise.all(works.map((work) => prepareRelease(work, container)));
  const makeSymcache = await prepareSymcache(first);
  const made = await inTurn(prepared, (make) => make(makeSymcache));
  const shared = await makeShared(made, container, source);
  const platforms = await inTurn(made, async ({ work, files, deno }) =>
    addDelta ? addDelta(work, deno, files) : files,
  );
  return [...platforms, shared].reduce((all, one) => all.withDirectory(".", one), dag.directory());
}
