import type { Container, File } from "@dagger.io/dagger";
import { glibcFloor, glibcVersion, symbolsOfNewer } from "../../dagger/toolchain/glibc.js";
import type { Target } from "../request/platform.js";

/** Whether one version is newer than the other, number by number: 2.36 than 2.9. */
function newer(one: string, other: string): boolean {
  return one.localeCompare(other, "en", { numeric: true }) > 0;
}

/**
 * Refuses a toolchain whose C library is newer than the base image's: what it links does not start there. Cross
 * compilers take the base image's library instead. Asked before anything is compiled.
 */
export async function checkToolchain(toolchain: Container, base: Container, target: Target): Promise<void> {
  const [own, given] = await Promise.all([glibcVersion(toolchain), glibcVersion(base)]);
  if (!newer(own, given)) return;
  throw new Error(
    `toolchains: the one for ${target.platform} has glibc ${own}, but the base image has ${given}: what it links does not ` +
      `start there; give --strategy=CROSS, which compiles against the base image, or a --base with glibc ${own} or newer`,
  );
}

/** Cross-compiled, a binary must not need a newer C library than that of the image that gave the target's root. */
export async function checkFloor(compilers: Container, binary: File, target: Target, image: string): Promise<void> {
  const { needed, given } = await glibcFloor(compilers, target.triple, binary);
  if (!newer(needed, given)) return;
  throw new Error(`the binary that was built for ${target.platform} needs glibc ${needed}, but ${image} has ${given}`);
}

/** A V8 that was compiled elsewhere. */
interface Archive {
  file: File;
  name: string;
  /** the option that it comes by */
  argument: string;
}

/** Refuses a V8 that was compiled against a newer C library than Deno is: the link would fail, after all was compiled. */
export async function checkArchive(
  compilers: Container,
  archive: Archive,
  target: Target,
  image: string,
): Promise<void> {
  const newer = await symbolsOfNewer(compilers, target.triple, archive.file, archive.name);
  if (newer.length === 0) return;
  throw new Error(
    `${archive.argument}: V8's archive for ${target.platform} was compiled against a newer C library than that of ${image}, which ` +
      `lacks ${newer.slice(0, 3).join(", ")}; name the image that it was compiled against with --sysroot, or make it ` +
      "again with mirror",
  );
}
