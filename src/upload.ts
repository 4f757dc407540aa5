import type { Directory } from "@dagger.io/dagger";
import { onDisk } from "../dagger/disk.js";
import { retrying } from "../dagger/http.js";
import * as api from "../dagger/release-api.js";
import { step } from "../dagger/step.js";
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

/** The release of a tag, made as a draft when it is missing. Two of one tag: the published one counts. */
export function begin(access: api.Access, tag: string, prerelease: boolean): Promise<api.Release> {
  // Looked for in each attempt: one whose answer was lost may have made it. Drafts are only found in the list.
  return retrying(async () => {
    const found = (await api.releases(access)).filter((release) => release.tag === tag);
    const text = `Deno ${tag}, built from source.`;
    return found.find(({ draft }) => !draft) ?? found[0] ?? api.createDraft(access, tag, prerelease, text);
  }, access.clock);
}

async function decide(
  access: api.Access,
  release: api.Release,
  file: api.LocalFile,
  assets: api.Asset[],
  replace: boolean,
): Promise<{ action: Action; asset: api.Asset | undefined }> {
  const asset = assets.find(({ name }) => name === file.name);
  // Of another size it is another file, whatever its checksum: nothing is downloaded to find that out.
  const ask = asset?.complete && asset.size === file.size;
  const present = asset && { ...asset, sha256: ask ? await api.checksumOf(access, asset) : null };
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
  const assets = await api.assetsOf(access, release);
  const refused: string[] = [];
  const wanted: api.LocalFile[] = [];
  const kept: string[] = [];
  for (const file of ordered) {
    const { action } = await decide(access, release, file, assets, replace);
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
        const { action, asset } = await decide(access, release, file, await api.assetsOf(access, release), replace);
        if (action === "keep") return;
        if (asset) await api.remove(access, release, asset);
        await api.sendFile(access, release, file);
      }, access.clock),
    );
    sent.push(file.name);
  }
  const { tag, url } = release.draft ? await api.publishDraft(access, release) : release;
  return { tag, url, sent, kept };
}

/** What is to be on a release page. */
export interface Wanted {
  tag: string;
  prerelease: boolean;
  replace: boolean;
}

/**
 * Makes the release, then its files, then brings them there. The draft comes first: a token that may not write shows
 * before hours of compiling.
 */
export async function upload(access: api.Access, wanted: Wanted, files: () => Promise<Directory>): Promise<Upload> {
  const release = await begin(access, wanted.tag, wanted.prerelease);
  return onDisk(await files(), (local) => complete(access, release, local, wanted.replace));
}
