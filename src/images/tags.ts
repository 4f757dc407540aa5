import semver from "semver";
import type { Variant } from "../request/enums.js";
import type { Identity } from "../request/identity.js";
import { quote } from "../request/text.js";
import type { Channel } from "../request/version.js";

const KINDS = ["version", "minor", "major", "latest"];

/** Checks which tags are wanted. Moving tags are for stable releases: a canary is never latest. */
export function checkTags(wanted: string[], channel: Channel): void {
  const accepted = KINDS.join(", ");
  if (wanted.length === 0) throw new Error(`tags: at least one is needed. Accepted: ${accepted}.`);
  const unknown = wanted.find((it) => !KINDS.includes(it));
  if (unknown !== undefined) throw new Error(`tags: ${quote(unknown)} is not accepted. Accepted: ${accepted}.`);
  const moving = wanted.find((it) => it !== "version");
  if (moving && channel !== "stable") {
    throw new Error(`tags: ${moving} is for stable releases, and this is a ${channel}; version is accepted.`);
  }
}

/**
 * The tags of an image, each once. Other variants than Ubuntu carry their name in front, latest being the name alone, as
 * at https://github.com/denoland/deno_docker: debian-2.9.5, debian-2.9, debian.
 */
export function imageTags(wanted: string[], { version, channel, commit }: Identity, variant: Variant): string[] {
  const parsed = semver.parse(version);
  if (!parsed || (channel === "canary" && !commit)) throw new Error(`version: ${quote(version)} gives no tag`);
  const name = variant === "UBUNTU" ? "" : variant.toLowerCase();
  const tag = (kind: string): string => {
    if (kind === "latest") return name || "latest";
    const text = {
      version: channel === "canary" ? `canary-${commit?.slice(0, 7)}` : version,
      minor: `${parsed.major}.${parsed.minor}`,
      major: String(parsed.major),
    }[kind];
    return name ? `${name}-${text}` : String(text);
  };
  return [...new Set(wanted.map(tag))];
}

/** https://github.com/distribution/reference/blob/v0.6.0/reference.go: lower case, words joined by one separator */
const WORD = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/;
const PATH = new RegExp(`^${WORD}(?:/${WORD})*$`);

/** Reads where images are pushed: REGISTRY/NAME, or OWNER/NAME at Docker Hub. */
export function parseAddress(text: string): string {
  const fail = (why: string): Error =>
    new Error(`address: ${quote(text)} is not accepted: ${why}. Accepted: REGISTRY/NAME such as ghcr.io/me/deno.`);
  if (text.includes("://")) throw fail("it is a URL");
  if (text.includes("@")) throw fail("it has a digest or a user name");
  const parts = text.split("/");
  if (parts.at(-1)?.includes(":")) throw fail("it has a tag; tags follow from the version, see --tags");
  const [first = "", ...rest] = parts;
  if (rest.length === 0) throw fail("it has no registry or owner in front of the name");
  // A first word with a dot or a port, or localhost, is a host; else Docker Hub's is meant.
  const named = /[.:]/.test(first) || first === "localhost";
  const [host, path] = named ? [first, rest.join("/")] : ["docker.io", text];
  if (!HOST.test(host)) throw fail("its host is not one");
  if (!PATH.test(path)) throw fail("a name is of lower-case letters, digits, and single . _ - between them");
  if (path.length > 255) throw fail("it is longer than 255 characters");
  return `${host}/${path}`;
}

/** A password is for a user, and a registry asks for both. */
export function checkLogin(username: string, password: boolean): void {
  if ((username !== "") !== password) throw new Error("username, password: one is given without the other");
}
