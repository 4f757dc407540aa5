import type { Strategy } from "../request/enums.js";
import type { Target } from "../request/platform.js";
import type { Unknown } from "./snapshot.js";

/** Where it does run. */
export interface Way {
  where: "native" | "cross" | "emulated";
  why: string;
}

/** Only cross compilers take their C library from another image than their own. */
function chooseForSysroot(asked: Strategy, unknown: Unknown): Way {
  if (asked !== "AUTO" && asked !== "CROSS") {
    throw new Error(
      `strategy: ${asked} compiles against the C library of cargo's own container, and --sysroot gives another; ` +
        "accepted here: AUTO, CROSS, or no --sysroot",
    );
  }
  if (unknown !== null) {
    throw new Error(
      `sysroot: Deno would have to be cross-compiled, which is not possible: ${unknown}; accepted here: no --sysroot, and ` +
        "the older image as --base",
    );
  }
  return { where: "cross", why: "the C library is of another image than the tools, which only cross compilers take" };
}

/**
 * Decides where cargo runs; `sysroot`: the C library of another image than the tools' was asked for. What was asked for and
 * cannot be is an error.
 */
export function chooseWay(
  asked: Strategy,
  engine: Target,
  target: Target,
  unknown: Unknown,
  sysroot: boolean = false,
): Way {
  if (sysroot) return chooseForSysroot(asked, unknown);
  const native = engine === target;
  switch (asked) {
    case "NATIVE":
      if (native) return { where: "native", why: "the engine is of the target's architecture" };
      throw new Error(
        `strategy: NATIVE needs an engine on ${target.platform}, this one is ${engine.platform}; ` +
          `accepted here: AUTO, CROSS, EMULATED, or ${engine.platform} alone`,
      );
    case "CROSS":
      // Of the engine's own architecture, too: what a newer toolchain makes then runs on an older base image.
      if (unknown !== null) {
        const others = native ? "AUTO, NATIVE" : "AUTO, EMULATED";
        throw new Error(`strategy: CROSS is not possible: ${unknown}; accepted here: ${others}`);
      }
      return { where: "cross", why: "asked for by --strategy=CROSS" };
    case "EMULATED":
      if (native) {
        throw new Error(
          `strategy: EMULATED is for an engine of another architecture, this one is ${engine.platform} itself; ` +
            "accepted here: AUTO, NATIVE, CROSS",
        );
      }
      return { where: "emulated", why: "asked for by --strategy=EMULATED" };
    case "AUTO":
      if (native) return { where: "native", why: "the engine is of the target's architecture" };
      if (unknown !== null) return { where: "emulated", why: `it cannot be cross-compiled: ${unknown}` };
      return {
        where: "cross",
        why: "compilers of the engine's own architecture do all but the build scripts that run V8, which are the target's programs under QEMU",
      };
  }
}
