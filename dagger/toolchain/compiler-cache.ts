import type { Container, Secret } from "@dagger.io/dagger";

/** A shared store for compiled objects, in sccache's own variables. */
export interface CompilerCache {
  environment: Record<string, string>;
  /** values that must not be seen, by the variable that takes each */
  secrets: Record<string, Secret>;
}

/** Lets sccache, which the toolchain must have, use the store. */
export function withCompilerCache(container: Container, cache: CompilerCache): Container {
  let result = container.withEnvVariable("CARGO_INCREMENTAL", "0");
  for (const [name, value] of Object.entries(cache.environment)) result = result.withEnvVariable(name, value);
  for (const [name, secret] of Object.entries(cache.secrets)) result = result.withSecretVariable(name, secret);
  return result;
}
