import type { Container, Secret } from "@dagger.io/dagger";
import { anew } from "../engine/anew.js";
import { script } from "../engine/script.js";

/** A shared store for compiled objects, in sccache's own variables. */
export interface CompilerCache {
  environment: Record<string, string>;
  /** values that must not be seen, by the variable that takes each */
  secrets: Record<string, Secret>;
}

const standing = script(import.meta.url, "with-compiler-cache.sh");

/** Lets sccache, which the toolchain must have, use the store. */
export function withCompilerCache(container: Container, cache: CompilerCache): Container {
  let result = container.withEnvVariable("CARGO_INCREMENTAL", "0");
  for (const [name, value] of Object.entries(cache.environment)) result = result.withEnvVariable(name, value);
  for (const [name, secret] of Object.entries(cache.secrets)) result = result.withSecretVariable(name, secret);
  return result;
}

/** The command as it is run in a container of {@link withCompilerCache}; without a store it stays what it is. */
export function throughCompilerCache(cache: CompilerCache | undefined, command: string[]): string[] {
  return cache ? ["sh", "-c", standing, "with-compiler-cache", ...command] : command;
}

/** Opens the store and closes it again; says which it is, and whether it takes writes. */
export async function tryCompilerCache(container: Container, cache: CompilerCache): Promise<string> {
  // Anew: a store comes and goes.
  const out = await anew(withCompilerCache(container, cache))
    .withExec(throughCompilerCache(cache, ["true"]))
    .stdout();
  const refused = /^compiler-cache: (.*)$/m.exec(out)?.[1];
  const place = /^Cache location +(.*)$/m.exec(out)?.[1];
  return [place ?? "it answers", refused ?? "it takes writes"].join("; ");
}
