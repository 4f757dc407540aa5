import { z } from "zod";
import { type Clock, clock, excerpt, json, nextPage, retrying, send } from "../engine/http.js";

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
  url.searchParams.set("scope", scope ?? `repository:${name}:pull`);
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
  return `Bearer ${answer.token ?? answer.access_token}`;
}

/**
 * All tags of an image; none when there is no such image yet.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 */
export async function imageTags(
  { registry, name }: { registry: string; name: string },
  credentials: Credentials | null,
  time: Clock = clock,
): Promise<string[]> {
  const found: string[] = [];
  let login: string | null = null;
  let at: string | null = `${registry}/v2/${name}/tags/list?n=1000`;
  while (at !== null) {
    const url: string = at;
    const ask = () => send(url, { headers: login ? { authorization: login } : undefined }, time);
    let response = await retrying(ask, time);
    const challenge = response.headers.get("www-authenticate");
    if (response.status === 401 && challenge && (login === null || found.length > 0)) {
      login = await retrying(() => authorization(registry, name, challenge, credentials, time), time);
      if (login !== null) response = await retrying(ask, time);
    }
    if (response.status === 404) return found;
    if (!response.ok) {
      const what =
        credentials && response.status === 401
          ? `password: ${registry} refused the user ${credentials.user}`
          : `address: ${registry}/${name} cannot be read`;
      const hint = credentials
        ? "check --username and --password, and what they may read"
        : "where it is not public, give --username and --password";
      throw new Error(
        `${what} (${response.status} ${await excerpt(response, [credentials?.password ?? ""])}); ${hint}`,
      );
    }
    found.push(...((await json(response, tagList)).tags ?? []));
    at = nextPage(response);
    // A login belongs to this registry alone.
    if (at !== null && new URL(at).origin !== new URL(registry).origin) {
      throw new Error(`address: ${registry} continues its list of tags at another host, ${new URL(at).host}`);
    }
  }
  return found;
}
