import type { Container, Directory, File } from "@dagger.io/dagger";
import { messageOf } from "../../dagger/engine/message.js";
import { fetchFile } from "../../dagger/engine/remote.js";
import { step } from "../../dagger/engine/step.js";
import { withChecksum, writeChecksum } from "../../dagger/releases/archive.js";
import { makeDelta, withDeltaTool } from "../../dagger/releases/delta.js";
import { parseChecksum } from "../binaries/origin.js";
import { denoToolchain } from "../deno/build.js";
import type { Work } from "../plan/work.js";
import { checksumName, deltaName, type Target, zipName } from "../request/platform.js";
import { tagOf } from "../request/version.js";
import { openNetwork } from "../toolchain/toolchains.js";
import { unpackBinary } from "../toolchain/unpack.js";
import type { Delta } from "./predecessor.js";

/** The deno of a release that was published, once its files fit each other. */
async function fetchPrevious(work: Work, tools: Container, version: string): Promise<File> {
  const { settings, target } = work;
  const network = openNetwork(settings);
  const remote = {
    argument: "previous",
    instead: "another version, or leave it out: deno upgrade then downloads the zip",
  };
  const fetch = (name: string, checksum?: string) =>
    fetchFile(`${settings.upgradeUrl}/download/${tagOf(version)}/${name}`, remote, network, checksum);
  const fetchChecksum = async (name: string) =>
    parseChecksum(await (await fetch(name)).contents(), `previous: ${name} of ${version}`);
  const zip = zipName(target.triple);
  const file = await fetch(zip, await fetchChecksum(`${zip}.sha256sum`));
  const name = `previous: ${zip} of ${version}`;
  const deno = await unpackBinary(settings, { file, packing: "zip", sha512: null, name }, target);
  // deno upgrade compares its own program with this before it asks for a delta.
  const bare = checksumName(target.triple, "deno");
  const [wanted, seen] = await Promise.all([
    fetchChecksum(bare),
    writeChecksum(tools, deno, "deno")
      .contents()
      .then((text) => parseChecksum(text, bare)),
  ]);
  if (wanted === seen) return deno;
  throw new Error(
    `previous: the deno in ${zip} of ${version} is not the one that ${bare} is of, so no deno would take a delta`,
  );
}

/** Adds to a platform's files what makes its deno of the previous version's. */
export type AddDelta = (work: Work, deno: File, files: Directory) => Promise<Directory>;

/** Fetches what deltas are made of and compiles what makes them. `tools` is any container with python3 and sha256sum. */
async function prepare(works: Work[], { previous, program }: Delta, tools: Container): Promise<AddDelta> {
  const first = works[0] as Work;
  const fetched = works.map(async (work) => [work.target, await fetchPrevious(work, tools, previous)] as const);
  const olds = new Map<Target, File>(await Promise.all(fetched));
  const network = openNetwork(first.settings);
  // Compiled now: what is wrong with it must not show after the hours of compiling.
  const maker = await (await withDeltaTool(await denoToolchain(first), first.tree.directory, program, network)).sync();
  return ({ target, tree }, deno, files) => {
    const name = deltaName(target.triple, previous);
    return step(`delta from ${previous} to ${tree.version} for ${target.platform}`, async () => {
      const made = await makeDelta(maker, olds.get(target) as File, deno, name).sync();
      return withChecksum(tools, files, name, made);
    });
  };
}

/** The same; null: the delta is optional, and there is none. */
export async function prepareDeltas(works: Work[], delta: Delta, tools: Container): Promise<AddDelta | null> {
  try {
    return await prepare(works, delta, tools);
  } catch (error) {
    if (!delta.optional) throw error;
    return step(`no delta from ${delta.previous}: ${messageOf(error)}`, async () => null);
  }
}
