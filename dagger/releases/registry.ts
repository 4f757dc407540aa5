import { createHash } from "node:crypto";
import { z } from "zod";
import { type Clock, clock, excerpt, json, nextPage, type Request, retrying, send } from "../engine/http.js";

/** A user of a registry. */
export interface Credentials {
  user: string;
  password: string;
}

const tagList = z.object({ tags: z.array(z.string()).nullish() });
const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

const basic = ({ user, password }: Credentials) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** The parameters of `Bearer realm="…",service="…",scope="…"`. */
function parameters(challenge: string): Record<string, string> {
  return Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

/**
 * What a registry's challenge wants: the user itself, or a token that the realm gives for it.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
async function authorization(
  registry: string,
  name: string,
  challenge: string,
  credentials: Credentials | null,
  time: Clock,
  actions: string | null,
): Promise<string | null> {
  const secrets = credentials ? [credentials.password, basic(credentials).slice("Basic ".length)] : [];
  if (/^basic\b/i.test(challenge)) return credentials && basic(credentials);
  const { realm, service, scope } = parameters(challenge);
  if (!/^bearer\b/i.test(challenge) || !realm)
    throw new Error(`address: ${registry} asks for a login of an unknown kind`);
  const url = new URL(realm);
  if (url.protocol !== "https:" && registry.startsWith("https:")) {
    throw new Error(`address: ${registry} sends its users to ${url.origin}, where the password would not be encrypted`);
  }
  if (service) url.searchParams.set("service", service);
  // Not all registries say that a push needs more than a pull.
  url.searchParams.set("scope", actions ? `repository:${name}:${actions}` : (scope ?? `repository:${name}:pull`));
  const headers = credentials ? { authorization: basic(credentials) } : undefined;
  const response = await send(url.href, { headers, secrets }, time);
  // Without a user, a refusal means that there is nothing to see for everybody.
  if (!response.ok && !credentials) return null;
  if (!response.ok) {
    throw new Error(
      `password: ${url.host} refused the user ${credentials?.user} (${response.status} ${await excerpt(response, secrets)}); ` +
        "check --username and --password",
    );
  }
  const answer = await json(response, tokenAnswer);
  const token = answer.token || answer.access_token;
  if (!token) {
    throw new Error(
      `address: ${url.host}, where ${registry} sends its users, answered without a token; is it its login?`,
    );
  }
  return `Bearer ${token}`;
}

/** An image's repository in a registry, and who asks; null: nobody, where it is public. */
export interface Repository {
  registry: string;
  name: string;
  credentials: Credentials | null;
  time?: Clock;
}

type Ask = (path: string, request?: Request) => Promise<Response>;

/** Sends requests to the registry, with the login that it asks for; `actions` is what that must allow, when it is known. */
function makeAsk({ registry, name, credentials, time = clock }: Repository, actions: string | null = null): Ask {
  let login: string | null = null;
  return async (path, request = {}) => {
    const secrets = [credentials?.password ?? ""];
    const ask = () => {
      const headers = { ...(request.headers as Record<string, string>), ...(login && { authorization: login }) };
      return send(`${registry}${path}`, { ...request, headers, secrets }, time);
    };
    const response = await retrying(ask, time);
    const challenge = response.headers.get("www-authenticate");
    if (response.status !== 401 || !challenge) return response;
    // The first request, a token that has expired, or one that may do less than this.
    login = await retrying(() => authorization(registry, name, challenge, credentials, time, actions), time);
    return login === null ? response : retrying(ask, time);
  };
}

/** The error for an answer that is none. */
async function explainRefusal(
  { registry, name, credentials }: Repository,
  response: Response,
  done: string,
): Promise<Error> {
  const what =
    credentials && response.status === 401
      ? `password: ${registry} refused the user ${credentials.user}`
      : `address: ${registry}/${name} cannot be ${done}`;
  const hint = credentials
    ? `check --username and --password, and whether ${name} may be ${done} with them`
    : `where not everybody may do that, give --username and --password`;
  return new Error(`${what} (${response.status} ${await excerpt(response, [credentials?.password ?? ""])}); ${hint}`);
}

/**
 * All tags of an image; none when there is no such image yet.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 */
export async function listTags(repository: Repository): Promise<string[]> {
  const { registry, name } = repository;
  const ask = makeAsk(repository);
  const found: string[] = [];
  let at: string | null = `/v2/${name}/tags/list?n=1000`;
  while (at !== null) {
    const response: Response = await ask(at);
    if (response.status === 404) return found;
    if (!response.ok) throw await explainRefusal(repository, response, "read");
    found.push(...((await json(response, tagList)).tags ?? []));
    const next = nextPage(response);
    // A login belongs to this registry alone.
    if (next !== null && new URL(next).origin !== new URL(registry).origin) {
      throw new Error(`address: ${registry} continues its list of tags at another host, ${new URL(next).host}`);
    }
    at = next === null ? null : next.slice(new URL(next).origin.length);
  }
  return found;
}

/** What an image may be: an index of platforms, or one platform's manifest, in the words of OCI and of Docker. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Asks what tags are at, and moves them. */
export interface Tags {
  /** the digest that a tag is at; null: there is no such tag */
  digestOf(tag: string): Promise<string | null>;
  /** Puts a tag where another one is. Nothing is uploaded: the image is there. Gives its digest. */
  move(tag: string, to: string): Promise<string>;
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests and #pushing-manifests */
export function openTags(repository: Repository): Tags {
  const reading = makeAsk(repository);
  const writing = makeAsk(repository, "pull,push");
  const path = (tag: string) => `/v2/${repository.name}/manifests/${tag}`;
  const read = async (ask: Ask, tag: string) => {
    const response = await ask(path(tag), { headers: { accept: MANIFESTS } });
    if (response.status === 404) return null;
    if (!response.ok) throw await explainRefusal(repository, response, "read");
    const content = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get("content-type") ?? "";
    return { content, type, digest: `sha256:${createHash("sha256").update(content).digest("hex")}` };
  };
  return {
    async digestOf(tag) {
      // Docker Hub counts a GET as a pull, of which it allows few.
      const response = await reading(path(tag), { method: "HEAD", headers: { accept: MANIFESTS } });
      const said = response.headers.get("docker-content-digest");
      if (response.ok && said) return said;
      return (await read(reading, tag))?.digest ?? null;
    },
    async move(tag, to) {
      const manifest = await read(writing, to);
      if (!manifest) throw new Error(`address: ${repository.name} has no tag ${to} any more, which ${tag} is to be at`);
      const headers = { "content-type": manifest.type };
      const response = await writing(path(tag), { method: "PUT", headers, body: manifest.content });
      if (!response.ok) throw await explainRefusal(repository, response, "written");
      return manifest.digest;
    },
  };
}
