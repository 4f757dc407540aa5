import { quote } from "../request/text.js";

/** Where releases are published: a repository behind an API of GitHub's or Gitea's dialect. */
export interface Page {
  /** the API's URL without a slash at its end */
  api: string;
  dialect: "github" | "gitea";
  owner: string;
  name: string;
}

export const GITHUB = "https://api.github.com";

const ACCEPTED =
  "https://api.github.com, a GitHub Enterprise's https://HOST/api/v3 or https://api.NAME.ghe.com, " +
  "or a Gitea's or Forgejo's https://HOST/api/v1";

/** Reads the URL of an API; its path says the dialect, for the two have different versions. */
function parseApi(text: string): Pick<Page, "api" | "dialect"> {
  const refuse = (why: string) => new Error(`api: ${why}; accepted: ${ACCEPTED}; given: ${quote(text)}`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse("not a URL");
  }
  if (url.username || url.password) {
    // The value is not repeated: it holds a password.
    throw new Error("api: credentials do not belong in the URL; give the token as --token");
  }
  if (!/^https?:$/.test(url.protocol) || url.search || url.hash) throw refuse("not a plain http(s) URL");
  const api = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  if (/\/api\/v1$/.test(api)) return { api, dialect: "gitea" };
  if (/\/api\/v3$/.test(api) || /^https:\/\/api\.(github\.com|[\w-]+\.ghe\.com)$/.test(api)) {
    return { api, dialect: "github" };
  }
  throw refuse("neither GitHub's nor Gitea's API");
}

/** Reads OWNER/NAME and the API's URL. What passes may go into a URL's path. */
export function parsePage(repository: string, api: string): Page {
  const [, owner, name] = /^([\w-][\w.-]*)\/([\w-][\w.-]*)$/.exec(repository) ?? [];
  if (owner && name) return { ...parseApi(api), owner, name };
  throw new Error(
    `repository: ${quote(repository)} is not accepted. Accepted: OWNER/NAME, such as me/deno-builds, of the release page.`,
  );
}
