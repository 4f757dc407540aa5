import type { Target } from "./platform.js";
import { pathIn } from "./tree.js";

/** Where Deno's cargo build runs, as it may be asked for. */
export type Strategy = "AUTO" | "NATIVE" | "CROSS" | "EMULATED";

/** Where it does run. */
export interface Way {
  where: "native" | "cross" | "emulated";
  why: string;
}

/** What the tree's script that makes the snapshot is like; null: as the recipe knows it. */
export type Unknown = string | null;

const marker = "create_runtime_snapshot";

/**
 * Whether a tree's build scripts are of the shape that can be compiled for the target: the snapshot is made where the
 * recipe says, by the function that it knows. `text` is that script; null: the tree has none there.
 */
export function unknownScripts(version: string, file: string | null, text: string | null, published: boolean): Unknown {
  if (file === null)
    return `Deno ${version} is older than 2.0.0, whose build scripts are not known to compile for the target`;
  // In the published crate the script is in a crate of its own, deno_snapshots, which Cargo.lock fixes.
  if (published && file.includes("snapshot/")) return null;
  const path = pathIn(file, published);
  if (text === null) return `the tree has no ${path}, which makes the snapshot in Deno ${version}`;
  return text.includes(marker) ? null : `${path} does not call ${marker}: the tree makes its snapshot in another way`;
}

/** Decides where cargo runs. What was asked for and cannot be is an error. */
export function chooseWay(asked: Strategy, engine: Target, target: Target, unknown: Unknown): Way {
  const native = engine === target;
  switch (asked) {
    case "NATIVE":
      if (native) return { where: "native", why: "the engine is of the target's architecture" };
      throw new Error(
        `strategy: NATIVE needs an engine on ${target.platform}, this one is ${engine.platform}; ` +
          "accepted here: AUTO, CROSS, EMULATED",
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
