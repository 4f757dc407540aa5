import type { Directory, File } from "@dagger.io/dagger";
import { withSymcacheWriter, writeSymcache } from "../../dagger/deno/symcache.js";
import { step } from "../../dagger/engine/step.js";
import type { Work } from "../plan/work.js";
import { forDebugging } from "../request/profile.js";
import { openNetwork } from "../toolchain/toolchains.js";
import { denoToolchain, type PrepareLibrary, prepareDeno } from "./build.js";

/** Refuses a profile that is about debugging: its program has all that debug files would have. */
export function checkStripped(profile: string): void {
  if (!forDebugging(profile)) return;
  throw new Error(`profile: ${profile} is about debugging, so nothing is stripped: build gives a deno with all of it`);
}

/** The features with which a deno that panics prints a link: https://github.com/denoland/deno/blob/v2.9.5/cli/Cargo.toml#L49 */
const TRACES = /^(deno\/)?panic-trace(-frame-pointer)?$/;

/** Makes the symcache of a deno by that name, of what was stripped from it. */
export type MakeSymcache = (debug: Directory, name: string) => Promise<File>;

/**
 * Compiles what makes symcaches: now, so that what is wrong with it does not show after the hours of compiling. null: a
 * panic of this deno prints no link, so nobody has addresses to look up, or nothing is stripped from it.
 */
export async function prepareSymcache(work: Work): Promise<MakeSymcache | null> {
  const { settings, facts } = work;
  if (forDebugging(settings.profile) || !facts.features.some((feature) => TRACES.test(feature))) return null;
  const writer = await withSymcacheWriter(await denoToolchain(work), openNetwork(settings));
  await step("the program that makes symcaches", () => writer.sync());
  return (debug, name) => writeSymcache(writer, debug.file("deno.debug"), name);
}

/** What was stripped from deno, and its symcache; its profile was checked. */
export async function makeDebugFiles(work: Work, prepareLibrary: PrepareLibrary): Promise<Directory> {
  const make = await prepareDeno(work, prepareLibrary);
  const makeSymcache = await prepareSymcache(work);
  const debug = (await make()).debug as Directory;
  const name = "deno.symcache";
  return makeSymcache ? debug.withFile(name, await makeSymcache(debug, name)) : debug;
}
