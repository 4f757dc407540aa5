/**
 * What a Deno or rusty_v8 tree says of itself. The files are written by people and tools in one plain style, so a reader of
 * lines is enough; what it does not understand is an error, never a guess. The results go into commands and paths, hence
 * the narrow patterns.
 */
import semver from "semver";

const WORD = /^[0-9A-Za-z][0-9A-Za-z.+_-]*$/;

/** The `[section]`s of a TOML file in order, each with the text after `=` of its keys. */
function sections(toml: string): { name: string; keys: Map<string, string> }[] {
  const found = [{ name: "", keys: new Map<string, string>() }];
  for (const line of toml.split(/\r?\n/)) {
    const name = /^\[+([^[\]]+)\]+\s*(?:#.*)?$/.exec(line)?.[1];
    if (name) found.push({ name: name.trim(), keys: new Map() });
    const [, key, value] = /^([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key && value !== undefined) found.at(-1)?.keys.set(key, value);
  }
  return found;
}

/** `"1.92.0" # comment` -> `1.92.0`; undefined for anything but one plain word in quotes. */
function word(value: string | undefined): string | undefined {
  const text = /^(["'])(.*?)\1\s*(?:#.*)?$/.exec(value ?? "")?.[2];
  return text !== undefined && WORD.test(text) ? text : undefined;
}

/** Where a file of the repository is in a tree: the published crate deno has at its top what the repository has in cli. */
export function pathIn(file: string, published: boolean): string {
  return published ? file.replace(/^cli\//, "") : file;
}

/**
 * The Rust toolchain that a tree pins: `1.92.0`, `1.70`, `stable`, `nightly-2024-01-01`. `file` is its rust-toolchain.toml,
 * or the older rust-toolchain, which may be no more than that word:
 * https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file
 */
export function rustVersion(file: string): string {
  if (WORD.test(file.trim())) return file.trim();
  const value = sections(file)
    .find(({ name }) => name === "toolchain")
    ?.keys.get("channel");
  const channel = word(value);
  if (channel) return channel;
  throw new Error(`rust-toolchain.toml: no usable channel = "…" in [toolchain], found ${value ?? "none"}.`);
}

/** Every version of a crate that Cargo.lock holds, in its order. */
export function lockedVersions(cargoLock: string, crate: string): string[] {
  return sections(cargoLock).flatMap(({ name, keys }) => {
    if (name !== "package" || word(keys.get("name")) !== crate) return [];
    const version = word(keys.get("version"));
    if (!version) throw new Error(`Cargo.lock: package ${crate} has no usable version.`);
    return [version];
  });
}

/**
 * The V8 crate's version. Cargo.toml is of no use for this: since Deno 2.9.5 its dependency `v8` is a facade in the tree.
 * https://github.com/denoland/deno/blob/v2.9.5/libs/deno_v8/Cargo.toml
 */
export function v8Version(cargoLock: string): string {
  const [version, ...more] = lockedVersions(cargoLock, "v8");
  if (version && more.length === 0) return version;
  const found = version ? `found ${[version, ...more].join(", ")}` : "found none";
  const old = lockedVersions(cargoLock, "rusty_v8").map(
    (it) => ` (rusty_v8 ${it}, the crate's name before 0.33, is there)`,
  );
  throw new Error(`Cargo.lock: expected one version of package v8, ${found}${old.join("")}.`);
}

/**
 * The newest libclang that every bindgen in Cargo.lock can read types with; null: any. Those before 0.72.1 take what
 * libclang 22 says of a type's declaration for a structure without fields:
 * https://github.com/rust-lang/rust-bindgen/pull/3278
 */
export function newestLibclang(cargoLock: string): number | null {
  return lockedVersions(cargoLock, "bindgen").some((version) => semver.lt(version, "0.72.1")) ? 21 : null;
}

/** The names in `[features]`. */
export function packageFeatures(cargoToml: string): string[] {
  return [
    ...(sections(cargoToml)
      .find(({ name }) => name === "features")
      ?.keys.keys() ?? []),
  ];
}

/** The version in `[package]`. */
export function packageVersion(cargoToml: string): string {
  const keys = sections(cargoToml).find(({ name }) => name === "package")?.keys;
  if (!keys) throw new Error("Cargo.toml: no [package] section.");
  const version = word(keys.get("version"));
  if (version) return version;
  if (keys.has("version.workspace") || /\bworkspace\b/.test(keys.get("version") ?? "")) {
    throw new Error("Cargo.toml: version.workspace = true in [package]: the version is in the workspace's Cargo.toml.");
  }
  throw new Error(`Cargo.toml: no usable version = "…" in [package], found ${keys.get("version") ?? "none"}.`);
}
