import { describe, expect, it } from "vitest";
import { UPSTREAM_FLOOR } from "../../../src/request/base.js";
import { BuildStrategy } from "../../../src/request/enums.js";
import { expectGolden } from "../../support/golden.js";
import { asked, denoFromSource, type Options } from "../../support/module.js";
import { chain, closure, ExecFailure, type Rule, type Session, type Thing } from "../../support/session.js";
import {
  argumentOf,
  commands,
  container,
  DENO,
  denoTree,
  environment,
  platformOf,
  prebuilt,
  session,
  steps,
  type World,
} from "../../support/world.js";

const script = "cli/snapshot/build.rs";
/** Deno 2.9.5 with the script that makes its snapshot. */
const known = { [`${DENO}@v2.9.5`]: { ...denoTree("2.9.5", "150.4.0"), [script]: "create_runtime_snapshot(path)" } };

/** What commands of the cross build say: cargo's graph, glibc's symbols, and those of V8 that the root's glibc lacks. */
const says = (needed = "2.34", given = "2.39", lacking = ""): Rule => {
  return ({ of, field }) => {
    if ((field !== "stdout" && field !== "stderr") || of?.field !== "withExec") return undefined;
    const words = of.args.args as string[];
    const answers: Record<string, string> = {
      measure: `GLIBC_${needed}\nGLIBC_${given}\n`,
      "newer-symbols": lacking,
    };
    const answer = words[0] === "python3" ? "deno_snapshots-build-script\n" : answers[words[3] ?? ""];
    return field === "stdout" || answer === undefined ? answer : "";
  };
};

/** An engine that cannot run programs of the platform. */
const runsNothing =
  (error: string): Rule =>
  ({ of, field }) => {
    if (field !== "stdout" || of?.field !== "withExec" || (of.args.args as string[])[0] !== "uname") return undefined;
    throw new ExecFailure(255, error);
  };

const changes = (more: Partial<World> = {}): Partial<World> => ({ trees: known, rules: [says()], ...more });

const build = (it: Session, options: Partial<Options> = {}) =>
  asked(it, () => denoFromSource({ prebuilt: prebuilt(), ...options }).build("2.9.5", "linux/arm64"));

const planned = (it: Session, options: Partial<Options> = {}) =>
  it.run(() => denoFromSource(options).plan("2.9.5", "linux/arm64"));

const scripts = (result: Thing) =>
  argumentOf(steps(result, "withMountedDirectory", { path: "/src/deno" })[0], "source");

describe("a build for another architecture", () => {
  it("is cross-compiled on the engine's own: only build scripts and the check are the target's", async () => {
    const it = session(changes());
    const result = await build(it);

    expect(platformOf(result)).toBe("linux/amd64");
    expect(environment(result)).toMatchObject({
      CROSS: "aarch64-unknown-linux-gnu",
      CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER: "/opt/cross/bin/aarch64-unknown-linux-gnu-clang",
    });
    expect(commands(chain(scripts(result))).at(-1)?.[0]).toBe("python3");
    const runs = it.questions.filter(({ of, field }) => field === "stdout" && of?.field === "withExec");
    const checks = runs.filter(({ of }) => ((of as Thing).args.args as string[])[0] === "/deno");
    expect(checks.map(({ of }) => platformOf(of as Thing))).toEqual(["linux/arm64", "linux/arm64"]);
    await expectGolden(it, result, "cross");
  });

  it("moves the scripts of what has V8 in it; with QuickJS the tree stays as it is, and cmake is told the target", async () => {
    const it = session(changes());
    const module = () => denoFromSource({ prebuilt: prebuilt(), runtimes: ["denort-quickjs"] });
    const result = await asked(it, () => module().release("2.9.5", ["linux/arm64"]));
    const builds = [...closure(result)].filter(({ args }) => args.args?.toString().includes(",--locked,-p,"));
    expect(builds.map((build) => commands([build])[0]?.at(-1)).sort()).toEqual(["deno", "denort", "denort"]);
    for (const build of builds) {
      const quickjs = commands([build])[0]?.includes("quickjs");
      expect(commands(chain(scripts(build))).at(-1)?.[0] === "python3").toBe(!quickjs);
      expect(environment(build).CMAKE_TOOLCHAIN_FILE).toBe(
        quickjs ? "/opt/deno-from-source/quickjs/quickjs.cmake" : undefined,
      );
    }
  });

  it("is cross-compiled by the given toolchain of the engine's platform alone", async () => {
    const it = session(changes());
    const result = await asked(it, () =>
      denoFromSource({
        prebuilt: prebuilt(),
        toolchains: [container("linux/amd64", "registry.example/amd64")],
      }).build("2.9.5", "linux/arm64"),
    );
    expect(chain(result)[1]?.args.address).toBe("registry.example/amd64");
  });

  it("shares its volume with denort, but not with an emulated build", async () => {
    const keys = async (options: Partial<Options>, part: "build" | "runtime") => {
      const it = session(changes());
      const call = () =>
        part === "build"
          ? denoFromSource({ prebuilt: prebuilt(), ...options }).build("2.9.5", "linux/arm64")
          : denoFromSource({ prebuilt: prebuilt(), ...options }).runtime("2.9.5", "linux/arm64");
      await asked(it, call);
      const volumes = [...closure(...it.questions.flatMap(({ of }) => (of ? [of] : [])))].filter(
        ({ field, args }) => field === "cacheVolume" && String(args.key).startsWith("deno-"),
      );
      return [...new Set(volumes.map(({ args }) => String(args.key)))];
    };
    const cross = await keys({}, "build");
    expect(cross).toHaveLength(1);
    expect(await keys({}, "runtime")).toEqual(cross);
    expect(await keys({ strategy: BuildStrategy.EMULATED }, "build")).not.toEqual(cross);
  });

  it("is refused where the engine runs no programs of it for another reason, without talk of QEMU", async () => {
    const none = runsNothing("runc run failed: no cgroup mount found in mountinfo");
    const failed = build(session(changes({ rules: [none, says()] })));
    await expect(failed).rejects.toThrow(/linux\/arm64 \(runc run failed: no cgroup mount found in mountinfo\)$/);
  });

  it("is refused before anything is compiled where the engine runs no programs of it, with how to mend that", async () => {
    const none = runsNothing("exec /usr/bin/uname: exec format error");
    const it = session(changes({ rules: [none, says()] }));
    await expect(build(it)).rejects.toThrow(
      /the engine cannot run programs of linux\/arm64 \(exec .*: exec format error\).*tonistiigi\/binfmt/,
    );
    const asked = it.questions.flatMap(({ of }) => (of ? commands(chain(of)) : []));
    expect(asked.filter((words) => words.some((word) => word.includes("cargo build")))).toEqual([]);
  });

  it("is an error when it needs a newer C library than that image has", async () => {
    const it = session(changes({ rules: [says("2.40", "2.39")] }));
    await expect(build(it)).rejects.toThrow("linux/arm64 needs glibc 2.40, but ubuntu:18.04 has 2.39");
  });

  it("says what in the tree cannot be compiled for the target", async () => {
    const refuses: Rule = ({ of, field }) => {
      if (field !== "stdout" || of?.field !== "withExec" || (of.args.args as string[])[0] !== "python3")
        return undefined;
      throw new ExecFailure(1, "V8 is still behind the build script of odd\n");
    };
    await expect(build(session(changes({ rules: [refuses, says()] })))).rejects.toThrow(
      "strategy: this tree's build scripts cannot be compiled for the target: V8 is still behind the build script of odd; " +
        "--strategy=EMULATED",
    );
  });
});

describe("plan", () => {
  it("says that it is cross-compiled, and which steps QEMU runs", async () => {
    const { strategy, steps, text } = await planned(session(changes()));
    expect(strategy).toBe("cross");
    expect(steps.map(({ name, where }) => `${where}: ${name}`)).toContain(
      "cross: compile the build scripts that run V8, as programs of the target",
    );
    expect(text).not.toContain("ten times slower");
  });

  it("says why a patched tree falls back to QEMU", async () => {
    const odd = { [`${DENO}@v2.9.5`]: { ...denoTree("2.9.5", "150.4.0"), [script]: "fn main() {}" } };
    const { strategy, text } = await planned(session(changes({ trees: odd })));
    expect(strategy).toBe("emulated");
    expect(text).toContain("it cannot be cross-compiled: cli/snapshot/build.rs does not call create_runtime_snapshot");
  });

  it("refuses a strategy that the engine rules out before the source is fetched", async () => {
    const it = session(changes());
    await expect(planned(it, { strategy: BuildStrategy.NATIVE })).rejects.toThrow(
      "strategy: NATIVE needs an engine on linux/arm64, this one is linux/amd64",
    );
    expect(it.questions.map(({ field }) => field)).toEqual(["defaultPlatform"]);
  });
});

describe("a build for the engine's own architecture with a newer toolchain than the base image", () => {
  const newer: Rule = ({ of, field }) => {
    const asked = field === "stdout" && of?.field === "withExec" && (of.args.args as string[])[0] === "getconf";
    return asked && chain(of)[1]?.args.address === "registry.example/amd64" ? "glibc 2.43\n" : undefined;
  };
  const local = (options: Partial<Options> = {}) =>
    denoFromSource({
      prebuilt: prebuilt("x86_64"),
      toolchains: [container("linux/amd64", "registry.example/amd64")],
      ...options,
    }).build("2.9.5", "linux/amd64");

  it("is refused before V8 is prepared, with what to give instead", async () => {
    const it = session(changes({ rules: [newer, says()] }));
    await expect(asked(it, () => local({ prebuilt: undefined }))).rejects.toThrow(
      "toolchains: the one for linux/amd64 has glibc 2.43, but the base image has 2.39: what it links does not start there; " +
        "give --strategy=CROSS, which compiles against the base image, or a --base with glibc 2.43 or newer",
    );
    const trees = [...it.made()].flatMap(({ field, args }) => (field === "git" ? [args.url] : []));
    expect(trees).toEqual(["https://github.com/denoland/deno"]);
  });

  it("is compiled against the base image with --strategy=CROSS", async () => {
    const it = session(changes({ rules: [newer, says()] }));
    const result = await asked(it, () => local({ strategy: BuildStrategy.CROSS }));
    expect(platformOf(result)).toBe("linux/amd64");
    expect(environment(result)).toMatchObject({
      CROSS: "x86_64-unknown-linux-gnu",
      CC_x86_64_unknown_linux_gnu: "/opt/cross/bin/x86_64-unknown-linux-gnu-clang",
    });
  });
});

describe("a build against the C library of another image", () => {
  const older = (platform: "linux/amd64" | "linux/arm64", options: Partial<Options> = {}) =>
    denoFromSource({
      prebuilt: prebuilt(platform === "linux/amd64" ? "x86_64" : undefined),
      sysroot: "debian:bullseye",
      ...options,
    }).build("2.9.5", platform);
  const image = (thing: unknown) => chain(thing as Thing)[1]?.args.address;

  it.each(["linux/amd64", "linux/arm64"] as const)("is cross-compiled for %s by the base image's tools", async (it) => {
    const result = await asked(session(changes()), () => older(it));
    expect(platformOf(result)).toBe("linux/amd64");
    expect(image(result)).toMatch(/^ubuntu:24\.04@/);
    const root = argumentOf(steps(result, "withMountedDirectory", { path: "/sysroot" })[0], "source");
    expect(image(root)).toBe("debian:bullseye");
    expect(platformOf(root as Thing)).toBe(it);
  });

  it.each(["linux/amd64", "linux/arm64"] as const)("is by default as old as upstream's, for %s", async (it) => {
    const result = await asked(session(changes()), () => older(it, { sysroot: "" }));
    expect(image(result)).toMatch(/^ubuntu:24\.04@/);
    const root = argumentOf(steps(result, "withMountedDirectory", { path: "/sysroot" })[0], "source");
    expect(image(root)).toBe(UPSTREAM_FLOOR);
  });

  it("is the base image's own by default where that was given", async () => {
    const result = await asked(session(changes()), () =>
      older("linux/arm64", { sysroot: "", base: "debian:bookworm" }),
    );
    const root = argumentOf(steps(result, "withMountedDirectory", { path: "/sysroot" })[0], "source");
    expect(image(root)).toBe("debian:bookworm");
  });

  it("is that of V8, too", async () => {
    const result = await asked(session(changes()), () => denoFromSource({}).library("2.9.5", "linux/amd64"));
    const root = argumentOf(steps(result, "withMountedDirectory", { path: "/sysroot" })[0], "source");
    expect(image(root)).toBe(UPSTREAM_FLOOR);
  });

  it("is run in that image", async () => {
    const it = session(changes());
    await asked(it, () => older("linux/arm64"));
    const ran = it.questions
      .flatMap(({ of }) => (of?.field === "withExec" ? [of] : []))
      .filter(({ args }) => (args.args as string[])[0] === "/deno");
    expect([...new Set(ran.map(image))]).toEqual(["debian:bullseye"]);
  });

  it("is an error that names the option when it needs a newer C library", async () => {
    const it = session(changes({ rules: [says("2.34", "2.31")] }));
    await expect(asked(it, () => older("linux/arm64"))).rejects.toThrow(
      "linux/arm64 needs glibc 2.34, but debian:bullseye has 2.31",
    );
  });

  it("is refused with a V8 that was compiled against a newer one, before cargo runs", async () => {
    const it = session(changes({ rules: [says("2.27", "2.31", "__isoc23_strtol\nstrlcpy\n")] }));
    await expect(asked(it, () => older("linux/arm64"))).rejects.toThrow(
      "prebuilt: V8's archive for linux/arm64 was compiled against a newer C library than that of debian:bullseye, which " +
        "lacks __isoc23_strtol, strlcpy; name the image that it was compiled against with --sysroot, or make it again with mirror",
    );
    const ran = it.questions
      .filter(({ of }) => of?.field === "withExec")
      .flatMap(({ of }) => of?.args.args as string[]);
    expect(ran).toContain("newer-symbols");
    expect(ran).not.toContain("cargo");
  });

  it("is refused with --strategy=NATIVE before the source is fetched", async () => {
    const it = session(changes());
    await expect(asked(it, () => older("linux/amd64", { strategy: BuildStrategy.NATIVE }))).rejects.toThrow(
      "strategy: NATIVE compiles against the C library of cargo's own container, and --sysroot gives another",
    );
    expect(it.questions.map(({ field }) => field)).toEqual(["defaultPlatform"]);
  });
});
