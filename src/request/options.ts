import type { Container, Directory, File, Secret } from "@dagger.io/dagger";
import { parseCompilerCache } from "./compiler-cache.js";
import type { NamedOrigin, Strategy } from "./enums.js";
import { RUNTIMES } from "./platform.js";
import { checkOnce, quote } from "./text.js";

/** What the constructor was given. */
export interface Settings {
  source?: Directory;
  librarySource?: Directory;
  prebuilt?: Directory;
  fromUpstream: boolean;
  toolchains: Container[];
  base: string;
  sysroot: string;
  repository: string;
  libraryRepository: string;
  patches?: Directory;
  libraryPatches?: Directory;
  profile: string;
  features: string[];
  upgrade: boolean;
  upgradeUrl: string;
  vendor: string;
  jobs: number;
  compilerCache: string;
  compilerCacheUser?: Secret;
  compilerCachePassword?: Secret;
  binaries?: Directory;
  binaryOrigin: NamedOrigin;
  binaryRegistry: string;
  imageBase: string;
  tini?: Directory;
  strategy: Strategy;
  precompiledHeaders: boolean;
  minifySources: boolean;
  runtimes: string[];
  /** undefined: as src/plan/link.ts decides */
  startupOrder?: boolean;
  /** undefined: as src/plan/link.ts decides */
  unwindTables?: boolean;
  libraryFeatures: string[];
  gnArguments: string[];
  ignoreResources: boolean;
  mirrors: string[];
  proxy?: Secret;
  noProxy: string[];
  certificateAuthority?: File;
}

/** What an argument may say, and how an error puts it. */
export interface Rule {
  accepts: RegExp;
  expected: string;
}

/** The constructor's plain arguments. */
export interface Options {
  base: string;
  sysroot: string;
  repository: string;
  "library-repository": string;
  profile: string;
  features: string[];
  jobs: number;
  "upgrade-url": string;
  vendor: string;
  "compiler-cache": string;
  "library-features": string[];
  "gn-arguments": string[];
  runtimes: string[];
}

const gitUrl: Rule = {
  accepts: /^(https?|git):\/\/[\w.-]+(:\d+)?(\/[\w.@:~%+-]*)*$/,
  expected: "a Git URL with https://, http:// or git://, without credentials, spaces or a query",
};

/** The address of an image. */
export const imageReference: Rule = {
  accepts: /^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/,
  expected: "an image reference such as ubuntu:24.04@sha256:<64 hex digits>",
};

/**
 * What the constructor's plain arguments may say. Everything that reaches a command line or a URL is matched
 * against a pattern here, so a stage never has to quote.
 */
const RULES: Record<Exclude<keyof Options, "compiler-cache">, Rule[]> = {
  base: [imageReference],
  sysroot: [{ ...imageReference, accepts: new RegExp(`^$|${imageReference.accepts.source}`) }],
  repository: [gitUrl],
  "library-repository": [gitUrl],
  profile: [
    { accepts: /^[a-z][a-z0-9_-]{0,63}$/, expected: "a cargo profile such as release or release-lite" },
    // Names that cargo keeps for itself, but finds out only after V8 is compiled:
    // https://github.com/rust-lang/cargo/blob/0.84.0/src/cargo/util/toml/mod.rs
    {
      accepts: /^(?!(debug|doc|build|package|rust.*|cargo.*)$)/,
      expected: "a cargo profile; debug is called dev",
    },
  ],
  features: [{ accepts: /^[A-Za-z0-9_][\w./+-]{0,127}$/, expected: "cargo features such as deno/panic-trace" }],
  "library-features": [
    {
      accepts: /^[a-z][a-z0-9_]{0,63}$/,
      expected: "cargo features of the crate v8 such as v8_enable_pointer_compression",
    },
  ],
  // A list or a text with spaces would be cut on its way to GN.
  "gn-arguments": [
    {
      accepts: /^[a-z_][a-z0-9_]*=("[\w./:+@-]*"|[\w./:+@-]+)$/i,
      expected: "NAME=VALUE, the value true, false, a number or a word, such as v8_enable_maglev=false",
    },
  ],
  runtimes: [{ accepts: new RegExp(`^(${RUNTIMES.join("|")})$`), expected: RUNTIMES.join(", ") }],
  jobs: [
    { accepts: /^-?\d+$/, expected: "a whole number" },
    { accepts: /^(?!-)/, expected: "0 (as many as the engine has cores) or more" },
  ],
  vendor: [
    // https://semver.org/#spec-item-10
    {
      accepts: /^([0-9A-Za-z-]{1,32}(\.[0-9A-Za-z-]{1,32}){0,3})?$/,
      expected: "build metadata of a version, which is letters, digits and -, in parts between dots, such as example.1",
    },
  ],
  "upgrade-url": [
    { accepts: /^(https?:\/\/[\w.:~/%+-]+[^/])?$/, expected: "an http(s) URL without a slash at its end" },
  ],
};

/** What cannot be said in one argument's pattern: arguments that exclude or need each other. */
export interface GivenOptions {
  prebuilt: boolean;
  librarySource: boolean;
  libraryPatches: boolean;
  fromUpstream: boolean;
  upgrade: boolean;
  compilerCacheUser: boolean;
  compilerCachePassword: boolean;
}

/** Throws an error that names each argument that is wrong, what was given and what is accepted. */
export function checkValues(rules: Record<string, Rule[]>, values: Record<string, string | string[]>): void {
  const problems = Object.entries(rules).flatMap(([name, each]) =>
    [values[name] ?? []]
      .flat()
      .flatMap((value) =>
        each
          .filter(({ accepts }) => !accepts.test(value))
          .map(({ expected }) => `${name}: expected ${expected}; given: ${quote(value)}`),
      ),
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/**
 * Refuses Git URLs that people have and this module cannot take, and says what to do instead. They are looked at before
 * the pattern, whose error would repeat them.
 */
function checkGitUrl(argument: "repository" | "library-repository", url: string): void {
  const source = argument === "repository" ? "source" : "library-source";
  const instead = `clone it, and give the clone with --${source}`;
  if (/^https?:\/\/[^/]*@/i.test(url)) {
    // An image's labels name the repository, and commands and errors do: a secret in it would be everywhere.
    throw new Error(
      `${argument}: credentials do not belong in the URL, which images and errors show; accepted: a Git URL without ` +
        `user and password. For a private repository ${instead}`,
    );
  }
  if (/^ssh:/i.test(url) || /^[^/]*@[^/]*:/.test(url)) {
    // The checkout is made in a container, which has no ssh and none of the caller's keys.
    throw new Error(
      `${argument}: Git over ssh is not possible here; accepted: https://, http:// or git://. To use ssh, ${instead}; ` +
        `given: ${quote(url)}`,
    );
  }
}

/** Throws an error that names the argument, what was given and what is accepted. */
export function checkOptions(values: Options, given: GivenOptions): void {
  checkGitUrl("repository", values.repository);
  checkGitUrl("library-repository", values["library-repository"]);
  checkValues(RULES, { ...values, jobs: String(values.jobs) });
  checkOnce("runtimes", values.runtimes);
  if (values["compiler-cache"]) {
    const { user } = parseCompilerCache(values["compiler-cache"]);
    if (user === "AWS_ACCESS_KEY_ID" && given.compilerCacheUser !== given.compilerCachePassword) {
      // sccache passes one of them over, and asks the machine's cloud for another pair.
      throw new Error(
        "compiler-cache-user, compiler-cache-password: S3 takes both keys or neither; given: one of them",
      );
    }
  } else if (given.compilerCacheUser || given.compilerCachePassword) {
    throw new Error("compiler-cache-user, compiler-cache-password: given without --compiler-cache, which they are for");
  }
  if (values["upgrade-url"] && !given.upgrade) {
    throw new Error("upgrade-url: given together with --upgrade=false, which leaves `deno upgrade` out");
  }
  const compiled = [
    given.librarySource && "library-source",
    given.libraryPatches && "library-patches",
    values["gn-arguments"].length > 0 && "gn-arguments",
  ].filter(Boolean);
  if (given.prebuilt && given.fromUpstream) {
    throw new Error("prebuilt: given together with --library-origin=UPSTREAM; both say where a finished V8 comes from");
  }
  if ((given.prebuilt || given.fromUpstream) && compiled.length > 0) {
    throw new Error(
      `${compiled.join(", ")}: given together with ${given.prebuilt ? "--prebuilt" : "--library-origin=UPSTREAM"}, ` +
        "with which V8 is not compiled",
    );
  }
}
