import type { Directory } from "@dagger.io/dagger";
import { retrying } from "../../dagger/engine/http.js";
import { step } from "../../dagger/engine/step.js";
import * as api from "../../dagger/releases/api.js";
import { onDisk } from "../../dagger/releases/disk.js";
import { type Action, actionFor, checkFiles, inOrder } from "./assets.js";

/** What a call did to a release page. */
export type Upload = {
  /** Tag of the release */
  tag: string;
  /** The release's page, for people */
  url: string;
  /** Files that were sent, those that were replaced among them */
  sent: string[];
  /** Files that were there already, with the same checksum */
  kept: string[];
};

/** The release of a tag; undefined: there is none. Of several the published one counts, else the oldest draft. */
async function find(access: api.Access, tag: string): Promise<api.Release | undefined> {
  const found = (await api.listReleases(access)).filter((release) => release.tag === tag);
  return found.find(({ draft }) => !draft) ?? found.sort((one, other) => one.id - other.id)[0];
}

/** The release of a tag, made as a draft when it is missing. */
export async function begin(access: api.Access, tag: string, prerelease: boolean): Promise<api.Release> {
  let made: api.Release | undefined;
  // Looked for in each attempt: one whose answer was lost may have made it. Drafts are only found in the list.
  const release = await retrying(async () => {
    const found = await find(access, tag);
    if (found) return found;
    made = await api.createDraft(access, tag, prerelease, `Deno ${tag}, built from source.`);
    return made;
  }, access.clock);
  if (!made) return release;
  // Two calls that begin at once both find nothing, and GitHub lets both make a draft. Both then use the older one.
  const own = made;
  const first = (await find(access, tag)) ?? own;
  if (first.id === own.id) return own;
  await step(`${tag}: another call began this release first; its draft is used, and this call's is removed`, () =>
    api.removeDraft(access, own),
  );
  return first;
}

async function decideAction(
  access: api.Access,
  release: api.Release,
  file: api.LocalFile,
  assets: api.Asset[],
  replace: boolean,
): Promise<{ action: Action; asset: api.Asset | undefined }> {
  const asset = assets.find(({ name }) => name === file.name);
  // Of another size it is another file, whatever its checksum: nothing is downloaded to find that out.
  const ask = asset?.complete && asset.size === file.size;
  const present = asset && { ...asset, sha256: ask ? await api.findChecksum(access, asset) : null };
  return { action: actionFor(file, present, { draft: release.draft, replace }), asset };
}

/**
 * Brings the files to a release and publishes it at the end. Nothing is sent when one of them must not be. A call that
 * was interrupted is completed by the next: what is there is kept, what broke off is sent anew.
 */
export async function complete(
  access: api.Access,
  release: api.Release,
  files: api.LocalFile[],
  replace: boolean,
): Promise<Upload> {
  checkFiles(files);
  const ordered = inOrder(files);
  const assets = await api.listAssets(access, release);
  const refused: string[] = [];
  const wanted: api.LocalFile[] = [];
  const kept: string[] = [];
  for (const file of ordered) {
    const { action } = await decideAction(access, release, file, assets, replace);
    if (action === "refuse") refused.push(file.name);
    else if (action === "keep") kept.push(file.name);
    else wanted.push(file);
  }
  if (refused.length > 0) {
    throw new Error(
      `replace: ${release.tag} is published with other content of ${refused.join(", ")}; nothing was sent. ` +
        "Give --replace to overwrite it",
    );
  }
  const sent: string[] = [];
  for (const file of wanted) {
    await step(`${release.tag}: ${file.name}`, () =>
      retrying(async () => {
        // Asked anew in each attempt: one whose answer was lost may have arrived.
        const { action, asset } = await decideAction(
          access,
          release,
          file,
          await api.listAssets(access, release),
          replace,
        );
        if (action === "keep") return;
        if (asset) await api.removeAsset(access, release, asset);
        await api.sendFile(access, release, file);
      }, access.clock),
    );
    sent.push(file.name);
  }
  const { tag, url } = release.draft ? await api.publishDraft(access, release) : release;
  return { tag, url, sent, kept };
}

/** What is to be on a release page. */
export interface WantedRelease {
  tag: string;
  prerelease: boolean;
  replace: boolean;
}

/**
 * Makes the release, then its files, then brings them there. The draft comes first: a token that may not write shows
 * before hours of compiling.
 */
export async function upload(
  access: api.Access,
  wanted: WantedRelease,
  files: () => Promise<Directory>,
): Promise<Upload> {
  const look = () => begin(access, wanted.tag, wanted.prerelease);
  await look();
  // Looked at again when the files are there, hours later: another call may have published it, and what is published
  // is not replaced as a draft's files are.
  return onDisk(await files(), async (local) => complete(access, await look(), local, wanted.replace));
}
