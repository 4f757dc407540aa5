import { createHash } from "node:crypto";

/**
 * The name of a cache volume. Same input, same name; anything that changes what the compilers make changes the
 * name, so that GN's and cargo's own idea of "unchanged", which is about file times, is never asked across it.
 */
export function cacheKey(prefix: string, input: Record<string, unknown>): string {
  const entries = Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${prefix}-${createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 16)}`;
}
