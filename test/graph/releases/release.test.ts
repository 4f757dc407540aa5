import { describe, expect, it } from "vitest";
import { expectGolden } from "../../support/golden.js";
import { asked, denoFromSource } from "../../support/module.js";
import { chain, closure, ExecFailure, type Rule, type Session, type Thing } from "../../support/session.js";
import {
  argumentOf,
  commands,
  container,
  DENO,
  denoTree,
  directory,
  environment,
  type Files,
  LIBRARY,
  libraryTree,
  platformOf,
  prebuilt,
  session,
  steps,
  world,
} from "../../support/world.js";

const tini = () => directory({ "tini-amd64": "", "tini-arm64": "" });

/** What an image without a shell is like, and a registry that takes it. */
const imageRule: Rule = ({ of, field, args }) => {
  if (field === "publish") return `${args.address}@sha256:${"0".repeat(64)}`;
  if (field === "exists" && of?.field === "rootfs") return false;
  if (field !== "stdout" || of?.field !== "withExec") return undefined;
  const command = JSON.stringify(of.args);
  if (command.includes("--format=%ct")) return "1700000000\n";
  if (!command.includes("extractfile")) return undefined;
  const { path } = argumentOf(steps(of, "withMountedFile", { path: "/src/packed" })[0], "source").args;
  return `7f454c460201010000000000000000000300${path === "tini-arm64" ? "b700" : "3e00"}\n`;
};

describe("archive", () => {
  it("packs on the engine's platform: nothing of the target runs for it", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().archive("2.9.5", "linux/arm64"));

    expect(result.args.path).toBe("/out/deno-aarch64-unknown-linux-gnu.zip");
    // A container without a platform is of the engine's.
    expect(platformOf(result)).toBeUndefined();
    expect(platformOf(argumentOf(steps(result, "withMountedFile", { path: "/src/deno" })[0], "source"))).toBe(
      "linux/arm64",
    );
    await expectGolden(it, result, "archive");
  });

  it("packs with the given toolchain of the engine's platform", async () => {
    const it = session();
    const result = await asked(it, () =>
      denoFromSource({
        toolchains: [container("linux/amd64", "registry.example/amd64"), container("linux/arm64")],
      }).archive("2.9.5", "linux/arm64"),
    );
    expect(chain(result)[1]?.args).toEqual({ address: "registry.example/amd64" });
  });
});

describe("release", () => {
  /** The names of the files of each platform, and those of all, as they are put together. */
  const namesIn = (result: Thing) =>
    steps(result, "withDirectory")
      .map((step) => chain(argumentOf(step, "source")))
      .map((calls) =>
        calls
          .flatMap(({ field, args }) => (["withFile", "withNewFile"].includes(field) ? [String(args.path)] : []))
          // V8's files are of a container, which has files of its own.
          .filter((path) => !path.startsWith("/")),
      );

  it("of two platforms has zips and deno itself with checksums, a second name for arm64, what was stripped, V8's files, and the source and types once", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().release("2.9.5", ["linux/arm64", "linux/amd64"]));

    expect(namesIn(result)).toEqual([
      [
        "deno-aarch64-unknown-linux-gnu.build.txt",
        "deno-aarch64-unknown-linux-gnu.sha256sum",
        "deno-aarch64-unknown-linux-gnu.zip",
        "deno-aarch64-unknown-linux-gnu.zip.sha256sum",
        "deno-linux-arm64.zip",
        "deno-linux-arm64.zip.sha256sum",
        "denort-aarch64-unknown-linux-gnu.zip",
        "denort-aarch64-unknown-linux-gnu.zip.sha256sum",
        "deno-aarch64-unknown-linux-gnu.debug.zip",
        "deno-aarch64-unknown-linux-gnu.debug.zip.sha256sum",
        "denort-aarch64-unknown-linux-gnu.debug.zip",
        "denort-aarch64-unknown-linux-gnu.debug.zip.sha256sum",
      ],
      [
        "deno-x86_64-unknown-linux-gnu.build.txt",
        "deno-x86_64-unknown-linux-gnu.sha256sum",
        "deno-x86_64-unknown-linux-gnu.zip",
        "deno-x86_64-unknown-linux-gnu.zip.sha256sum",
        "denort-x86_64-unknown-linux-gnu.zip",
        "denort-x86_64-unknown-linux-gnu.zip.sha256sum",
        "deno-x86_64-unknown-linux-gnu.debug.zip",
        "deno-x86_64-unknown-linux-gnu.debug.zip.sha256sum",
        "denort-x86_64-unknown-linux-gnu.debug.zip",
        "denort-x86_64-unknown-linux-gnu.debug.zip.sha256sum",
      ],
      ["deno_src.tar.gz", "deno_src.tar.gz.sha256sum", "lib.deno.d.ts"],
    ]);
    await expectGolden(it, result, "release");
  });

  it("has a symcache where deno's panics print links, made by one program for all platforms, which is compiled before V8 and Deno", async () => {
    const it = session();
    const traced = () => denoFromSource({ features: ["deno/panic-trace-frame-pointer"] });
    const result = await asked(it, () => traced().release("2.9.5", ["linux/arm64", "linux/amd64"]));
    const symcaches = namesIn(result)
      .slice(0, 2)
      .map((names) => names.filter((name) => name.includes(".symcache")));
    expect(symcaches).toEqual(
      ["aarch64", "x86_64"].map((machine) =>
        ["", ".sha256sum"].map((more) => `deno-${machine}-unknown-linux-gnu.symcache${more}`),
      ),
    );
    const written = commands([...it.made()]).filter(([program]) => program === "/opt/symcache");
    expect(new Set(written.map((words) => words.join(" ")))).toEqual(
      new Set(
        ["aarch64", "x86_64"].map((it) => `/opt/symcache /debug/program /out/deno-${it}-unknown-linux-gnu.symcache`),
      ),
    );
    const turns = it.questions.flatMap(({ of, field }) => {
      const [words = []] = of && field === "sync" ? commands(chain(of)).slice(-1) : [];
      return /cargo (check|build)/.test(words.join(" ")) || of?.args.path === "/opt/symcache" ? [of?.args.path] : [];
    });
    expect(turns.filter((path) => path === "/opt/symcache")).toHaveLength(1);
    expect(turns[0]).toBe("/opt/symcache");
  });

  it("has libdenort where it is asked for, linked when denort is there, and loaded", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource({ runtimes: ["libdenort"] }).release("2.9.5", ["linux/amd64"]));
    const of = (end: string) => `libdenort-x86_64-unknown-linux-gnu.${end}`;
    expect((namesIn(result)[0] ?? []).filter((name) => name.startsWith("libdenort"))).toEqual(
      ["zip", "debug.zip"].flatMap((end) => [of(end), of(`${end}.sha256sum`)]),
    );
    const all = commands(closure(result));
    expect(all.find((words) => words.at(-1) === "libdenort.so")?.slice(-3)).toEqual([of("zip"), "755", "libdenort.so"]);
    expect(all.filter((words) => words.includes("denort_desktop")).map((words) => words.slice(4))).toEqual([
      ["--locked", "-p", "deno", "-p", "denort", "-p", "denort_desktop", "--lib"],
    ]);
    const turns = it.questions.flatMap(({ of, field }) => {
      const words = of && field === "stdout" ? (commands([of])[0]?.join(" ") ?? "") : "";
      return /^(\/denort|env LD_PRELOAD=\S+ true)$|\/linked.so the libdenort that/.test(words) ? [words] : [];
    });
    expect(turns).toEqual([
      "/denort",
      expect.stringContaining("/linked.so the libdenort that was built for linux/amd64"),
      "env LD_PRELOAD=/libdenort.so true",
    ]);
  });

  it("has the runtimes on QuickJS where they are asked for, in a volume of their own and without V8", async () => {
    const it = session();
    const names = ["libdenort-quickjs", "denort-quickjs"];
    const features = ["deno/panic-trace-frame-pointer"];
    const traced = () => denoFromSource({ runtimes: names, features });
    const result = await asked(it, () => traced().release("2.9.5", ["linux/arm64"]));
    const of = (name: string, end: string) => `${name}-aarch64-unknown-linux-gnu.${end}`;
    expect((namesIn(result)[0] ?? []).filter((name) => name.includes("quickjs"))).toEqual(
      ["zip", "debug.zip"].flatMap((end) =>
        ["denort-quickjs", "libdenort-quickjs"].flatMap((name) => [of(name, end), of(name, `${end}.sha256sum`)]),
      ),
    );
    const all = closure(result);
    for (const [name, file] of [
      ["denort-quickjs", "denort"],
      ["libdenort-quickjs", "libdenort.so"],
    ] as const) {
      expect(
        commands(all)
          .find((words) => words.includes(of(name, "zip")))
          ?.slice(-3),
      ).toEqual([of(name, "zip"), "755", file]);
    }
    const builds = [...all].filter(({ args }) => args.args?.toString().includes(",--locked,-p,"));
    const volumeOf = (build: Thing) =>
      argumentOf(steps(build, "withMountedCache", { path: "/cache" })[0], "cache").args.key as string;
    const quickjs = builds.filter(({ args }) => args.args?.toString().includes("quickjs"));
    expect(quickjs.map(({ args }) => (args.args as string[]).slice(4))).toEqual([
      "--locked -p denort -p denort_desktop --no-default-features --features quickjs --bin denort".split(" "),
      "--locked -p denort -p denort_desktop --no-default-features --features quickjs --lib".split(" "),
    ]);
    expect(new Set(quickjs.map(volumeOf)).size).toBe(1);
    for (const build of builds) {
      const alone = quickjs.includes(build);
      expect(volumeOf(build)).toMatch(alone ? /^deno-quickjs-2\.9\.5-arm64-/ : /^deno-2\.9\.5-arm64-/);
      expect(steps(build, "withMountedDirectory", { path: "/src/v8" })).toHaveLength(alone ? 0 : 1);
    }
  });

  const published = (files: Files) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace(/^cli\//, ""), text]));

  const asIs = (files: Files) => files;

  it.each<[string, string, string, (files: Files) => Files, RegExp]>([
    ["libdenort", "a version that has none", "2.8.3", asIs, /^runtimes: Deno 2\.8\.3 has no libdenort \(2\.9\.0 is/],
    [
      "denort-quickjs",
      "one older than it",
      "2.9.4",
      asIs,
      /^runtimes: Deno 2\.9\.4 has no denort-quickjs \(2\.9\.5 is/,
    ],
    ["libdenort", "the published crate", "2.9.5", published, /^runtimes: the published crate deno 2\.9\.5 has no lib/],
  ])("refuses %s of %s before anything is compiled", async (name, _, version, files, expected) => {
    const it = session();
    const source = directory(files(denoTree(version, "150.4.0")));
    const call = it.run(() => denoFromSource({ source, runtimes: [name] }).release(version, ["linux/amd64"]));
    await expect(call).rejects.toThrow(expected);
    expect(commands([...it.made()]).filter((words) => words.join(" ").includes("cargo build"))).toEqual([]);
  });

  it("refuses a runtime on QuickJS before anything is compiled where the toolchain has no SIMDe", async () => {
    const lacks: Rule = ({ of, field }) => {
      if (field === "stdout" && of?.field === "withExec" && of.args.args?.toString().includes("simd128.h")) {
        throw new ExecFailure(1, "");
      }
      return undefined;
    };
    const it = session({ rules: [lacks] });
    const call = it.run(() => denoFromSource({ runtimes: ["denort-quickjs"] }).release("2.9.5", ["linux/amd64"]));
    await expect(call).rejects.toThrow(/^toolchains: there is no \/usr\/include\/simde\/.*libsimde-dev/);
    expect(commands([...it.made()]).filter((words) => words.join(" ").includes("cargo build"))).toEqual([]);
    expect(it.questions.filter(({ of }) => of && commands([of])[0]?.join(" ").includes("cargo build"))).toEqual([]);
  });

  it("says what the loader said of a libdenort that does not load", async () => {
    const says =
      "ERROR: ld.so: object '/libdenort.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file)";
    const fails: Rule = ({ of, field }) =>
      field === "stderr" && of?.args.args?.toString().startsWith("env,LD_PRELOAD") ? says : undefined;
    const it = session({ rules: [fails] });
    const call = it.run(() => denoFromSource({ runtimes: ["libdenort"] }).release("2.9.5", ["linux/amd64"]));
    await expect(call).rejects.toThrow(
      /^the libdenort that was built for linux\/amd64 does not load: .*cannot be preloaded/,
    );
  });

  it("has the types that the deno of the engine's own platform prints, whatever the order, else those of the first", async () => {
    const printed = async (platforms: string[]) => {
      const it = session();
      const result = await asked(it, () => denoFromSource().release("2.9.5", platforms));
      const shared = argumentOf(steps(result, "withDirectory").at(-1), "source");
      const file = argumentOf(steps(shared, "withFile", { path: "lib.deno.d.ts" })[0], "source");
      expect(commands([...closure(result)]).filter((words) => words.includes("types"))).toEqual([["/deno", "types"]]);
      return platformOf(file);
    };
    expect(await printed(["linux/arm64", "linux/amd64"])).toBe("linux/amd64");
    expect(await printed(["linux/arm64"])).toBe("linux/arm64");
  });

  it("says which command failed where a deno does not print its types", async () => {
    const fails: Rule = ({ of, field }) => {
      if (field !== "stdout" || of?.args.args?.toString() !== "/deno,types") return undefined;
      throw new ExecFailure(1, "no such subcommand");
    };
    const it = session({ rules: [fails] });
    await expect(it.run(() => denoFromSource().release("2.9.5", ["linux/amd64"]))).rejects.toThrow(
      'the deno that was built for linux/amd64 does not print lib.deno.d.ts: types exited with 1, standard error "no such',
    );
  });

  it("has the source of a checkout whole, and that of a work tree without what git ignores there", async () => {
    const source = async (options: Parameters<typeof denoFromSource>[0], own: Files = {}) => {
      const it = session();
      const result = await asked(it, () =>
        denoFromSource({ ...options, ...(own[".git/HEAD"] && { source: directory(own) }) }).release("2.9.5", [
          "linux/amd64",
        ]),
      );
      const shared = argumentOf(steps(result, "withDirectory").at(-1), "source");
      const file = argumentOf(steps(shared, "withFile", { path: "deno_src.tar.gz" })[0], "source");
      const list = steps(file, "withMountedFile", { path: "/src/left-out" })[0];
      return list && commands(chain(argumentOf(list, "source"))).at(-1);
    };
    expect(await source({})).toBeUndefined();
    expect(await source({}, { ...denoTree("2.9.5", "150.4.0"), ".git/HEAD": "ref: refs/heads/main\n" })).toEqual(
      expect.arrayContaining(["ls-files", "--others", "--ignored", "--exclude-standard"]),
    );
  });

  it.each([
    ["with an upgrade URL", { upgradeUrl: "https://builds.example/me" }, ["v2.9.5\n"]],
    ["not without", {}, []],
  ])("says which version it is, for deno upgrade: %s", async (_, options, expected) => {
    const it = session();
    const result = await asked(it, () => denoFromSource(options).release("2.9.5", ["linux/arm64"]));
    const shared = argumentOf(steps(result, "withDirectory")[1], "source");
    const written = steps(shared, "withNewFile", { path: "release-latest.txt" }).map(({ args }) => args.contents);
    expect(written).toEqual(expected);
  });

  it("says of each platform what it was built of and with: the patches by their checksums, and the tools", async () => {
    const it = session({ outputs: { ...world().outputs, "sha256sum -- one.patch": "0123 one.patch\n" } });
    const result = await asked(it, () =>
      denoFromSource({ patches: directory({ "one.patch": "" }), upgradeUrl: "https://builds.example/me" }).release(
        "2.9.5",
        ["linux/arm64"],
      ),
    );
    const files = argumentOf(steps(result, "withDirectory")[0], "source");
    const record = steps(files, "withNewFile", { path: "deno-aarch64-unknown-linux-gnu.build.txt" })[0]?.args.contents;
    for (const text of [
      ...[
        "What Deno 2.9.5 for linux/arm64 was built of and with\n",
        "source           https://github.com/denoland/deno\n",
      ],
      ...["library          150.4.0\n", "strategy         emulated\n", "upgradeUrl       https://builds.example/me\n"],
      ...[
        "Patches of Deno\n0123 one.patch\n",
        "Tools that compiled Deno\nversions of ",
        "Tools that compiled V8\nversions of ",
      ],
    ]) {
      expect(record).toContain(text);
    }
    expect(record).not.toContain("Patches of V8");
  });

  it("compiles V8 and Deno once for each platform", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().release("2.9.5", ["linux/arm64", "linux/amd64"]));

    const all = commands(new Set([...it.made(), ...closure(result)]));
    const of = (words: string[]) => all.filter((one) => words.every((word) => one.join(" ").includes(word)));
    expect(of(["cargo check"])).toHaveLength(2);
    expect(of(["cargo build", "--bin deno"])).toHaveLength(4);
    expect(of(["cargo build", "--bin denort"])).toHaveLength(2);
  });

  it("has the deno of build, by the very same step, so that what one of them compiled the other takes", async () => {
    const it = session();
    const binary = await asked(it, () => denoFromSource().build("2.9.5", "linux/arm64"));
    const result = await asked(it, () => denoFromSource().release("2.9.5", ["linux/arm64"]));
    expect(binary.args.path).toBe("/out/deno");
    expect(closure(result)).toContain(binary);
  });

  it("makes denort when deno is there, for the memory of two links is not", async () => {
    const it = session();
    await asked(it, () => denoFromSource().release("2.9.5", ["linux/arm64"]));
    const turns = it.questions.flatMap(({ of, field }) => {
      if (field === "sync" && /^\/out\/deno(rt)?$/.test(String(of?.args.path))) return [String(of?.args.path)];
      return of && field === "stdout"
        ? (commands([of])[0]
            ?.slice(0, 2)
            .filter((word) => /^(\/deno|eval|types)/.test(word)) ?? [])
        : [];
    });
    expect(turns.slice(turns.indexOf("/out/deno"))).toEqual([
      ...["/out/deno", "/deno", "/deno", "eval", "/out/denort", "/denort", "/deno", "types"],
    ]);
  });

  it("of a version that has no denort, and no checksum of deno itself, has deno's zip and what was stripped from it alone", async () => {
    const it = session({
      trees: { [`${DENO}@v1.40.4`]: denoTree("1.40.4", "0.83.2"), [`${LIBRARY}@v0.83.2`]: libraryTree("0.83.2") },
      outputs: { ...world().outputs, "/deno --version": "deno 1.40.4 (stable, release)" },
    });
    const result = await asked(it, () => denoFromSource().release("1.40.4", ["linux/amd64"]));
    expect(namesIn(result)[0]).toEqual([
      "deno-x86_64-unknown-linux-gnu.build.txt",
      "deno-x86_64-unknown-linux-gnu.zip",
      "deno-x86_64-unknown-linux-gnu.zip.sha256sum",
      "deno-x86_64-unknown-linux-gnu.debug.zip",
      "deno-x86_64-unknown-linux-gnu.debug.zip.sha256sum",
    ]);
  });
});

describe("two platforms", () => {
  /** The machines that V8 and Deno are compiled for, in the order in which they are waited for. */
  const order = (it: Session) =>
    it.questions.flatMap(({ of, field }) => {
      const command = of && field === "sync" ? commands(chain(of)).at(-1)?.join(" ") : undefined;
      if (!of || !command || !/cargo (check|build)/.test(command)) return [];
      return `${command.includes("cargo check") ? "V8" : "Deno"} ${/aarch64|x86_64/.exec(String(environment(of).ARCHIVE))}`;
    });
  const both = ["linux/arm64", "linux/amd64"];
  const turns = ["V8 aarch64", "Deno aarch64", "V8 x86_64", "Deno x86_64"];

  it("are compiled one after the other by release, as memory for two links is not there", async () => {
    const it = session();
    await asked(it, () => denoFromSource().release("2.9.5", both));
    // V8's files are a part of a release, and the engine remembers them.
    expect([...new Set(order(it))]).toEqual(turns);
    expect(order(it).lastIndexOf("V8 aarch64")).toBeLessThan(order(it).indexOf("V8 x86_64"));
  });

  it.each(["release", "mirror", "publish"] as const)(
    "of which the second cannot be compiled are refused by %s before the first one is",
    async (name) => {
      // V8's files are there for linux/arm64 alone.
      const it = session({ rules: [imageRule] });
      const call = it.run(async () => {
        const module = denoFromSource({ prebuilt: prebuilt("aarch64"), tini: tini() });
        if (name === "publish") await module.publish("ghcr.io/me/deno", "2.9.5", both);
        else await module[name]("2.9.5", both);
      });
      await expect(call).rejects.toThrow(/^prebuilt: v150\.4\.0\/\S*x86_64\S* is missing/);
      expect(order(it)).toEqual([]);
    },
  );

  it("are compiled one after the other by mirror", async () => {
    const it = session();
    await asked(it, () => denoFromSource().mirror("2.9.5", both));
    expect(order(it)).toEqual(["V8 aarch64", "V8 x86_64"]);
  });

  it("are compiled one after the other by publish, before the first push", async () => {
    const it = session({ rules: [imageRule] });
    await it.run(() => denoFromSource({ tini: tini() }).publish("ghcr.io/me/deno", "2.9.5", both));
    expect([...new Set(order(it))]).toEqual(turns);
    const fields = it.questions.map(({ of, field }) => (field === "publish" ? "publish" : of?.field));
    expect(fields.filter((field) => field === "publish")).toHaveLength(1);
    expect(it.questions.at(-1)?.field).toBe("publish");
  });
});

describe("publish", () => {
  it("pushes the tag of the version last, whatever the order, and gives the references in the order of the tags", async () => {
    const it = session({ rules: [imageRule] });
    const tags = ["version", "minor", "latest"];
    const references = await it.run(() =>
      denoFromSource({ tini: tini() }).publish("ghcr.io/me/deno", "2.9.5", ["linux/amd64"], undefined, tags),
    );
    const pushed = it.questions.flatMap(({ field, args }) => (field === "publish" ? [String(args.address)] : []));
    expect(pushed.map((address) => address.split(":")[1])).toEqual(["2.9", "latest", "2.9.5"]);
    expect(references.map((reference) => reference.split("@")[0])).toEqual([
      "ghcr.io/me/deno:2.9.5",
      "ghcr.io/me/deno:2.9",
      "ghcr.io/me/deno:latest",
    ]);
  });
});

describe("mirror", () => {
  it("has V8's files of each platform in the folder of their version", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().mirror("2.9.5", ["linux/arm64", "linux/amd64"]));

    const parts = steps(result, "withDirectory").map((step) => argumentOf(step, "source"));
    expect(parts.map(({ args }) => args.path)).toEqual(["v150.4.0", "v150.4.0"]);
    await expectGolden(it, result, "mirror");
  });
});

describe("toolchain", () => {
  it("is the container that cargo runs in: of the target's platform, each tool run once", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().toolchain("2.9.5", "linux/arm64"));

    expect(platformOf(result)).toBe("linux/arm64");
    expect(commands([result])[0]?.slice(3)).toEqual([
      ...["versions", "rustc", "cargo", "cc", "git", "rsync", "strip", "python3", "ld.lld", "cmake", "perl"],
    ]);
    await expectGolden(it, result, "toolchain");
  });
});
