import semver from "semver";
import { checksumName, zipName } from "../request/platform.js";
import { quote } from "../request/text.js";
import { FLOOR, newest, tagOf } from "../request/version.js";

const TAG = /^(?:refs\/tags\/)?v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/;

/** The versions that release tags name, the oldest first. Other tags (`std/0.1.0`) are passed over. */
function releaseVersions(tags: string[]): string[] {
  return semver.sort([...new Set(tags.flatMap((tag) => semver.valid(TAG.exec(tag)?.[1]) ?? []))]);
}

/** The newest version of a channel that has tags. A prerelease may be older than the newest stable release. */
export function newestOfChannel(tags: string[], channel: "stable" | "prerelease"): string {
  if (channel === "stable") return newest(tags, { kind: "latest" });
  const found = releaseVersions(tags)
    .filter((version) => semver.prerelease(version))
    .at(-1);
  if (found) return found;
  throw new Error(`channel: no prerelease among ${tags.length} tags`);
}

/** Reads `--since`; null: nothing was given. */
export function parseSince(text: string): string | null {
  if (text === "") return null;
  const version = /^v?\d/.test(text) ? semver.valid(text) : null;
  if (version && semver.gte(version, FLOOR)) return version;
  throw new Error(`since: ${quote(text)} is not accepted. Accepted: a release from ${FLOOR} on, such as 2.9.0.`);
}

/**
 * Stable releases that upstream has and a place lacks, the oldest first. Without `since` the oldest one that the place
 * has is the floor: a version whose build failed is then found again by the next run, and so is a patch of an older
 * line that came out after a newer minor. A place that has nothing gets upstream's newest release alone, not the
 * hundreds before it.
 */
export function lacking(tags: string[], present: string[], since: string | null): string[] {
  const releases = releaseVersions(tags).filter((version) => !semver.prerelease(version) && semver.gte(version, FLOOR));
  const stable = semver.sort(present.filter((version) => semver.valid(version) && !semver.prerelease(version)));
  const floor = since ?? stable[0] ?? releases.at(-1);
  if (floor === undefined) return [];
  return releases.filter((version) => semver.gte(version, floor) && !stable.includes(version));
}

/** A release page's entry, as far as it says whether a version is there. */
export interface PageEntry {
  tag: string;
  draft: boolean;
  assets: { name: string; complete: boolean }[];
}

/** What must be there before a version counts as released for a platform: `upload` sends these last. */
function expected(triples: string[]): string[] {
  return triples.flatMap((triple) => [zipName(triple), `${zipName(triple)}.sha256sum`]);
}

/** Whether a release page's entry has all of these files, none of them broken off. */
function has({ assets }: PageEntry, names: string[]): boolean {
  const complete = assets.filter((asset) => asset.complete).map(({ name }) => name);
  return names.every((name) => complete.includes(name));
}

/** Whether a release page's entry is finished: published, with the zip and the checksum of every platform. */
export function isFinished(entry: PageEntry, triples: string[]): boolean {
  return !entry.draft && has(entry, expected(triples));
}

/** Finished versions of a page whose deno deltas can be made from: `deno upgrade` compares the checksum of deno itself. */
export function deltaSources(entries: PageEntry[], triples: string[]): string[] {
  const names = triples.map((triple) => checksumName(triple, "deno"));
  const usable = entries.filter((entry) => isFinished(entry, triples) && has(entry, names));
  return releaseVersions(usable.map(({ tag }) => tag));
}

/** Stable releases that a release page lacks or has unfinished. An unfinished one still says where the page begins. */
export function lackingOnPage(tags: string[], entries: PageEntry[], triples: string[], since: string | null): string[] {
  const finished = entries.filter((entry) => isFinished(entry, triples));
  const begun = releaseVersions(entries.map(({ tag }) => tag)).find((version) => !semver.prerelease(version));
  return lacking(
    tags,
    releaseVersions(finished.map(({ tag }) => tag)),
    since ?? (begun && semver.gte(begun, FLOOR) ? begun : null),
  );
}

/** Stable releases that an image lacks, by the tags of its repository. Tags of variants and lines do not count. */
export function lackingInImage(tags: string[], imageTags: string[], since: string | null): string[] {
  return lacking(tags, releaseVersions(imageTags.map((tag) => tagOf(tag.replace(/^v/, "")))), since);
}

/** What either place lacks, the oldest first. */
export function either(...lists: string[][]): string[] {
  return semver.sort([...new Set(lists.flat())]);
}

/**
 * Which of the wanted kinds of image tags a version takes: `minor`, `major` and `latest` only where upstream has nothing
 * newer for them, so that a late patch of an older line does not take them back.
 */
export function kindsFor(wanted: string[], version: string, tags: string[]): string[] {
  const newer = releaseVersions(tags).filter((it) => !semver.prerelease(it) && semver.gt(it, version));
  const within: Record<string, (it: string) => boolean> = {
    minor: (it) => semver.satisfies(it, `~${version}`),
    major: (it) => semver.major(it) === semver.major(version),
    latest: () => true,
  };
  return wanted.filter((kind) => !newer.some(within[kind] ?? (() => false)));
}

/**
 * Which moving tags each version of an image should have, as far as upstream has nothing newer for them; versions from
 * `since` on, and those that upstream has.
 */
export function movableTags(
  wanted: string[],
  present: string[],
  tags: string[],
  since: string | null,
): { version: string; kinds: string[] }[] {
  return releaseVersions(tags)
    .filter((it) => present.includes(it) && !semver.prerelease(it) && (since === null || semver.gte(it, since)))
    .map((version) => ({ version, kinds: kindsFor(wanted, version, tags).filter((kind) => kind !== "version") }))
    .filter(({ kinds }) => kinds.length > 0);
}
