import { describe, expect, it } from "vitest";
import {
  cargoArguments,
  cargoEnvironment,
  gnArguments,
  hasRuntime,
  runtimeArguments,
} from "../../../src/plan/arguments.js";
import type { Facts } from "../../../src/plan/facts.js";
import { plan } from "../../../src/plan/plan.js";
import { denoRecipe, libraryRecipe } from "../../../src/plan/recipe.js";
import { chooseWay } from "../../../src/plan/strategy.js";
import { checkMinify } from "../../../src/plan/work.js";
import { parsePlatform, type Target } from "../../../src/request/platform.js";

function facts(changes: Partial<Facts> = {}): Facts {
  return {
    version: "2.9.5",
    channel: "stable",
    commit: "0123456789abcdef0123456789abcdef01234567",
    rust: "1.95.0",
    libraryVersion: "150.4.0",
    target: parsePlatform("linux/arm64"),
    engine: parsePlatform("linux/amd64"),
    origin: "source",
    systemCompilers: false,
    headers: { precompiled: true, why: "" },
    link: null,
    minifySources: false,
    crate: false,
    published: false,
    ownToolchain: false,
    way: { where: "native", why: "" },
    sysroot: "",
    clusters: { clustered: false, why: "no compiler cache was given" },
    profile: "release",
    features: [],
    upgrade: true,
    gnArguments: [],
    ...changes,
  };
}

function planOf(changes: Partial<Facts> = {}) {
  const it = facts(changes);
  const recipe = denoRecipe(it.version);
  return plan(it, recipe, libraryRecipe(it.libraryVersion, it.target.triple, recipe.libraryFeatures));
}

const pair = (engine: string, target: string, unknown: string | null = null): Partial<Facts> => ({
  engine: parsePlatform(engine),
  target: parsePlatform(target),
  systemCompilers: engine === "linux/arm64",
  way: chooseWay("AUTO", parsePlatform(engine), parsePlatform(target), unknown),
});

const where = (changes: Partial<Facts>) =>
  planOf(changes).steps.map((step) => `${step.name.split(" ")[0]} ${step.where} ${step.platform}`);

describe("plan says where each step runs", () => {
  it.each([
    ["linux/amd64", "linux/amd64"],
    ["linux/arm64", "linux/arm64"],
  ])("on %s for %s: all of it natively", (engine, target) => {
    expect(where(pair(engine, target))).toEqual([
      `make native ${target}`,
      `compile native ${target}`,
      `cargo native ${target}`,
      `run native ${target}`,
      `pack native ${target}`,
    ]);
  });

  it("on linux/amd64 for linux/arm64: V8 and Deno are cross-compiled, and only the check is emulated", () => {
    expect(where(pair("linux/amd64", "linux/arm64"))).toEqual([
      "make emulated linux/arm64",
      "compile cross linux/amd64",
      "run emulated linux/arm64",
      "compile cross linux/amd64",
      "cargo cross linux/amd64",
      "run emulated linux/arm64",
      "pack native linux/amd64",
    ]);
  });

  it("on linux/amd64 for linux/arm64 of an unknown shape: V8 is cross-compiled, cargo is emulated", () => {
    expect(where(pair("linux/amd64", "linux/arm64", "the tree is odd"))).toEqual([
      "make emulated linux/arm64",
      "compile cross linux/amd64",
      "run emulated linux/arm64",
      "cargo emulated linux/arm64",
      "run emulated linux/arm64",
      "pack native linux/amd64",
    ]);
  });

  it("on linux/arm64 for linux/amd64: V8 is cross-compiled, too", () => {
    expect(where(pair("linux/arm64", "linux/amd64"))).toEqual([
      "make emulated linux/amd64",
      "compile cross linux/arm64",
      "run emulated linux/amd64",
      "compile cross linux/arm64",
      "cargo cross linux/arm64",
      "run emulated linux/amd64",
      "pack native linux/arm64",
    ]);
  });

  it("on linux/arm64 for linux/amd64: V8 is given, cargo is emulated, the archive is packed natively", () => {
    expect(where({ ...pair("linux/arm64", "linux/amd64", "the tree is odd"), origin: "prebuilt" })).toEqual([
      "take none linux/arm64",
      "cargo emulated linux/amd64",
      "run emulated linux/amd64",
      "pack native linux/arm64",
    ]);
  });

  it.each([
    ["upstream", "asked for by --library-origin=UPSTREAM"],
    ["prebuilt", "given by --prebuilt"],
  ] as const)("with V8 from %s: it is only copied", (origin, why) => {
    const [first, second] = planOf({ origin }).steps;
    expect(first).toMatchObject({ name: "take V8 150.4.0", where: "none", platform: "linux/amd64", why });
    expect(second?.name).toBe("cargo build of Deno 2.9.5, profile release");
  });
});

describe("plan says why", () => {
  const why = (changes: Partial<Facts>) => planOf(changes).steps.map((step) => step.why);

  it("V8 is compiled by Chromium's clang on amd64, and cargo is emulated for arm64 where it must be", () => {
    const [, library, , cargo] = why(pair("linux/amd64", "linux/arm64", "the tree is odd"));
    expect(library).toMatch(/^Chromium's clang of the engine's own architecture/);
    expect(cargo).toBe(
      "V8 of the target's architecture makes Deno's snapshot during the build, so QEMU runs all of cargo; " +
        "it cannot be cross-compiled: the tree is odd",
    );
  });

  it("V8 is compiled by the toolchain's clang on arm64, and cargo runs natively there", () => {
    const [, library, cargo] = why(pair("linux/arm64", "linux/arm64"));
    expect(library).toMatch(/^the toolchain's clang of the engine's own architecture/);
    expect(cargo).toBe("V8 makes Deno's snapshot during the build, and it runs here");
  });

  it("V8's snapshot is made by programs of the target under QEMU, and what else there is where they fail", () => {
    const step = (changes: Partial<Facts>) => planOf(changes).steps.find(({ name }) => name.includes("mksnapshot"));
    expect(step(pair("linux/amd64", "linux/arm64"))?.why).toMatch(
      /QEMU runs them; if it cannot, a V8 of host programs/,
    );
    expect(step(pair("linux/arm64", "linux/amd64"))?.why).toMatch(/QEMU runs them$/);
    expect(step(pair("linux/arm64", "linux/arm64"))).toBeUndefined();
    expect(
      step({ ...pair("linux/amd64", "linux/arm64"), version: "1.28.0", libraryVersion: "0.54.0" }),
    ).toBeUndefined();
  });

  it("V8's headers are precompiled, or why they are not, with what it costs", () => {
    const step = (headers: Facts["headers"]) =>
      planOf({ ...pair("linux/amd64", "linux/amd64"), headers }).steps.find(({ name }) =>
        name.startsWith("compile V8"),
      );
    const on = step({ precompiled: true, why: "of a reason" });
    expect(on?.why).toMatch(/headers are precompiled, for of a reason; where .* they are not, and the log says so$/);
    expect(on?.cost).toMatch(/^an hour/);
    const off = step({ precompiled: false, why: "of another" });
    expect(off?.why).toMatch(/headers are not precompiled: of another$/);
    expect(off?.cost).toMatch(/^hours/);
  });

  it("every step has a reason and a cost", () => {
    for (const target of ["linux/arm64", "linux/amd64"]) {
      for (const step of planOf(pair("linux/amd64", target)).steps) {
        expect(step.why.length).toBeGreaterThan(10);
        expect(step.cost).not.toBe("");
      }
    }
  });

  it("every remark has a reason and a source", () => {
    const { remarks } = planOf({ crate: true, ownToolchain: true });
    expect(remarks.length).toBeGreaterThan(3);
    expect(remarks.filter(({ what, why, source }) => !what || !why || !source)).toEqual([]);
  });
});

describe("plan remarks", () => {
  const remarks = (changes: Partial<Facts>) =>
    planOf(changes)
      .remarks.map(({ what }) => what)
      .join("\n");

  it("that QEMU runs cargo where it does, with the reason, and only there", () => {
    const emulated =
      "The engine is linux/amd64: cargo runs under QEMU, about ten times slower " +
      "(it cannot be cross-compiled: the tree is odd). An engine on linux/arm64 needs none.";
    expect(remarks(pair("linux/amd64", "linux/arm64", "the tree is odd"))).toContain(emulated);
    expect(remarks(pair("linux/amd64", "linux/arm64"))).not.toContain("QEMU");
    expect(remarks(pair("linux/arm64", "linux/arm64"))).not.toContain("QEMU");
  });

  it("that a given toolchain's Rust is used instead of the tree's", () => {
    const own = "The given toolchain's Rust is used; the tree asks for 1.95.0.";
    expect(remarks({ ownToolchain: true })).toContain(own);
    expect(remarks({ ownToolchain: false })).not.toContain(own);
    expect(remarks({ ownToolchain: true, rust: null })).not.toContain("The given toolchain");
  });

  it("nothing about compiling V8 where V8 is not compiled", () => {
    const old = { libraryVersion: "0.94.0", version: "1.44.4" };
    expect(remarks({ ...old, origin: "source" })).toContain("Unset V8_FROM_SOURCE");
    expect(remarks({ ...old, origin: "upstream" })).not.toContain("Unset V8_FROM_SOURCE");
  });

  it("a V8 of a newer line than was ever compiled, where it is compiled", () => {
    const newer = "V8 152.2.0 is newer than";
    expect(remarks({ libraryVersion: "152.2.0" })).toContain(newer);
    expect(remarks({ libraryVersion: "152.2.0", origin: "prebuilt" })).not.toContain(newer);
    expect(remarks({ libraryVersion: "150.4.0" })).not.toContain("is newer than");
  });

  it("what the published crate of Deno cannot give", () => {
    const crate = "The published crate makes deno alone: no denort";
    expect(remarks({ published: true })).toContain(crate);
    expect(remarks({ published: false })).not.toContain(crate);
  });

  it("that a tree without a pinned Rust needs a toolchain", () => {
    expect(remarks({ rust: null })).toContain("Give --toolchains");
    expect(remarks({ rust: null, ownToolchain: true })).not.toContain("Give --toolchains");
    expect(remarks({})).not.toContain("Give --toolchains");
  });

  it("that Deno's own sources are not minified, since 2.9.0, unless it is asked for", () => {
    const text = "stored with their comments and spaces";
    expect(remarks({ version: "2.9.0" })).toContain(text);
    expect(remarks({ version: "2.9.0", minifySources: true })).not.toContain(text);
    expect(remarks({ version: "2.8.3" })).not.toContain(text);
  });

  it("that a program without unwind tables shows no backtrace", () => {
    const text = "RUST_BACKTRACE=1 names no function";
    expect(remarks({ link: { startupOrder: false, unwindTables: false } })).toContain(text);
    expect(remarks({ link: { startupOrder: true, unwindTables: true } })).not.toContain(text);
  });
});

describe("denort of the published crate", () => {
  it("is refused since it is a package of its own, which is not published", () => {
    const version = "2.9.5";
    expect(() => runtimeArguments(denoRecipe(version), facts({ version, published: true }))).toThrow(
      "source: the published crate deno 2.9.5 has no denort",
    );
    expect(runtimeArguments(denoRecipe("2.1.6"), facts({ version: "2.1.6", published: true }))).toContain("denort");
    const has = (version: string, published: boolean) => hasRuntime(denoRecipe(version), { published });
    expect([has("2.9.5", true), has("2.9.5", false), has("2.1.6", true), has("1.40.4", false)]).toEqual([
      ...[false, true, true, false],
    ]);
  });
});

describe("plan shows", () => {
  it("what is decided, for a release of linux/arm64 on an amd64 engine", () => {
    expect(planOf()).toMatchObject({
      version: "2.9.5",
      channel: "stable",
      commit: "0123456789abcdef0123456789abcdef01234567",
      platform: "linux/arm64",
      triple: "aarch64-unknown-linux-gnu",
      engine: "linux/amd64",
      rust: "1.95.0",
      library: "150.4.0",
      libraryOrigin: "source",
      archive: "librusty_v8_simdutf_release_aarch64-unknown-linux-gnu.a.gz",
      binding: "src_binding_simdutf_release_aarch64-unknown-linux-gnu.rs",
      gnArguments: [
        "use_sysroot=false",
        "use_glib=false",
        'target_cpu="arm64"',
        'target_sysroot="/sysroot"',
        'v8_snapshot_toolchain="//build/toolchain/linux:clang_arm64"',
      ],
      environment: [],
      cargo: ["--profile", "release", "--locked", "-p", "deno", "--bin", "deno"],
    });
  });

  it("empty words for what is not known", () => {
    expect(planOf({ commit: null, rust: null })).toMatchObject({ commit: "", rust: "" });
  });

  it("no GN arguments and packages for V8 where it is not compiled", () => {
    expect(planOf({ origin: "upstream" })).toMatchObject({ gnArguments: [], libraryPackages: [] });
  });

  it("LLVM's packages where the default toolchain compiles V8 with them: on an arm64 engine", () => {
    const llvm = ["clang-22", "lld-22", "llvm-22", "libclang-22-dev", "libclang-rt-22-dev"];
    const arm = pair("linux/arm64", "linux/arm64");
    expect(planOf(arm).libraryPackages).toEqual(expect.arrayContaining(llvm));
    expect(planOf(pair("linux/amd64", "linux/arm64")).libraryPackages).not.toContain("clang-22");
  });

  it("the libclang that no distribution has, since V8 152, on every engine", () => {
    for (const engine of ["linux/amd64", "linux/arm64"]) {
      const packages = planOf({ ...pair(engine, "linux/arm64"), libraryVersion: "152.2.0" }).libraryPackages;
      expect(packages).toContain("libclang-21-dev");
      expect(packages).not.toContain("libclang-19-dev");
    }
  });

  it("GN and Ninja of the distribution where the old script cannot download them: an arm64 engine before V8 130.0.2", () => {
    const packages = (library: string, engine: string) =>
      planOf({ ...pair(engine, "linux/arm64"), libraryVersion: library, version: "2.1.4" }).libraryPackages;
    expect(packages("130.0.1", "linux/arm64")).toEqual(expect.arrayContaining(["generate-ninja", "ninja-build"]));
    expect(packages("130.0.2", "linux/arm64")).not.toContain("ninja-build");
    expect(packages("130.0.1", "linux/amd64")).not.toContain("ninja-build");
  });

  it("that the published crate of V8 gets its Temporal back before it is compiled", () => {
    const names = (changes: Partial<Facts>) => planOf(changes).steps.map(({ name }) => name.split(":")[0]);
    const restore = "get back what the published crate leaves out";
    expect(names({ crate: true })[0]).toBe(restore);
    expect(names({ crate: false })).not.toContain(restore);
    expect(names({ crate: true, libraryVersion: "139.0.0", version: "2.4.0" })).not.toContain(restore);
  });

  it("all of it as text for people", () => {
    const { text } = planOf();
    for (const words of [
      "linux/arm64",
      "compile V8 150.4.0",
      "cross on linux/amd64",
      "cargo build of Deno 2.9.5",
      "emulated on linux/arm64",
    ]) {
      expect(text).toContain(words);
    }
  });
});

describe("cargoArguments", () => {
  const recipe = denoRecipe("2.9.5");

  it("join the features", () => {
    const own = cargoArguments(recipe, { features: ["hmr", "deno/panic-trace"], upgrade: true, version: "2.9.5" });
    expect(own).toEqual(["--locked", "-p", "deno", "--bin", "deno", "--features", "hmr,deno/panic-trace"]);
  });

  it("refuse to leave deno upgrade out where no feature does it", () => {
    expect(() => cargoArguments(denoRecipe("1.38.5"), { features: [], upgrade: false, version: "1.38.5" })).toThrow(
      new Error(
        "upgrade: Deno 1.38.5 has no feature that leaves `deno upgrade` out (1.39.0 is the first); " +
          "give --upgrade-url to point it elsewhere, or a patch",
      ),
    );
  });
});

describe("cargoEnvironment", () => {
  it.each([
    ["canary", { DENO_CANARY: "true" }],
    ["stable", {}],
    ["prerelease", {}],
  ] as const)("of a %s build", (channel, expected) => {
    expect(cargoEnvironment(denoRecipe("2.9.5"), { channel, minifySources: false })).toEqual(expected);
  });

  it("has the build script minify Deno's own sources where that is asked for", () => {
    const environment = cargoEnvironment(denoRecipe("2.9.5"), { channel: "stable", minifySources: true });
    expect(environment).toEqual({ DENO_SNAPSHOT_MINIFY_SOURCES: "1" });
    expect(planOf({ minifySources: true }).packages).toContain("esbuild");
    expect(() => checkMinify(true, { version: "2.8.3", recipe: denoRecipe("2.8.3") })).toThrow(
      /^minify-sources: .*since 2\.9\.0, and Deno 2\.8\.3 is older/,
    );
  });
});

describe("gnArguments", () => {
  const recipe = libraryRecipe("150.4.0", "aarch64-unknown-linux-gnu", []);
  const target = parsePlatform("linux/arm64");
  const always = ["use_sysroot=false", "use_glib=false", 'target_cpu="arm64"', 'target_sysroot="/sysroot"'];

  const none = { clustered: false, why: "" };

  it("names the target's own toolchain for V8's snapshot, for another architecture than the engine's", () => {
    const pairs = [
      ["linux/amd64", "linux/arm64"],
      ["linux/arm64", "linux/amd64"],
      ["linux/amd64", "linux/amd64"],
    ].map((names) => names.map((name) => parsePlatform(name)) as [Target, Target]);
    const named = pairs.map(([engine, of]) =>
      gnArguments(recipe, {
        target: of,
        engine,
        systemCompilers: false,
        crate: false,
        clusters: none,
        gnArguments: [],
      }).filter((it) => /snapshot/.test(it)),
    );
    const toolchain = (cpu: string) => [`v8_snapshot_toolchain="//build/toolchain/linux:clang_${cpu}"`];
    expect(named).toEqual([toolchain("arm64"), toolchain("x64"), []]);
  });

  it.each([
    [false, false, always],
    [true, false, [...always, "treat_warnings_as_errors=false"]],
    [false, true, [...always, "v8_enable_builtins_optimization=false", "chrome_pgo_phase=0"]],
    [false, null, always],
  ])("with system compilers: %j, from the crate: %j", (systemCompilers, crate, expected) => {
    expect(
      gnArguments(recipe, { target, engine: target, systemCompilers, crate, clusters: none, gnArguments: [] }),
    ).toEqual(expected);
  });

  it("name the target's processor, which build.rs leaves out for amd64", () => {
    const amd64 = parsePlatform("linux/amd64");
    const of = { target: amd64, engine: amd64, systemCompilers: false, crate: false, clusters: none, gnArguments: [] };
    expect(gnArguments(recipe, of)).toContain('target_cpu="x64"');
  });

  const withAsked = (...asked: string[]) =>
    gnArguments(recipe, {
      target,
      engine: target,
      systemCompilers: false,
      crate: false,
      clusters: none,
      gnArguments: asked,
    });

  it("has what was asked for at the end, where it counts; a word is quoted, and what is said already is not repeated", () => {
    const asked = ["v8_enable_maglev=false", "symbol_level=1", "v8_mode=small", 'v8_other="1"', "use_glib=false"];
    expect(withAsked(...asked)).toEqual([
      ...always,
      ...["v8_enable_maglev=false", "symbol_level=1", 'v8_mode="small"', 'v8_other="1"'],
    ]);
  });

  it.each([
    ["target_cpu=x64", 'target_cpu="x64" is not accepted, for target_cpu="arm64" is said already'],
    ["use_sysroot=true", "use_sysroot=true is not accepted, for use_sysroot=false is said already"],
    ["v8_enable_sandbox=true", "v8_enable_sandbox=true is not accepted: --library-features says it, "],
    ["is_debug=true", "is_debug=true is not accepted: V8's files have names of release builds"],
    ["cc_wrapper=ccache", 'cc_wrapper="ccache" is not accepted: --compiler-cache says it'],
    ["clang_base_path=/opt/other", 'clang_base_path="/opt/other" is not accepted: it follows from --toolchains, '],
  ])("refuses %s, which the module says itself", (asked, message) => {
    expect(() => withAsked(asked)).toThrow(`gn-arguments: ${message}`);
  });

  it("refuses two values of one argument", () => {
    expect(() => withAsked("a=1", "a=2")).toThrow("gn-arguments: a=2 is not accepted, for a=1 is said already");
  });
});

describe("denort", () => {
  const runtime = (version: string, changes: Partial<Facts> = {}) =>
    runtimeArguments(denoRecipe(version), facts({ version, ...changes }));

  it("is a binary of package deno, then a package of its own", () => {
    expect(runtime("2.1.6")).toEqual(["--locked", "-p", "deno", "--bin", "denort"]);
    expect(runtime("2.1.7")).toEqual(["--locked", "-p", "deno", "-p", "denort", "--bin", "denort"]);
    expect(runtime("2.7.0")).toEqual(["--locked", "-p", "deno", "-p", "denort", "--lib", "--bin", "denort"]);
  });

  it.each(["2.1.6", "2.9.5"])("of %s gets deno's features, and never what leaves deno upgrade out", (version) => {
    const features = ["--features", "deno/panic-trace,hmr"];
    expect(runtime(version, { features: ["deno/panic-trace", "hmr"], upgrade: false })).toEqual([
      ...runtime(version),
      ...features,
    ]);
  });

  it("does not exist before 1.40.5", () => {
    expect(() => runtime("1.40.4")).toThrow(
      "version: Deno 1.40.4 has no denort (1.40.5 is the first): its deno compile",
    );
  });
});
