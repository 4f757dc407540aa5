import { describe, expect, it } from "vitest";
import { BinaryOrigin, ImageVariant } from "../../../src/request/enums.js";
import { expectGolden } from "../../support/golden.js";
import { asked, denoFromSource, type Options } from "../../support/module.js";
import { chain, closure, ExecFailure, type Rule, type Session, type Thing } from "../../support/session.js";
import {
  argumentOf,
  commands,
  container,
  DENO,
  denoTree,
  directory,
  environment,
  session as plainSession,
  platformOf,
  prebuilt,
  steps,
  type World,
} from "../../support/world.js";

const triples = { "linux/amd64": "x86_64-unknown-linux-gnu", "linux/arm64": "aarch64-unknown-linux-gnu" } as const;

/** The first 20 bytes of a program for x86_64 or aarch64, in hex. */
const elf = (machine: string) => `7f454c460201010000000000000000000300${machine}00`;
const headers = { x86_64: elf("3e"), aarch64: elf("b7") };

/** What a base image and Python answer; a denort says which architecture it is for by its name. */
const images: Rule = ({ of, field, args }) => {
  if (field === "exists" && of?.field === "rootfs")
    return ["bin", "etc/passwd", "etc/group"].includes(String(args.path));
  if (field === "contents" && of?.field === "file" && /^\/etc\/(passwd|group)$/.test(String(of.args.path))) {
    return "root:x:0:0:root:/root:/bin/sh\n";
  }
  if (field === "entries") return Object.values(triples).flatMap((it) => [`deno-${it}`, `denort-${it}.zip`]);
  if (field === "stdout" && commands(of ? [of] : [])[0]?.[2]?.includes("hashlib")) {
    const packed = argumentOf(steps(of as Thing, "withMountedFile")[0], "source");
    return /aarch64|arm64/.test(String(packed.args.path)) ? headers.aarch64 : headers.x86_64;
  }
  return undefined;
};

const session = (changes: Partial<World> = {}) =>
  plainSession({
    ...changes,
    outputs: {
      "/deno --version": "deno 2.9.5 (stable, release)",
      "/deno eval": "42\n",
      "/denort": "",
      "od ": `${headers.x86_64.replace(/../g, " $&")}\n`,
      "/out/trial": "42\n",
      "/opt/deno compile": "",
      "/bin/deno cache": "",
      "git -c": "1787648491\n",
      ...changes.outputs,
    },
    rules: [...(changes.rules ?? []), images],
  });

/** Compiled here, where the engine's platform is the target's. */
const compiled = (): Partial<Options> => ({ prebuilt: prebuilt("x86_64"), toolchains: [container("linux/amd64")] });
/** Given, with tini, so that nothing is downloaded. */
const finished = (): Partial<Options> => ({
  binaries: directory({}),
  tini: directory({ "tini-amd64": "", "tini-arm64": "" }),
});
const program = () =>
  directory({ "main.ts": "import './greet.ts'", "greet.ts": "", "static/a.txt": "a", "deno.json": "{}" });

const run = (thing: Thing) => commands(chain(thing));

describe("runtime", () => {
  const runtime = (it: Session, options: () => Partial<Options> = compiled) =>
    asked(it, () => denoFromSource(options()).runtime("2.9.5", "linux/amd64"));

  it("is built like deno, in the same volume and with the same features, so that no crate is compiled twice", async () => {
    const it = session();
    const result = await runtime(it, () => ({ ...compiled(), features: ["hmr"], upgrade: false }));

    expect(run(result).at(-1)?.slice(3)).toEqual([
      ...["build", "--locked", "-p", "deno", "-p", "denort", "--lib", "--bin", "denort", "--features", "hmr"],
    ]);
    expect(environment(result)).toMatchObject({ PROGRAM: "denort", STRIP: "--strip-debug" });
    expect(result.args).toEqual({ path: "/out/denort" });
    const volume = (thing: Thing) =>
      argumentOf(steps(thing, "withMountedCache", { path: "/cache" })[0], "cache").args.key;
    const deno = await asked(it, () =>
      denoFromSource({ ...compiled(), features: ["hmr"], upgrade: false }).build("2.9.5", "linux/amd64"),
    );
    expect(volume(result)).toBe(volume(deno));
    expect(environment(deno)).toMatchObject({ PROGRAM: "deno", STRIP: "" });
  });

  it("is started, and its architecture is looked at", async () => {
    const it = session();
    const result = await runtime(it);

    expect(run(result).at(-1)?.[3]).toBe("build");
    const runs = it.questions.filter(
      ({ field, of }) => field === "stdout" && of && steps(of, "withMountedFile", { path: "/denort" }).length,
    );
    expect(runs.map(({ of }) => commands([of as Thing])[0]?.[0]).sort()).toEqual(["/denort", "od"]);
    await expectGolden(it, result, "runtime");
  });

  it("may end with 1, as it does without a program", async () => {
    await runtime(session({ rules: [says("/denort", 1, "error: Could not find standalone binary section.")] }));
  });

  it.each([
    [134, "Aborted"],
    [1, "/denort: /lib/libc.so.6: version `GLIBC_2.99' not found"],
  ])("is an error when it ends with %s and %j", async (code, message) => {
    await expect(runtime(session({ rules: [says("/denort", code, message)] }))).rejects.toThrow(
      `the denort that was built for linux/amd64 does not start: it exited with ${code}, standard error "${message}"`,
    );
  });

  it("is an error when it is of another architecture", async () => {
    await expect(runtime(session({ outputs: { "od ": headers.aarch64 } }))).rejects.toThrow(
      "the denort that was built: it is a program for aarch64; linux/amd64 needs one for x86_64",
    );
  });

  it("of a version that has none is refused before anything is installed", async () => {
    const it = session({ trees: { [`${DENO}@v1.40.4`]: denoTree("1.40.4", "0.83.2") } });
    await expect(it.run(() => denoFromSource().runtime("1.40.4", "linux/amd64"))).rejects.toThrow(
      "version: Deno 1.40.4 has no denort (1.40.5 is the first)",
    );
    expect(it.questions.filter(({ field }) => field === "envVariable")).toEqual([]);
  });
});

/** A command that ends so. */
const says =
  (command: string, code: number, stderr: string): Rule =>
  ({ of, field }) => {
    if (field === "stdout" && of?.field === "withExec" && (of.args.args as string[]).join(" ").startsWith(command)) {
      throw new ExecFailure(code, stderr);
    }
    return undefined;
  };

describe("compile", () => {
  const compile = (
    it: Session,
    options: () => Partial<Options>,
    ...rest: [permissions?: string[], include?: string[]]
  ) => asked(it, () => denoFromSource(options()).compile(program(), "main.ts", "2.9.5", "linux/arm64", ...rest));

  it("runs deno compile of the target's platform on a copy of the source, with the denort beside deno", async () => {
    const it = session();
    const result = await compile(it, finished, ["allow-net", "--allow-read=/data"], ["static"]);

    expect(run(result).at(-1)).toEqual([
      ...["/opt/deno", "compile", "--allow-net", "--allow-read=/data", "--include", "/app/static"],
      ...["--output", "/out/main", "/app/main.ts"],
    ]);
    expect(platformOf(result)).toBe("linux/arm64");
    expect(environment(result)).toMatchObject({ DENORT_BIN: "/opt/denort", DENO_DIR: "/deno-dir" });
    expect(argumentOf(steps(result, "withMountedCache")[0], "cache").args).toEqual({ key: "deno-dir" });
    await expectGolden(it, result, "compile");
  });

  it("tries deno and denort with a program of one line, and does not run the one that was asked for", async () => {
    const it = session();
    await compile(it, finished);
    const words = commands(it.made()).filter(([first]) => first?.startsWith("/o"));
    expect(words).toContainEqual(["/opt/deno", "compile", "--output", "/out/trial", "/trial/trial.js"]);
    expect(words).toContainEqual(["/out/trial"]);
    expect(words).not.toContainEqual(["/out/main"]);
  });

  it("of a build from source builds both", async () => {
    const it = session();
    const result = await asked(it, () =>
      denoFromSource(compiled()).compile(program(), "main.ts", "2.9.5", "linux/amd64"),
    );
    const built = commands(closure(result)).filter((words) => words[3] === "build");
    expect(built.map((words) => words.at(-1)).sort()).toEqual(["deno", "denort"]);
  });

  it("of a version without denort needs deno alone", async () => {
    const it = session();
    const result = await asked(it, () =>
      denoFromSource(finished()).compile(program(), "main.ts", "1.40.4", "linux/amd64"),
    );
    expect(environment(result)).not.toHaveProperty("DENORT_BIN");
    expect(
      [...it.made()].filter(({ field, args }) => field === "file" && String(args.path).includes("denort")),
    ).toEqual([]);
  });

  it("with binaries that lack denort is an error that names both of its names", async () => {
    const it = session({
      rules: [({ field }) => (field === "entries" ? ["deno-aarch64-unknown-linux-gnu"] : undefined)],
    });
    await expect(compile(it, finished)).rejects.toThrow(
      "binaries: neither denort-aarch64-unknown-linux-gnu.zip nor denort-aarch64-unknown-linux-gnu is there",
    );
    expect(commands(it.made())).toEqual([]);
  });

  it("shows what deno compile says when it fails", async () => {
    const it = session({ rules: [says("/opt/deno compile --output /out/main", 1, "error: TS2322\n")] });
    await expect(compile(it, finished)).rejects.toThrow(
      "compile: deno compile of /app/main.ts for linux/arm64 ended with 1: error: TS2322",
    );
  });

  it("is an error when the program of one line does not print what it should", async () => {
    await expect(compile(session({ outputs: { "/out/trial": "" } }), finished)).rejects.toThrow(
      'compile: deno and denort for linux/arm64 do not work: a program of one line was to print "42"; it ended with 0',
    );
  });
});

describe("app", () => {
  const both = ["linux/arm64", "linux/amd64"];
  const app = (it: Session, permissions: string[] = ["allow-net"], variant = ImageVariant.UBUNTU, platforms = both) =>
    it.run(() => denoFromSource(finished()).app(program(), "main.ts", "2.9.5", platforms, variant, permissions));

  const ofBoth = () => denoFromSource(finished()).app(program(), "main.ts", "2.9.5", both, undefined, ["allow-net"]);

  it("is Deno's image with one layer on it, in which no command runs", async () => {
    const it = session();
    const result = await asked(it, async () => (await ofBoth()).container("linux/arm64"));

    expect(run(result)).toEqual([]);
    expect(platformOf(result)).toBe("linux/arm64");
    expect(steps(result, "withUser").at(-1)?.args).toEqual({ name: "1993:1993" });
    expect(steps(result, "withEntrypoint").at(-1)?.args.args).toEqual([
      ...["/tini", "--", "/bin/deno", "run", "--cached-only", "--no-prompt", "--allow-net", "/app/main.ts"],
    ]);
    await expectGolden(it, result, "app");
  });

  it("has what the platform's own deno cached, in a container that is thrown away", async () => {
    const it = session();
    const made = await app(it, ["allow-net", "allow-import=example.com"]);
    expect(made.platforms).toEqual(both);
    const caches = [...it.made()].filter((one) => commands([one])[0]?.[1] === "cache");
    expect(caches.map(platformOf).sort()).toEqual([...both].sort());
    for (const one of caches) {
      expect(commands([one])[0]).toEqual(["/bin/deno", "cache", "--allow-import=example.com", "/app/main.ts"]);
    }
  });

  it("shows what deno cache says when it fails", async () => {
    const it = session({ rules: [says("/bin/deno cache", 1, 'error: Module not found "file:///app/greet.ts".\n')] });
    await expect(app(it)).rejects.toThrow(
      /^app: deno cache of \/app\/main\.ts for linux\/a\w+64 ended with 1: error: Module not found/,
    );
  });

  it("has no image of a platform that was not asked for", async () => {
    const it = session();
    const made = await app(it, [], ImageVariant.DISTROLESS, ["linux/amd64"]);
    expect(() => made.container("linux/arm64")).toThrow("platform: linux/arm64 is none of those of app: linux/amd64");
    expect(() => made.container("linux/arm/v7")).toThrow("platform: ");
  });

  it("is an archive of both platforms", async () => {
    const it = session();
    const result = await asked(it, async () => (await ofBoth()).tarball());
    expect(result.field).toBe("asTarball");
    expect((result.args.platformVariants as Thing[]).map(platformOf)).toEqual(both);
  });

  it.each<[string, [string, string[]?, string?], string]>([
    ["an address with a tag", ["ghcr.io/me/app:1.0"], "address: "],
    ["no tag", ["ghcr.io/me/app", []], "tags: at least one is needed"],
    ["a tag that is none", ["ghcr.io/me/app", ["1.0 beta"]], 'tags: "1.0 beta" is not accepted'],
    [
      "a user without a password",
      ["ghcr.io/me/app", ["1.0"], "me"],
      "username, password: one is given without the other",
    ],
  ])("refuses %s before it pushes", async (_, args, message) => {
    const it = session();
    const made = await app(it);
    const before = it.questions.length;
    await expect(it.run(() => made.publish(...args))).rejects.toThrow(message);
    expect(it.questions.length).toBe(before);
  });
});

describe("what is wrong is refused before anything is asked", () => {
  type Change = {
    entrypoint?: string;
    version?: string;
    platform?: string;
    permissions?: string[];
    include?: string[];
  };
  const calls = {
    compile: (options: Partial<Options>, change: Change) =>
      denoFromSource(options).compile(
        program(),
        change.entrypoint ?? "main.ts",
        change.version ?? "2.9.5",
        change.platform ?? "linux/amd64",
        change.permissions,
        change.include,
      ),
    app: (options: Partial<Options>, change: Change) =>
      denoFromSource(options).app(
        program(),
        change.entrypoint ?? "main.ts",
        change.version ?? "2.9.5",
        [change.platform ?? "linux/amd64"],
        undefined,
        change.permissions,
      ),
  };

  const cases: [keyof typeof calls, string, Change, RegExp][] = (["compile", "app"] as const).flatMap((name) =>
    [
      [name, "entrypoint", { entrypoint: "../main.ts" }, /^entrypoint: "\.\.\/main\.ts" is not accepted/] as const,
      [name, "entrypoint", { entrypoint: "-r" }, /^entrypoint: "-r" is not accepted/] as const,
      [name, "version", { version: "1.19.3" }, /^version: /] as const,
      [name, "platform", { platform: "linux/arm/v7" }, /^platforms?: "linux\/arm\/v7"/] as const,
      [name, "permissions", { permissions: ["net"] }, /^permissions: "net" is not accepted/] as const,
      [
        name,
        "permissions",
        { version: "1.35.0", permissions: ["deny-net"] },
        /^permissions: deny-net is known since/,
      ] as const,
    ].map((it) => [...it] as [keyof typeof calls, string, Change, RegExp]),
  );

  it.each<[keyof typeof calls, string, Change, RegExp]>([
    ...cases,
    ["compile", "include", { include: ["/etc"] }, /^include: "\/etc" is not accepted/],
    ["compile", "include", { version: "1.31.0", include: ["static"] }, /^include: deno compile has --include since/],
  ])("%s: %s %j", async (name, _, change, message) => {
    const it = session();
    await expect(it.run(async () => void (await calls[name]({}, change)))).rejects.toThrow(message);
    expect(it.questions).toEqual([]);
  });

  it("compile with npm's deno, for npm has no denort", async () => {
    const it = session();
    const options = { binaryOrigin: BinaryOrigin.REGISTRY };
    await expect(it.run(() => calls.compile(options, {}))).rejects.toThrow("binary-origin: npm has no denort");
    expect(it.questions).toEqual([]);
  });

  it("app of the variant BIN", async () => {
    const it = session();
    const call = () => denoFromSource().app(program(), "main.ts", "2.9.5", ["linux/amd64"], ImageVariant.BIN);
    await expect(it.run(call)).rejects.toThrow("variant: BIN is the binary and nothing else");
    expect(it.questions).toEqual([]);
  });

  it.each(["compile", "app"] as const)(
    "%s of a file that source does not have, after a look at source",
    async (name) => {
      const it = session();
      await expect(it.run(async () => void (await calls[name]({}, { entrypoint: "server.ts" })))).rejects.toThrow(
        'entrypoint: source has no file "server.ts"',
      );
      expect(it.questions.map(({ field }) => field)).toEqual(["exists"]);
    },
  );

  it("compile with something to include that source does not have", async () => {
    const it = session();
    await expect(it.run(() => calls.compile(finished(), { include: ["none"] }))).rejects.toThrow(
      'include: source has no "none"',
    );
    expect(commands(it.made())).toEqual([]);
  });
});
