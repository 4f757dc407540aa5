import semver from "semver";
import { quote } from "./text.js";

/** What `--version` may ask for. Only `release` names a tag by itself; the others are looked up first. */
export type VersionRequest =
  | { kind: "release"; version: string }
  | { kind: "line"; range: string }
  | { kind: "latest" }
  | { kind: "canary" }
  | { kind: "commit"; hash: string };

/**
 * The oldest release that can be built. From 1.20.0 on a tree says itself what it needs: `rust-toolchain.toml` names Rust
 * (since 1.18.1), the V8 crate is called `v8` (since 1.16.0) and build.rs refuses a snapshot of the wrong architecture
 * instead of embedding it: https://github.com/denoland/deno/blob/v1.20.0/cli/build.rs#L329
 */
export const FLOOR = "1.20.0";

const ACCEPTED =
  "a release (2.9.5, v2.9.5, 2.8.0-rc.1), a line (2.9, 2), latest, canary, or a commit of 7 to 40 hex digits";

// A number of at most six digits, so that seven digits are always a commit and never a line.
const NUMBER = "(?:0|[1-9][0-9]{0,5})";
const RELEASE = new RegExp(`^v?(${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-[0-9A-Za-z.-]+)?)$`);
const LINE = new RegExp(`^v?(${NUMBER}(?:\\.${NUMBER})?)$`);
const COMMIT = /^[0-9a-f]{7,40}$/i;
const TAG = new RegExp(`^(?:refs/tags/)?v(${NUMBER}\\.${NUMBER}\\.${NUMBER})$`);

/** `2.9.5-rc.1` and `2.9.5+abcdef0` -> `2.9.5`; null for what is no version. A release candidate is built like its release. */
export function releaseBase(version: string): string | null {
  const parsed = semver.parse(version);
  return parsed && `${parsed.major}.${parsed.minor}.${parsed.patch}`;
}

/** Reads `--version`. Whatever passes holds nothing but `[0-9A-Za-z.-]`, so it may go into a tag, a URL or a command. */
export function parseVersion(text: string): VersionRequest {
  if (text === "latest" || text === "canary") return { kind: text };

  const version = semver.valid(RELEASE.exec(text)?.[1]);
  if (version) {
    if (semver.lt(version, FLOOR)) throw tooOld(text);
    return { kind: "release", version };
  }

  const line = LINE.exec(text)?.[1];
  if (line) {
    const range = `${line}.x`;
    if (semver.gtr(FLOOR, range)) throw tooOld(text);
    return { kind: "line", range };
  }

  if (COMMIT.test(text)) return { kind: "commit", hash: text.toLowerCase() };
  throw new Error(`version: ${quote(text)} is not understood. Accepted: ${ACCEPTED}.`);
}

function tooOld(text: string): Error {
  return new Error(
    `version: ${quote(text)} is older than ${FLOOR}, the oldest release that can be built. Accepted: ${ACCEPTED}.`,
  );
}

/** The git tag of a release. */
export function tagOf(version: string): string {
  return `v${version}`;
}

/**
 * The newest stable release among git tags. Semver order, not date: a patch of an old LTS line is released after newer
 * minors. Other tags (`std/0.1.0`, release candidates) are passed over.
 */
export function newest(tags: string[], request: Extract<VersionRequest, { kind: "latest" | "line" }>): string {
  const releases = semver.rsort(tags.flatMap((tag) => TAG.exec(tag)?.[1] ?? []));
  const range = request.kind === "line" ? request.range : "*";
  const found = semver.maxSatisfying(releases, range);
  if (found) return found;
  const wanted = request.kind === "line" ? `release of the line ${range}` : "release";
  const seen = releases.length > 0 ? `the newest are ${releases.slice(0, 5).join(", ")}` : "there is no release tag";
  throw new Error(`version: no stable ${wanted} among ${tags.length} tags; ${seen}.`);
}

/** A file of the release of that version, at GitHub or a forge with its addresses. */
export function downloadUrl(repository: string, version: string, file: string): string {
  return `${repository.replace(/\.git$/, "")}/releases/download/${tagOf(version)}/${file}`;
}

export type Channel = "stable" | "prerelease" | "canary";

/**
 * What the binary will call itself. A build of a commit is a canary (DENO_CANARY), one of a tag never is:
 * https://github.com/denoland/deno/blob/v2.9.5/cli/lib/version.rs
 */
export function requestChannel(request: VersionRequest): Channel {
  if (request.kind === "canary" || request.kind === "commit") return "canary";
  return request.kind === "release" && semver.prerelease(request.version) ? "prerelease" : "stable";
}

/** The same of a tree, which may be a prerelease without having been asked for as one. */
export function treeChannel(request: VersionRequest, version: string): Channel {
  const asked = requestChannel(request);
  return asked === "stable" && semver.prerelease(version) ? "prerelease" : asked;
}
