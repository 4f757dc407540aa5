import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyProblems, operationFor, operationsOf, queryProblems } from "./schema.js";

/** A file of a release on the stand-in. */
export interface ForgeAsset {
  id: number;
  name: string;
  content: Buffer;
  state: "uploaded" | "starter";
}

/** A release on the stand-in. */
export interface ForgeRelease {
  id: number;
  tag: string;
  draft: boolean;
  prerelease: boolean;
  assets: ForgeAsset[];
}

/** What happens to a request instead of what should. */
export type Fault =
  | { status: number; headers?: Record<string, string>; body?: string }
  /** the connection breaks while a file arrives; GitHub keeps an asset in the state `starter` */
  | "break"
  /** the request is done, but the answer never arrives */
  | "lost";

export interface ForgeOptions {
  dialect: "github" | "gitea";
  token?: string;
  /** may read, not write */
  reader?: string;
  /** whether assets come with a digest, as on GitHub since 2025 */
  digests?: boolean;
  /** items of a page, whatever was asked for */
  pageSize?: number;
  /** the address to listen on */
  host?: string;
  /** decides on a fault for a request */
  fault?: (request: { id: string; method: string; path: string; count: number }) => Fault | undefined;
}

const listen = (server: Server, host: string) =>
  new Promise<string>((resolve) => {
    server.listen(0, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`));
  });

const bytes = async (request: IncomingMessage, limit = Number.POSITIVE_INFINITY) => {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    pieces.push(piece);
    length += piece.length;
    if (length >= limit) break;
  }
  return Buffer.concat(pieces);
};

/**
 * A release page behind HTTP, in GitHub's or Gitea's dialect, for the repository me/deno-builds. Each request is
 * checked against the published description of the API; what is wrong with one is in `problems` and its answer.
 * https://docs.github.com/en/rest/releases, https://github.com/go-gitea/gitea/tree/v1.24.0/routers/api/v1/repo
 */
export class Forge {
  releases: ForgeRelease[] = [];
  problems: string[] = [];
  /** method and operation of every request, in order */
  asked: string[] = [];
  /** what was put into Authorization, by the server that saw it */
  seen: { server: "api" | "storage"; authorization: string | undefined }[] = [];
  origin = "";
  private storageOrigin = "";
  private next = 1;
  private readonly counts = new Map<string, number>();
  private readonly server = createServer((request, response) => void this.answer(request, response));
  /** where GitHub has the files: it refuses an Authorization, as such stores do */
  private readonly storage = createServer((request, response) => {
    this.seen.push({ server: "storage", authorization: request.headers.authorization });
    const asset = this.releases.flatMap(({ assets }) => assets).find(({ id }) => request.url === `/${id}?signed=yes`);
    if (request.headers.authorization || !asset) response.writeHead(400).end();
    else response.end(asset.content);
  });

  constructor(readonly options: ForgeOptions) {}

  async start(): Promise<this> {
    const host = this.options.host ?? "127.0.0.1";
    this.origin = await listen(this.server, host);
    this.storageOrigin = await listen(this.storage, host);
    return this;
  }

  stop(): void {
    for (const server of [this.server, this.storage]) {
      server.closeAllConnections();
      server.close();
    }
  }

  get api(): string {
    return `${this.origin}${this.options.dialect === "github" ? "/api/v3" : "/api/v1"}`;
  }

  /** Puts a release there, with files of the given content. */
  add(tag: string, files: Record<string, string> = {}, draft = false): ForgeRelease {
    const assets = Object.entries(files).map(([name, content]) => this.asset(name, Buffer.from(content)));
    const release = { id: this.next++, tag, draft, prerelease: false, assets };
    this.releases.unshift(release);
    return release;
  }

  /** What is there, in few words: a comparison of whole files says nothing to a reader. */
  listing(): { tag: string; draft: boolean; files: string[] }[] {
    const digest = (content: Buffer) => createHash("sha256").update(content).digest("hex").slice(0, 16);
    return this.releases.map(({ tag, draft, assets }) => ({
      tag,
      draft,
      files: assets.map(({ name, content, state }) => `${name} ${state === "uploaded" ? digest(content) : state}`),
    }));
  }

  private asset(name: string, content: Buffer, state: ForgeAsset["state"] = "uploaded"): ForgeAsset {
    return { id: this.next++, name, content, state };
  }

  private shownAsset(release: ForgeRelease, { id, name, content, state }: ForgeAsset): object {
    const page = `${this.origin}/me/deno-builds/releases/download/${release.tag}/${name}`;
    const common = { id, name, size: content.length, browser_download_url: page };
    if (this.options.dialect === "gitea") return { ...common, uuid: String(id), download_count: 0 };
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    const url = `${this.api}/repos/me/deno-builds/releases/assets/${id}`;
    return { ...common, url, state, label: null, ...(this.options.digests !== false && { digest }) };
  }

  private shown(release: ForgeRelease): object {
    const { id, tag, draft, prerelease, assets } = release;
    return {
      id,
      tag_name: tag,
      draft,
      prerelease,
      html_url: `${this.origin}/me/deno-builds/releases/tag/${draft ? `untagged-${id}` : tag}`,
      upload_url:
        this.options.dialect === "github"
          ? `${this.origin}/api/uploads/repos/me/deno-builds/releases/${id}/assets{?name,label}`
          : `${this.api}/repos/me/deno-builds/releases/${id}/assets`,
      assets: assets.map((asset) => this.shownAsset(release, asset)),
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { dialect, token, reader, pageSize } = this.options;
    const url = new URL(request.url ?? "/", this.origin);
    const { authorization } = request.headers;
    this.seen.push({ server: "api", authorization });
    const json = (status: number, body: unknown, headers = {}) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    const who = authorization && (dialect === "github" ? /^Bearer (.+)$/ : /^token (.+)$/).exec(authorization)?.[1];
    if (authorization && who !== token && who !== reader) {
      return void json(401, { message: `Bad credentials: ${authorization}` });
    }
    const download = /^\/me\/deno-builds\/releases\/download\/([^/]+)\/([^/]+)$/.exec(url.pathname);
    if (download && dialect === "gitea") {
      const asset = this.releases
        .find(({ tag }) => tag === download[1])
        ?.assets.find(({ name }) => name === download[2]);
      return void (asset ? response.end(asset.content) : json(404, { message: "Not Found" }));
    }

    const prefix = url.pathname.startsWith("/api/uploads/") ? "/api/uploads" : new URL(this.api).pathname;
    const found = url.pathname.startsWith(`${prefix}/`)
      ? operationFor(operationsOf(dialect), request.method ?? "", url.pathname.slice(prefix.length))
      : undefined;
    if (!found) {
      this.problems.push(`no such operation: ${request.method} ${url.pathname}`);
      return void json(404, { message: "Not Found" });
    }
    const { operation, values } = found;
    const id = operation.operationId;
    this.asked.push(id);
    const problem = (text: string) => this.problems.push(`${id}: ${text}`);
    for (const text of queryProblems(operation, url.searchParams)) problem(text);
    if (!request.headers["user-agent"]) problem("no User-Agent, which GitHub refuses");
    const count = (this.counts.get(id) ?? 0) + 1;
    this.counts.set(id, count);

    const fault = this.options.fault?.({ id, method: request.method ?? "", path: url.pathname, count });
    if (typeof fault === "object") {
      await bytes(request).catch(() => undefined);
      return void response.writeHead(fault.status, fault.headers).end(fault.body ?? "{}");
    }
    const write = request.method !== "GET";
    if (write && !who) return void json(401, { message: "Requires authentication" });
    if (write && who === reader) return void json(403, { message: "Resource not accessible by personal access token" });
    if (values.owner !== "me" || values.repo !== "deno-builds") return void json(404, { message: "Not Found" });

    const visible = this.releases.filter(({ draft }) => !draft || who === token);
    const releaseId = Number(values.release_id ?? values.id);
    const release = visible.find((it) => it.id === releaseId);
    const content = request.headers["content-type"] ?? "";
    const finish = (status: number, body: unknown, headers = {}) => {
      if (fault === "lost") return void response.destroy();
      if (status === 204) return void response.writeHead(204).end();
      json(status, body, headers);
    };
    const list = (items: object[]) => {
      const size = pageSize ?? Number(url.searchParams.get("per_page") ?? url.searchParams.get("limit") ?? 30);
      const page = Number(url.searchParams.get("page") ?? 1);
      const more = items.length > page * size;
      url.searchParams.set("page", String(page + 1));
      finish(200, items.slice((page - 1) * size, page * size), more ? { link: `<${url}>; rel="next"` } : {});
    };
    const body = async (): Promise<Record<string, unknown> | undefined> => {
      if (!content.startsWith("application/json")) problem(`Content-Type ${content}`);
      const parsed = JSON.parse((await bytes(request)).toString());
      const problems = bodyProblems(operation, parsed);
      for (const text of problems) problem(text);
      if (problems.length > 0) return void json(422, { message: problems.join("; ") });
      return parsed;
    };

    switch (id) {
      case "repos/list-releases":
      case "repoListReleases":
        return list(visible.map((it) => this.shown(it)));
      case "repos/create-release":
      case "repoCreateRelease": {
        const given = await body();
        if (!given) return;
        const {
          tag_name: tag,
          draft,
          prerelease,
        } = { draft: false, prerelease: false, ...given } as unknown as {
          tag_name: string;
          draft: boolean;
          prerelease: boolean;
        };
        // GitHub takes two drafts of one tag.
        if (this.releases.some((it) => it.tag === tag && (dialect === "gitea" || !it.draft))) {
          return void json(dialect === "gitea" ? 409 : 422, { message: "already_exists" });
        }
        const made = { ...this.add(tag, {}, draft), prerelease };
        this.releases[0] = made;
        return finish(201, this.shown(made));
      }
      case "repos/update-release":
      case "repoEditRelease": {
        const given = await body();
        if (!given) return;
        if (!release) return void json(404, { message: "Not Found" });
        if (typeof given.draft === "boolean") release.draft = given.draft;
        return finish(200, this.shown(release));
      }
      case "repos/delete-release":
      case "repoDeleteRelease":
        if (!release) return void json(404, { message: "Not Found" });
        this.releases = this.releases.filter((it) => it !== release);
        return finish(204, null);
      case "repos/list-release-assets":
      case "repoListReleaseAttachments":
        if (!release) return void json(404, { message: "Not Found" });
        if (dialect === "github") return list(release.assets.map((it) => this.shownAsset(release, it)));
        // Gitea's list has no pages: every page that is asked for is the whole.
        return finish(
          200,
          release.assets.map((it) => this.shownAsset(release, it)),
        );
      case "repos/upload-release-asset":
      case "repoCreateReleaseAttachment":
        return this.take(request, response, release, url.searchParams.get("name") ?? "", fault, finish, problem);
      case "repos/delete-release-asset":
      case "repoDeleteReleaseAttachment": {
        const number = Number(values.asset_id ?? values.attachment_id);
        const owner = this.releases.find(({ assets }) => assets.some((it) => it.id === number));
        if (!owner) return void json(404, { message: "Not Found" });
        owner.assets = owner.assets.filter((it) => it.id !== number);
        return finish(204, null);
      }
      case "repos/get-release-asset": {
        if (request.headers.accept !== "application/octet-stream") problem(`Accept ${request.headers.accept}`);
        return void response.writeHead(302, { location: `${this.storageOrigin}/${values.asset_id}?signed=yes` }).end();
      }
      default:
        problem("not played");
        return void json(404, { message: "Not Found" });
    }
  }

  private async take(
    request: IncomingMessage,
    response: ServerResponse,
    release: ForgeRelease | undefined,
    name: string,
    fault: Fault | undefined,
    finish: (status: number, body: unknown) => void,
    problem: (text: string) => void,
  ): Promise<void> {
    const { dialect } = this.options;
    const type = request.headers["content-type"] ?? "";
    const length = Number(request.headers["content-length"]);
    if (!(length > 0) || request.headers["transfer-encoding"]) problem("no Content-Length");
    if (!release) {
      return void response.writeHead(404).end();
    }
    if (fault === "break") {
      await bytes(request, 1).catch(() => undefined);
      if (dialect === "github") release.assets.push(this.asset(name, Buffer.alloc(0), "starter"));
      return void response.destroy();
    }
    const sent = await bytes(request);
    if (sent.length !== length) problem("another Content-Length than content");
    let content = sent;
    if (dialect === "github") {
      if (type !== "application/octet-stream") problem(`Content-Type ${type}`);
      if (release.assets.some((it) => it.name === name)) {
        return finish(422, { message: "Validation Failed", errors: [{ code: "already_exists", field: "name" }] });
      }
    } else {
      const form = await new Response(new Uint8Array(sent), { headers: { "content-type": type } })
        .formData()
        .catch(() => new FormData());
      const file = form.get("attachment");
      if ([...form.keys()].join() !== "attachment" || typeof file === "string" || !file) problem("not one attachment");
      else content = Buffer.from(await file.arrayBuffer());
    }
    const asset = this.asset(name, content);
    release.assets.push(asset);
    finish(201, this.shownAsset(release, asset));
  }
}
