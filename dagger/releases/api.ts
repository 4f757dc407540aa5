import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { z } from "zod";
import {
  type Clock,
  type Content,
  excerpt,
  json,
  nextPage,
  type Request,
  retrying,
  send,
  sendContent,
  Transient,
} from "../engine/http.js";
import { messageOf } from "../engine/message.js";

/** A file of a release, as the page has it. */
export interface Asset {
  id: number;
  name: string;
  size: number;
  /** false: an upload that broke off left it behind */
  complete: boolean;
  /** `sha256:<hex>`; null where the server does not say it */
  digest: string | null;
  /** where its content is */
  content: string;
}

/** A release page's entry. */
export interface Release {
  id: number;
  tag: string;
  draft: boolean;
  /** for people */
  url: string;
  /** where GitHub takes files */
  uploads: string;
  assets: Asset[];
}

/** A file to send, on this process's disk. */
export interface LocalFile {
  name: string;
  path: string;
  size: number;
  /** hex */
  sha256: string;
}

/** A repository behind an API, and who asks. */
export interface Access {
  api: string;
  dialect: "github" | "gitea";
  owner: string;
  name: string;
  /** null: nobody, where the page is public */
  token: string | null;
  clock: Clock;
}

const assetAnswer = z.object({
  id: z.int(),
  name: z.string(),
  size: z.number(),
  state: z.string().optional(),
  digest: z.string().nullish(),
  url: z.string().optional(),
  browser_download_url: z.string(),
});

const releaseAnswer = z.object({
  id: z.int(),
  tag_name: z.string(),
  draft: z.boolean(),
  html_url: z.string(),
  upload_url: z.string().optional(),
  assets: z.array(assetAnswer).nullish(),
});

/** How long a file may take, in milliseconds: an hour. */
const UPLOAD = 3_600_000;

function readAsset({ dialect }: Access, answer: z.infer<typeof assetAnswer>): Asset {
  const { id, name, size, state, digest, url, browser_download_url } = answer;
  // GitHub leaves an asset in the state `starter` where an upload broke off; Gitea knows no such thing.
  // https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
  const complete = dialect === "gitea" || state === "uploaded";
  return {
    id,
    name,
    size,
    complete,
    digest: digest ?? null,
    content: (dialect === "github" && url) || browser_download_url,
  };
}

function readRelease(access: Access, answer: z.infer<typeof releaseAnswer>): Release {
  const { id, tag_name: tag, draft, html_url: url, upload_url: uploads = "", assets } = answer;
  return { id, tag, draft, url, uploads, assets: (assets ?? []).map((it) => readAsset(access, it)) };
}

const repositoryUrl = ({ api, owner, name }: Access) => `${api}/repos/${owner}/${name}`;

/** The token goes to the API's own host alone, and to the one that GitHub takes files at. */
function headersFor({ api, dialect, token }: Access, url: string): Record<string, string> {
  const { hostname, protocol, host } = new URL(api);
  const own = [host, host.replace(/^api\./, "uploads."), `uploads.${host}`];
  const to = new URL(url);
  const trusted = to.protocol === protocol && own.includes(to.host);
  return {
    "user-agent": "deno-from-source",
    ...(dialect === "github" && { accept: "application/vnd.github+json" }),
    ...(dialect === "github" && hostname === "api.github.com" && { "x-github-api-version": "2022-11-28" }),
    ...(token && trusted && { authorization: dialect === "github" ? `Bearer ${token}` : `token ${token}` }),
  };
}

interface Asked extends Request {
  /** whether 404 is as good as done */
  gone?: boolean;
  /** what is sent, instead of a body */
  content?: Content;
}

/** A request's answer; an error that says what to do where it is refused. */
async function ask(access: Access, url: string, { gone, content, ...request }: Asked = {}): Promise<Response> {
  const secrets = access.token ? [access.token] : [];
  const headers = { ...headersFor(access, url), ...(request.headers as Record<string, string>) };
  const response = content
    ? await sendContent(url, { ...request, headers, secrets }, content, access.clock)
    : await send(url, { ...request, headers, secrets }, access.clock);
  const { status } = response;
  if (response.ok || (gone && status === 404)) return response;
  const says = `${request.method ?? "GET"} ${url.replace(/[?#].*$/, "")}: ${status} ${await excerpt(response, secrets)}`;
  const where = `${access.owner}/${access.name} at ${access.api}`;
  if (status === 401) throw new Error(`token: it is not valid there, or expired. ${says}`);
  if (status === 403)
    throw new Error(`token: it lacks a right on ${where}: it must write contents (releases). ${says}`);
  if (status === 404) throw new Error(`repository: no ${where}, or the token may not see or write it. ${says}`);
  throw new Error(`the release page refused a request: ${says}`);
}

/** All items of a list, page by page. The answer's Link only says whether there is more: the token goes nowhere else. */
async function pages<T>(access: Access, path: string, limit: string, item: z.ZodType<T>): Promise<T[]> {
  const found: T[] = [];
  for (let page = 1; ; page++) {
    const url = `${repositoryUrl(access)}${path}${limit && `?${limit}&page=${page}`}`;
    const [items, more] = await retrying(async () => {
      const response = await ask(access, url);
      return [await json(response, z.array(item)), nextPage(response) !== null] as const;
    }, access.clock);
    found.push(...items);
    if (!more) return found;
  }
}

/** Every entry of the page: drafts too, where the token may see them. */
export async function listReleases(access: Access): Promise<Release[]> {
  const limit = access.dialect === "github" ? "per_page=100" : "limit=50";
  return (await pages(access, "/releases", limit, releaseAnswer)).map((it) => readRelease(access, it));
}

/** Makes an entry that only those who may write see. Its tag comes to be when it is published. */
export async function createDraft(access: Access, tag: string, prerelease: boolean, text: string): Promise<Release> {
  const body = JSON.stringify({ tag_name: tag, name: tag, body: text, draft: true, prerelease });
  const headers = { "content-type": "application/json" };
  try {
    const response = await ask(access, `${repositoryUrl(access)}/releases`, { method: "POST", body, headers });
    return readRelease(access, await json(response, releaseAnswer));
  } catch (error) {
    // Another call made it a moment ago: Gitea has one release of a tag. It is found by the next look.
    if (error instanceof Error && /: (409|422) .*exists/i.test(error.message)) throw new Transient(error.message);
    throw error;
  }
}

/** Removes a draft that this module made and did not fill. */
export async function removeDraft(access: Access, { id }: Release): Promise<void> {
  await retrying(
    () => ask(access, `${repositoryUrl(access)}/releases/${id}`, { method: "DELETE", gone: true }),
    access.clock,
  );
}

/** Shows a draft to everybody. */
export function publishDraft(access: Access, { id }: Release): Promise<Release> {
  // `legacy`: GitHub's mark `latest` goes by version, so a patch of an older line does not take it.
  // https://docs.github.com/en/rest/releases/releases#update-a-release
  const body = JSON.stringify({ draft: false, ...(access.dialect === "github" && { make_latest: "legacy" }) });
  const headers = { "content-type": "application/json" };
  return retrying(async () => {
    const response = await ask(access, `${repositoryUrl(access)}/releases/${id}`, { method: "PATCH", body, headers });
    return readRelease(access, await json(response, releaseAnswer));
  }, access.clock);
}

/** The files that an entry has now. */
export async function listAssets(access: Access, { id }: Release): Promise<Asset[]> {
  // Gitea's list of files has no pages.
  const limit = access.dialect === "github" ? "per_page=100" : "";
  return (await pages(access, `/releases/${id}/assets`, limit, assetAnswer)).map((it) => readAsset(access, it));
}

/** Removes a file; one that is gone already is no error. */
export async function removeAsset(access: Access, release: Release, asset: Asset): Promise<void> {
  const path = access.dialect === "github" ? `assets/${asset.id}` : `${release.id}/assets/${asset.id}`;
  await retrying(
    () => ask(access, `${repositoryUrl(access)}/releases/${path}`, { method: "DELETE", gone: true }),
    access.clock,
  );
}

/** The file as the one part of a form. Its name needs no quoting, see src/releases/assets.ts. */
function form(file: LocalFile, boundary: string): Content {
  const before = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="${file.name}"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n",
  );
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    length: before.length + file.size + after.length,
    async *pieces() {
      yield before;
      yield* createReadStream(file.path);
      yield after;
    },
  };
}

/** Sends a file from the disk, a piece at a time. Not done again here: look first what the page has, see src/releases/upload.ts. */
export async function sendFile(access: Access, release: Release, file: LocalFile): Promise<void> {
  const name = encodeURIComponent(file.name);
  const common = { method: "POST", timeout: UPLOAD };
  if (access.dialect === "gitea") {
    const boundary = `deno-from-source-${randomUUID()}`;
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    const url = `${repositoryUrl(access)}/releases/${release.id}/assets?name=${name}`;
    await ask(access, url, { ...common, headers, content: form(file, boundary) });
    return;
  }
  const url = `${release.uploads.replace(/\{.*$/, "")}?name=${name}`;
  if (access.token && !("authorization" in headersFor(access, url))) {
    throw new Error(
      `api: ${access.api} wants files at ${new URL(url).host}, which is not its own: the token is not sent there`,
    );
  }
  const headers = { "content-type": "application/octet-stream" };
  const content = { length: file.size, pieces: () => createReadStream(file.path) };
  try {
    await ask(access, url, { ...common, headers, content });
  } catch (error) {
    // An attempt whose answer was lost; what is there now decides.
    if (error instanceof Error && error.message.includes("already_exists")) throw new Transient(error.message);
    throw error;
  }
}

/** The SHA-256 of a file that the page has, in hex: what the server says, else of its content; null: neither can be had. */
export async function findChecksum(access: Access, asset: Asset): Promise<string | null> {
  const said = /^sha256:([0-9a-f]{64})$/.exec(asset.digest ?? "")?.[1];
  if (said) return said;
  return retrying(async () => {
    const headers = { ...headersFor(access, asset.content), accept: "application/octet-stream" };
    const secrets = access.token ? [access.token] : [];
    const response = await send(asset.content, { headers, secrets, timeout: UPLOAD }, access.clock);
    if (!response.ok || !response.body) return null;
    const hash = createHash("sha256");
    try {
      for await (const piece of response.body) hash.update(piece);
    } catch (error) {
      throw new Transient(`GET ${asset.name}: broke off: ${messageOf(error)}`);
    }
    return hash.digest("hex");
  }, access.clock);
}
