import semver from "semver";
import { denoRecipe } from "../plan/recipe.js";
import { checkOnce, hasControl, quote } from "../request/text.js";
import { releaseBase } from "../request/version.js";

/** Where a program's source is, in the container that compiles it and in its image. */
export const FOLDER = "/app";

/** https://github.com/denoland/deno/blob/v1.32.0/cli/args/flags.rs#L81 */
const INCLUDE = "1.32.0";

/** A path in the source: relative, not out of it, and nothing that a command line takes for an option or a URL. */
function checkPath(text: string, argument: string, example: string): void {
  const fail = (why: string) =>
    new Error(`${argument}: ${quote(text)} is not accepted: ${why}. Accepted: a path in source such as ${example}.`);
  if (text === "") throw fail("it is empty");
  if (hasControl(text)) throw fail("it has a control character");
  if (text.startsWith("-")) throw fail("it begins with a dash, as options do");
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) throw fail("it is a URL; import it from a file of source");
  if (text.startsWith("/")) throw fail("it is absolute");
  const names = text.split("/");
  if (names.includes("..")) throw fail("it leads out of its folder");
  if (names.includes("") || names.includes(".")) throw fail("it has an empty name or a dot in it");
}

/** Checks the path of the module that is started. */
export function checkEntrypoint(text: string): void {
  checkPath(text, "entrypoint", "main.ts");
}

/** Checks the paths that are put into the executable beside what is imported; each once. */
export function checkInclude(texts: string[]): void {
  for (const text of texts) checkPath(text, "include", "static or worker.ts");
  checkOnce("include", texts);
}

/** Refuses --include for a Deno that does not have it. */
export function checkIncludeVersion(texts: string[], version: string): void {
  if (texts.length === 0 || semver.gte(releaseBase(version) ?? version, INCLUDE)) return;
  throw new Error(`include: deno compile has --include since ${INCLUDE}, and this is ${version}`);
}

/** A path in the source, as a command line has it: absolute, so that it is no option, no URL, and no matter from where. */
export function appPath(path: string): string {
  return `${FOLDER}/${path}`;
}

/** The executable's name, much as `deno compile` would infer it: of src/main.ts it is src. */
export function outputName(entrypoint: string): string {
  const names = entrypoint.split("/");
  const stem = (name: string) => name.replace(/(?<=.)\.[^.]*$/, "");
  const own = stem(names.at(-1) ?? "");
  const generic = ["main", "mod", "index", "cli"].includes(own);
  return (generic && names.at(-2)) || own;
}

/** Whether `deno compile` of this version puts a program behind denort; before, it was deno itself. */
export function needsRuntime(version: string): boolean {
  return denoRecipe(version).denort !== null;
}

/** Refuses a variant that a program cannot be started in. */
export function checkAppVariant(variant: string): void {
  if (variant !== "BIN") return;
  throw new Error("variant: BIN is the binary and nothing else; accepted: UBUNTU, DEBIAN, DISTROLESS");
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Checks the tags of a program's image, which are its own: at least one, none twice. */
export function checkAppTags(tags: string[]): void {
  if (tags.length === 0) throw new Error("tags: at least one is needed, such as latest or 1.0");
  const wrong = tags.find((tag) => !TAG.test(tag));
  if (wrong !== undefined) {
    throw new Error(
      `tags: ${quote(wrong)} is not accepted. Accepted: up to 128 letters, digits, _ . - that do not begin with . or -`,
    );
  }
  checkOnce("tags", tags);
}

/**
 * How a program's image is started; the words of docker run are the program's arguments. All of it is known to every Deno
 * since 1.20.0 (https://github.com/denoland/deno/blob/v1.20.0/cli/flags.rs):
 * - `--cached-only`: all that is imported is in the image. What is not is an error at once, and never a download of code
 *   that nobody looked at when the image was made.
 * - `--no-prompt`: a permission that was not given is an error, with a terminal too. Without this, somebody at a terminal
 *   would be asked.
 */
export function appEntrypoint(permissions: string[], entrypoint: string): string[] {
  return [...["/tini", "--", "/bin/deno", "run", "--cached-only", "--no-prompt"], ...permissions, appPath(entrypoint)];
}
