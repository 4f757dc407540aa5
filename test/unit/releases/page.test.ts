import { describe, expect, it } from "vitest";
import { parseImageName } from "../../../src/images/name.js";
import { GITHUB, parsePage } from "../../../src/releases/page.js";

describe("parsePage", () => {
  it.each([
    [GITHUB, "github"],
    ["https://github.example/api/v3/", "github"],
    ["https://api.octocorp.ghe.com", "github"],
    ["http://localhost:3000/api/v1", "gitea"],
    ["https://example.org/forge/api/v1", "gitea"],
  ])("takes %s as %s", (api, dialect) => {
    expect(parsePage("me/deno-builds", api)).toEqual({
      api: api.replace(/\/$/, ""),
      dialect,
      owner: "me",
      name: "deno-builds",
    });
  });

  it.each(["", "me", "me/", "/deno", "me/deno/x", "me/..", "../deno", "me/deno?x", "https://github.com/me/deno"])(
    "refuses %j as a repository",
    (repository) => expect(() => parsePage(repository, GITHUB)).toThrow(/^repository: .*OWNER\/NAME/),
  );

  it.each(["", "github.com", "https://github.com", "ftp://x/api/v3", "https://x/api/v1?token=1", "https://x/api/v2"])(
    "refuses %j as an API",
    (api) => expect(() => parsePage("me/deno", api)).toThrow(/^api: .*accepted: https:\/\/api\.github\.com/),
  );

  it("does not repeat a password", () => {
    expect(() => parsePage("me/deno", "https://me:geheim@x/api/v1")).toThrow(/^api: credentials do not belong/);
    expect(() => parsePage("me/deno", "https://me:geheim@x/api/v1")).not.toThrow("geheim");
  });
});

describe("parseImageName", () => {
  it.each([
    ["ghcr.io/me/deno", "https://ghcr.io", "me/deno"],
    ["me/deno", "https://registry-1.docker.io", "me/deno"],
    ["docker.io/deno", "https://registry-1.docker.io", "library/deno"],
    ["localhost:5000/deno", "http://localhost:5000", "deno"],
    ["registry.example:8443/a/b/c", "https://registry.example:8443", "a/b/c"],
  ])("reads %s", (address, registry, name) => expect(parseImageName(address)).toEqual({ registry, name }));

  it.each([
    "",
    "deno",
    "ghcr.io/",
    "ghcr.io/me/deno:latest",
    "Me/Deno",
    "me/../deno",
    "https://ghcr.io/me/deno",
    "x@y.io/deno",
  ])("refuses %j", (address) =>
    expect(() => parseImageName(address)).toThrow(/^address: .*such as ghcr\.io\/me\/deno/),
  );
});
