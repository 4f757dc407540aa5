import type { Resources } from "../../dagger/engine/resources.js";
import type { Target } from "../request/platform.js";

/**
 * The most memory that cargo's build with a profile had at once, in MiB, by the machine that it is for: fat LTO of deno
 * 2.9.5 by rustc 1.97 on 2 cores, docs/records/real-builds.md. It is one link, and one rustc, so more cores do not need more
 * of it. For arm64, LLVM keeps the code of all functions until it has outlined what they have in common, which it does by
 * itself for size there and not for x86. Of other profiles nothing is refused.
 * https://github.com/llvm/llvm-project/blob/llvmorg-21.1.0/llvm/lib/Target/AArch64/AArch64TargetMachine.cpp
 */
const MEMORY: Record<string, Record<Target["machine"], number>> = { release: { x86_64: 8717, aarch64: 16563 } };

/** What the cache volumes of these builds held at their end, in MiB: V8's of 150.4.0, Deno's with denort, both for linux/arm64. */
const DISK = { library: 2033, deno: 6662, generators: 2875 };

/** MiB as a person reads them. */
export function gib(mebibytes: number): string {
  return `${(mebibytes / 1024).toFixed(1)} GiB`;
}

/** The engine in one line. */
export function describeEngine({ cores, memory, available, swap, disk }: Resources): string {
  const swapped = swap > 0 ? `, ${gib(swap)} of swap` : "";
  return `${cores} cores, ${gib(memory)} of memory, ${gib(available)} of it available${swapped}, ${gib(disk)} of disk free`;
}

/** Refuses a profile whose link would be killed at the end, after all the rest was compiled. */
export function checkMemory(profile: string, { machine, platform }: Target, { memory, swap }: Resources): void {
  const needed = MEMORY[profile]?.[machine];
  if (needed === undefined || memory + swap >= needed) return;
  throw new Error(
    `profile: ${profile} takes ${gib(needed)} of memory at its last link for ${platform}; this engine has ${gib(memory)}, and ${gib(swap)} ` +
      "of swap. --profile=release-lite takes less; --ignore-resources goes on anyway",
  );
}

/** What V8's cache volume grows to, in MiB. */
export function libraryDisk(): number {
  return DISK.library;
}

/** What the cache volume of deno and denort grows to, in MiB; cross-compiling has programs that make the snapshot beside it. */
export function denoDisk(cross: boolean): number {
  return DISK.deno + (cross ? DISK.generators : 0);
}

/** What a build from nothing needs of the disk, in MiB, where nothing of it is there yet. */
export function wholeDisk(compilesLibrary: boolean, cross: boolean): number {
  return (compilesLibrary ? libraryDisk() : 0) + denoDisk(cross);
}
