import { UBUNTU, UPSTREAM_FLOOR } from "../request/base.js";
import type { Settings } from "../request/options.js";
import type { Unknown } from "./snapshot.js";

/**
 * The image whose C library V8 and Deno are compiled against; empty: the base image. Without one that was asked for it is as
 * old as upstream's, so that what is built runs wherever upstream's does. A base image or a toolchain of the caller's own
 * brings its C library along, and so does a strategy that compiles against that of cargo's own container.
 */
export function chooseSysroot(
  { sysroot, base, toolchains, strategy }: Pick<Settings, "sysroot" | "base" | "toolchains" | "strategy">,
  unknown: Unknown,
): string {
  if (sysroot) return sysroot;
  const crosses = (strategy === "AUTO" || strategy === "CROSS") && unknown === null;
  return base === UBUNTU && toolchains.length === 0 && crosses ? UPSTREAM_FLOOR : "";
}
