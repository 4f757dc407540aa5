/**
 * Points `deno upgrade` at somebody else's releases: the patch that builds of other platforms have always carried.
 * Replaces the URL literal of each constant in cli/tools/upgrade.rs; a constant that is not there is an error, so a
 * tree whose updater changed is noticed.
 */
export function withUpgradeUrl(source: string, constants: string[], url: string): string {
  return constants.reduce((text, constant) => {
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
}
