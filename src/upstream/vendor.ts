import type { DenoRecipe } from "../plan/recipe.js";
import { quote } from "../request/text.js";

/** Where a file says the version, and how often. */
interface Place {
  path: string;
  times: number;
  pattern: RegExp;
}

/**
 * Where a tree says its version to a person: `deno --version` and, for the main worker and others, `Deno.version`. Not at
 * the constant itself, which also names the denort that `deno compile` downloads, and what `deno upgrade` compares:
 * https://github.com/denoland/deno/blob/v2.9.5/cli/standalone/binary.rs#L487
 */
export function versionPlaces(version: string, sources: DenoRecipe["versionSources"]): Place[] {
  if (!sources) {
    throw new Error(
      `vendor: where Deno ${version} says its version was not read; accepted: 1.46.0 to 2.1.5, and 2.1.7 and newer`,
    );
  }
  return [
    { path: sources.command, times: 1, pattern: /^( +)((?:crate::version::)?DENO_VERSION_INFO\.deno),$/gm },
    {
      path: sources.runtime,
      times: 2,
      pattern: /^( +deno_version: )(crate::version::DENO_VERSION_INFO\.deno)\.to_string\(\),$/gm,
    },
  ];
}

/** A file whose version names the vendor, as SemVer's build metadata. A canary's version has a commit there already. */
export function withVendor(text: string | null, place: Place, vendor: string, canary: boolean): string {
  const { path, times, pattern } = place;
  if (text === null || [...text.matchAll(pattern)].length !== times) {
    throw new Error(
      `vendor: ${quote(path)} of the tree does not say the version as upstream's does; give a patch for it instead`,
    );
  }
  return text.replace(pattern, `$1format!("{}${canary ? "." : "+"}${vendor}", $2),`);
}
