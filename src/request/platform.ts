import { checkOnce, quote } from "./text.js";

/** One platform under every name that a tool of the build has for it. */
export interface Target {
  /** the OCI name, as Docker and Dagger write it */
  platform: "linux/arm64" | "linux/amd64";
  /** Rust's and LLVM's */
  triple: "aarch64-unknown-linux-gnu" | "x86_64-unknown-linux-gnu";
  /** GN's `target_cpu` */
  cpu: "arm64" | "x64";
  /** dpkg's architecture */
  debian: "arm64" | "amd64";
  /** what `uname -m` says and ELF headers are checked for */
  machine: "aarch64" | "x86_64";
  /** a second name of the release zip: builds for home servers and Macs were published under it */
  alias: "deno-linux-arm64.zip" | null;
}

/** What rusty_v8 and Deno release for Linux: https://github.com/denoland/rusty_v8/blob/v150.0.0/.github/workflows/ci.yml */
export const TARGETS: readonly Target[] = [
  {
    platform: "linux/arm64",
    triple: "aarch64-unknown-linux-gnu",
    cpu: "arm64",
    debian: "arm64",
    machine: "aarch64",
    alias: "deno-linux-arm64.zip",
  },
  {
    platform: "linux/amd64",
    triple: "x86_64-unknown-linux-gnu",
    cpu: "x64",
    debian: "amd64",
    machine: "x86_64",
    alias: null,
  },
];

/**
 * The runtimes that a release has where they are asked for: libdenort is what `deno desktop` puts a program behind, and the
 * others are denort and libdenort with QuickJS in V8's place, of `deno compile` and `deno desktop` with `--engine quickjs`.
 */
export const RUNTIMES = ["libdenort", "denort-quickjs", "libdenort-quickjs"] as const;

export type RuntimeName = (typeof RUNTIMES)[number];

/** What a release has for each platform: deno; since 1.40.5 denort, the runtime under what `deno compile` makes; and others. */
export type ProgramName = "deno" | "denort" | RuntimeName;

/** Whether QuickJS runs JavaScript in it, so that it has nothing of V8. */
export function onQuickjs(program: ProgramName): boolean {
  return program.endsWith("-quickjs");
}

/** The file that a program is, and that its zip has in it. */
export function fileName(program: ProgramName): string {
  const name = program.replace("-quickjs", "");
  return name === "libdenort" ? "libdenort.so" : name;
}

/** The release zip of a target triple, as upstream names it. */
export function zipName(triple: string, program: ProgramName = "deno"): string {
  return `${program}-${triple}.zip`;
}

/** The archive of what was stripped from a program; upstream has none. */
export function debugName(triple: string, program: ProgramName): string {
  return `${program}-${triple}.debug.zip`;
}

/** What panics of deno are named by, as upstream names it: https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts#L736 */
export function symcacheName(triple: string): string {
  return `deno-${triple}.symcache`;
}

/** The checksum of a bare program, as upstream names it: `deno upgrade` reads it. */
export function checksumName(triple: string, program: ProgramName): string {
  return `${program}-${triple}.sha256sum`;
}

/** What `deno upgrade` of the version `previous` makes deno of: https://github.com/denoland/deno/blob/v2.9.5/cli/tools/upgrade.rs#L1579 */
export function deltaName(triple: string, previous: string): string {
  return `deno-${triple}.from-${previous}.bsdiff`;
}

/** The text that says what the programs of a target triple were built of and with; upstream has none. */
export function recordName(triple: string): string {
  return `deno-${triple}.build.txt`;
}

/** Why a platform that people ask for cannot be served; the first pattern that fits answers. */
const REFUSED: [RegExp, string][] = [
  [
    /(^|\/|-)arm(?!64)/i,
    "32-bit ARM is not supported: V8's 32-bit snapshot generator fails under QEMU on a 64-bit host (readdir gives " +
      "EOVERFLOW, https://bugs.launchpad.net/qemu/+bug/1805913), and there are no prebuilt 32-bit ARM V8 archives " +
      "(https://github.com/denoland/rusty_v8/issues/1223)",
  ],
  [/darwin|macos|apple/i, "macOS binaries need Apple's SDK, which a Linux container does not have"],
  [/windows|win32|msvc/i, "Windows binaries need Microsoft's SDK, which a Linux container does not have"],
  [/musl|alpine/i, "Deno's V8 is built for glibc; rusty_v8 has no musl target"],
];

/** Reads a platform. `argument` is the name that an error calls it by. */
export function parsePlatform(text: string, argument = "platform"): Target {
  // Docker's normal form of arm64 carries the variant: https://github.com/containerd/platforms
  const name = text === "linux/arm64/v8" ? "linux/arm64" : text;
  const target = TARGETS.find(({ platform }) => platform === name);
  if (target) return target;
  const why = REFUSED.find(([pattern]) => pattern.test(text))?.[1] ?? "it is not a platform that Deno is built for";
  const accepted = TARGETS.map(({ platform }) => platform).join(", ");
  throw new Error(`${argument}: ${quote(text)} is not accepted: ${why}. Accepted: ${accepted}.`);
}

/** Reads a list of platforms: at least one, none twice (`linux/arm64` and `linux/arm64/v8` are the same). */
export function parsePlatforms(texts: string[], argument = "platforms"): Target[] {
  if (texts.length === 0) throw new Error(`${argument}: at least one platform is needed.`);
  const targets = texts.map((text) => parsePlatform(text, argument));
  checkOnce(
    argument,
    targets.map(({ platform }) => platform),
  );
  return targets;
}
