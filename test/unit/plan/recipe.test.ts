import { readFileSync } from "node:fs";
import semver from "semver";
import { describe, expect, it } from "vitest";
import {
  DENO,
  type DenoRecipe,
  denoRecipe,
  LIBRARY,
  type LibraryRecipe,
  libraryRecipe,
  RECIPE_LINE,
} from "../../../src/plan/recipe.js";
import { parseVersion } from "../../../src/request/version.js";

const arm64 = "aarch64-unknown-linux-gnu";
const amd64 = "x86_64-unknown-linux-gnu";

/** Every Deno release up to 2.9.5 with the V8 crate in its Cargo.lock. */
const releases = readFileSync(new URL("../../fixtures/deno-versions.tsv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t"))
  .map(([tag = "", , v8 = ""]) => ({ tag, version: tag.slice(1), v8 }))
  .sort((a, b) => semver.compare(a.version, b.version));
const supported = releases.filter(({ version }) => semver.gte(version, "1.20.0"));
const tooOld = releases.filter(({ version }) => semver.lt(version, "1.20.0"));

/** Where a value changes from one release to the next: the first release of each value. */
function history<Value>(pick: (release: (typeof releases)[number]) => Value): [string, Value][] {
  const found: [string, Value][] = [];
  for (const release of supported) {
    const value = pick(release);
    if (JSON.stringify(value) !== JSON.stringify(found.at(-1)?.[1])) found.push([release.version, value]);
  }
  return found;
}

const library = (v8: string, features: string[] = []) => libraryRecipe(v8, arm64, features);
const said = ({ notes }: DenoRecipe | LibraryRecipe) => notes.map(({ what }) => what).join("\n");

describe("every row", () => {
  const rows = [...DENO, ...LIBRARY];

  it("is for versions that semver understands, and is used by one that can be built", () => {
    expect(rows.filter(({ range }) => semver.validRange(range) === null)).toEqual([]);
    const used = (range: string, versions: string[]) => versions.some((version) => semver.satisfies(version, range));
    const denos = supported.map(({ version }) => version);
    expect(DENO.filter(({ range }) => !used(range, denos))).toEqual([]);
  });

  it("says why and where that was read, and sets no empty word", () => {
    const wordless = rows.filter((row) =>
      Object.values(row).some((value) => value === "" || (Array.isArray(value) && value.includes(""))),
    );
    expect(wordless).toEqual([]);
    expect(rows.filter(({ why, source }) => !why || !source)).toEqual([]);
  });
});

describe("every release", () => {
  it("is in the fixture", () => {
    expect(releases).toHaveLength(310);
    expect(supported).toHaveLength(223);
    expect(supported[0]).toEqual({ tag: "v1.20.0", version: "1.20.0", v8: "0.41.0" });
    expect(supported.at(-1)).toEqual({ tag: "v2.9.5", version: "2.9.5", v8: "150.4.0" });
  });

  it.each(supported)("$tag has a recipe, and so has its V8 $v8 for both platforms", ({ tag, version, v8 }) => {
    expect(parseVersion(tag)).toEqual({ kind: "release", version });
    const recipe = denoRecipe(version);
    expect(recipe.packages).toEqual([...new Set(recipe.packages)]);
    for (const triple of [arm64, amd64]) {
      const made = libraryRecipe(v8, triple, recipe.libraryFeatures);
      expect(made.packages).toEqual([...new Set(made.packages)]);
      expect(made.archive).toMatch(new RegExp(`^librusty_v8(_simdutf)?_release_${triple}\\.a(\\.gz)?$`));
      expect(made.archive.endsWith(".gz")).toBe(made.compressed);
      expect(made.libclang !== "none").toBe(made.binding !== null);
      for (const note of [...recipe.notes, ...made.notes]) expect(note.source).toMatch(/^https:\/\//);
    }
  });

  it.each(tooOld)("$tag is refused", ({ tag, version }) => {
    expect(() => parseVersion(tag)).toThrow(`"${tag}" is older than 1.20.0`);
    expect(() => denoRecipe(version)).toThrow(`Deno ${version} is older than 1.20.0, the oldest that can be built.`);
  });
});

describe("packages for Deno", () => {
  const has = (name: string) => history(({ version }) => denoRecipe(version).packages.includes(name));

  it("are the C compiler and the tools of build scripts at first", () => {
    expect(denoRecipe("1.36.0").packages).toEqual([
      "build-essential",
      "ca-certificates",
      "curl",
      "git",
      "pkg-config",
      "python3",
    ]);
  });

  it("never bring libraries that crates would then link dynamically", () => {
    for (const { version } of supported) {
      expect(
        denoRecipe(version).packages.filter((name) => /^lib.*-dev$/.test(name) && name !== "libclang-dev"),
      ).toEqual([]);
    }
  });

  it("include cmake since 1.36.1", () => {
    expect(has("cmake")).toEqual([
      ["1.20.0", false],
      ["1.36.1", true],
    ]);
  });

  it("include protoc from 1.36.4 to 1.44.2 and in 1.44.4", () => {
    expect(has("protobuf-compiler")).toEqual([
      ["1.20.0", false],
      ["1.36.4", true],
      ["1.44.3", false],
      ["1.44.4", true],
      ["1.45.0", false],
    ]);
  });

  it.each(["clang", "libclang-dev"])("include %s since 2.2.0, and not in the later 2.1.14", (name) => {
    expect(denoRecipe("2.1.14").packages).not.toContain(name);
    expect(has(name)).toEqual([
      ["1.20.0", false],
      ["2.2.0", true],
    ]);
  });

  it.each(["perl", "make"])("include %s since 2.4.1", (name) => {
    expect(denoRecipe("2.4.0").packages).not.toContain(name);
    expect(has(name)).toEqual([
      ["1.20.0", false],
      ["2.4.1", true],
    ]);
  });

  it("are all of them for 2.9.5", () => {
    expect(denoRecipe("2.9.5").packages).toEqual([
      "build-essential",
      "ca-certificates",
      "curl",
      "git",
      "pkg-config",
      "python3",
      "cmake",
      "clang",
      "libclang-dev",
      "make",
      "perl",
    ]);
  });
});

describe("what Deno is built with", () => {
  it("is the package and the binary, with the lock file as it is", () => {
    expect(history(({ version }) => denoRecipe(version).cargo)).toEqual([
      ["1.20.0", ["--locked", "-p", "deno", "--bin", "deno"]],
    ]);
  });

  it("is V8 with simdutf since 2.7.8", () => {
    expect(history(({ version }) => denoRecipe(version).libraryFeatures)).toEqual([
      ["1.20.0", []],
      ["2.7.8", ["simdutf"]],
    ]);
  });

  it("is no environment: what official releases minify with is of no fixed version", () => {
    expect(history(({ version }) => denoRecipe(version).environment)).toEqual([["1.20.0", {}]]);
  });

  it("is a submodule from 1.23.4 to 1.25.1 alone", () => {
    expect(history(({ version }) => denoRecipe(version).submodules)).toEqual([
      ["1.20.0", []],
      ["1.23.4", ["ext/ffi/tinycc"]],
      ["1.25.2", []],
    ]);
  });

  it("is denort beside it since 1.40.5, a package of its own since 2.1.7", () => {
    expect(history(({ version }) => denoRecipe(version).denort)).toEqual([
      ["1.20.0", null],
      ["1.40.5", ["--locked", "-p", "deno", "--bin", "denort"]],
      ["2.1.7", ["--locked", "-p", "deno", "-p", "denort", "--bin", "denort"]],
      ["2.7.0", ["--locked", "-p", "deno", "-p", "denort", "--lib", "--bin", "denort"]],
    ]);
  });

  it("is a denort that keeps its symbols since 2.9.0", () => {
    expect(history(({ version }) => denoRecipe(version).denortStrip)).toEqual([
      ["1.20.0", []],
      ["2.9.0", ["--strip-debug"]],
    ]);
  });
});

describe("a runtime beside denort", () => {
  it("is libdenort since 2.9.0, a package of its own, and since 2.9.5 both on QuickJS", () => {
    const libdenort = ["--locked", "-p", "deno", "-p", "denort", "-p", "denort_desktop", "--lib"];
    const quickjs = "--locked -p denort -p denort_desktop --no-default-features --features quickjs".split(" ");
    expect(history(({ version }) => denoRecipe(version).runtimes)).toEqual([
      ["1.20.0", {}],
      ["2.9.0", { libdenort }],
      [
        "2.9.5",
        { libdenort, "denort-quickjs": [...quickjs, "--bin", "denort"], "libdenort-quickjs": [...quickjs, "--lib"] },
      ],
    ]);
  });
});

describe("a release page", () => {
  it("has checksums of bare programs in 2.0.0, and of deno since 2.7.14, whose upgrade reads it", () => {
    expect(history(({ version }) => denoRecipe(version).bareChecksums)).toEqual([
      ["1.20.0", []],
      ["2.0.0", ["deno", "denort"]],
      ["2.0.1", []],
      ["2.7.14", ["deno"]],
    ]);
  });

  it("has Deno's types and source, whatever the version", () => {
    expect(history(({ version }) => denoRecipe(version).types)).toEqual([
      ["1.20.0", { file: "lib.deno.d.ts", command: ["types"] }],
    ]);
    expect(history(({ version }) => denoRecipe(version).sourceArchive)).toEqual([["1.20.0", "deno_src.tar.gz"]]);
  });
});

describe("deno upgrade", () => {
  it("can be left out by features since 1.39.0, by other ones since 2.9.5", () => {
    expect(history(({ version }) => denoRecipe(version).withoutUpgrade)).toEqual([
      ["1.20.0", null],
      ["1.39.0", ["--no-default-features", "--features", "__vendored_zlib_ng"]],
      ["2.9.5", ["--no-default-features", "--features", "__vendored_zlib_ng,deno_core/v8,v8/v8"]],
    ]);
  });

  it.each([
    ["1.38.5", null],
    ["2.9.4", ["--no-default-features", "--features", "__vendored_zlib_ng"]],
  ])("%s is still on the former side", (version, expected) => {
    expect(denoRecipe(version).withoutUpgrade).toEqual(expected);
  });

  it("asks for the newest version, and for what deno compile takes, at these places", () => {
    expect(history(({ version }) => denoRecipe(version).newestSource)).toEqual([
      ["1.20.0", null],
      ["1.27.0", '"https://dl.deno.land/release-latest.txt"'],
      ["1.38.3", 'Cow::Borrowed("https://dl.deno.land")'],
    ]);
    const inline = 'format!("https://dl.deno.land/{binary_path_suffix}")';
    expect(history(({ version }) => denoRecipe(version).baseSource)).toEqual([
      ["1.20.0", { file: "cli/tools/standalone.rs", url: 'format!("https://dl.deno.land/{}", binary_path_suffix)' }],
      ["1.30.1", { file: "cli/tools/standalone.rs", url: inline }],
      ["1.33.0", { file: "cli/standalone/binary.rs", url: inline }],
    ]);
  });

  it("takes its URLs from these constants", () => {
    const file = "cli/tools/upgrade.rs";
    expect(history(({ version }) => denoRecipe(version).upgradeSource)).toEqual([
      ["1.20.0", { file, constants: ["RELEASE_URL"] }],
      ["1.46.0", { file, constants: ["RELEASE_URL", "RC_URL"] }],
      ["2.0.0", { file, constants: ["RELEASE_URL", "DL_RELEASE_URL"] }],
    ]);
  });
});

describe("notes on Deno", () => {
  it.each<[string, [string, boolean][]]>([
    ["needs much memory", [["1.20.0", true]]],
    [
      "env.rs does not compile",
      [
        ["1.20.0", false],
        ["1.26.1", true],
        ["1.26.2", false],
      ],
    ],
    [
      "every symbol is exported",
      [
        ["1.20.0", false],
        ["1.26.2", true],
        ["2.0.3", false],
      ],
    ],
    [
      "--cfg tokio_unstable",
      [
        ["1.20.0", false],
        ["1.34.3", true],
      ],
    ],
    [
      "DENORT_BIN",
      [
        ["1.20.0", false],
        ["1.40.5", true],
      ],
    ],
    [
      "--strip-debug",
      [
        ["1.20.0", false],
        ["2.9.0", true],
      ],
    ],
  ])("say %j of the right releases", (text, expected) => {
    expect(history(({ version }) => said(denoRecipe(version)).includes(text))).toEqual(expected);
  });

  it("give the reason and the source", () => {
    expect(denoRecipe("2.9.5").notes).toContainEqual({
      what: "Strip denort with --strip-debug only.",
      why: "without its symbol table, programs that deno compile made deadlock at start",
      source: "https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts",
    });
  });
});

describe("versions around a release", () => {
  it.each([
    ["2.9.5-rc.1", "2.9.5"],
    ["2.9.5+abcdef0", "2.9.5"],
    ["1.39.0-alpha.1", "1.39.0"],
    ["2.2.0-rc.0", "2.2.0"],
  ])("%s is built like %s", (version, base) => {
    expect(denoRecipe(version)).toEqual(denoRecipe(base));
  });

  it("were written for the line of the newest release in the fixture", () => {
    expect(semver.satisfies(supported.map(({ version }) => version).sort(semver.rcompare)[0] ?? "", RECIPE_LINE)).toBe(
      true,
    );
  });

  it("newer ones than the table knows get the newest recipe", () => {
    expect(denoRecipe("3.1.0")).toEqual(denoRecipe("2.9.5"));
    expect(library("170.0.0", ["simdutf"])).toEqual(library("152.2.0", ["simdutf"]));
  });

  it.each(["", "2.9", "main", "2.9.5; rm"])("%j is no version", (version) => {
    expect(() => denoRecipe(version)).toThrow(`Deno version ${JSON.stringify(version)} is not of the form 2.9.5.`);
    expect(() => library(version)).toThrow(`V8 crate version ${JSON.stringify(version)} is not of the form 150.4.0.`);
  });
});

// Both sides of each boundary, read in build.rs of these tags (150.4.0 and later: in the published crates).
describe("names of the V8 library", () => {
  it.each([
    ["0.41.0", "librusty_v8_release_aarch64-unknown-linux-gnu.a", null],
    ["0.87.0", "librusty_v8_release_aarch64-unknown-linux-gnu.a", null],
    ["0.88.0", "librusty_v8_release_aarch64-unknown-linux-gnu.a.gz", null],
    ["0.94.0", "librusty_v8_release_aarch64-unknown-linux-gnu.a.gz", null],
    [
      "0.95.0",
      "librusty_v8_release_aarch64-unknown-linux-gnu.a.gz",
      "src_binding_release_aarch64-unknown-linux-gnu.rs",
    ],
    [
      "0.106.0",
      "librusty_v8_release_aarch64-unknown-linux-gnu.a.gz",
      "src_binding_release_aarch64-unknown-linux-gnu.rs",
    ],
    [
      "134.0.0",
      "librusty_v8_release_aarch64-unknown-linux-gnu.a.gz",
      "src_binding_release_aarch64-unknown-linux-gnu.rs",
    ],
    [
      "150.4.0",
      "librusty_v8_release_aarch64-unknown-linux-gnu.a.gz",
      "src_binding_release_aarch64-unknown-linux-gnu.rs",
    ],
  ])("%s: %s and %s", (v8, archive, binding) => {
    const made = library(v8);
    expect(made.archive).toBe(archive);
    expect(made.binding).toBe(binding);
    expect(made.compressed).toBe(archive.endsWith(".gz"));
  });

  it.each([
    ["134.1.0", ["v8_enable_pointer_compression"], "_ptrcomp"],
    ["140.2.0", ["v8_enable_v8_checks"], ""],
    ["145.0.0", ["v8_enable_sandbox"], "_ptrcomp_sandbox"],
    ["146.7.0", ["simdutf"], "_simdutf"],
    ["147.0.0", ["simdutf"], "_simdutf"],
    ["150.4.0", ["simdutf", "v8_enable_sandbox", "v8_enable_pointer_compression"], "_ptrcomp_sandbox_simdutf"],
    ["152.0.0", ["simdutf"], "_simdutf"],
    ["152.1.0", ["simdutf"], ""],
    ["152.2.0", ["simdutf", "v8_enable_pointer_compression"], "_ptrcomp"],
    ["0.42.0", ["use_custom_libcxx"], ""],
  ])("%s with %j has the suffix %j", (v8, features, suffix) => {
    const made = libraryRecipe(v8, amd64, features);
    expect(made.features).toEqual(features);
    expect(made.archive).toMatch(new RegExp(`^librusty_v8${suffix}_release_x86_64-unknown-linux-gnu\\.a(\\.gz)?$`));
    if (made.binding) expect(made.binding).toBe(`src_binding${suffix}_release_x86_64-unknown-linux-gnu.rs`);
  });

  it.each([
    ["0.41.0", "use_custom_libcxx", "none"],
    ["134.0.0", "v8_enable_pointer_compression", "use_custom_libcxx"],
    ["140.1.1", "v8_enable_v8_checks", "use_custom_libcxx, v8_enable_pointer_compression"],
    ["142.2.0", "v8_enable_sandbox", "use_custom_libcxx, v8_enable_pointer_compression, v8_enable_v8_checks"],
    ["146.6.0", "simdutf", "use_custom_libcxx, v8_enable_pointer_compression, v8_enable_v8_checks, v8_enable_sandbox"],
  ])("%s has no feature %s yet, and says which it has", (v8, feature, names) => {
    expect(() => library(v8, [feature])).toThrow(
      `library-features: V8 crate ${v8} has no feature "${feature}"; it has ${names}`,
    );
  });

  it("are of the file that each Deno release asks for", () => {
    expect(history(({ version, v8 }) => libraryRecipe(v8, amd64, denoRecipe(version).libraryFeatures).archive)).toEqual(
      [
        ["1.20.0", "librusty_v8_release_x86_64-unknown-linux-gnu.a"],
        ["1.42.0", "librusty_v8_release_x86_64-unknown-linux-gnu.a.gz"],
        ["2.7.8", "librusty_v8_simdutf_release_x86_64-unknown-linux-gnu.a.gz"],
      ],
    );
  });

  it("exist only for the platforms of Deno's releases", () => {
    expect(() => libraryRecipe("150.4.0", "armv7-unknown-linux-gnueabihf", [])).toThrow(
      'triple "armv7-unknown-linux-gnueabihf" is none of aarch64-unknown-linux-gnu, x86_64-unknown-linux-gnu.',
    );
  });

  it("do not go below the V8 of Deno 1.20.0", () => {
    expect(() => library("0.40.2")).toThrow("V8 crate 0.40.2 is older than 0.41.0, which Deno 1.20.0 uses.");
  });
});

describe("tools for V8", () => {
  it.each([
    ["0.41.0", "python2.7", "python2.7"],
    ["0.42.1", "python2.7", "python2.7"],
    ["0.43.0", "python", "python-is-python3"],
    ["0.65.0", "python", "python-is-python3"],
    ["0.66.0", "python3", "python3"],
    ["150.0.0", "python3", "python3"],
  ])("%s runs %s, from package %s", (v8, python, name) => {
    const made = library(v8);
    expect(made.python).toBe(python);
    expect(made.packages.filter((it) => it.startsWith("python"))).toEqual([name]);
  });

  it.each([
    ["0.94.0", "none", []],
    ["0.95.0", "any", ["libclang-dev"]],
    ["140.2.0", "any", ["libclang-dev"]],
    ["142.0.0", 19, ["libclang-19-dev"]],
    ["150.0.0", 19, ["libclang-19-dev"]],
  ])("%s needs libclang: %s", (v8, libclang, packages) => {
    const made = library(v8);
    expect(made.libclang).toBe(libclang);
    expect(made.packages.filter((it) => it.startsWith("libclang"))).toEqual(packages);
  });

  it.each([
    ["139.0.0", false],
    ["140.0.0", true],
  ])("%s downloads Chromium's Rust: %s", (v8, expected) => {
    expect(library(v8).chromiumRust).toBe(expected);
  });

  it("are these packages for 150.4.0", () => {
    expect(library("150.4.0").packages).toEqual([
      "build-essential",
      "ca-certificates",
      "curl",
      "git",
      "libglib2.0-dev",
      "pkg-config",
      "xz-utils",
      "python3",
      "libclang-19-dev",
    ]);
  });
});

describe("GN arguments", () => {
  it.each([
    ["0.69.0", "GN_ARGS"],
    ["0.70.0", "EXTRA_GN_ARGS"],
  ])("of %s go into %s", (v8, variable) => {
    expect(library(v8).gnArgumentsVariable).toBe(variable);
  });

  it.each(["0.41.0", "150.4.0"])("of %s keep Chromium's sysroot and glib out", (v8) => {
    expect(library(v8).gnArguments).toEqual(["use_sysroot=false", "use_glib=false"]);
    expect(library(v8).systemGnArguments).toEqual(["treat_warnings_as_errors=false"]);
  });

  it.each([
    ["0.47.1", []],
    ["0.49.0", ["v8_enable_builtins_optimization=false"]],
    ["139.0.0", ["v8_enable_builtins_optimization=false"]],
    ["147.3.0", ["v8_enable_builtins_optimization=false"]],
    ["147.4.0", ["v8_enable_builtins_optimization=false", "chrome_pgo_phase=0"]],
  ])("of %s make up for what the crate lacks", (v8, expected) => {
    expect(library(v8).crateGnArguments).toEqual(expected);
  });

  it.each(["0.41.0", "147.4.0", "150.4.0"])("of %s come with the flags that clang 22 refuses", (v8) => {
    expect(library(v8).unknownFlags).toEqual([
      "-fno-lifetime-dse",
      "-fsanitize-ignore-for-ubsan-feature=",
      "-fdiagnostics-show-inlining-chain",
      "-Wno-unsafe-buffer-usage-in-static-sized-array",
    ]);
  });
});

describe("notes on V8", () => {
  it.each([
    ["any value of it, also 0, compiles V8", "0.41.0", "0.94.0", "0.95.0"],
    ["A cross build uses Chromium's Debian sysroot", "0.41.0", "0.69.0", "0.70.0"],
    ["known-target-triples.txt", "140.0.0", "147.3.0", "147.4.0"],
    ["a patch of V8's interface has no effect", "0.95.0", "0.104.0", "0.105.0"],
  ])("say %j from %s to %s, no longer in %s", (text, first, latest, after) => {
    expect(said(library(first))).toContain(text);
    expect(said(library(latest))).toContain(text);
    expect(said(library(after))).not.toContain(text);
  });

  it.each([["known-target-triples.txt", "139.0.0", "140.0.0"]])(
    "say %j, not yet in %s, from %s on",
    (text, before, first) => {
      expect(said(library(before))).not.toContain(text);
      expect(said(library(first))).toContain(text);
    },
  );

  it("speak of the sysroot on arm64 only", () => {
    expect(said(libraryRecipe("0.69.0", amd64, []))).not.toContain("sysroot");
  });
});
