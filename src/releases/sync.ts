import { messageOf } from "../../dagger/engine/message.js";
import { checkTags } from "../images/tags.js";

/** What became of one version. */
export type Synced = {
  /** The version, without a leading v */
  version: string;
  /** Whether it is published now */
  done: boolean;
  /** Where it is published, or why not */
  says: string;
};

/** Arguments of `sync` that cannot be together, before anything is asked. */
export function checkSync(
  settings: { source?: unknown; binaries?: unknown },
  given: { repository: string; token?: unknown; address: string; tags: string[] },
): void {
  const one = settings.source ? "source" : settings.binaries ? "binaries" : null;
  if (one) throw new Error(`${one}: it is one version; sync makes all that repository has tags of and a place lacks`);
  if (given.repository && !given.token) throw new Error("token: a release page is written to, which needs one");
  if (given.address && !given.tags.includes("version")) {
    throw new Error("tags: sync finds what is missing by the tag version, which must be among them");
  }
  if (given.address) checkTags(given.tags, "stable");
}

/** The results as lines for a log. */
export function summary(results: Synced[]): string {
  return results.map(({ version, done, says }) => `${version}: ${done ? "done" : "FAILED"}: ${says}`).join("\n");
}

/**
 * Publishes versions one after the other: each of them takes the whole machine. A failure does not stop the rest, and
 * is an error at the end, so that a cron notices. `publish` gives the place where a version then is.
 */
export async function syncEach(versions: string[], publish: (version: string) => Promise<string>): Promise<Synced[]> {
  const results: Synced[] = [];
  for (const version of versions) {
    try {
      results.push({ version, done: true, says: await publish(version) });
    } catch (error) {
      results.push({ version, done: false, says: messageOf(error) });
    }
  }
  const failed = results.filter(({ done }) => !done).length;
  if (failed === 0) return results;
  throw new Error(
    `sync: ${failed} of ${results.length} versions failed; the next call tries them again\n${summary(results)}`,
  );
}
