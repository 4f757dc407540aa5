/** Where V8's static library comes from. */
export enum LibraryOrigin {
  /** It is compiled here, from source. */
  SOURCE = "SOURCE",
  /** It is downloaded from rusty_v8's own release of that version. */
  UPSTREAM = "UPSTREAM",
}

/** Where the binary of an image or a program comes from. */
export enum BinaryOrigin {
  /** It is compiled here, from source. */
  SOURCE = "SOURCE",
  /** It is upstream's release zip, verified by the SHA-256 that is published beside it. */
  UPSTREAM = "UPSTREAM",
  /** It is the official binary as published on npm, verified by the SHA-512 that the registry names. */
  REGISTRY = "REGISTRY",
}

/** Which of upstream's versions are followed. */
export enum UpstreamChannel {
  /** The newest stable release. */
  STABLE = "STABLE",
  /** The newest alpha, beta or release candidate. */
  PRERELEASE = "PRERELEASE",
  /** The newest commit of the default branch. */
  CANARY = "CANARY",
}

/** Where Deno's cargo build runs. */
export enum BuildStrategy {
  /** On the engine's own architecture where it can: natively, else cross-compiled, else emulated. */
  AUTO = "AUTO",
  /** On an engine of the target's architecture; on another it is refused. */
  NATIVE = "NATIVE",
  /** Cross-compiled on an engine of another architecture; QEMU runs the build scripts that need V8, and no more. */
  CROSS = "CROSS",
  /** In a container of the target's architecture, all of it under QEMU: about ten times slower. */
  EMULATED = "EMULATED",
}

/** What an image stands on, and how it is laid out. */
export enum ImageVariant {
  /** Ubuntu 24.04, with a shell: docker run IMAGE bash works. */
  UBUNTU = "UBUNTU",
  /** Debian 13, slim, with a shell. */
  DEBIAN = "DEBIAN",
  /** Debian 13's C library and certificates, without a shell; the arguments are always Deno's. */
  DISTROLESS = "DISTROLESS",
  /** Nothing but /deno, to copy it from in a Dockerfile. */
  BIN = "BIN",
}

/** The same choices as words, for files that take them as values. */
export type Strategy = `${BuildStrategy}`;
export type Variant = `${ImageVariant}`;
export type NamedOrigin = `${BinaryOrigin}`;
