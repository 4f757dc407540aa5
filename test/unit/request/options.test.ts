import { describe, expect, it } from "vitest";
import { checkOptions, type GivenOptions, type Options } from "../../../src/request/options.js";

const values: Options = {
  base: "ubuntu:24.04",
  repository: "https://github.com/denoland/deno",
  "library-repository": "https://github.com/denoland/rusty_v8",
  sysroot: "",
  profile: "release",
  features: [],
  jobs: 0,
  "upgrade-url": "",
  vendor: "",
  "compiler-cache": "",
  "library-features": [],
  "gn-arguments": [],
  runtimes: [],
};

const given: GivenOptions = {
  prebuilt: false,
  librarySource: false,
  libraryPatches: false,
  fromUpstream: false,
  upgrade: true,
  compilerCacheUser: false,
  compilerCachePassword: false,
};

const check = (changes: Partial<Record<keyof Options, unknown>>, more: Partial<GivenOptions> = {}) =>
  checkOptions({ ...values, ...changes } as Options, { ...given, ...more });

const image = "an image reference such as ubuntu:24.04@sha256:<64 hex digits>";
const url = "a Git URL with https://, http:// or git://, without credentials, spaces or a query";

describe("checkOptions accepts", () => {
  it("the defaults", () => {
    expect(() => check({})).not.toThrow();
  });

  it.each([
    "ubuntu",
    "debian:bookworm",
    "localhost:5000/debian:bookworm",
    "ghcr.io/me/base-image:1.2_3",
    `ubuntu:24.04@sha256:${"0123456789abcdef".repeat(4)}`,
    `registry.example/a/b@sha256:${"a".repeat(64)}`,
  ])("base %s", (base) => {
    expect(() => check({ base })).not.toThrow();
  });

  it.each([
    "https://github.com/me/deno.git",
    "http://git.example:3000/me/deno",
    "http://localhost:3000",
    "https://git.example/~me/deno",
    "git://git.example/deno",
  ])("repository %s", (repository) => {
    expect(() => check({ repository, "library-repository": repository })).not.toThrow();
  });

  it.each(["release", "release-lite", "dev", "test", "bench", "release_with_debug"])("profile %s", (profile) => {
    expect(() => check({ profile })).not.toThrow();
  });

  it.each([[["hmr"]], [["deno/panic-trace", "__vendored_zlib_ng", "a.b+c"]]])("features %j", (features) => {
    expect(() => check({ features })).not.toThrow();
  });

  it.each([0, 1, 128])("jobs %i", (jobs) => {
    expect(() => check({ jobs })).not.toThrow();
  });

  it.each(["https://github.com/me/deno-builds/releases", "http://files.example:8080/deno"])("upgrade-url %s", (it) => {
    expect(() => check({ "upgrade-url": it })).not.toThrow();
  });

  it("features and GN arguments of V8", () => {
    const asked = ["v8_enable_maglev=false", "symbol_level=-1", "a=b", 'a="//b:c"', 'a=""'];
    expect(() => check({ "library-features": ["v8_enable_sandbox"], "gn-arguments": asked })).not.toThrow();
  });

  it("a compiler cache with and without credentials", () => {
    const cache = { "compiler-cache": "redis://cache:6379" };
    expect(() => check(cache)).not.toThrow();
    expect(() => check(cache, { compilerCacheUser: true, compilerCachePassword: true })).not.toThrow();
  });

  it.each<Partial<GivenOptions>>([
    { prebuilt: true },
    { fromUpstream: true },
    { librarySource: true, libraryPatches: true },
    { upgrade: false },
  ])("%j alone", (more) => {
    expect(() => check({}, more)).not.toThrow();
  });
});

describe("checkOptions refuses, by the argument's name, what was given and what is accepted:", () => {
  it.each<[keyof Options, unknown, string]>([
    ["base", "", `base: expected ${image}; given: ""`],
    ["base", "ubuntu 24.04", `base: expected ${image}; given: "ubuntu 24.04"`],
    ["base", "ubuntu:24.04@sha256:abc", `base: expected ${image}; given: "ubuntu:24.04@sha256:abc"`],
    ["base", "docker://ubuntu", `base: expected ${image}; given: "docker://ubuntu"`],
    ["base", "a\nb", `base: expected ${image}; given: "a\\nb"`],
    ["base", "ubuntu\n", `base: expected ${image}; given: "ubuntu\\n"`],
    ["repository", "", `repository: expected ${url}; given: ""`],
    ["repository", "../deno", `repository: expected ${url}; given: "../deno"`],
    ["repository", "file:///deno", `repository: expected ${url}; given: "file:///deno"`],
    ["repository", "https://a/b c", `repository: expected ${url}; given: "https://a/b c"`],
    ["repository", "https://a/$(id)", `repository: expected ${url}; given: "https://a/$(id)"`],
    ["repository", "https://a/b?c=d", `repository: expected ${url}; given: "https://a/b?c=d"`],
    ["library-repository", "--upload-pack=x", `library-repository: expected ${url}; given: "--upload-pack=x"`],
    ["profile", "", 'profile: expected a cargo profile such as release or release-lite; given: ""'],
    ["profile", "--verbose", 'profile: expected a cargo profile such as release or release-lite; given: "--verbose"'],
    ["profile", "../x", 'profile: expected a cargo profile such as release or release-lite; given: "../x"'],
    ["profile", "a b", 'profile: expected a cargo profile such as release or release-lite; given: "a b"'],
    ["profile", "debug", 'profile: expected a cargo profile; debug is called dev; given: "debug"'],
    ["profile", "doc", 'profile: expected a cargo profile; debug is called dev; given: "doc"'],
    ["features", [""], 'features: expected cargo features such as deno/panic-trace; given: ""'],
    ["features", ["hmr", "a b"], 'features: expected cargo features such as deno/panic-trace; given: "a b"'],
    ["features", ["a,b"], 'features: expected cargo features such as deno/panic-trace; given: "a,b"'],
    ["features", ["--all"], 'features: expected cargo features such as deno/panic-trace; given: "--all"'],
    ["runtimes", ["denort"], 'runtimes: expected libdenort, denort-quickjs, libdenort-quickjs; given: "denort"'],
    ["runtimes", ["libdenort", "libdenort"], 'runtimes: "libdenort" is given more than once'],
    ["jobs", -1, 'jobs: expected 0 (as many as the engine has cores) or more; given: "-1"'],
    ["jobs", 1.5, 'jobs: expected a whole number; given: "1.5"'],
    ["jobs", Number.NaN, 'jobs: expected a whole number; given: "NaN"'],
    [
      "upgrade-url",
      "example.org",
      'upgrade-url: expected an http(s) URL without a slash at its end; given: "example.org"',
    ],
    ["upgrade-url", "ftp://a/b", 'upgrade-url: expected an http(s) URL without a slash at its end; given: "ftp://a/b"'],
    [
      "upgrade-url",
      "https://a/b/",
      'upgrade-url: expected an http(s) URL without a slash at its end; given: "https://a/b/"',
    ],
    [
      "upgrade-url",
      'https://a/"b',
      'upgrade-url: expected an http(s) URL without a slash at its end; given: "https://a/\\"b"',
    ],
  ])("%s %j", (name, value, message) => {
    expect(() => check({ [name]: value })).toThrow(new Error(message));
  });

  it.each(["repository", "library-repository"] as const)(
    "credentials in the URL of --%s, without repeating them",
    (name) => {
      const source = name === "repository" ? "--source" : "--library-source";
      for (const url of [
        "https://me:hidden@git.example/me/deno",
        "http://hidden@git.example/me/deno",
        "HTTPS://me:hidden@git.example/me/deno",
        "https://me:hid/den@git.example/me/deno",
        "git://me:hidden@git.example/deno",
        "ssh://me:hidden@git.example/deno",
        "me:hidden@git.example:me/deno",
      ]) {
        const refused = () => check({ [name]: url });
        expect(refused).toThrow(new RegExp(`^${name}: `));
        expect(refused).not.toThrow(/hidden/);
        expect(refused).not.toThrow(/den@/);
      }
      expect(() => check({ [name]: "https://me:hidden@git.example/deno" })).toThrow(
        `${name}: credentials do not belong in the URL`,
      );
      expect(() => check({ [name]: "https://me:hidden@git.example/deno" })).toThrow(source);
    },
  );

  it.each(["ssh://git@git.example/me/deno", "ssh://git.example/me/deno", "git@git.example:me/deno"])(
    "Git over ssh, and says what to do: %s",
    (repository) => {
      expect(() => check({ repository })).toThrow(
        /^repository: Git over ssh is not possible here; .*--source; given: /,
      );
      expect(() => check({ "library-repository": repository })).toThrow(
        /^library-repository: .*--library-source; given/,
      );
    },
  );

  it("credentials in any other option, without repeating them", () => {
    for (const name of ["base", "upgrade-url", "compiler-cache"] as const) {
      const refused = () => check({ [name]: "https://me:hidden@example.org/deno" });
      expect(refused).toThrow(new RegExp(`^${name}: `));
      expect(refused).not.toThrow(/hidden/);
    }
    expect(() => check({ "compiler-cache": "me:hidden@cache:6379" })).not.toThrow(/hidden/);
  });

  it("all of them at once, one a line", () => {
    expect(() => check({ base: "", jobs: -1 })).toThrow(/^base: .*\njobs: [^\n]*$/);
  });

  it.each(["v8_enable_maglev", "=1", "a=b c", "a=[1]", 'a="b', "a=$b", "1a=1"])("a GN argument %s", (it) => {
    expect(() => check({ "gn-arguments": [it] })).toThrow(/^gn-arguments: expected NAME=VALUE, /);
  });

  it("a compiler cache that is none", () => {
    expect(() => check({ "compiler-cache": "cache:6379" })).toThrow(/^compiler-cache: /);
  });

  it.each<[string, Partial<Options>, Partial<GivenOptions>, string]>([
    [
      "a cache user without a cache",
      {},
      { compilerCacheUser: true },
      "compiler-cache-user, compiler-cache-password: given without --compiler-cache, which they are for",
    ],
    [
      "one of S3's keys",
      { "compiler-cache": "s3://bucket?region=eu-1" },
      { compilerCacheUser: true },
      "compiler-cache-user, compiler-cache-password: S3 takes both keys or neither; given: one of them",
    ],
    [
      "a cache password without a cache",
      {},
      { compilerCachePassword: true },
      "compiler-cache-user, compiler-cache-password: given without --compiler-cache, which they are for",
    ],
    [
      "an upgrade URL without deno upgrade",
      { "upgrade-url": "https://a/b" },
      { upgrade: false },
      "upgrade-url: given together with --upgrade=false, which leaves `deno upgrade` out",
    ],
    [
      "two places of a finished V8",
      {},
      { prebuilt: true, fromUpstream: true },
      "prebuilt: given together with --library-origin=UPSTREAM; both say where a finished V8 comes from",
    ],
    [
      "V8's source beside a prebuilt V8",
      {},
      { prebuilt: true, librarySource: true },
      "library-source: given together with --prebuilt, with which V8 is not compiled",
    ],
    [
      "GN arguments beside a prebuilt V8",
      { "gn-arguments": ["a=1"] },
      { prebuilt: true },
      "gn-arguments: given together with --prebuilt, with which V8 is not compiled",
    ],
    [
      "GN arguments beside upstream's V8",
      { "gn-arguments": ["a=1"] },
      { fromUpstream: true },
      "gn-arguments: given together with --library-origin=UPSTREAM, with which V8 is not compiled",
    ],
    [
      "V8's patches and source beside upstream's V8",
      {},
      { fromUpstream: true, librarySource: true, libraryPatches: true },
      "library-source, library-patches: given together with --library-origin=UPSTREAM, with which V8 is not compiled",
    ],
  ])("%s", (_, options, more, message) => {
    expect(() => check(options, more)).toThrow(new Error(message));
  });
});
