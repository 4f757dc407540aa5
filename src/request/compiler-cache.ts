import { quote } from "./text.js";

/** A compiler cache that several machines share: which settings of sccache a URL means. */
export interface CacheStore {
  /** settings that may be seen */
  environment: Record<string, string>;
  /** the variables that take the user's and the password's secret */
  user: string;
  password: string;
}

const accepted = "redis://HOST:PORT/DB, webdav+https://HOST/PATH, or s3://BUCKET/PREFIX?region=REGION&endpoint=HOST";

function refuse(text: string, why: string): never {
  throw new Error(`compiler-cache: ${why}; accepted: ${accepted}; given: ${quote(text)}`);
}

/**
 * Variables of sccache 0.8 and newer, one documentation page a kind of storage:
 * https://github.com/mozilla/sccache/tree/v0.10.0/docs
 */
export function parseCompilerCache(text: string): CacheStore {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    refuse(text, "not a URL");
  }
  const endpoint = url.searchParams.get("endpoint");
  if (url.username || url.password || endpoint?.includes("@")) {
    // The value is not repeated: it holds a password.
    throw new Error(
      "compiler-cache: credentials do not belong in the URL; give them as --compiler-cache-user and --compiler-cache-password",
    );
  }
  if (!/^[\w.-]+$/.test(url.hostname)) refuse(text, "the host or bucket is missing or has unusual characters");
  const known = url.protocol === "s3:" ? ["region", "endpoint"] : [];
  const unknown = [...url.searchParams.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0) refuse(text, `no such parameter: ${unknown.join(", ")}`);
  const path = url.pathname.replace(/^\//, "");
  switch (url.protocol) {
    case "redis:":
    case "rediss:":
      if (!/^\d*$/.test(path)) refuse(text, "a Redis database is a number");
      return {
        environment: {
          SCCACHE_REDIS_ENDPOINT: `${url.protocol}//${url.host}`,
          ...(path && { SCCACHE_REDIS_DB: path }),
        },
        user: "SCCACHE_REDIS_USERNAME",
        password: "SCCACHE_REDIS_PASSWORD",
      };
    case "webdav+http:":
    case "webdav+https:":
      return {
        environment: {
          SCCACHE_WEBDAV_ENDPOINT: `${url.protocol.replace("webdav+", "")}//${url.host}`,
          ...(path && { SCCACHE_WEBDAV_KEY_PREFIX: path }),
        },
        user: "SCCACHE_WEBDAV_USERNAME",
        password: "SCCACHE_WEBDAV_PASSWORD",
      };
    case "s3:": {
      const region = url.searchParams.get("region");
      // AWS has no region auto: sccache would ask for a host of that name, which nobody has.
      if (!region && !endpoint) refuse(text, "a bucket at AWS needs its region, and one elsewhere its endpoint");
      return {
        environment: {
          SCCACHE_BUCKET: url.hostname,
          SCCACHE_REGION: region || "auto",
          ...(endpoint && { SCCACHE_ENDPOINT: endpoint.replace(/^https?:\/\//, "") }),
          ...(endpoint && { SCCACHE_S3_USE_SSL: String(!endpoint.startsWith("http://")) }),
          ...(path && { SCCACHE_S3_KEY_PREFIX: path }),
        },
        user: "AWS_ACCESS_KEY_ID",
        password: "AWS_SECRET_ACCESS_KEY",
      };
    }
    default:
      refuse(text, `no such storage: ${url.protocol}`);
  }
}
