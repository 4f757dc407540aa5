import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { asked, denoFromSource, type Options } from "../../support/module.js";
import { engine } from "../../support/rehearsal.js";
import type { Session, Thing } from "../../support/session.js";
import {
  argumentOf,
  commands,
  container,
  DENO,
  denoTree,
  directory,
  LIBRARY,
  libraryTree,
  session,
  steps,
  type World,
} from "../../support/world.js";

const keyOf = (result: Thing) =>
  String(argumentOf(steps(result, "withMountedCache", { path: "/cache" })[0], "cache").args.key);

async function libraryKey(
  changes: Partial<World> = {},
  options: () => Partial<Options> = () => ({}),
  version = "2.9.5",
): Promise<string> {
  const it: Session = session(changes);
  return keyOf(await asked(it, () => denoFromSource(options()).library(version, "linux/arm64")));
}

async function buildKey(changes: Partial<World> = {}, options: () => Partial<Options> = () => ({})): Promise<string> {
  return keyOf(await asked(session(changes), () => denoFromSource(options()).build("2.9.5", "linux/arm64")));
}

/** Answers for one recorded tool list, as if a package of that container had another version. */
const otherTools = (platform: string, versions: string): Partial<World> => ({
  rules: [
    ({ of, field }) => {
      if (field !== "contents" || of?.args.path !== "/opt/deno-from-source/versions") return undefined;
      let root = of;
      while (root.from) root = root.from;
      return root.args.platform === platform ? versions : undefined;
    },
  ],
});

describe("the cache volume of V8", () => {
  /** GN knows the arguments that were asked for. */
  const knows = engine({ report: [{ name: "GN arguments", passed: true, seen: "GN knows all" }] });

  it("is the same for the same input", async () => {
    expect(await libraryKey()).toBe(await libraryKey());
  });

  it.each<[string, Partial<World>, (() => Partial<Options>)?]>([
    ["the digest of the source", { rules: [({ field }) => (field === "digest" ? "sha256:other" : undefined)] }],
    ["the versions of the tools", otherTools("linux/amd64", "clang 99")],
    ["the sysroot's packages", otherTools("linux/arm64", "libc6 99")],
    ["the engine's platform", { engine: "linux/arm64" }],
    ["the base image", {}, () => ({ base: "debian:bookworm" })],
    [
      "the toolchain, and GN's arguments with it",
      {},
      () => ({ toolchains: [container("linux/amd64", "registry.example/amd64")] }),
    ],
    ["whether its headers are precompiled", {}, () => ({ precompiledHeaders: false })],
    ["GN's arguments that were asked for", { rules: [knows] }, () => ({ gnArguments: ["v8_enable_maglev=false"] })],
    ["the source's patches", {}, () => ({ libraryPatches: directory({ "1.patch": "" }) })],
    [
      "the source's form, and GN's arguments with it",
      {},
      () => ({ librarySource: directory({ ...libraryTree("150.4.0"), ".cargo_vcs_info.json": "{}" }) }),
    ],
    ["the Rust version of V8's tree", { trees: { [`${LIBRARY}@v150.4.0`]: libraryTree("150.4.0", "1.99.0") } }],
  ])("is another when it changes: %s", async (_, changes, options) => {
    expect(await libraryKey(changes, options)).not.toBe(await libraryKey());
  });

  /** Everything else that goes into the key is the same: the source's digest, and what the containers recorded. */
  const same: World["rules"] = [
    ({ field }) => (field === "digest" ? "sha256:same" : undefined),
    ({ of, field }) =>
      field === "contents" && of?.args.path === "/opt/deno-from-source/versions" ? "same" : undefined,
  ];

  const cached = { compilerCache: "redis://cache:6379" };

  it("is another for an engine of another platform, though the tools have the same versions", async () => {
    const options = () => ({ toolchains: [container("linux/amd64"), container("linux/arm64")] });
    const amd64 = await libraryKey({ rules: same, engine: "linux/amd64" }, options);
    expect(await libraryKey({ rules: same, engine: "linux/arm64" }, options)).not.toBe(amd64);
  });

  it("is another for the C library of another image", async () => {
    const script = "cli/snapshot/build.rs";
    const trees = {
      [`${DENO}@v2.9.5`]: { ...denoTree("2.9.5", "150.4.0"), [script]: "create_runtime_snapshot(path)" },
    };
    const plain = await libraryKey({ trees });
    expect(await libraryKey({ trees }, () => ({ sysroot: "debian:bullseye" }))).not.toBe(plain);
  });

  it("is another for other arguments of GN alone", async () => {
    const files = libraryTree("150.4.0");
    const checkout = await libraryKey({ rules: same }, () => ({ librarySource: directory(files) }));
    const crate = () => ({ librarySource: directory({ ...files, ".cargo_vcs_info.json": "{}" }) });
    expect(await libraryKey({ rules: same }, crate)).not.toBe(checkout);
    expect(await libraryKey({ rules: same }, () => ({ librarySource: directory({ ...files, "a.txt": "" }) }))).toBe(
      checkout,
    );
  });

  it("is another for other cargo features of the V8 crate", async () => {
    // Deno 2.7.7 does not turn simdutf on, 2.7.8 does; here they have the same V8.
    const trees = Object.fromEntries(
      ["2.7.7", "2.7.8"].map((version) => [`${DENO}@v${version}`, denoTree(version, "150.4.0")]),
    );
    expect(await libraryKey({ trees }, undefined, "2.7.7")).not.toBe(await libraryKey({ trees }, undefined, "2.7.8"));
  });

  it("is the one without precompiled headers, with a compiler cache or not, where V8 has no clusters", async () => {
    const trees = { [`${DENO}@v2.9.5`]: denoTree("2.9.5", "146.8.0"), [`${LIBRARY}@v146.8.0`]: libraryTree("146.8.0") };
    const plain = await libraryKey({ rules: same, trees }, () => ({ precompiledHeaders: false }));
    expect(await libraryKey({ rules: same, trees }, () => cached)).toBe(plain);
  });

  it("is another with a compiler cache where V8 has clusters, and the plain one where they were asked not to be", async () => {
    const plain = await libraryKey({ rules: same }, () => ({ precompiledHeaders: false }));
    expect(await libraryKey({ rules: same }, () => cached)).not.toBe(plain);
    const gnArguments = ["v8_enable_cluster_build=false"];
    const changes = { rules: [...same, knows] };
    const without = await libraryKey(changes, () => ({ precompiledHeaders: false, gnArguments }));
    expect(await libraryKey(changes, () => ({ ...cached, gnArguments }))).toBe(without);
  });

  it("is another for each target platform", async () => {
    const it = session();
    const arm = await asked(it, () => denoFromSource().library("2.9.5", "linux/arm64"));
    const amd = await asked(it, () => denoFromSource().library("2.9.5", "linux/amd64"));
    expect(keyOf(arm)).toMatch(/^rusty-v8-150\.4\.0-arm64-/);
    expect(keyOf(amd)).toMatch(/^rusty-v8-150\.4\.0-amd64-/);
  });

  it.each<[string, () => Partial<Options>]>([
    ["the number of jobs", () => ({ jobs: 3 })],
    ["Deno's cargo profile", () => ({ profile: "release-lite" })],
    ["Deno's cargo features", () => ({ features: ["hmr"] })],
    ["Deno's patches", () => ({ patches: directory({ "1.patch": "" }) })],
  ])("stays when it changes: %s", async (_, options) => {
    expect(await libraryKey({}, options)).toBe(await libraryKey());
  });
});

describe("the cache volume of Deno", () => {
  it("is the same for the same input", async () => {
    expect(await buildKey()).toBe(await buildKey());
  });

  it.each<[string, Partial<World>, (() => Partial<Options>)?]>([
    ["the profile", {}, () => ({ profile: "release-lite" })],
    ["the features", {}, () => ({ features: ["hmr"] })],
    ["the versions of the tools", otherTools("linux/arm64", "rustc 99")],
    ["whether deno upgrade is in it", {}, () => ({ upgrade: false })],
  ])("is another when it changes: %s", async (_, changes, options) => {
    expect(await buildKey(changes, options)).not.toBe(await buildKey());
  });

  it("stays when the source is patched: cargo sees what changed, by content", async () => {
    expect(await buildKey({}, () => ({ patches: directory({ "1.patch": "" }) }))).toBe(await buildKey());
  });
});

describe("what is recorded of the tools", () => {
  it("is the first line that says something: perl's first one is empty", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().toolchain("2.9.5", "linux/arm64"));
    const script = commands([result])[0]?.[2] as string;
    const root = mkdtempSync(join(tmpdir(), "versions-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const tool = join(root, "tool");
    writeFileSync(tool, "#!/bin/sh\nprintf '\\n  \\nThis is tool 5\\nmore\\n'\n", { mode: 0o755 });
    // The same script, with a folder of this test in place of the one in a container.
    const here = script.replaceAll("/opt/deno-from-source", root).replace(". /etc/os-release", "PRETTY_NAME=x");
    const { stdout, status } = spawnSync("sh", ["-c", here, "versions", tool], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).toContain(`${tool}: This is tool 5\n`);
    expect(stdout).not.toContain("more");
  });
});

describe("the volume of crates", () => {
  /** Of every container that mounts it: its key, and the command before it. */
  const mounts = async (engine: World["engine"]) => {
    const it = session({ engine });
    await asked(it, () => denoFromSource().release("2.9.5", engine === "linux/arm64" ? [engine] : undefined));
    return [...it.made()]
      .filter(({ field, args }) => field === "withMountedCache" && String(args.path).endsWith("/registry"))
      .map((mount) => ({
        folder: String(mount.args.path).replace(/\/registry$/, ""),
        key: argumentOf(mount, "cache").args.key,
        link: mount.from ? commands([mount.from])[0] : undefined,
      }));
  };

  it("has cargo's lock in it, wherever cargo runs: builds that fill it at once wait for each other", async () => {
    for (const engine of ["linux/amd64", "linux/arm64"] as const) {
      const all = await mounts(engine);
      // Of V8 and of Deno for each platform, and of the moved build scripts where it is cross-compiled.
      expect(all.length).toBeGreaterThanOrEqual(2);
      for (const { folder, link } of all) expect(link?.slice(3)).toEqual(["link-cargo-locks", folder]);
    }
  });

  it("is not the one that containers with a lock of their own share", async () => {
    for (const { key } of await mounts("linux/amd64")) expect(key).not.toBe("cargo-registry");
  });

  it("gets the lock of two containers as one file, also of a toolchain that has locked before", async () => {
    const script = (await mounts("linux/amd64"))[0]?.link?.[2] as string;
    const root = mkdtempSync(join(tmpdir(), "cargo-locks-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, "volume"));
    mkdirSync(join(root, "used"));
    writeFileSync(join(root, "used", ".package-cache"), "");
    for (const name of ["new", "used"]) {
      expect(spawnSync("sh", ["-c", script, "link-cargo-locks", join(root, name)]).status).toBe(0);
      symlinkSync(join(root, "volume"), join(root, name, "registry"));
    }
    for (const lock of [".package-cache", ".package-cache-mutate"]) {
      writeFileSync(join(root, "new", lock), "one");
      expect(existsSync(join(root, "volume", lock))).toBe(true);
      expect(existsSync(join(root, "used", lock))).toBe(true);
    }
  });
});
