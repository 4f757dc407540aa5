import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dag, ImageLayerCompression } from "@dagger.io/dagger";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { releaseTag } from "../../../src/releases/tag.js";
import { UpstreamChannel } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { Forge, type ForgeOptions } from "../../support/forge.js";
import { denoFromSource } from "../../support/module.js";
import { machines, packed, program } from "../support/finished.js";
import { copyOfDeno, edit, library, paths, version } from "../support/fixture.js";
import { commitAll, hostAddress, serve } from "../support/git.js";
import { imageModule, official } from "../support/image.js";
import { webServer } from "../support/local-registry.js";
import { useSession } from "../support/session.js";
import { base, registry, toolchain } from "../support/toolchain.js";

const module = fileURLToPath(new URL("../../..", import.meta.url));
const dagger = process.env._EXPERIMENTAL_DAGGER_CLI_BIN ?? "dagger";
const token = "a-token-that-nobody-may-see";
const broken = "2.9.100";
const newer = "2.9.101";

interface Call {
  stop: () => void;
  ended: Promise<{ code: number | null; out: string; said: string }>;
}

/** Starts `dagger call` with the token in its environment. */
function call(args: string[]): Call {
  const child = spawn(dagger, ["call", "--progress=plain", "-m", module, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PAGE_TOKEN: token },
  });
  let out = "";
  let said = "";
  child.stdout.on("data", (data) => {
    out += data;
    said += data;
  });
  child.stderr.on("data", (data) => {
    said += data;
  });
  const ended = new Promise<Awaited<Call["ended"]>>((resolve) => {
    child.on("close", (code) => resolve({ code, out, said }));
  });
  return { stop: () => void child.kill("SIGINT"), ended };
}

/** The miniature Deno with three releases, of which the middle one is no Deno tree at all. */
async function upstream(): Promise<string> {
  const directory = await copyOfDeno();
  const git = (...args: string[]) => execFileSync("git", ["-C", directory, ...args], { stdio: "pipe" });
  const commit = (tag: string) => {
    git("add", "-A");
    git("commit", "-qm", tag);
    git("tag", `v${tag}`);
  };
  git("init", "-q", "-b", "main");
  git("config", "user.name", "test");
  git("config", "user.email", "test@example.invalid");
  commit(version);
  git("tag", "v3.0.0-rc.1");
  git("rm", "-q", "Cargo.lock");
  commit(broken);
  git("checkout", "-q", `v${version}`, "--", "Cargo.lock");
  for (const file of ["cli/Cargo.toml", "cli/rt/Cargo.toml", "Cargo.lock"]) {
    await edit(join(directory, file), `"${version}"`, `"${newer}"`);
  }
  commit(newer);
  return serve(directory);
}

async function forge(options: ForgeOptions): Promise<Forge> {
  const started = await new Forge({ token, host: hostAddress(), ...options }).start();
  onTestFinished(() => started.stop());
  return started;
}

describeEngine("following upstream on a real engine", () => {
  useSession();
  let directory: string;
  let options: string[];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    const crate = join(directory, "v8");
    await cp(paths.library, crate, { recursive: true });
    await writeFile(join(crate, ".cargo_vcs_info.json"), "{}");
    const tools = `${registry}/deno-from-source/toolchain:amd64`;
    await toolchain("linux/amd64", true).publish(tools, { forcedCompression: ImageLayerCompression.Zstd });
    // The miniatures fit on a disk where Deno would not.
    options = [`--library-source=${crate}`, `--toolchains=${tools}`, `--base=${base}`, "--ignore-resources"];
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it("sync builds and publishes what is missing, goes on after an interruption and past a failure", async () => {
    const repository = await upstream();
    let interrupt: (() => void) | undefined;
    const page = await forge({
      dialect: "github",
      fault: ({ id }) => {
        // In the middle of the newer version's second file.
        const [draft] = page.releases.filter(({ tag }) => tag === `v${newer}`);
        if (!interrupt || id !== "repos/upload-release-asset" || draft?.assets.length !== 1) return undefined;
        interrupt();
        return "break";
      },
    });
    const args = [
      ...[...options, `--repository=${repository}`, "sync", "--repository=me/deno-builds", "--token=env:PAGE_TOKEN"],
      ...["--platforms=linux/amd64", `--since=${version}`, `--api=${page.api}`],
    ];

    const first = call(args);
    interrupt = first.stop;
    const { code, said } = await first.ended;
    expect(code, said).not.toBe(0);
    expect(page.listing(), said).toMatchObject([
      { tag: `v${newer}`, draft: true },
      { tag: `v${version}`, draft: false },
    ]);
    const finished = page.listing()[1];
    const zip = "deno-x86_64-unknown-linux-gnu.zip";
    expect(finished?.files.map((file) => file.replace(/ .*/, ""))).toEqual([
      zip.replace("zip", "build.txt"),
      zip.replace("zip", "debug.zip"),
      zip.replace("zip", "debug.zip.sha256sum"),
      zip.replace("zip", "sha256sum"),
      "deno_src.tar.gz",
      "deno_src.tar.gz.sha256sum",
      zip.replace("deno", "denort").replace("zip", "debug.zip"),
      zip.replace("deno", "denort").replace("zip", "debug.zip.sha256sum"),
      zip.replace("deno", "denort"),
      `${zip.replace("deno", "denort")}.sha256sum`,
      "lib.deno.d.ts",
      "librusty_v8_simdutf_release_x86_64-unknown-linux-gnu.a.gz",
      "src_binding_simdutf_release_x86_64-unknown-linux-gnu.rs",
      zip,
      `${zip}.sha256sum`,
    ]);

    interrupt = undefined;
    page.asked = [];
    const again = await call(args).ended;
    expect(again.code).not.toBe(0);
    expect(again.said).toContain("sync: 1 of 2 versions failed; the next call tries them again");
    expect(again.said).toMatch(new RegExp(`${broken}: FAILED: source: not a Deno tree`));
    expect(again.said).toContain(`${newer}: done: ${page.origin}/me/deno-builds/releases/tag/v${newer}`);
    expect(page.listing()).toMatchObject([{ tag: `v${newer}`, draft: false }, finished]);
    expect(page.listing()[0]?.files).toHaveLength(15);
    // The first file is there from the interrupted call.
    expect(page.asked.filter((id) => id === "repos/upload-release-asset")).toHaveLength(14);

    page.asked = [];
    const nothing = await call([...args, `--since=${newer}`]).ended;
    expect(nothing.code, nothing.said).toBe(0);
    expect(page.asked).toEqual(["repos/list-releases"]);
    expect(page.problems).toEqual([]);
    expect(said + again.said + nothing.said).not.toContain(token);
  });

  it("sync makes deltas from the release before on the page of --upgrade-url, and does without where it cannot be had", async () => {
    const directory = await copyOfDeno();
    const git = commitAll(directory);
    git("tag", `v${version}`);
    const repository = await serve(directory);
    const previous = "2.9.98";
    const name = "deno-x86_64-unknown-linux-gnu";
    const old = program(machines.amd64);
    const zip = packed("zip", "deno", old);
    const sha256 = (content: Buffer) => `${createHash("sha256").update(content).digest("hex")}  of it\n`;
    const files = { [`${name}.zip`]: zip, [`${name}.zip.sha256sum`]: sha256(zip), [`${name}.sha256sum`]: sha256(old) };
    const served = Object.entries(files).map(([file, content]) => [`/releases/download/v${previous}/${file}`, content]);
    const synced = async (server: Record<string, string | Buffer>) => {
      const page = await forge({ dialect: "github" });
      page.add(`v${previous}`, Object.fromEntries(Object.keys(files).map((file) => [file, "a"])));
      const module = denoFromSource({
        repository,
        librarySource: library(),
        toolchains: [toolchain("linux/amd64", true)],
        base,
        ignoreResources: true,
        upgradeUrl: `${await webServer(() => server)}/releases`,
      });
      const secret = dag.setSecret("page-token", token);
      const [done] = await module.sync("me/deno-builds", secret, "", ["linux/amd64"], version, page.api);
      expect(done).toMatchObject({ version, done: true });
      return page.listing()[0]?.files.map((file) => file.replace(/ .*/, ""));
    };
    const delta = `${name}.from-${previous}.bsdiff`;
    expect(await synced(Object.fromEntries(served))).toEqual(expect.arrayContaining([delta, `${delta}.sha256sum`]));
    expect(await synced({})).not.toContain(delta);
  });

  it("upload brings files that were made elsewhere to a Gitea", async () => {
    const repository = await upstream();
    const page = await forge({ dialect: "gitea" });
    const files = join(directory, "dist");
    await cp(paths.deno, files, { recursive: true, filter: (name) => !/\/(cli|vendor|\.\w+)$/.test(name) });
    const args = [
      ...[`--repository=${repository}`, "upload", "--repository=me/deno-builds", `--files=${files}`],
      ...["--token=env:PAGE_TOKEN", `--api=${page.api}`],
    ];
    const { code, out, said } = await call([...args, "url"]).ended;
    expect(code, said).toBe(0);
    expect(out).toContain(`${page.origin}/me/deno-builds/releases/tag/v${newer}`);
    expect(page.releases[0]?.assets.map(({ name }) => name)).toEqual([
      "Cargo.lock",
      "Cargo.toml",
      "rust-toolchain.toml",
    ]);
    expect(page.problems).toEqual([]);
    expect(said).not.toContain(token);
  });

  it("sync publishes images that a registry lacks, and finds a failed one again", async () => {
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const git = (...args: string[]) => execFileSync("git", ["-C", directory, ...args], { stdio: "pipe" });
    git("init", "-q", "-b", "main");
    git("-c", "user.name=test", "-c", "user.email=test@example.invalid", "commit", "-q", "--allow-empty", "-m", "all");
    // The binaries are those of npm, which has no 2.9.77.
    for (const tag of ["v2.9.77", `v${official}`]) git("tag", tag);
    const it = imageModule({ repository: await serve(directory) });
    const address = `${registry}/deno-from-source/sync-${Date.now()}`;
    const sync = () =>
      it.sync("", undefined, address, ["linux/amd64"], official, undefined, false, ["version", "minor", "latest"]);
    await expect(sync()).rejects.toThrow(
      new RegExp(
        `1 of 2 versions failed.*${official}: done: ${address}:${official}@sha256:\\w{64}\n2.9.77: FAILED`,
        "s",
      ),
    );
    const there = async () => (await (await fetch(`http://${address.replace("/", "/v2/")}/tags/list`)).json()).tags;
    expect(await there()).toEqual([official]);
    await expect(sync()).rejects.toThrow(/^sync: 1 of 1 versions failed.*2\.9\.77: FAILED/s);
  });

  it("sync moves tags in a real registry, without building or pushing", async () => {
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const git = (...args: string[]) => execFileSync("git", ["-C", directory, ...args], { stdio: "pipe" });
    git("init", "-q", "-b", "main");
    git("-c", "user.name=test", "-c", "user.email=test@example.invalid", "commit", "-q", "--allow-empty", "-m", "all");
    git("tag", `v${official}`);
    const it = imageModule({ repository: await serve(directory) });
    const address = `${registry}/deno-from-source/moved-${Date.now()}`;
    const [reference = ""] = await it.publish(address, official, ["linux/amd64"]);
    const digest = reference.split("@")[1];
    const sync = () =>
      it.sync("", undefined, address, ["linux/amd64"], undefined, undefined, false, ["version", "minor", "latest"]);
    const says = ["2.9", "latest"].map((tag) => `${address}:${tag}@${digest}`).join(", ");
    expect(await sync()).toEqual([{ version: official, done: true, says }]);
    expect(await sync()).toEqual([]);
  });

  it("latest and outdated look at tags, and at an image in a real registry", async () => {
    const repository = await upstream();
    const it = denoFromSource({ repository });
    expect(await it.latest()).toBe(newer);
    expect(await it.latest(UpstreamChannel.PRERELEASE)).toBe("3.0.0-rc.1");
    const commit = await it.latest(UpstreamChannel.CANARY);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(await releaseTag(it, { kind: "canary" })).toEqual({
      request: { kind: "commit", hash: commit },
      tag: `canary-${commit.slice(0, 7)}`,
      prerelease: true,
    });
    expect(await releaseTag(it, { kind: "line", range: "2.9.x" })).toEqual({
      request: { kind: "release", version: newer },
      tag: `v${newer}`,
      prerelease: false,
    });
    const address = `${registry}/deno-from-source/followed-${Date.now()}`;
    expect(await it.outdated("", address)).toEqual([newer]);
    await dag.container().from(base).publish(`${address}:${version}`);
    expect(await it.outdated("", address)).toEqual([broken, newer]);
    const page = await forge({ dialect: "github" });
    page.add(`v${newer}`, {
      "deno-x86_64-unknown-linux-gnu.zip": "a",
      "deno-x86_64-unknown-linux-gnu.zip.sha256sum": "b",
    });
    expect(await it.outdated("me/deno-builds", "", ["linux/amd64"], "", page.api)).toEqual([]);
    expect(await it.outdated("me/deno-builds", address, ["linux/arm64"], "", page.api)).toEqual([broken, newer]);
  });
});
