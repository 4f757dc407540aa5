import type { Secret } from "@dagger.io/dagger";
import type { CompilerCache as Store } from "../../dagger/toolchain/compiler-cache.js";
import { parseCompilerCache } from "../request/compiler-cache.js";

interface CacheOptions {
  compilerCache: string;
  compilerCacheUser?: Secret;
  compilerCachePassword?: Secret;
}

/** The store and the secrets for it, as the stages take them. */
export function openCompilerCache({
  compilerCache,
  compilerCacheUser,
  compilerCachePassword,
}: CacheOptions): Store | undefined {
  if (!compilerCache) return undefined;
  const { environment, user, password } = parseCompilerCache(compilerCache);
  return {
    environment,
    secrets: {
      ...(compilerCacheUser && { [user]: compilerCacheUser }),
      ...(compilerCachePassword && { [password]: compilerCachePassword }),
    },
  };
}
