import { newestCommit, releaseTags } from "../../dagger/upstream/git.js";
import type { Settings } from "../request/options.js";
import { newest, requestChannel, tagOf, type VersionRequest } from "../request/version.js";
import { findTree } from "../upstream/source.js";

/** A version as a release page has it. */
export interface Tagged {
  /** what to build: a release or a commit, whatever was asked for */
  request: VersionRequest;
  tag: string;
  prerelease: boolean;
}

/**
 * The tag that a version is released under: upstream's, or `canary-<hash>` for a commit. Upstream's own is not always
 * what its tree says: v1.43.0 is 1.43.1 (https://github.com/denoland/deno/blob/v1.43.0/cli/Cargo.toml).
 */
export async function releaseTag(settings: Settings, request: VersionRequest): Promise<Tagged> {
  const channel = requestChannel(request);
  if (channel === "canary") {
    const quick = request.kind === "canary" && !settings.source;
    const commit = quick ? await newestCommit(settings.repository) : (await findTree(settings, request)).commit;
    return {
      request: commit ? { kind: "commit", hash: commit } : request,
      tag: `canary-${commit?.slice(0, 7)}`,
      prerelease: true,
    };
  }
  if (request.kind === "release") {
    return { request, tag: tagOf(request.version), prerelease: channel === "prerelease" };
  }
  const version = settings.source
    ? (await findTree(settings, request)).version
    : newest(await releaseTags(settings.repository), request as Parameters<typeof newest>[1]);
  return { request: { kind: "release", version }, tag: tagOf(version), prerelease: version.includes("-") };
}
