import { type Container, type Directory, dag, type File } from "@dagger.io/dagger";
import { packZip, writeChecksum } from "../../dagger/releases/archive.js";
import { prepareDeno, prepareDenort } from "../deno/build.js";
import { hasRuntime } from "../plan/arguments.js";
import { inTurn, type Work } from "../plan/work.js";
import { zipName } from "../request/platform.js";
import { pythonContainer } from "../toolchain/toolchains.js";
import { prepareLibrary } from "../v8/build.js";

/** A container of the engine's own architecture that has python3 and sha256sum. */
function tools({ settings, engine }: Work): Promise<Container> {
  return pythonContainer(settings, engine, "the archive is packed");
}

/** The release zip. */
export async function makeArchive(work: Work): Promise<File> {
  return packZip(await tools(work), await (await prepareDeno(work, prepareLibrary))(), zipName(work.target.triple));
}

/**
 * Everything of one platform that a release page has: what is wrong with its parts is refused at once, and the work
 * itself is given back.
 */
async function prepareRelease(work: Work): Promise<() => Promise<Directory>> {
  const { triple, alias } = work.target;
  const prepared = prepareLibrary(work);
  const [container, library, binary, runtime] = await Promise.all([
    tools(work),
    prepared,
    prepareDeno(work, () => prepared),
    hasRuntime(work.tree.recipe, work.facts) ? prepareDenort(work, () => prepared) : null,
  ]);
  return async () => {
    const deno = packZip(container, await binary(), zipName(triple));
    const zips = new Map([zipName(triple), ...(alias ? [alias] : [])].map((name) => [name, deno]));
    if (runtime) {
      const name = zipName(triple, "denort");
      zips.set(name, packZip(container, await runtime(), name, "denort"));
    }
    return [...zips].reduce(
      (files, [name, zip]) =>
        files.withFile(name, zip).withFile(`${name}.sha256sum`, writeChecksum(container, zip, name)),
      await library(),
    );
  };
}

/** Everything that a release page has, of every platform: the one of which something is wrong is refused before any is made. */
export async function makeRelease(works: Work[]): Promise<Directory> {
  const files = await inTurn(await Promise.all(works.map(prepareRelease)), (make) => make());
  return files.reduce((all, one) => all.withDirectory(".", one), dag.directory());
}
