import { DenoFromSource } from "../../src/index.js";
import type { Session, Thing } from "./session.js";

type Arguments = ConstructorParameters<typeof DenoFromSource>;

/** The constructor's arguments by name; those of the TypeScript class are by position, in this order. */
export interface Options {
  source: Arguments[0];
  librarySource: Arguments[1];
  prebuilt: Arguments[2];
  libraryOrigin: Arguments[3];
  toolchains: Arguments[4];
  base: Arguments[5];
  repository: Arguments[6];
  libraryRepository: Arguments[7];
  patches: Arguments[8];
  libraryPatches: Arguments[9];
  profile: Arguments[10];
  features: Arguments[11];
  upgrade: Arguments[12];
  upgradeUrl: Arguments[13];
  jobs: Arguments[14];
  compilerCache: Arguments[15];
  compilerCacheUser: Arguments[16];
  compilerCachePassword: Arguments[17];
  binaries: Arguments[18];
  binaryOrigin: Arguments[19];
  binaryRegistry: Arguments[20];
  imageBase: Arguments[21];
  tini: Arguments[22];
  strategy: Arguments[23];
  precompiledHeaders: Arguments[24];
  ignoreResources: Arguments[25];
  mirrors: Arguments[26];
  proxy: Arguments[27];
  noProxy: Arguments[28];
  certificateAuthority: Arguments[29];
  libraryFeatures: Arguments[30];
  gnArguments: Arguments[31];
  vendor: Arguments[32];
  sysroot: Arguments[33];
  startupOrder: Arguments[34];
  unwindTables: Arguments[35];
  minifySources: Arguments[36];
  runtimes: Arguments[37];
}

/** What is given to all modules of a test file that say nothing else. */
export const defaults: Partial<Options> = {};

/** The module as `dagger call` makes it from --options. */
export function denoFromSource(given: Partial<Options> = {}): DenoFromSource {
  const options = { ...defaults, ...given };
  return new DenoFromSource(
    options.source,
    options.librarySource,
    options.prebuilt,
    options.libraryOrigin,
    options.toolchains,
    options.base,
    options.repository,
    options.libraryRepository,
    options.patches,
    options.libraryPatches,
    options.profile,
    options.features,
    options.upgrade,
    options.upgradeUrl,
    options.jobs,
    options.compilerCache,
    options.compilerCacheUser,
    options.compilerCachePassword,
    options.binaries,
    options.binaryOrigin,
    options.binaryRegistry,
    options.imageBase,
    options.tini,
    options.strategy,
    options.precompiledHeaders,
    options.ignoreResources,
    options.mirrors,
    options.proxy,
    options.noProxy,
    options.certificateAuthority,
    options.libraryFeatures,
    options.gnArguments,
    options.vendor,
    options.sysroot,
    options.startupOrder,
    options.unwindTables,
    options.minifySources,
    options.runtimes,
  );
}

/** Runs a call against a session and gives the thing that it returned. */
export async function asked(session: Session, work: () => Promise<{ id(): Promise<string> }>): Promise<Thing> {
  return session.thing(await session.run(async () => (await work()).id()));
}
