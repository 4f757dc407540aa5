import type { DenoRecipe } from "../plan/recipe.js";

/** Where a tree says what a deno downloads of its own releases. */
export type DownloadSources = Pick<DenoRecipe, "upgradeSource" | "newestSource" | "baseSource">;

/** The same text with one expression in place of another, which must be there once. */
function replaceOnce(text: string, expression: string, replacement: string, file: string): string {
  const [before, after, ...more] = text.split(expression);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(
      `upgrade-url: the tree's ${file} has not once ${expression}; give a patch for this version instead of the option`,
    );
  }
  return before + replacement + after;
}

/**
 * Points `deno upgrade` at somebody else's releases: the patch that builds of other platforms have always carried.
 * Replaces the URL literal of each constant in cli/tools/upgrade.rs; a constant that is not there is an error, so a
 * tree whose updater changed is noticed. Which version is the newest says a file of the newest release:
 * https://docs.github.com/en/repositories/releasing-projects-on-github/linking-to-releases
 */
export function withUpgradeUrl(source: string, recipe: DownloadSources, url: string): string {
  const { upgradeSource, newestSource: newest } = recipe;
  const pointed = upgradeSource.constants.reduce((text, constant) => {
    const literal = new RegExp(`((?:const|static) ${constant}: &str =\\s*)"[^"]*"`);
    if (!literal.test(text)) {
      throw new Error(
        `upgrade-url: the tree's updater has no constant ${constant}; give a patch for this version instead`,
      );
    }
    // RELEASE_URL is followed by /download/vVERSION/ASSET, the others by /vVERSION/ASSET.
    const value = constant === "RELEASE_URL" ? url : `${url}/download`;
    return text.replace(literal, (_, before: string) => `${before}"${value}"`);
  }, source);
  if (newest === null) return pointed;
  const asked = newest.replace("https://dl.deno.land", () => `${url}/latest/download`);
  return replaceOnce(pointed, newest, asked, upgradeSource.file);
}

/**
 * Points the download of `deno compile` there, too: denort, or before 1.40.5 deno. Canaries have no release page, so theirs
 * stays. What is downloaded is kept apart from upstream's of the same version, which is another program.
 */
export function withOwnBase(source: string, { baseSource: base }: DownloadSources, url: string): string {
  const own =
    'match binary_path_suffix.strip_prefix("release/") { ' +
    `Some(asset) => format!("${url}/download/{}", asset), None => ${base.url} }`;
  const pointed = replaceOnce(source, base.url, own, base.file);
  const folder = /(let download_directory =\s*[\w.]*(?:join\("dl"\)|dl_folder_path\(\)));/g;
  if (!folder.test(pointed)) {
    throw new Error(
      `upgrade-url: the tree's ${base.file} keeps what it downloads in another folder than any that is known; ` +
        "give a patch for this version instead of the option",
    );
  }
  const name = url.replaceAll(/[^\w.-]+/g, "-");
  return pointed.replace(folder, `$1.join("${name}");`);
}
