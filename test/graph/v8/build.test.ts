import { describe, expect, it } from "vitest";
import { LibraryOrigin } from "../../../src/request/enums.js";
import { expectGolden } from "../../support/golden.js";
import { asked, denoFromSource } from "../../support/module.js";
import { engine } from "../../support/rehearsal.js";
import { chain, closure, type Session } from "../../support/session.js";
import {
  argumentOf,
  closureText,
  commands,
  container,
  DENO,
  denoTree,
  directory,
  environment,
  LIBRARY,
  libraryTree,
  platformOf,
  session,
  steps,
  type World,
  work,
} from "../../support/world.js";

const compiles = (it: Session) => commands(it.made()).filter((words) => words.join(" ").includes("cargo check"));

/** A rehearsal that says this of GN's arguments. */
const rehearsed = (passed: boolean, seen: string): World["rules"] => [
  engine({ report: [{ name: "GN arguments", passed, seen }] }),
];

/** Of all containers; the one with git has none, which is the engine's. */
const platforms = (it: Session) => new Set([...it.made()].filter(({ field }) => field === "container").map(platformOf));

describe("library", () => {
  it("for linux/arm64 on an amd64 engine mounts the arm64 sysroot and compiles in an amd64 container", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().library("2.9.5", "linux/arm64"));

    expect(platformOf(result)).toBe("linux/amd64");
    expect(environment(result)).toMatchObject({ TRIPLE: "aarch64-unknown-linux-gnu", SYSTEM_COMPILERS: "false" });
    const sysroot = argumentOf(steps(result, "withMountedDirectory", { path: "/sysroot" })[0], "source");
    expect(platformOf(sysroot)).toBe("linux/arm64");
    expect(environment(result).GN_ARGUMENTS).toContain('target_sysroot="/sysroot"');
    await expectGolden(it, result, "library-cross");
  });

  it("native on an amd64 engine has one platform only", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().library("2.9.5", "linux/amd64"));

    expect(platforms(it)).toEqual(new Set([undefined, "linux/amd64"]));
    await expectGolden(it, result, "library-native-amd64");
  });

  it("native on an arm64 engine installs LLVM, for Chromium's clang does not run there", async () => {
    const it = session({ engine: "linux/arm64" });
    const result = await asked(it, () => denoFromSource().library("2.9.5", "linux/arm64"));

    expect(platforms(it)).toEqual(new Set([undefined, "linux/arm64"]));
    expect(environment(result)).toMatchObject({ SYSTEM_COMPILERS: "true" });
    expect(commands(chain(result)).map((words) => words[3])).toEqual(
      expect.arrayContaining(["install-llvm", "arrange", "versions", "build"]),
    );
    await expectGolden(it, result, "library-native-arm64");
  });

  it("with given toolchains uses the one of the engine's platform and downloads nothing", async () => {
    const it = session();
    const result = await asked(it, async () =>
      denoFromSource({
        toolchains: [
          container("linux/arm64", "registry.example/arm64"),
          container("linux/amd64", "registry.example/amd64"),
        ],
        base: "registry.example/base",
      }).library("2.9.5", "linux/arm64"),
    );

    expect(chain(result)[1]?.args).toEqual({ address: "registry.example/amd64" });
    expect([...it.made()].filter(({ field }) => field === "http")).toEqual([]);
    expect(environment(result)).toMatchObject({ SYSTEM_COMPILERS: "true" });
    await expectGolden(it, result, "library-given-toolchains");
  });

  it("from a given source compiles that, without its times", async () => {
    const it = session();
    const result = await asked(it, () =>
      denoFromSource({ librarySource: directory(libraryTree("150.4.0")) }).library("2.9.5", "linux/arm64"),
    );

    const source = argumentOf(steps(result, "withMountedDirectory", { path: "/src/rusty_v8" })[0], "source");
    expect(source.field).toBe("withTimestamps");
    expect([...it.made()].filter(({ args }) => args.url === LIBRARY)).toEqual([]);
  });

  it("applies the patches for rusty_v8 in the order of their names", async () => {
    const it = session();
    const result = await asked(it, () =>
      denoFromSource({ libraryPatches: directory({ "2.patch": "", "1.patch": "", "10.patch": "" }) }).library("2.9.5"),
    );

    const source = argumentOf(steps(result, "withMountedDirectory", { path: "/src/rusty_v8" })[0], "source");
    const names = steps(source, "withPatchFile").map((step) => argumentOf(step, "patch").args.path);
    expect(names).toEqual(["1.patch", "10.patch", "2.patch"]);
  });

  it("prebuilt compiles no V8 and gives the two files that this version asks for", async () => {
    const it = session();
    const files = {
      "v150.4.0/librusty_v8_simdutf_release_aarch64-unknown-linux-gnu.a.gz": "archive",
      "v150.4.0/src_binding_simdutf_release_aarch64-unknown-linux-gnu.rs": "binding",
    };
    const result = await asked(it, () =>
      denoFromSource({ prebuilt: directory(files) }).library("2.9.5", "linux/arm64"),
    );

    expect(result.args).toEqual({
      include: [
        "librusty_v8_simdutf_release_aarch64-unknown-linux-gnu.a.gz",
        "src_binding_simdutf_release_aarch64-unknown-linux-gnu.rs",
      ],
    });
    expect(work(new Set([...it.made(), ...closure(result)]))).toEqual([]);
    await expectGolden(it, result, "library-prebuilt");
  });

  it("from upstream downloads the two files of rusty_v8's release and compiles no V8", async () => {
    const it = session();
    const result = await asked(it, () =>
      denoFromSource({ libraryOrigin: LibraryOrigin.UPSTREAM }).library("2.9.5", "linux/arm64"),
    );

    const urls = steps(result, "withFile").map((step) => argumentOf(step, "source").args.url);
    expect(urls).toEqual([
      `${LIBRARY}/releases/download/v150.4.0/librusty_v8_simdutf_release_aarch64-unknown-linux-gnu.a.gz`,
      `${LIBRARY}/releases/download/v150.4.0/src_binding_simdutf_release_aarch64-unknown-linux-gnu.rs`,
    ]);
    expect(work(new Set([...it.made(), ...closure(result)]))).toEqual([]);
    await expectGolden(it, result, "library-upstream");
  });

  it("is one artefact for two Deno releases with one V8: the same cache volume, the very same calls", async () => {
    const [one, other] = [session(), session()];
    const first = await asked(one, () => denoFromSource().library("2.9.2", "linux/arm64"));
    const second = await asked(other, () => denoFromSource().library("2.9.3", "linux/arm64"));

    const volume = (result: typeof first) =>
      argumentOf(steps(result, "withMountedCache", { path: "/cache" })[0], "cache");
    expect(volume(second).args).toEqual(volume(first).args);
    expect(volume(first).args.key).toMatch(/^rusty-v8-149\.4\.0-arm64-[0-9a-f]{16}$/);
    // An id is a hash of all calls and their arguments.
    expect(second.id).toBe(first.id);
    expect(closureText([second])).not.toContain(DENO);
    expect([compiles(one), compiles(other)].map(({ length }) => length)).toEqual([1, 1]);
  });

  it.each([
    ["by default", {}, true],
    ["not when that was asked for", { precompiledHeaders: false }, false],
    ["not with a compiler cache", { compilerCache: "redis://cache:6379" }, false],
  ])("has headers precompiled: %s", async (_, options, expected) => {
    const result = await asked(session(), () => denoFromSource(options).library("2.9.5", "linux/arm64"));
    const written = steps(result, "withNewFile").map(({ args }) => String(args.path));
    const files = written.filter((path) => path.startsWith("/opt/precompiled-headers/"));
    const names = ["edit.py", "base.h", "builtins.h", "compiler.h"].map((name) => `/opt/precompiled-headers/${name}`);
    expect(files).toEqual(expected ? names : []);
    expect(environment(result).PRECOMPILED_HEADERS).toBe(expected ? "/opt/precompiled-headers" : undefined);
  });

  it.each([
    ["with a compiler cache", { compilerCache: "redis://cache:6379" }, true],
    ["not without one", {}, false],
  ])("has files compiled 25 at a time: %s", async (_, options, expected) => {
    const result = await asked(session(), () => denoFromSource(options).library("2.9.5", "linux/arm64"));
    const written = steps(result, "withNewFile").map(({ args }) => String(args.path));
    const { CLUSTERS, GN_ARGUMENTS } = environment(result);
    expect(written.includes("/opt/clusters/cluster_files.py")).toBe(expected);
    expect(CLUSTERS).toBe(expected ? "/opt/clusters" : undefined);
    expect(String(GN_ARGUMENTS).includes("v8_enable_cluster_build=true cluster_size=25")).toBe(expected);
  });

  const withFeatures = (libraryFeatures: string[]) => ({
    libraryFeatures,
    source: directory({
      ...denoTree("2.9.5", "150.4.0"),
      "Cargo.toml": 'v8 = { version = "150.4.0", default-features = false, features = ["simdutf"] }\n',
    }),
  });

  it("has the features of V8 that were asked for in cargo's call, in its names and in Deno's tree", async () => {
    const options = withFeatures(["v8_enable_pointer_compression"]);
    const result = await asked(session(), () => denoFromSource(options).build("2.9.5", "linux/arm64"));
    const library = argumentOf(steps(result, "withMountedDirectory", { path: "/src/v8" })[0], "source");
    expect(environment(library).ARCHIVE).toBe("librusty_v8_ptrcomp_simdutf_release_aarch64-unknown-linux-gnu.a.gz");
    expect(commands(closure(library)).flat()).toContain("simdutf,v8_enable_pointer_compression");
    expect(environment(result).ARCHIVE).toBe(environment(library).ARCHIVE);
    expect(closureText([result])).toContain('v8_enable_pointer_compression\\"] }');
  });

  it("refuses a feature that this V8 does not have, before anything is compiled", async () => {
    const it = session();
    const options = withFeatures(["v8_enable_other"]);
    await expect(asked(it, () => denoFromSource(options).library("2.9.5", "linux/arm64"))).rejects.toThrow(
      /library-features: V8 crate 150\.4\.0 has no feature "v8_enable_other"; it has use_custom_libcxx, /,
    );
    expect(compiles(it)).toEqual([]);
  });

  const asksFor = { gnArguments: ["v8_enable_maglev=false"] };

  it("rehearses GN's arguments that were asked for before it compiles with them", async () => {
    const it = session({ rules: rehearsed(true, "GN knows all") });
    const result = await asked(it, () => denoFromSource(asksFor).library("2.9.5", "linux/arm64"));
    expect(environment(result).GN_ARGUMENTS).toMatch(/ v8_enable_maglev=false$/);
    expect(compiles(it).map((words) => words[3])).toEqual(["build", "names", "build"]);
  });

  it("refuses one that GN would pass over, and does not compile", async () => {
    const it = session({ rules: rehearsed(false, "GN ignores v8_enable_maglev") });
    await expect(asked(it, () => denoFromSource(asksFor).library("2.9.5", "linux/arm64"))).rejects.toThrow(
      "gn-arguments: this V8 does not take v8_enable_maglev=false: GN ignores v8_enable_maglev",
    );
    expect(compiles(it).map((words) => words[3])).toEqual(["build", "names"]);
  });

  it("hands the number of jobs over in a volatile variable, which no cache looks at", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource({ jobs: 3 }).library("2.9.5", "linux/arm64"));

    const variables = steps(result, "withVolatileVariable", { name: "CARGO_BUILD_JOBS" });
    expect(variables.map(({ args }) => args.value)).toEqual(["3"]);
    expect(JSON.stringify(environment(result))).not.toContain("JOBS");
  });
});
