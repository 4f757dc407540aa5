import type { Container } from "@dagger.io/dagger";
import { script } from "../engine/script.js";

/** Where {@link withRustBindgen} puts bindgen in the shape that V8's GN files expect. */
export const rustBindgen = "/opt/rust-bindgen";

/** Where {@link withSystemCompilers} puts the compilers in the shape that V8's GN files expect. */
export const llvm = "/opt/llvm";

const arrange = script(import.meta.url, "arrange-compilers.sh");

/** The container with its own compilers arranged for V8's build. Fails when clang, lld or llvm-ar are missing. */
export function withSystemCompilers(container: Container, unknownFlags: string[]): Container {
  return container.withExec(["sh", "-c", arrange, "arrange", ...unknownFlags]);
}

const arrangeBindgen = script(import.meta.url, "arrange-bindgen.sh");

/** The container with bindgen arranged for V8's build, after its compilers and libclang. */
export function withRustBindgen(container: Container, unknownFlags: string[]): Container {
  return container.withExec(["sh", "-c", arrangeBindgen, "arrange-bindgen", ...unknownFlags]);
}
