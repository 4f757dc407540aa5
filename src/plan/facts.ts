import type { Directory } from "@dagger.io/dagger";
import type { Target } from "../request/platform.js";
import type { Channel } from "../request/version.js";
import type { Clusters } from "./clusters.js";
import type { Headers } from "./headers.js";
import type { Link } from "./link.js";
import type { DenoRecipe } from "./recipe.js";
import type { Unknown } from "./snapshot.js";
import type { Way } from "./strategy.js";

/** Deno's tree, ready to build, and what it says of itself. */
export interface Tree {
  directory: Directory;
  version: string;
  channel: Channel;
  commit: string | null;
  rust: string | null;
  libraryVersion: string;
  /** the newest libclang that its crates can be given; null: any */
  libclang: number | null;
  recipe: DenoRecipe;
  /** it is the published crate `deno`, not the repository */
  published: boolean;
  /** why its build scripts cannot be compiled for another architecture; null: they can */
  unknownScripts: Unknown;
}

/** What is known when a plan is made. */
export interface Facts {
  version: string;
  channel: Channel;
  commit: string | null;
  rust: string | null;
  libraryVersion: string;
  target: Target;
  engine: Target;
  origin: "source" | "upstream" | "prebuilt";
  /** V8 is compiled with the toolchain's own clang, not Chromium's */
  systemCompilers: boolean;
  /** whether V8's headers are precompiled */
  headers: Headers;
  /** Deno's own sources are stored in the snapshot without comments and spaces */
  minifySources: boolean;
  /** how lld links deno and denort; null: the toolchain's linker does, as it is */
  link: Link | null;
  /** whether V8's files are compiled many at a time */
  clusters: Clusters;
  /** rusty_v8's source is the published crate, which lacks files of a checkout; null: not known before it is read */
  crate: boolean | null;
  /** Deno's source is the published crate, which lacks files of the repository */
  published: boolean;
  /** a toolchain container was given for the platform that cargo runs on */
  ownToolchain: boolean;
  /** where Deno's cargo build runs */
  way: Way;
  /** the image that gives the target's C library; empty: the base image */
  sysroot: string;
  profile: string;
  features: string[];
  upgrade: boolean;
  /** GN arguments that were asked for, NAME=VALUE */
  gnArguments: string[];
}
