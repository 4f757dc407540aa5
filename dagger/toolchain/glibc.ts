import type { Container, File } from "@dagger.io/dagger";
import { orRefused } from "../engine/disk.js";
import { script } from "../engine/script.js";
import { tools } from "./cross.js";

/** The newest glibc whose symbols a binary needs, and the glibc of the root that it was linked against. */
export interface Floor {
  needed: string;
  given: string;
}

const measure = script(import.meta.url, "measure-glibc.sh");

/** The C library's version, such as 2.36. */
export async function glibcVersion(container: Container): Promise<string> {
  const said = await container.withExec(["getconf", "GNU_LIBC_VERSION"]).stdout();
  const version = /^glibc (\S+)/.exec(said)?.[1];
  if (!version) throw new Error(`glibc: getconf GNU_LIBC_VERSION says no version, but ${JSON.stringify(said)}`);
  return version;
}

/** Measures a binary in a container with cross compilers, see cross.ts. */
export async function glibcFloor(container: Container, triple: string, binary: File): Promise<Floor> {
  const objdump = `${tools}/${triple}-objdump`;
  const said = await container
    .withMountedFile("/measured", binary)
    .withExec(["sh", "-c", measure, "measure", objdump])
    .stdout();
  const [needed, given] = said
    .trim()
    .split("\n")
    .map((line) => line.replace("GLIBC_", ""));
  if (!needed || !given) throw new Error(`glibc: objdump named no symbol versions, but ${JSON.stringify(said)}`);
  return { needed, given };
}

const newerSymbols = script(import.meta.url, "newer-symbols.sh");

/** What a static library wants of a newer C library than the root that the container's cross compilers link against. */
export async function symbolsOfNewer(
  container: Container,
  triple: string,
  library: File,
  name: string,
): Promise<string[]> {
  const path = `/measured/${name}`;
  const asked = container
    .withMountedFile(path, library)
    .withExec(["sh", "-c", newerSymbols, "newer-symbols", `${tools}/${triple}-nm`, path]);
  return (await orRefused(asked.stdout())).split("\n").filter(Boolean);
}
