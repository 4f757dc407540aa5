import { packageFeatures } from "../plan/manifests.js";
import { quote } from "../request/text.js";

const LINE = /^v8 = \{(.*)\}$/gm;

/** The folder of the facade that stands before the crate v8 in a workspace's Cargo.toml, since Deno 2.9.5; null: none does. */
export function facade(workspace: string): string | null {
  const [, keys] = [...workspace.matchAll(LINE)][0] ?? [];
  return /\bpath = "(?:\.\/)?([\w/-]+)"/.exec(keys ?? "")?.[1] ?? null;
}

/**
 * The workspace's Cargo.toml with features of the crate v8. An argument of cargo would not do: it names features of members,
 * and of what they depend on themselves. Cargo.lock stays as it is, for none of these features brings a crate.
 */
export function withLibraryFeatures(
  workspace: string,
  features: string[],
  version: string,
  facadeManifest: string | null,
): string {
  const [found, ...more] = [...workspace.matchAll(LINE)];
  if (!found || more.length > 0) {
    throw new Error(
      `library-features: the workspace of Deno ${version} does not say which features V8 has; accepted: Deno 2.7.2 and ` +
        "newer, from the repository",
    );
  }
  const known = facadeManifest === null ? null : packageFeatures(facadeManifest);
  for (const feature of features) {
    if (known && !known.includes(feature)) {
      throw new Error(
        `library-features: Deno ${version} does not hand ${quote(feature)} on to V8; it does ${known.join(", ")}`,
      );
    }
  }
  const keys = found[1] ?? "";
  const listed = /\bfeatures = \[([^\]]*)\]/.exec(keys);
  const names = [
    ...new Set([...(listed?.[1] ?? "").split(",").map((name) => name.trim().replaceAll('"', "")), ...features]),
  ];
  const quoted = names.filter(Boolean).map((name) => `"${name}"`);
  const list = `features = [${quoted.join(", ")}]`;
  const changed = listed ? keys.replace(listed[0], list) : `${keys.trimEnd()}, ${list} `;
  return workspace.replace(found[0], `v8 = {${changed}}`);
}
