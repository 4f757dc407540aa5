import { openTags, type Repository, type Tags } from "../../dagger/releases/registry.js";
import { parseImageName } from "../images/name.js";
import { imageTags, parseAddress } from "../images/tags.js";
import { movableTags } from "./missing.js";

/** Tags of an image that are not where they should be, by the version that they should be at. */
export interface Behind {
  version: string;
  tags: string[];
}

/** A tag's name, as `publish` gives it to the variant UBUNTU. */
function tagName(kind: string, version: string): string {
  return imageTags([kind], { version, channel: "stable", commit: null, created: null }, "UBUNTU").join();
}

/**
 * Moving tags that a push which broke off, or one of the version's tag alone, left behind: a tag counts as there when it
 * has the version's digest. Of a version that the image lacks nothing is said: publishing it moves its tags.
 */
export async function findBehind(
  present: string[],
  wanted: { kinds: string[]; upstream: string[]; since: string | null },
  { digestOf }: Pick<Tags, "digestOf">,
): Promise<Behind[]> {
  const found: Behind[] = [];
  for (const { version, kinds } of movableTags(wanted.kinds, present, wanted.upstream, wanted.since)) {
    const digest = await digestOf(version);
    const tags: string[] = [];
    for (const tag of kinds.map((kind) => tagName(kind, version))) {
      if (!present.includes(tag) || (await digestOf(tag)) !== digest) tags.push(tag);
    }
    if (tags.length > 0) found.push({ version, tags });
  }
  return found;
}

/** Moves tags to a version that is published, and gives the references with their digests. Nothing is built or pushed. */
export async function moveTags(
  address: string,
  { version, tags }: Behind,
  credentials: Repository["credentials"],
): Promise<string[]> {
  const registry = openTags({ ...parseImageName(address), credentials });
  const moved: string[] = [];
  for (const tag of tags) moved.push(`${parseAddress(address)}:${tag}@${await registry.move(tag, version)}`);
  return moved;
}
