import type { Channel } from "./version.js";

/** What a version that was asked for turned out to be. */
export interface Identity {
  version: string;
  channel: Channel;
  /** the full hash; null where no source was read */
  commit: string | null;
  /** when that commit was made, in seconds since 1970; null where no source was read */
  created: number | null;
}

/** The version as `deno --version` says it: a build of a commit carries seven digits of its hash. */
export function fullVersion({ version, channel, commit }: Identity): string {
  return channel === "canary" && commit ? `${version}+${commit.slice(0, 7)}` : version;
}
