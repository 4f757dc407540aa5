import type { Secret } from "@dagger.io/dagger";
import { clock } from "../../dagger/engine/http.js";
import { listReleases } from "../../dagger/releases/api.js";
import { listTags, openTags } from "../../dagger/releases/registry.js";
import { releaseTags } from "../../dagger/upstream/git.js";
import { parseImageName } from "../images/name.js";
import { checkLogin } from "../images/tags.js";
import type { Target } from "../request/platform.js";
import { deltaSources, lackingInImage, lackingOnPage, parseSince } from "./missing.js";
import { type Behind, findBehind } from "./moving-tags.js";
import { parsePage } from "./page.js";

/** What is compared with upstream: a release page, an image, or both. */
export interface Question {
  repository: string;
  address: string;
  targets: Target[];
  since: string;
  /** which kinds of tags an image is to have; for the moving ones among them it is asked where they are */
  kinds: string[];
  api: string;
  token?: Secret;
  username: string;
  password?: Secret;
}

/** What upstream has, and which stable versions each place lacks, the oldest first. */
export interface Missing {
  tags: string[];
  page: string[];
  /** versions on the page that a delta can be made from */
  deltaSources: string[];
  image: string[];
  /** versions that the image has, and moving tags that should be at them and are not */
  behind: Behind[];
}

/** Compares the places that were given with upstream. */
export async function findMissing(upstream: string, question: Question): Promise<Missing> {
  const { repository, address, username: user } = question;
  if (!repository && !address) {
    throw new Error("repository, address: one of them is needed: OWNER/NAME of a release page, or an image");
  }
  checkLogin(user, question.password !== undefined);
  const since = parseSince(question.since);
  const triples = question.targets.map(({ triple }) => triple);
  const page = repository ? parsePage(repository, question.api) : null;
  const image = address ? parseImageName(address) : null;
  const [token = null, password] = await Promise.all([question.token?.plaintext(), question.password?.plaintext()]);
  const credentials = password === undefined ? null : { user, password };
  const [tags, entries, imagesTags] = await Promise.all([
    releaseTags(upstream),
    page && listReleases({ ...page, token, clock }),
    image && listTags({ ...image, credentials }),
  ]);
  return {
    tags,
    page: entries ? lackingOnPage(tags, entries, triples, since) : [],
    deltaSources: entries ? deltaSources(entries, triples) : [],
    image: imagesTags ? lackingInImage(tags, imagesTags, since) : [],
    behind:
      image && imagesTags
        ? await findBehind(
            imagesTags,
            { kinds: question.kinds, upstream: tags, since },
            openTags({ ...image, credentials }),
          )
        : [],
  };
}
