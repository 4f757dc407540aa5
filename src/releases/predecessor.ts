import semver from "semver";
import type { Tree } from "../plan/facts.js";
import { denoRecipe } from "../plan/recipe.js";
import { quote } from "../request/text.js";

/**
 * Whether a deno of one version asks for a delta to another, in one step of what may be three:
 * https://github.com/denoland/deno/blob/v2.9.5/cli/tools/upgrade.rs#L1521
 */
function follows(version: string, previous: string): boolean {
  const [to, from] = [semver.parse(version), semver.parse(previous)];
  if (!to || !from || to.prerelease.length > 0 || from.prerelease.length > 0 || to.major !== from.major) return false;
  return to.minor === from.minor ? to.patch === from.patch + 1 : to.minor === from.minor + 1 && to.patch === 0;
}

/** The newest of these versions whose deno asks for a delta to this one; none: the empty string. */
export function predecessor(version: string, present: string[]): string {
  const asking = (one: string) => follows(version, one) && denoRecipe(one).deltaProgram !== null;
  return semver.sort(present.filter(asking)).at(-1) ?? "";
}

/** Reads `--previous`, before anything is fetched; empty: no deltas are made. */
export function parsePrevious(text: string, upgradeUrl: string): string {
  if (text === "") return "";
  const version = /^v?\d+\.\d+\.\d+$/.test(text) ? semver.valid(text) : null;
  if (!version) throw new Error(`previous: ${quote(text)} is not accepted. Accepted: a release, such as 2.9.4.`);
  if (!upgradeUrl) {
    throw new Error(
      "previous: a deno takes deltas from the release page that it was built with, and this one has upstream's; give " +
        "--upgrade-url",
    );
  }
  return version;
}

/** Deltas that a release is to have. */
export interface Delta {
  /** the version that they are from */
  previous: string;
  /** the tree's program that makes them */
  program: string;
  /** a previous deno that cannot be had is no error: then there is no delta, and `deno upgrade` downloads the zip */
  optional: boolean;
}

/** Deltas of a tree from a previous version, if a deno of that would ask for one; no version: none. */
export function decideDelta(
  { version, recipe }: Pick<Tree, "version" | "recipe">,
  previous: string,
  optional = false,
): Delta | null {
  if (previous === "") return null;
  if (!recipe.deltaProgram || predecessor(version, [previous]) === "") {
    throw new Error(
      `previous: deno ${previous} asks for no delta to ${version}: since 2.7.14 a deno does so to the next patch release and ` +
        "to .0 of the next minor; leave it out, or give the one before",
    );
  }
  return { previous, program: recipe.deltaProgram, optional };
}
