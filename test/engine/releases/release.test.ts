import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, dag, type File } from "@dagger.io/dagger";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { packZip, writeChecksum } from "../../../dagger/releases/archive.js";
import { packSource } from "../../../dagger/releases/source.js";
import { fetchBinary } from "../../../src/binaries/finished.js";
import { checksumName, parsePlatform, zipName } from "../../../src/request/platform.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { machines, packed, program } from "../support/finished.js";
import { copyOfDeno, deno, library, patch, version } from "../support/fixture.js";
import { commitAll } from "../support/git.js";
import { imageModule, official } from "../support/image.js";
import { runLibrary } from "../support/libdenort.js";
import { webServer } from "../support/local-registry.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";

const triple = "x86_64-unknown-linux-gnu";
const secret = "a-token-that-nobody-may-see";
const sha256 = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");

const temporary = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

/** A work tree as people have it: with a remote that has a login in it, files that Git ignores, and one that it does not know. */
async function workTree(): Promise<string> {
  const directory = await copyOfDeno();
  await appendFile(join(directory, ".gitignore"), ".env\n/notes/\n");
  await symlink("main.rs", join(directory, "cli/link.rs"));
  const git = commitAll(directory);
  git("remote", "add", "origin", `https://me:${secret}@git.example/deno`);
  await writeFile(join(directory, ".env"), `TOKEN=${secret}\n`);
  await writeFile(join(directory, "libs/.env"), `TOKEN=${secret}\n`);
  execFileSync("mkdir", [join(directory, "notes")]);
  await writeFile(join(directory, "notes/todo"), secret);
  await writeFile(join(directory, "untracked.txt"), "not committed yet\n");
  return directory;
}

describeEngine("a release on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain("linux/amd64", true).sync();
  });

  const module = (options: Partial<Options>) =>
    denoFromSource({ librarySource: library(), toolchains: [tools], base, ...options });

  const upgrade = (binary: File) =>
    dag.container().from(base).withFile("/bin/deno", binary).withExec(["deno", "upgrade"]).stdout();

  it("has all that a release page has, and the source is what was built, without a secret of the work tree", async () => {
    const directory = await workTree();
    const url = (host: string) => `static RELEASE_URL: &str = "https://${host}/releases";`;
    const before = ["use crate::version;", ""];
    const after = ['static CANARY_URL: &str = "https://dl.deno.land/canary";'];
    const [old, replacement] = [url("github.com/denoland/deno"), url("patched.example")];
    const text = patch("cli/tools/upgrade.rs", 2, before, old, replacement, after);
    const patches = dag.directory().withNewFile("elsewhere.patch", text);
    const dist = await temporary();
    const made = await module({
      source: dag.host().directory(directory),
      patches,
      runtimes: ["libdenort"],
    }).release(version, ["linux/amd64"]);
    await made.export(dist);

    const zips = ["zip", "debug.zip"].flatMap((end) =>
      ["deno", "denort", "libdenort"].map((program) => `${program}-${triple}.${end}`),
    );
    expect((await readdir(dist)).sort()).toEqual(
      [
        ...zips.flatMap((name) => [name, `${name}.sha256sum`]),
        ...[`deno-${triple}.build.txt`, `deno-${triple}.sha256sum`, "deno_src.tar.gz", "deno_src.tar.gz.sha256sum"],
        ...["lib.deno.d.ts", `librusty_v8_simdutf_release_${triple}.a.gz`, `src_binding_simdutf_release_${triple}.rs`],
      ].sort(),
    );
    const modes = execFileSync("sh", ["-c", "stat -c '%a %n' *"], { cwd: dist, encoding: "utf8" }).trim().split("\n");
    expect(modes.filter((line) => !line.startsWith("644 "))).toEqual([]);
    for (const name of [...zips, "deno_src.tar.gz"]) {
      expect(execFileSync("sha256sum", ["-c", `${name}.sha256sum`], { cwd: dist, encoding: "utf8" })).toBe(
        `${name}: OK\n`,
      );
    }
    const binary = execFileSync("unzip", ["-p", zips[0] as string, "deno"], { cwd: dist, maxBuffer: 1e9 });
    expect(await readFile(join(dist, `deno-${triple}.sha256sum`), "utf8")).toBe(`${sha256(binary)}  deno\n`);
    expect(await readFile(join(dist, "lib.deno.d.ts"), "utf8")).toContain(`const version: "${version}"`);

    expect(await runLibrary(tools, made, `libdenort-${triple}.zip`, "console.log(6*7)")).toBe("42\n");

    const record = await readFile(join(dist, `deno-${triple}.build.txt`), "utf8");
    expect(record).toContain("source           given by --source\n");
    expect(record).toContain(`version          ${version}\n`);
    expect(record).toContain("strategy         native\n");
    expect(record).toContain(`Patches of Deno\n${sha256(text)}  elsewhere.patch\n`);
    expect(record).toMatch(
      /Tools that compiled Deno\n[\s\S]*rustc: rustc 1\.[\s\S]*Tools that compiled V8\n[\s\S]*ninja: /,
    );

    const unpacked = await temporary();
    execFileSync("tar", ["-xzf", join(dist, "deno_src.tar.gz"), "-C", unpacked]);
    const known = execFileSync("git", ["-C", directory, "ls-files", "--cached", "--others", "--exclude-standard"]);
    const packed = execFileSync("find", [".", "-not", "-type", "d", "-printf", "%P\\n"], {
      cwd: join(unpacked, "deno"),
    });
    const lines = (list: Buffer) => list.toString().trim().split("\n").sort();
    expect(lines(packed)).toEqual(lines(known));
    expect(lines(packed)).toEqual(expect.arrayContaining(["Cargo.lock", "cli/link.rs", "untracked.txt"]));
    const all = execFileSync("gzip", ["-dc", "deno_src.tar.gz"], { cwd: dist, maxBuffer: 1e9 });
    expect(all.includes(secret) || record.includes(secret)).toBe(false);
    expect(all.includes("https://patched.example/releases")).toBe(true);

    // It can be built, and is of the same version and with the same patch.
    const again = await module({ source: dag.host().directory(join(unpacked, "deno")) }).build(version, "linux/amd64");
    expect(await upgrade(again)).toContain("https://patched.example/releases/download");
  });

  it("has the source byte for byte the same from a tree of other dates and modes, and another where a file can be run", async () => {
    const [one, other, changed] = [await copyOfDeno(), await copyOfDeno(), await copyOfDeno()];
    await chmod(join(one, "cli/main.rs"), 0o600);
    await utimes(join(one, "cli/main.rs"), 1, 1);
    execFileSync("mkdir", ["-p", join(one, "target/release"), join(one, ".git"), join(one, "third_party/prebuilt")]);
    await writeFile(join(one, "target/release/deno"), "built before");
    await writeFile(join(one, ".git/config"), secret);
    await writeFile(join(one, "third_party/prebuilt/clang"), "a program");
    const packed = async (directory: string, marker: string) => {
      const folder = await temporary();
      // Another container for each, so that the engine does not hand the first archive over again.
      const container = tools.withNewFile("/marker", marker);
      await packSource(container, dag.host().directory(directory), "deno_src.tar.gz", null).export(join(folder, "it"));
      return sha256(await readFile(join(folder, "it")));
    };
    const first = await packed(one, "one");
    expect(await packed(other, "other")).toBe(first);
    await chmod(join(changed, "cli/main.rs"), 0o755);
    expect(await packed(changed, "changed")).not.toBe(first);
  });

  // The miniature has no updater, so upstream's own deno is the one that upgrades: with DENO_TESTING_UPGRADE it asks a page
  // of the same layout at this address. https://github.com/denoland/deno/blob/v2.9.5/cli/tools/upgrade.rs#L1482
  it("is laid out as the updater of Deno 2.9.5 asks for it: it trusts the checksum of deno, and takes the zip without a delta", async () => {
    const target = parsePlatform("linux/amd64");
    const binary = await fetchBinary(imageModule(), official, target, "deno");
    const next = "2.9.6";
    const zip = packZip(tools, binary, zipName(triple));
    const page = (checksum: File) =>
      dag
        .directory()
        .withFile(`v${official}/${checksumName(triple, "deno")}`, checksum)
        .withFile(`v${next}/${zipName(triple)}`, zip)
        .withFile(`v${next}/${checksumName(triple, "deno")}`, checksum);
    const script = `cd /page
python3 -m http.server 4545 2>/tmp/asked &
until python3 -c 'import socket; socket.create_connection(("localhost", 4545))' 2>/dev/null; do sleep 0.1; done
deno upgrade --version=${next} >&2
sed -n 's/.*"GET \\/deno-upgrade\\/download\\/\\(.*\\) HTTP.*" \\([0-9]*\\) .*/\\2 \\1/p' /tmp/asked`;
    const asked = async (checksum: File) =>
      tools
        .withFile("/usr/local/bin/deno", binary, { permissions: 0o755 })
        .withDirectory("/page/deno-upgrade/download", page(checksum))
        .withEnvVariable("DENO_TESTING_UPGRADE", "1")
        .withExec(["sh", "-euc", script])
        .stdout();
    const name = `deno-${triple}`;
    const files = { sum: `v${official}/${name}.sha256sum`, zip: `v${next}/${name}.zip` };
    expect(await asked(writeChecksum(tools, binary, "deno"))).toBe(
      `200 ${files.sum}\n404 v${next}/${name}.from-${official}.bsdiff\n200 ${files.zip}\n`,
    );
    // Of another program than the one that runs: no delta is asked for.
    expect(await asked(writeChecksum(tools, zip, "deno"))).toBe(`200 ${files.sum}\n200 ${files.zip}\n`);
  });

  describe("with the release before it on the page", () => {
    const previous = "2.9.98";
    const old = program(machines.amd64);
    const zip = packed("zip", "deno", old);
    const path = `/releases/download/v${previous}/deno-${triple}`;
    const files = {
      [`${path}.zip`]: zip,
      [`${path}.zip.sha256sum`]: `${sha256(zip)}  deno-${triple}.zip\n`,
      [`${path}.sha256sum`]: `${sha256(old)}  deno\n`,
    };
    const from = async (page: Record<string, string | Buffer>) =>
      module({ source: deno(), upgradeUrl: `${await webServer(() => page)}/releases` });

    it("has a delta that the tree's own program made of that deno and this one, with its checksum", async () => {
      const dist = await temporary();
      await (await (await from(files)).release(version, ["linux/amd64"], previous)).export(dist);
      const name = `deno-${triple}.from-${previous}.bsdiff`;
      const binary = execFileSync("unzip", ["-p", `deno-${triple}.zip`, "deno"], { cwd: dist, maxBuffer: 1e9 });
      expect(await readFile(join(dist, name), "utf8")).toBe(`from ${old.length} bytes to ${binary.length} bytes\n`);
      expect(execFileSync("sha256sum", ["-c", `${name}.sha256sum`], { cwd: dist, encoding: "utf8" })).toBe(
        `${name}: OK\n`,
      );
    });

    it("refuses a page without that release, and a deno that is not the one whose checksum is there", async () => {
      const release = async (page: Record<string, string | Buffer>) =>
        (await from(page)).release(version, ["linux/amd64"], previous);
      await expect(release({})).rejects.toThrow(/^previous: .*\.zip\.sha256sum did not give the file/);
      await expect(release({ ...files, [`${path}.sha256sum`]: `${sha256("another")}  deno\n` })).rejects.toThrow(
        `previous: the deno in deno-${triple}.zip of ${previous} is not the one that deno-${triple}.sha256sum is of`,
      );
    });
  });
});
