import { dag } from "@dagger.io/dagger";
import { describe, expect, it } from "vitest";
import { BuildStrategy, LibraryOrigin } from "../../../src/request/enums.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { Failure, type Session } from "../../support/session.js";
import { container, DENO, denoTree, directory, libraryTree, session, work } from "../../support/world.js";

/**
 * What may be done before an argument is refused: the repository may be read, which takes a container with git, but no
 * compiler is installed, downloaded or run.
 */
function expectNoWork(it: Session): void {
  const oneLine = (words: string[]) => words.filter((word) => !word.includes("\n")).join(" ");
  expect(work(it.made()).map(oneLine)).toEqual([]);
  expect([...it.made()].filter(({ field }) => field === "http")).toEqual([]);
}

function failure(message: string): never {
  throw new Failure(message);
}

/** What was asked, but for the engine's platform, which costs nothing. */
const asked = (it: Session) => it.questions.map(({ field }) => field).filter((field) => field !== "defaultPlatform");

describe("an option that cannot be right is refused before anything is asked", () => {
  it.each<[string, () => Partial<Options>]>([
    ["base", () => ({ base: "ubuntu 24.04" })],
    ["repository", () => ({ repository: "https://git.example/deno; rm -rf /" })],
    ["library-repository", () => ({ libraryRepository: "../rusty_v8" })],
    ["profile", () => ({ profile: "release --verbose" })],
    ["features", () => ({ features: ["deno/hmr", "a b"] })],
    ["jobs", () => ({ jobs: -1 })],
    ["jobs", () => ({ jobs: 1.5 })],
    ["upgrade-url", () => ({ upgradeUrl: "ftp://example.org" })],
    ["vendor", () => ({ vendor: "an example" })],
    ["vendor", () => ({ vendor: "+example" })],
    ["upgrade-url", () => ({ upgradeUrl: "https://example.org", upgrade: false })],
    ["compiler-cache", () => ({ compilerCache: "memcached://cache" })],
    ["compiler-cache-user", () => ({ compilerCacheUser: dag.setSecret("user", "me") })],
    ["compiler-cache-password", () => ({ compilerCachePassword: dag.setSecret("password", "secret") })],
    ["mirrors", () => ({ mirrors: ["crates.io=https://mirror.example"] })],
    ["mirrors", () => ({ mirrors: ["github.com=https://me:secret@mirror.example"] })],
    ["no-proxy", () => ({ noProxy: ["mirror.example"] })],
    ["prebuilt", () => ({ prebuilt: dag.directory(), libraryOrigin: LibraryOrigin.UPSTREAM })],
    ["library-source", () => ({ librarySource: dag.directory(), prebuilt: dag.directory() })],
    ["library-source", () => ({ librarySource: dag.directory(), libraryOrigin: LibraryOrigin.UPSTREAM })],
    ["library-patches", () => ({ libraryPatches: dag.directory(), prebuilt: dag.directory() })],
  ])("%s", async (name, options) => {
    const it = session();
    await expect(it.run(async () => denoFromSource(options()))).rejects.toThrow(name);
    expect(it.questions).toEqual([]);
  });
});

type Function = "plan" | "toolchain" | "library" | "build" | "archive";
const functions: Function[] = ["plan", "toolchain", "library", "build", "archive"];

describe.each(functions)("%s refuses", (name) => {
  const call = (it: Session, version?: string, platform?: string, options: () => Partial<Options> = () => ({})) =>
    it.run(async () => {
      await denoFromSource(options())[name](version, platform);
    });

  it.each(["", "newest", "1.19.3", "2.9.5; true", "--help", "../2.9.5", "abcdef"])(
    "version %j before anything is asked",
    async (version) => {
      const it = session();
      await expect(call(it, version)).rejects.toThrow(/^version: /);
      expect(it.questions).toEqual([]);
    },
  );

  it.each(["", "arm64", "linux/arm/v7", "darwin/arm64", "linux/arm64; true"])(
    "platform %j before anything is asked",
    async (platform) => {
      const it = session();
      await expect(call(it, "2.9.5", platform)).rejects.toThrow(/^platform: /);
      expect(it.questions).toEqual([]);
    },
  );

  it("a version that has no tag, after a look at the tags, and names the newest release", async () => {
    const it = session();
    await expect(call(it, "2.9.9")).rejects.toThrow(
      "version: https://github.com/denoland/deno has no tag v2.9.9; its newest release is 2.9.5",
    );
    expect(asked(it)).toEqual(["tags"]);
  });

  it("a line without a release, after a look at the tags", async () => {
    const it = session();
    await expect(call(it, "3.1")).rejects.toThrow("version: no stable release of the line 3.1.x among 3 tags");
    expect(asked(it)).toEqual(["tags"]);
  });

  it("patches without a *.patch file", async () => {
    const it = session();
    await expect(call(it, "2.9.5", undefined, () => ({ patches: directory({ "a.diff": "" }) }))).rejects.toThrow(
      "patches: the directory holds no *.patch file",
    );
    expectNoWork(it);
  });

  it("patches that do not apply, and names the one", async () => {
    const it = session({
      rules: [
        ({ of, field }) =>
          field === "sync" && of?.field === "withPatchFile" ? failure("error: patch failed: cli/main.rs:1") : undefined,
      ],
    });
    await expect(call(it, "2.9.5", undefined, () => ({ patches: directory({ "a.patch": "" }) }))).rejects.toThrow(
      /^patches: a\.patch does not apply: .*patch failed: cli\/main\.rs:1/,
    );
    expectNoWork(it);
  });

  it("a source that is no Deno tree", async () => {
    const it = session();
    await expect(call(it, "latest", undefined, () => ({ source: directory({ "Cargo.toml": "" }) }))).rejects.toThrow(
      "source: not a Deno tree",
    );
    expectNoWork(it);
  });

  it.each([
    ["2.9.4", 'version: "2.9.4" was asked for, but the tree says that it is 2.9.5'],
    ["2.8", "version: 2.8.x was asked for, but the tree says that it is 2.9.5"],
    ["canary", "version: a canary or commit carries its hash, but the tree given by --source has no git metadata"],
  ])("version %s for a source of 2.9.5 without git metadata", async (version, message) => {
    const it = session();
    const options = () => ({ source: directory(denoTree("2.9.5", "150.4.0")) });
    await expect(call(it, version, undefined, options)).rejects.toThrow(message);
    expectNoWork(it);
  });

  it("a commit that the source is not at", async () => {
    const it = session();
    const options = () => ({ source: directory({ ...denoTree("2.9.5", "150.4.0"), ".git/HEAD": "" }) });
    await expect(call(it, "abcdef0", undefined, options)).rejects.toThrow("version: abcdef0 was asked for");
    expectNoWork(it);
  });

  it("a source whose .git is a file, and says what such a tree is", async () => {
    const it = session();
    const options = () => ({ source: directory({ ...denoTree("2.9.5", "150.4.0"), ".git": "gitdir: /deno/.git/x" }) });
    await expect(call(it, "latest", undefined, options)).rejects.toThrow(
      /^source: its \.git is a file, as in a linked worktree or a submodule, .*git clone/,
    );
    expectNoWork(it);
  });

  it("upgrade: false for a version without such a feature", async () => {
    const it = session({ trees: { [`${DENO}@v1.38.0`]: denoTree("1.38.0", "0.81.0") } });
    await expect(call(it, "1.38.0", undefined, () => ({ upgrade: false }))).rejects.toThrow(
      "upgrade: Deno 1.38.0 has no feature that leaves `deno upgrade` out",
    );
    expectNoWork(it);
  });

  it("an upgrade URL for a tree whose updater is another", async () => {
    const it = session({
      trees: { [`${DENO}@v2.9.5`]: { ...denoTree("2.9.5", "150.4.0"), "cli/tools/upgrade.rs": "" } },
    });
    await expect(call(it, "2.9.5", undefined, () => ({ upgradeUrl: "https://example.org/releases" }))).rejects.toThrow(
      /^upgrade-url: the tree/,
    );
    expectNoWork(it);
  });
});

describe("platforms", () => {
  it.each<[string, string[], string]>([
    ["none", [], "platforms: at least one platform is needed."],
    ["one twice", ["linux/arm64", "linux/arm64/v8"], 'platforms: "linux/arm64" is given more than once'],
    ["an unknown one", ["linux/arm64", "linux/386"], 'platforms: "linux/386" is not accepted'],
  ])("%s is refused before anything is asked", async (_, platforms, message) => {
    for (const name of ["release", "mirror"] as const) {
      const it = session();
      await expect(it.run(() => denoFromSource()[name]("2.9.5", platforms))).rejects.toThrow(message);
      expect(it.questions).toEqual([]);
    }
  });
});

/** Errors that need a look at a directory or container argument. They too come before compilers are installed. */
describe.each(["library", "build", "archive", "release", "mirror"] as const)("%s refuses before any work", (name) => {
  const call = (it: Session, options: () => Partial<Options>) =>
    it.run(async () => {
      const module = denoFromSource(options());
      if (name === "release" || name === "mirror") await module[name]("2.9.5", ["linux/arm64"]);
      else await module[name]("2.9.5", "linux/arm64");
    });

  it.each<[string, () => Partial<Options>, string]>([
    [
      "a prebuilt V8 without this version's files",
      () => ({ prebuilt: directory({ "v149.4.0/librusty_v8.a.gz": "" }) }),
      "prebuilt: v150.4.0/librusty_v8_simdutf_release_aarch64-unknown-linux-gnu.a.gz is missing",
    ],
    [
      "a library source of another version",
      () => ({ librarySource: directory(libraryTree("149.4.0")) }),
      "library-source: it is V8 crate 149.4.0, but Deno 2.9.5 needs 150.4.0",
    ],
    [
      "a library source that is none",
      () => ({ librarySource: directory({ "a.txt": "" }) }),
      "library-source: not a rusty_v8 tree",
    ],
    [
      "a crate without the list of Rust's triples, where GN reads it",
      () => ({
        librarySource: directory({
          ...libraryTree("150.4.0"),
          ".cargo_vcs_info.json": "{}",
          "build/config/rust.gni": '_known = "//build/rust/known-target-triples.txt"',
        }),
      }),
      "library-source: 150.4.0 lacks build/rust/known-target-triples.txt, which GN reads",
    ],
    [
      "library patches without a *.patch file",
      () => ({ libraryPatches: directory({}) }),
      "library-patches: the directory holds no",
    ],
    [
      "toolchains without one for the engine",
      () => ({ toolchains: [container("linux/arm64")] }),
      "toolchains: none is for linux/amd64, where",
    ],
  ])("%s", async (_, options, message) => {
    const it = session();
    await expect(call(it, options)).rejects.toThrow(message);
    expectNoWork(it);
  });
});

describe("V8 for linux/amd64 on a linux/arm64 engine", () => {
  // Deno 1.28.0 with a V8 of before 10.9: https://github.com/denoland/rusty_v8/blob/v0.54.0/Cargo.toml
  const trees = { [`${DENO}@v1.28.0`]: denoTree("1.28.0", "0.54.0") };
  const asked = (
    name: (typeof functions)[number],
    options: () => Partial<Options> = () => ({}),
    version: "1.28.0" | "2.9.5" = "1.28.0",
  ) => {
    const it = session({ engine: "linux/arm64", trees });
    const call = it.run(async () => {
      await denoFromSource(options())[name](version, "linux/amd64");
    });
    return { it, call };
  };

  it.each(functions)("is refused by %s where no program of the target can make its snapshot", async (name) => {
    const { it, call } = asked(name);
    await expect(call).rejects.toThrow(/^platform: V8 0\.54\.0 for linux\/amd64 cannot be compiled .*--prebuilt/);
    expect(work(it.made())).toEqual([]);
  });

  it.each(["release", "mirror"] as const)("is refused by %s before linux/arm64 is compiled", async (name) => {
    const it = session({ engine: "linux/arm64", trees });
    const call = it.run(async () => {
      await denoFromSource()[name]("1.28.0");
    });
    await expect(call).rejects.toThrow("platform: V8 0.54.0 for linux/amd64 cannot be compiled");
    expect(work(it.made())).toEqual([]);
  });

  it("with --strategy=NATIVE offers the strategies that work", async () => {
    const { call } = asked("plan", () => ({ strategy: BuildStrategy.NATIVE }), "2.9.5");
    await expect(call).rejects.toThrow("accepted here: AUTO, CROSS, EMULATED");
  });

  it.each<[string, () => Partial<Options>, "1.28.0" | "2.9.5"]>([
    ["where V8 is not compiled", () => ({ libraryOrigin: LibraryOrigin.UPSTREAM }), "1.28.0"],
    ["since 10.9", () => ({}), "2.9.5"],
  ])("is planned %s", async (_, options, version) => {
    const { call } = asked("plan", options, version);
    await expect(call).resolves.toBeUndefined();
  });
});

describe("toolchains", () => {
  it.each(["toolchain", "build", "archive"] as const)("without one for the target are refused by %s", async (name) => {
    const it = session();
    const call = it.run(async () => {
      await denoFromSource({ toolchains: [container("linux/amd64")] })[name]("2.9.5", "linux/arm64");
    });
    await expect(call).rejects.toThrow("toolchains: none is for linux/arm64, where Deno's cargo build runs");
    expectNoWork(it);
  });
});
