import type { Container } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { script } from "../engine/script.js";

/** What the package libsimde-dev of Debian and Ubuntu has. */
const HEADER = "/usr/include/simde/wasm/simd128.h";

const folder = "/opt/deno-from-source/quickjs";

const settings = script(import.meta.url, "quickjs.cmake");

/** SIMDe in a folder with nothing else: of the other headers beside it, the target's are the ones to compile with. */
const arrange = `test -e ${HEADER} && mkdir ${folder}/simde && ln -s /usr/include/simde ${folder}/simde/simde`;

/** The container with all that cmake needs to know to compile what is beside QuickJS; refused without SIMDe. */
export async function withQuickjs(container: Container): Promise<Container> {
  const file = `${folder}/quickjs.cmake`;
  const ready = container
    .withNewFile(file, settings)
    .withEnvVariable("CMAKE_TOOLCHAIN_FILE", file)
    .withExec(["sh", "-c", arrange, "arrange-simde"]);
  if ((await attempt(ready)).code === 0) return ready;
  throw new Error(
    `toolchains: there is no ${HEADER}, which runtimes on QuickJS are compiled with, in the container that cargo runs in; ` +
      "install SIMDe in it, the package libsimde-dev of Debian and Ubuntu",
  );
}
