import { describe, expect, it } from "vitest";
import { expectGolden } from "../../support/golden.js";
import { asked, denoFromSource, type Options } from "../../support/module.js";
import { chain, closure, ExecFailure, Failure, type Rule, type Session, type Thing } from "../../support/session.js";
import {
  argumentOf,
  COMMIT,
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
  prebuilt,
  session,
  steps,
} from "../../support/world.js";

const canary = { "/deno --version": "deno 2.9.5+0123456 (canary)", "/deno eval": "42\n" };

const build = (it: Session, options: () => Partial<Options> = () => ({}), version = "2.9.5") =>
  asked(it, () => denoFromSource({ prebuilt: prebuilt(), ...options() }).build(version, "linux/arm64"));

const source = (result: Thing) => argumentOf(steps(result, "withMountedDirectory", { path: "/src/deno" })[0], "source");

describe("build", () => {
  it("for linux/arm64 runs cargo in an arm64 container with V8's files mounted", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().build("2.9.5", "linux/arm64"));

    expect(platformOf(result)).toBe("linux/arm64");
    expect(commands(chain(result)).at(-1)?.slice(3)).toEqual(["build", "--locked", "-p", "deno", "--bin", "deno"]);
    const library = argumentOf(steps(result, "withMountedDirectory", { path: "/src/v8" })[0], "source");
    expect(library.field).toBe("directory");
    expect(platformOf(library)).toBe("linux/amd64");
    expect(environment(result)).toMatchObject({
      ARCHIVE: "librusty_v8_simdutf_release_aarch64-unknown-linux-gnu.a.gz",
      BINDING: "src_binding_simdutf_release_aarch64-unknown-linux-gnu.rs",
      PROFILE: "release",
    });
    // It would run a deno of PATH with an npm package of no fixed version.
    expect(environment(result)).not.toHaveProperty("DENO_SNAPSHOT_MINIFY_SOURCES");
    await expectGolden(it, result, "build");
  });

  it("runs the binary on its platform before it is handed over: its version, and a script", async () => {
    const it = session();
    const result = await build(it);

    const outputs = it.questions.filter(({ field }) => field === "stdout").map(({ of }) => of as Thing);
    const runs = outputs.filter((one) => steps(one, "withMountedFile", { path: "/deno" }).length > 0);
    expect(runs.map(({ args }) => args.args)).toEqual([
      ["/deno", "--version"],
      ["/deno", "eval", "console.log(6*7)"],
    ]);
    for (const run of runs) {
      expect(platformOf(run)).toBe("linux/arm64");
      expect(argumentOf(steps(run, "withMountedFile", { path: "/deno" })[0], "source").id).toBe(result.id);
    }
  });

  it.each([
    [
      "another version",
      { "/deno --version": "deno 2.9.4", "/deno eval": "42\n" },
      '--version was to print "deno 2.9.5"',
    ],
    ["no snapshot", { "/deno --version": "deno 2.9.5", "/deno eval": "" }, 'eval console.log(6*7) was to print "42"'],
  ])("is an error when the binary has %s", async (_, outputs, message) => {
    await expect(build(session({ outputs }))).rejects.toThrow(message);
  });

  it("is an error when the binary dies, and shows what it said", async () => {
    const it = session({
      rules: [
        ({ of, field }) => {
          if (field === "stdout" && JSON.stringify(of?.args).includes('"/deno"'))
            throw new ExecFailure(133, "Fatal error");
          return undefined;
        },
      ],
    });
    await expect(build(it)).rejects.toThrow(
      'the deno that was built for linux/arm64 does not work: --version was to print "deno 2.9.5"; it exited with 133, ' +
        'standard output "", standard error "Fatal error"',
    );
  });

  it("reads the binary where it was linked, and does not even run one that is not hardened", async () => {
    const it = session({
      rules: [
        ({ of, field }) => {
          if (field === "stdout" && (of?.args.args as string[] | undefined)?.[3] === "/linked")
            throw new ExecFailure(
              1,
              "the deno that was built for linux/arm64: RELRO: it has none; link it with -z relro\n",
            );
          return undefined;
        },
      ],
    });
    await expect(build(it)).rejects.toThrow(
      /^the deno that was built for linux\/arm64: RELRO: it has none; link it with -z relro$/,
    );
    const words = it.questions.map(({ of }) => (of?.args.args as string[] | undefined) ?? []);
    expect(words.filter(([command]) => command === "/deno")).toEqual([]);
    const read = words.find((command) => command[3] === "/linked");
    expect(read?.slice(4)).toEqual([
      "the deno that was built for linux/arm64",
      ...["/usr/local/cargo/", "/cache/target/", "/usr/local/rustup/"],
    ]);
  });

  it("lets a profile that is about debugging name the sources, and keep its symbols", async () => {
    const it = session();
    const result = await build(it, () => ({ profile: "release-with-debug" }));
    expect(environment(result).STRIP).toBe("none");
    const words = it.questions.map(({ of }) => (of?.args.args as string[] | undefined) ?? []);
    expect(words.find((command) => command[3] === "/linked")?.slice(4)).toEqual([
      "the deno that was built for linux/arm64",
    ]);
  });

  it("refuses the debug files of a profile that strips nothing, before the engine is asked for anything", async () => {
    const it = session();
    const files = it.run(() => denoFromSource({ profile: "dev" }).debugFiles("2.9.5"));
    await expect(files).rejects.toThrow("profile: dev is about debugging, so nothing is stripped");
    expect(it.questions).toEqual([]);
  });

  it.each([
    [["deno/panic-trace"], "/opt/symcache /debug/program /out/deno.symcache"],
    [["panic-trace-frame-pointer"], "/opt/symcache /debug/program /out/deno.symcache"],
    [["hmr"], undefined],
  ])("the debug files with --features=%s have a symcache: %s", async (features, expected) => {
    const it = session();
    const result = await asked(it, () => denoFromSource({ features }).debugFiles("2.9.5"));
    const symcache = steps(result, "withFile", { path: "deno.symcache" })[0];
    const made = symcache && commands(chain(argumentOf(symcache, "source"))).at(-1);
    expect(made?.join(" ")).toBe(expected);
  });

  it("says why a symcache could not be made of the debug files", async () => {
    const fails: Rule = ({ of, field }) => {
      if (field !== "stdout" || of?.args.args?.toString().startsWith("/opt/symcache") !== true) return undefined;
      throw new ExecFailure(1, "Error: UnsupportedObject");
    };
    const it = session({ rules: [fails] });
    await expect(it.run(() => denoFromSource({ features: ["deno/panic-trace"] }).debugFiles("2.9.5"))).rejects.toThrow(
      "deno.symcache: the debug files of this deno cannot be read: Error: UnsupportedObject",
    );
  });

  it("gives both cargo and V8's build a libclang that their own bindgen can read", async () => {
    const choices = (version: string, of: "deno" | "library") => {
      const lock = `\n[[package]]\nname = "bindgen"\nversion = "${version}"\n`;
      const deno = denoTree("2.9.5", "150.4.0");
      const library = { ...libraryTree("150.4.0"), "Cargo.lock": of === "library" ? lock : "" };
      const it = session({
        trees: {
          [`${DENO}@v2.9.5`]: { ...deno, "Cargo.lock": `${deno["Cargo.lock"]}${of === "deno" ? lock : ""}` },
          [`${LIBRARY}@v150.4.0`]: library,
        },
      });
      const tools = () => ({ toolchains: [container("linux/amd64"), container("linux/arm64")] });
      return asked(it, () => denoFromSource(tools()).build("2.9.5", "linux/arm64")).then((result) => {
        const where = (folder: string) =>
          [...closure(result)].filter((thing) => thing.args.path === folder)[0] as Thing;
        return ["/src/deno", "/src/rusty_v8"].map((folder) =>
          commands(chain(where(folder))).flatMap((words) =>
            words[3] === "choose" ? [words.slice(4, 6).join(" to ")] : [],
          ),
        );
      });
    };
    expect(await choices("0.71.1", "deno")).toEqual([["0 to 21"], ["19 to 9999"]]);
    expect(await choices("0.72.0", "library")).toEqual([[], ["19 to 21"]]);
    expect(await choices("0.72.1", "library")).toEqual([[], ["19 to 9999"]]);
  });

  it.each([
    ["a compiler says so", new ExecFailure(101, "error: failed to write: No space left on device (os error 28)")],
    ["the engine says so", new Failure("failed to copy: write /out/deno: no space left on device")],
  ])("says what a full disk means, where %s", async (_, failure) => {
    const it = session({
      rules: [
        ({ of, field }) => {
          if (field === "sync" && of?.field === "file" && of.args.path === "/out/deno") throw failure;
          return undefined;
        },
      ],
    });
    await expect(build(it)).rejects.toThrow(
      /^deno 2\.9\.5 for linux\/arm64: the disk of the engine.* is full.*the same call goes on/,
    );
  });

  it("says that the engine took a step's files away where its disk was nearly full", async () => {
    const said =
      "exit code: 101\ncommit output ref l63: failed to commit l63 to immutable kld: failed to stat active key during " +
      "commit: snapshot l63 does not exist: not found";
    const it = session({
      rules: [
        ({ of, field }) => {
          if (field === "sync" && of?.field === "file" && of.args.path === "/out/deno") throw new Failure(said);
          return undefined;
        },
      ],
    });
    await expect(build(it)).rejects.toThrow(
      /^deno 2\.9\.5 for linux\/arm64: the engine's garbage collector took .*minFreeSpace.*the same call goes on/,
    );
  });

  it("with the default toolchain installs the recipe's packages and the pinned rustup with its checksum", async () => {
    const it = session();
    const result = await build(it);

    const [install, rustup] = commands(chain(result));
    expect(install?.slice(3)).toEqual([
      ...["install", "build-essential", "ca-certificates", "curl", "git", "pkg-config", "python3", "cmake", "clang"],
      ...["libclang-dev", "make", "perl", "rsync", "lld"],
    ]);
    expect(rustup?.slice(1)).toEqual([
      ...["-y", "--no-modify-path", "--profile", "minimal", "--default-toolchain", "1.95.0"],
      ...["--target", "aarch64-unknown-linux-gnu"],
    ]);
    expect(argumentOf(steps(result, "withMountedFile", { path: "/tmp/rustup-init" })[0], "source").args).toEqual({
      url: "https://static.rust-lang.org/rustup/archive/1.28.2/aarch64-unknown-linux-gnu/rustup-init",
      checksum: "sha256:e3853c5a252fca15252d07cb23a1bdd9377a8c6f3efa01531109281ae47f841c",
      permissions: 0o755,
    });
    // It stays valid for whatever is built in the container.
    expect(environment(result)).toMatchObject({ RUSTUP_TOOLCHAIN: "1.95.0", CARGO_HOME: "/usr/local/cargo" });
  });

  it("with given toolchains uses them and downloads and installs nothing", async () => {
    const it = session();
    const toolchains = () => [container("linux/amd64", "registry.example/amd64"), container("linux/arm64")];
    const result = await build(it, () => ({ toolchains: toolchains() }));

    expect(chain(result)[1]?.args).toEqual({ address: "registry.example/sid" });
    const made = [...it.made(), ...closure(result)];
    expect(made.filter(({ field }) => field === "http")).toEqual([]);
    expect(commands(made).filter((words) => words.join(" ").includes("apt-get"))).toEqual([]);
    await expectGolden(it, result, "build-given-toolchains");
  });

  it("keeps cargo's target directory in a locked cache volume that names version and platform", async () => {
    const it = session();
    const [, mount] = steps(await build(it), "withMountedCache");

    expect(mount?.args).toMatchObject({ path: "/cache", sharing: { name: "LOCKED" } });
    expect(argumentOf(mount, "cache").args.key).toMatch(/^deno-2\.9\.5-arm64-[0-9a-f]{16}$/);
  });

  it("hands the number of jobs over in a volatile variable, which no cache looks at", async () => {
    const result = await build(session(), () => ({ jobs: 2 }));

    const variables = steps(result, "withVolatileVariable", { name: "CARGO_BUILD_JOBS" });
    expect(variables.map(({ args }) => args.value)).toEqual(["2"]);
    expect(JSON.stringify(environment(result))).not.toContain("JOBS");
  });

  it.each([
    [
      "upgrade: false",
      { upgrade: false },
      ["--no-default-features", "--features", "__vendored_zlib_ng,deno_core/v8,v8/v8"],
    ],
    ["features", { features: ["deno/panic-trace", "hmr"] }, ["--features", "deno/panic-trace,hmr"]],
  ])("gives cargo the arguments of %s", async (_, options, expected) => {
    const result = await build(session(), () => options);
    expect(commands(chain(result)).at(-1)?.slice(4)).toEqual(["--locked", "-p", "deno", "--bin", "deno", ...expected]);
  });

  it("writes the upgrade URL into the updater of the tree, and into the download of deno compile", async () => {
    const it = session();
    const result = await build(it, () => ({ upgradeUrl: "https://example.org/releases" }));
    const written = steps(source(result), "withNewFile").map(({ args }) => [args.path, args.contents]);
    expect(written).toEqual([
      [
        "cli/tools/upgrade.rs",
        'static RELEASE_URL: &str = "https://example.org/releases";\n' +
          'static DL_RELEASE_URL: &str = "https://example.org/releases/download";\n' +
          'Cow::Borrowed("https://example.org/releases/latest/download")\n',
      ],
      [
        "cli/standalone/binary.rs",
        expect.stringContaining('format!("https://example.org/releases/download/{}", asset)'),
      ],
    ]);
  });

  it("applies patches in the order of their names", async () => {
    const it = session();
    const patches = { "b.patch": "b", "a.patch": "a", "B.patch": "B", "README.md": "no patch" };
    const result = await build(it, () => ({ patches: directory(patches) }));

    const names = steps(source(result), "withPatchFile").map((step) => argumentOf(step, "patch").args.path);
    expect(names).toEqual(["B.patch", "a.patch", "b.patch"]);
    await expectGolden(it, result, "build-patches");
  });

  it("of a given tree builds that tree, and asks no git server", async () => {
    const it = session();
    const result = await build(it, () => ({ source: directory(denoTree("2.9.5", "150.4.0")) }), "latest");

    expect(chain(source(result))[0]?.field).toBe("directory");
    const made = [...it.made(), ...closure(result)];
    expect(made.filter(({ field }) => field === "git")).toEqual([]);
    expect(commands(made).filter((words) => words.includes("clone"))).toEqual([]);
  });

  it("of a fork asks the fork's server only", async () => {
    const fork = "https://git.example/me/deno";
    const it = session({ trees: { [`${fork}@v2.9.5`]: denoTree("2.9.5", "150.4.0") } });
    const result = await build(it, () => ({ repository: fork }));

    const made = [...it.made(), ...closure(result)];
    expect(new Set(made.flatMap(({ field, args }) => (field === "git" ? [args.url] : [])))).toEqual(new Set([fork]));
    // But for the comments of scripts, which name files of it.
    expect(closureText(made).replaceAll(`${DENO}/blob/`, "")).not.toContain(DENO);
  });
});

/** What the git container was told to fetch for the tree that is built. */
const fetched = (result: Thing) =>
  commands(chain(source(result)))
    .at(-1)
    ?.slice(3);

describe("version", () => {
  it("of a release is the tree of its tag, without the submodules of Deno", async () => {
    const result = await build(session());
    expect(fetched(result)).toEqual(["clone", DENO, COMMIT]);
    expect(source(result).args).toEqual({ path: "/out" });
    expect(environment(result)).not.toHaveProperty("DENO_CANARY");
  });

  it("canary is the newest commit, and DENO_CANARY is set", async () => {
    const it = session({ outputs: canary });
    const result = await build(it, undefined, "canary");

    expect(environment(result)).toMatchObject({ DENO_CANARY: "true" });
    expect(fetched(result)).toEqual(["clone", DENO, COMMIT]);
    await expectGolden(it, result, "build-canary");
  });

  it("latest is the newest release among the tags", async () => {
    expect(fetched(await build(session(), undefined, "latest"))).toEqual(["clone", DENO, COMMIT]);
  });

  it("a line is its newest release", async () => {
    const it = session({ trees: { [`${DENO}@v2.10.0`]: denoTree("2.10.0", "150.4.0") } });
    expect(fetched(await build(it, undefined, "2.9"))).toEqual(["clone", DENO, COMMIT]);
  });

  it("a full commit is asked for as it is: nothing is looked up", async () => {
    const it = session({ outputs: canary });
    const result = await build(it, undefined, COMMIT);

    expect(fetched(result)).toEqual(["clone", DENO, COMMIT]);
    expect(commands(it.made()).filter((words) => words.includes("find-commit"))).toEqual([]);
    expect(it.questions.filter(({ field }) => field === "tags")).toEqual([]);
    expect(environment(result)).toMatchObject({ DENO_CANARY: "true" });
  });

  it("a short commit is resolved by a container with git", async () => {
    const it = session({ outputs: { ...canary, "find-commit": `${COMMIT}\n` } });
    const result = await build(it, undefined, "0123456");

    expect(commands(it.made()).map((words) => words.slice(3))).toContainEqual(["find-commit", DENO, "0123456"]);
    expect(fetched(result)).toEqual(["clone", DENO, COMMIT]);
    await expectGolden(it, result, "build-short-commit");
  });

  it("a short commit that the repository does not have is an error that says so", async () => {
    const it = session({
      rules: [
        ({ of, field }) => {
          const asked = field === "stdout" && JSON.stringify(of?.args).includes('"find-commit"');
          if (asked) throw new ExecFailure(3, "error: ambiguous\n");
          return undefined;
        },
      ],
    });
    await expect(build(it, undefined, "abcdef0")).rejects.toThrow(
      `version: ${DENO} has no commit that starts with abcdef0, or more than one: error: ambiguous; accepted: more digits`,
    );
  });

  it("a full commit that the repository does not have is an error that says so", async () => {
    const hash = "f".repeat(40);
    await expect(build(session(), undefined, hash)).rejects.toThrow(
      `repository: ${DENO} did not give the commit ${hash}: fatal: no such ref`,
    );
  });

  it("of a tag that was moved is the tree that it is at now, though the engine remembers the one before", async () => {
    const moved = "a".repeat(40);
    const it = session({
      trees: { [`${DENO}@${moved}`]: denoTree("2.9.5", "150.4.0") },
      rules: [({ of, field }) => (field === "commit" && of?.field === "tag" ? moved : undefined)],
    });
    expect(fetched(await build(it))).toEqual(["clone", DENO, moved]);
  });

  it("a short commit of an unknown hash is an error without loose ends: git says nothing of it", async () => {
    const it = session({
      rules: [
        ({ of, field }) => {
          const asked = field === "stdout" && JSON.stringify(of?.args).includes('"find-commit"');
          if (asked) throw new ExecFailure(3, "");
          return undefined;
        },
      ],
    });
    await expect(build(it, undefined, "abcdef0")).rejects.toThrow(
      `version: ${DENO} has no commit that starts with abcdef0, or more than one; accepted: more digits`,
    );
  });
});
