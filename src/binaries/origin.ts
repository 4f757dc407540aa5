import semver from "semver";
import { z } from "zod";
import type { NamedOrigin } from "../request/enums.js";
import { type ProgramName, type Target, zipName } from "../request/platform.js";
import { quote } from "../request/text.js";
import { downloadUrl, type VersionRequest } from "../request/version.js";

/** Where an image's binary comes from: a directory that was given, or what the option binary-origin names. */
export type Origin = "given" | Lowercase<NamedOrigin>;

/** The zips' own checksums, denort's too, are published since 2.0.1; 2.0.0 has one of the binary: https://github.com/denoland/deno/releases */
const CHECKSUMS = "2.0.1";

/**
 * The oldest release under npm's name deno with a package for each platform; a registry need not have every one:
 * https://github.com/denoland/deno/blob/v2.9.5/tools/release/npm/build.ts
 */
const PACKAGES = "1.46.0";

/** The origin that constructor options name together. */
export function originOf(given: boolean, option: NamedOrigin): Origin {
  return given ? "given" : (option.toLowerCase() as Origin);
}

/** Refuses what an origin does not have: hosts of finished binaries have releases, with checksums since some version. */
export function checkRequest(origin: Origin, request: VersionRequest): void {
  if (origin !== "upstream" && origin !== "registry") return;
  const option = `--binary-origin=${origin.toUpperCase()}`;
  if (request.kind === "canary" || request.kind === "commit") {
    throw new Error(`version: ${option} has releases only, no canaries or commits; build them, or give --binaries`);
  }
}

/** The same once the version is known. */
export function checkRelease(origin: Origin, version: string): void {
  if (origin === "upstream" && semver.lt(version, CHECKSUMS)) {
    throw new Error(
      `version: upstream published no checksum of its zips before ${CHECKSUMS}, so ${version} cannot be verified; ` +
        "give --binaries, or build it",
    );
  }
  if (origin === "registry" && semver.lt(version, PACKAGES)) {
    throw new Error(`version: npm has Deno's binaries since ${PACKAGES}, not ${version}; give --binaries, or build it`);
  }
}

/** Refuses an origin without denort, which `deno compile` puts under a program: npm has deno alone. */
export function checkRuntime(origin: Origin): void {
  if (origin !== "registry") return;
  throw new Error(
    "binary-origin: npm has no denort, which deno compile needs; give deno and denort with --binaries, or use SOURCE or UPSTREAM",
  );
}

/** The zip on a release page of the repository, as upstream's and `release` name it. */
export function zipUrl(repository: string, version: string, target: Target, program: ProgramName = "deno"): string {
  return downloadUrl(repository, version, zipName(target.triple, program));
}

/** Reads a `.sha256sum` file, the output of `shasum -a 256`: `<hex>  <name>`. An error calls it by `name`. */
export function parseChecksum(text: string, name: string): string {
  const hex = /^([0-9a-f]{64})(\s|$)/i.exec(text.trim())?.[1];
  if (!hex) throw new Error(`${name} holds no SHA-256 checksum: ${quote(text)}`);
  return `sha256:${hex.toLowerCase()}`;
}

/** The npm package that has Deno's official binary for a platform. */
export function packageName({ cpu }: Target): string {
  return `@deno/linux-${cpu}-glibc`;
}

/** What a registry says of one version of a package. */
export function manifestUrl(registry: string, name: string, version: string): string {
  return `${registry}/${name.replace("/", "%2f")}/${version}`;
}

const manifest = z.object({
  version: z.string(),
  dist: z.object({
    tarball: z.string().regex(/^https?:\/\/[\w.:@~/%+-]+$/),
    integrity: z.string(),
  }),
});

/** The tarball's address and SHA-512, in hex. npm's integrity is a list of hashes: https://w3c.github.io/webappsec-subresource-integrity/ */
export function parseManifest(text: string, url: string, version: string): { tarball: string; sha512: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = manifest.safeParse(json);
  const hash = parsed.data?.dist.integrity.split(/\s+/).find((it) => /^sha512-[A-Za-z0-9+/]{86}==$/.test(it));
  if (!parsed.data || !hash || parsed.data.version !== version) {
    throw new Error(
      `binary-registry: ${url} does not describe version ${version} with a tarball and a sha512 integrity`,
    );
  }
  const { tarball } = parsed.data.dist;
  return { tarball, sha512: Buffer.from(hash.slice("sha512-".length), "base64").toString("hex") };
}

/** How the binary is packed. */
export type Packing = "zip" | "tarball" | "bare";

/** The file for a platform in a directory that was given: the zip, else the bare binary. */
export function findFile(
  entries: string[],
  target: Target,
  program: ProgramName = "deno",
): { name: string; packing: Packing } {
  const bare = `${program}-${target.triple}`;
  const zip = zipName(target.triple, program);
  if (entries.includes(zip)) return { name: zip, packing: "zip" };
  if (entries.includes(bare)) return { name: bare, packing: "bare" };
  const seen = entries.length > 0 ? entries.slice(0, 8).join(", ") : "nothing";
  throw new Error(`binaries: neither ${zip} nor ${bare} is there, for ${target.platform}; the directory has: ${seen}`);
}
