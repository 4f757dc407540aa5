import type { File } from "@dagger.io/dagger";
import * as upstream from "../../dagger/upstream/git.js";
import type { Tree } from "../plan/facts.js";
import { checkEngine, decide, inTurn, type Work } from "../plan/work.js";
import type { Identity } from "../request/identity.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import { newest, requestChannel, type VersionRequest } from "../request/version.js";
import { checkNetwork, enginePlatform, gitContainer } from "../toolchain/toolchains.js";
import { fetchBinary } from "./finished.js";
import { checkRelease, checkRequest, checkRuntime, type Origin, originOf } from "./origin.js";

/** One Deno: what it is, and its programs of each platform, from wherever the options say. */
export interface Supply {
  identity: Identity;
  /** whether it is compiled here, so that one platform comes after the other */
  compiled: boolean;
  /** refuses what cannot be made for a platform, before the first one is compiled */
  prepare(target: Target): Promise<unknown>;
  deno(target: Target): Promise<File>;
  denort(target: Target): Promise<File>;
}

/** How a Deno is compiled. `src/index.ts` says it, so that this file only chooses. */
export interface FromSource {
  findTree(settings: Settings, request: VersionRequest): Promise<Tree>;
  /** refuses what cannot be compiled, and gives the work itself */
  prepareDeno(work: Work): Promise<() => Promise<File>>;
  prepareDenort(work: Work): Promise<() => Promise<File>>;
}

/** The origin that constructor options name together. */
function originFrom({ binaries, binaryOrigin }: Settings): Origin {
  return originOf(binaries !== undefined, binaryOrigin);
}

/** Refuses an origin without denort. */
export function checkDenort(settings: Settings): void {
  checkRuntime(originFrom(settings));
}

async function identify(settings: Settings, { version, channel, commit, directory }: Tree): Promise<Identity> {
  const created = commit ? await upstream.commitTime(await gitContainer(settings), directory) : null;
  return { version, channel, commit, created };
}

/** It is compiled. What the engine cannot compile is refused before any source is read. */
async function compileSupply(
  settings: Settings,
  request: VersionRequest,
  targets: readonly Target[],
  { findTree, prepareDeno, prepareDenort }: FromSource,
): Promise<Supply> {
  const engine = await enginePlatform();
  checkEngine(settings, engine, targets);
  const tree = await findTree(settings, request);
  const decideFor = (target: Target) => decide(settings, tree, engine, target);
  const prepare = async (target: Target) => prepareDeno(await decideFor(target));
  return {
    identity: await identify(settings, tree),
    compiled: true,
    prepare,
    deno: async (target) => (await prepare(target))(),
    denort: async (target) => (await prepareDenort(await decideFor(target)))(),
  };
}

/** It is there already. Of a release no tree is read, and of 2.9.5 not even tags. */
async function takeSupply(
  settings: Settings,
  request: VersionRequest,
  origin: Origin,
  { findTree }: FromSource,
): Promise<Supply> {
  let identity: Identity;
  if (request.kind === "canary" || request.kind === "commit") {
    identity = await identify(settings, await findTree(settings, request));
  } else {
    const version =
      request.kind === "release" ? request.version : newest(await upstream.releaseTags(settings.repository), request);
    checkRelease(origin, version);
    identity = { version, channel: requestChannel(request), commit: null, created: null };
  }
  return {
    identity,
    compiled: false,
    prepare: async () => undefined,
    deno: (target) => fetchBinary(settings, identity.version, target, "deno"),
    denort: (target) => fetchBinary(settings, identity.version, target, "denort"),
  };
}

/** Which Deno a version means, and from where: the one place that decides it. */
export async function findSupply(
  settings: Settings,
  request: VersionRequest,
  targets: readonly Target[],
  source: FromSource,
): Promise<Supply> {
  await checkNetwork(settings);
  const origin = originFrom(settings);
  checkRequest(origin, request);
  return origin === "source"
    ? compileSupply(settings, request, targets, source)
    : takeSupply(settings, request, origin, source);
}

/**
 * Does what begins with the deno of each platform: side by side, but one after the other where it is compiled. What is
 * wrong with the last one's parts is refused before the first one is compiled.
 */
export async function forEachTarget<T>(
  supply: Supply,
  targets: Target[],
  work: (target: Target) => Promise<T>,
): Promise<T[]> {
  if (!supply.compiled) return Promise.all(targets.map(work));
  await Promise.all(targets.map(supply.prepare));
  return inTurn(targets, work);
}
