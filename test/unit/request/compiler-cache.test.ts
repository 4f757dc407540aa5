import { describe, expect, it } from "vitest";
import { parseCompilerCache } from "../../../src/request/compiler-cache.js";

describe("parseCompilerCache reads", () => {
  it.each([
    ["redis://cache:6379", { SCCACHE_REDIS_ENDPOINT: "redis://cache:6379" }],
    ["redis://cache:6379/2", { SCCACHE_REDIS_ENDPOINT: "redis://cache:6379", SCCACHE_REDIS_DB: "2" }],
    ["rediss://cache.example", { SCCACHE_REDIS_ENDPOINT: "rediss://cache.example" }],
  ])("%s", (text, environment) => {
    expect(parseCompilerCache(text)).toEqual({
      environment,
      user: "SCCACHE_REDIS_USERNAME",
      password: "SCCACHE_REDIS_PASSWORD",
    });
  });

  it.each([
    ["webdav+https://dav.example", { SCCACHE_WEBDAV_ENDPOINT: "https://dav.example" }],
    [
      "webdav+http://dav.example:8080/deno/v8",
      { SCCACHE_WEBDAV_ENDPOINT: "http://dav.example:8080", SCCACHE_WEBDAV_KEY_PREFIX: "deno/v8" },
    ],
  ])("%s", (text, environment) => {
    expect(parseCompilerCache(text)).toEqual({
      environment,
      user: "SCCACHE_WEBDAV_USERNAME",
      password: "SCCACHE_WEBDAV_PASSWORD",
    });
  });

  it.each([
    ["s3://bucket?region=us-east-1", { SCCACHE_BUCKET: "bucket", SCCACHE_REGION: "us-east-1" }],
    [
      "s3://my.bucket/some/prefix?region=eu-central-1",
      { SCCACHE_BUCKET: "my.bucket", SCCACHE_REGION: "eu-central-1", SCCACHE_S3_KEY_PREFIX: "some/prefix" },
    ],
    [
      "s3://bucket?endpoint=minio.example:9000",
      {
        SCCACHE_BUCKET: "bucket",
        SCCACHE_REGION: "auto",
        SCCACHE_ENDPOINT: "minio.example:9000",
        SCCACHE_S3_USE_SSL: "true",
      },
    ],
    [
      "s3://bucket?endpoint=http://minio:9000",
      { SCCACHE_BUCKET: "bucket", SCCACHE_REGION: "auto", SCCACHE_ENDPOINT: "minio:9000", SCCACHE_S3_USE_SSL: "false" },
    ],
  ])("%s", (text, environment) => {
    expect(parseCompilerCache(text)).toEqual({
      environment,
      user: "AWS_ACCESS_KEY_ID",
      password: "AWS_SECRET_ACCESS_KEY",
    });
  });
});

describe("parseCompilerCache refuses", () => {
  const accepted = "redis://HOST:PORT/DB, webdav+https://HOST/PATH, or s3://BUCKET/PREFIX?region=REGION&endpoint=HOST";

  it.each([
    ["cache", "not a URL"],
    ["cache:6379", "the host or bucket is missing or has unusual characters"],
    ["redis://", "the host or bucket is missing or has unusual characters"],
    ["s3:///prefix", "the host or bucket is missing or has unusual characters"],
    ["s3://bucket", "a bucket at AWS needs its region, and one elsewhere its endpoint"],
    ["redis://cache/zero", "a Redis database is a number"],
    ["memcached://cache:11211", "no such storage: memcached:"],
    ["https://dav.example", "no such storage: https:"],
  ])("%s and says what is accepted", (text, why) => {
    expect(() => parseCompilerCache(text)).toThrow(
      new Error(`compiler-cache: ${why}; accepted: ${accepted}; given: ${JSON.stringify(text)}`),
    );
  });

  it.each(["redis://me:hunter2@cache:6379", "redis://:hunter2@cache", "s3://hunter2@bucket"])(
    "credentials in the URL, without repeating them",
    (text) => {
      let message = "";
      try {
        parseCompilerCache(text);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toBe(
        "compiler-cache: credentials do not belong in the URL; give them as --compiler-cache-user and --compiler-cache-password",
      );
    },
  );

  // They would end up in a variable that any log may show.
  it.each(["https://me:hunter2@minio.example", "http://me:hunter2@minio:9000", "me:hunter2@minio:9000"])(
    "credentials in S3's endpoint %s",
    (endpoint) => {
      expect(() => parseCompilerCache(`s3://bucket?endpoint=${encodeURIComponent(endpoint)}`)).toThrow(
        /^compiler-cache: /,
      );
    },
  );

  it("a parameter that nobody reads: most likely it is misspelt", () => {
    expect(() => parseCompilerCache("s3://bucket?regoin=eu-1")).toThrow(/^compiler-cache: .*regoin/);
  });
});
