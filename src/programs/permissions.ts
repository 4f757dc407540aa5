import semver from "semver";
import { hasControl, quote } from "../request/text.js";
import { releaseBase } from "../request/version.js";

const KINDS = ["read", "write", "net", "env", "sys", "run", "ffi", "import", "hrtime"];

/**
 * Deno's options for permissions, and the oldest release that takes each: the first tag whose flags.rs names it. An image or a program with one that its Deno does not know would fail at every start.
 * https://github.com/denoland/deno/blob/v2.9.5/cli/args/flags.rs
 */
const SINCE: Record<string, string> = {
  "allow-all": "1.20.0",
  ...Object.fromEntries(KINDS.map((kind) => [`allow-${kind}`, "1.20.0"])),
  "allow-sys": "1.26.0",
  "allow-import": "2.0.0",
  ...Object.fromEntries(KINDS.map((kind) => [`deny-${kind}`, "1.36.0"])),
  "deny-import": "2.4.0",
  "ignore-read": "2.6.0",
  "ignore-env": "2.6.0",
};

/** These take no list of what is meant. */
const BARE = ["allow-all", "allow-hrtime", "deny-hrtime"];

const ACCEPTED =
  `Deno's own words, with or without --: allow-all; allow- or deny- with ${KINDS.join(", ")}; ignore-read, ` +
  "ignore-env; all but allow-all and hrtime also with what is meant, such as allow-read=/data";

const FORM = /^(?:--)?([a-z]+-[a-z]+)(?:=(.+))?$/s;

/**
 * Reads permissions, and gives them as options of Deno. One that is given more than once has all that was listed, for the
 * command line splits arguments at commas.
 */
export function parsePermissions(texts: string[]): string[] {
  const lists = new Map<string, string[]>();
  for (const text of texts) {
    const fail = (why: string) =>
      new Error(`permissions: ${quote(text)} is not accepted: ${why}. Accepted: ${ACCEPTED}.`);
    const [, name = "", list] = FORM.exec(text) ?? [];
    if (!Object.hasOwn(SINCE, name) || hasControl(text)) throw fail("it is no permission");
    if (list !== undefined && BARE.includes(name)) throw fail(`${name} takes no list`);
    const before = lists.get(name);
    if (before && (list === undefined || before.length === 0))
      throw fail(`${name} is given twice, not always with a list`);
    lists.set(name, [...(before ?? []), ...(list === undefined ? [] : [list])]);
  }
  // Deno 2 refuses the two together: https://github.com/denoland/deno/blob/v2.0.0/cli/args/flags.rs#L3625
  const narrower = [...lists.keys()].find((name) => name.startsWith("allow-") && name !== "allow-all");
  if (lists.has("allow-all") && narrower) throw new Error(`permissions: allow-all and ${narrower} are given together`);
  return [...lists].map(([name, list]) => `--${name}${list.length > 0 ? `=${list.join(",")}` : ""}`);
}

/** Refuses what that Deno does not know, given as {@link parsePermissions} gives it. */
export function checkPermissions(options: string[], version: string): void {
  for (const option of options) {
    const name = option.slice(2).split("=")[0] ?? "";
    const since = SINCE[name] ?? version;
    if (semver.lt(releaseBase(version) ?? version, since)) {
      throw new Error(`permissions: ${name} is known since Deno ${since}, and this is ${version}`);
    }
  }
}

/** Those of them that `deno cache` takes: what may be imported from where. */
export function importPermissions(options: string[]): string[] {
  return options.filter((option) => /^--(allow|deny)-import/.test(option));
}
