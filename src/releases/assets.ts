/** What is done about one file of a release. */
export type Action = "send" | "keep" | "replace" | "refuse";

/** A file that the release page has under the name. */
export interface Present {
  complete: boolean;
  size: number;
  /** hex; null where it cannot be had */
  sha256: string | null;
}

/**
 * What is done about a file. What an upload that broke off left behind is replaced, and so is everything on a draft:
 * nobody has it yet, and a release must be of one build. What was published stays what it is unless `replace` is given.
 */
export function actionFor(
  file: { size: number; sha256: string },
  present: Present | undefined,
  { draft, replace }: { draft: boolean; replace: boolean },
): Action {
  if (!present) return "send";
  if (!present.complete) return "replace";
  if (present.size === file.size && present.sha256 === file.sha256) return "keep";
  return draft || replace ? "replace" : "refuse";
}

/** 1 for deno's zips and 2 for their checksums; debug files have a dot more. */
const rank = (name: string) => (/^deno-[^.]+\.zip\.sha256sum$/.test(name) ? 2 : /^deno-[^.]+\.zip$/.test(name) ? 1 : 0);

/**
 * The order in which files are sent: what a version is recognised by comes last, so a page that has a platform's zip
 * and checksum has all of it.
 */
export function inOrder<T extends { name: string }>(files: T[]): T[] {
  return [...files].sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

/** Files that a release page cannot take as they are, before any is sent. */
export function checkFiles(files: { name: string; size: number }[]): void {
  if (files.length === 0) throw new Error("files: the directory holds no file");
  // GitHub gives other names another spelling, so they would not be found again:
  // https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
  const odd = files.find(({ name }) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name));
  if (odd)
    throw new Error(`files: ${JSON.stringify(odd.name)} has other characters than letters, digits, dot, - and _`);
  const empty = files.find(({ size }) => size === 0);
  if (empty) throw new Error(`files: ${empty.name} is empty, which a release page does not take`);
}
