import type { LibraryRecipe } from "./recipe.js";

/** Whether the headers of V8's large targets are precompiled. */
export interface Headers {
  precompiled: boolean;
  why: string;
}

/** Decides it. What was read of a version is no more than its recipe says; its tree is looked at when it is compiled. */
export function chooseHeaders(
  asked: boolean,
  compilerCache: boolean,
  recipe: Pick<LibraryRecipe, "precompiledHeaders">,
): Headers {
  if (!asked) return { precompiled: false, why: "asked for by --precompiled-headers=false" };
  if (compilerCache) {
    // https://github.com/mozilla/sccache/issues/615
    return { precompiled: false, why: "--compiler-cache was given, and sccache stores nothing that is compiled so" };
  }
  if (!recipe.precompiledHeaders) return { precompiled: false, why: "no V8 before 10.9 (crate 0.55) was read for it" };
  return { precompiled: true, why: "nearly every file of V8 reads the same ones" };
}
