import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, connection, dag } from "@dagger.io/dagger";
import { afterAll, beforeAll, expect, it } from "vitest";
import { npmRegistry } from "../../../dagger/binaries/npm.js";
import { ImageVariant } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { callModule, root } from "../support/call.js";
import { copyOfDeno, edit, libraryVersion, version } from "../support/fixture.js";
import { serve } from "../support/git.js";
import { bare, imageModule, official, platforms, tini } from "../support/image.js";
import { useSession } from "../support/session.js";
import { base, registry } from "../support/toolchain.js";

const dagger = process.env._EXPERIMENTAL_DAGGER_CLI_BIN ?? "dagger";
const names = ["version", "eval", "test", "fetch", "worker", "addon", "user", "folder", "permission", "signals"];

/** The report of an image that works. */
const passed = (platform: string) => {
  const target = platform === "linux/arm64" ? "aarch64-unknown-linux-gnu" : "x86_64-unknown-linux-gnu";
  const says = `: deno ${official} (stable, release, ${target})`;
  return names.map((name) => `${platform} ${name}: passed${name === "version" ? says : ""}\n`).join("");
};

/** Pushes an image of linux/amd64 that smoke can be given the address of. */
const pushed = (name: string, image: Container) => image.publish(`${registry}/deno-from-source/smoke:${name}`);

/** A Deno that does what it is asked to do in another way than smoke expects. */
const wrapper = `#!/bin/sh
case "$1 $2" in
  "eval "*) echo 41 ;;
  "test "*) shift; exec /bin/deno.real test --preload=/broken.js --deny-ffi "$@" ;;
  "run /smoke/permission.js") exec /bin/deno.real run --allow-read /smoke/permission.js ;;
  *) exec /bin/deno.real "$@" ;;
esac
`;
const preloaded = `
globalThis.fetch = () => Promise.reject(new Error("no network"));
globalThis.Worker = undefined;
`;

/** The image, with one thing wrong for each check. */
const broken = (image: Container): Container =>
  image
    .withFile("/usr/bin/deno.real", image.file("/usr/bin/deno"))
    .withNewFile("/usr/bin/deno", wrapper, { permissions: 0o755 })
    .withNewFile("/broken.js", preloaded)
    .withNewFile("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndeno:x:1994:1993::/:/bin/sh\n")
    .withEntrypoint(["/usr/local/bin/docker-entrypoint.sh"]);

describeEngine("a smoke test on a real engine", () => {
  useSession();

  it.each(platforms)("passes in the image of %s with the official Deno", async (platform) => {
    expect(await imageModule().smoke(official, [platform])).toBe(passed(platform));
  });

  it("passes without a shell and without links in /", async () => {
    const imageBase = `${registry}/deno-from-source/bare:smoke`;
    await dag.container().publish(imageBase, { platformVariants: platforms.map(bare) });
    const report = imageModule({ imageBase }).smoke(official, ["linux/amd64"], ImageVariant.DISTROLESS);
    expect(await report).toBe(passed("linux/amd64"));
  });

  it("takes a published image, of whatever version it is", async () => {
    const address = await pushed("good", await imageModule().image(official, "linux/amd64", ImageVariant.DEBIAN));
    const smoke = (version?: string) => imageModule().smoke(version, ["linux/amd64"], undefined, address);
    expect(await smoke()).toBe(passed("linux/amd64"));
    expect(await smoke("2.9")).toBe(passed("linux/amd64"));
  });

  it("names every check that fails and what was seen, and the platforms that are fine", async () => {
    const address = await pushed("broken", broken(await imageModule().image(official, "linux/amd64")));
    const error = await imageModule().smoke("2.9.4", ["linux/amd64"], undefined, address).catch(String);
    const lines = error.split("\n");
    expect(lines[0]).toBe("Error: smoke: 9 of 10 checks failed");
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(
        /^linux\/amd64 version: failed: expected "deno 2\.9\.4 \("; it exited with 0, standard output "deno 2\.9\.5 \(/,
      ),
      'linux/amd64 eval: failed: expected "x86_64 42"; it exited with 0, standard output "41", standard error ""',
      "linux/amd64 fetch: failed: Error: no network",
      expect.stringMatching(/^linux\/amd64 worker: failed: TypeError: Worker is not a constructor/),
      expect.stringMatching(/^linux\/amd64 addon: failed: NotCapable: Requires ffi access/),
      'linux/amd64 user: failed: Error: found "1994:1993", expected "1993:1993"',
      expect.stringMatching(/^linux\/amd64 folder: failed: PermissionDenied: /),
      expect.stringMatching(/^linux\/amd64 permission: failed: .* it exited with 0, standard output "root:x:0:0/),
      expect.stringMatching(/^linux\/amd64 signals: failed: .* it exited with 1, .*process 1 is deno\.real, not tini/),
      "linux/amd64 test: passed",
    ]);
  });

  it("says so when an image has no such user, and when it is not there", async () => {
    const smoke = (address: string) =>
      imageModule().smoke(undefined, ["linux/amd64"], undefined, address).catch(String);
    const without = await smoke(base);
    expect(without).toContain("smoke: 10 of 10 checks failed");
    for (const name of ["version", "eval", "test", "permission", "signals"]) {
      expect(without).toMatch(
        new RegExp(`^linux/amd64 ${name}: failed: .*it could not be started: .*unable to find user deno`, "m"),
      );
    }
    expect(without).toContain("linux/amd64 fetch: failed: deno test did not run it");
    const none = await smoke(`${registry}/deno-from-source/none:at-all`);
    expect(none).toMatch(/^Error: smoke: 1 of 1 checks failed\nlinux\/amd64 image: failed: .*none:at-all/);
  });

  it("of upstream's newest release plans it: a V8 or a line that is newer than the recipe's is an error", async () => {
    const directory = await copyOfDeno();
    await edit(
      join(directory, "Cargo.lock"),
      `name = "v8"\nversion = "${libraryVersion}"`,
      'name = "v8"\nversion = "199.0.0"',
    );
    const git = (...words: string[]) => execFileSync("git", ["-C", directory, ...words]);
    git("init", "-q", "-b", "main");
    git("add", "-A");
    git("-c", "user.name=test", "-c", "user.email=test@example.invalid", "commit", "-qm", "release");
    git("tag", `v${version}`);
    const repository = await serve(directory);
    await expect(imageModule({ repository }).newestRelease()).rejects.toThrow(
      `recipe: Deno ${version} has V8 199.0.0, which is newer than `,
    );
    await edit(join(directory, "cli/Cargo.toml"), `version = "${version}"`, 'version = "2.99.0"');
    git("-c", "user.name=test", "-c", "user.email=test@example.invalid", "commit", "-qam", "release");
    git("tag", "v2.99.0");
    const newer = await serve(directory);
    await expect(imageModule({ repository: newer }).newestRelease()).rejects.toThrow("recipe: 2.99.0 is newer than 2.");
  });
});

describeEngine("dagger call", () => {
  let directory: string;
  let options: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    await connection(async () => {
      await tini().export(directory);
    });
    options = [
      ...["--binary-origin=REGISTRY", `--binary-registry=${await npmRegistry()}`],
      ...[`--base=${base}`, `--image-base=${base}`, `--tini=${directory}`],
    ];
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it("smoke prints the report; what fails is an error with a code", async () => {
    const smoke = ["smoke", "--platforms=linux/amd64"];
    const good = await callModule(root, [...options, ...smoke, `--version=${official}`]);
    expect(good.code, good.err).toBe(0);
    expect(good.out.trimEnd()).toBe(passed("linux/amd64").trimEnd());
    const bad = await callModule(root, [...options, ...smoke, `--address=${base}`]);
    expect(bad.code).not.toBe(0);
    expect(bad.err).toContain("smoke: 10 of 10 checks failed");
  });

  it("official-image is a check of both platforms", async () => {
    const { code, err } = await callModule(root, [...options, "official-image"]);
    expect(code, err).toBe(0);
    for (const platform of platforms) expect(err).toContain(`smoke test on ${platform}`);
  });

  // dagger check has no options of a module; a file .env stands in: https://docs.dagger.io/features/local-defaults
  it("check lists the checks, and runs one with the options of a file .env", async () => {
    // The first, an enum, is not needed for it, and would have to be JSON there.
    const values = options.slice(1).map((option) => option.replace(/^--/, "").split("=") as [string, string]);
    const lines = values.map(
      ([name, value]) => `DENO_FROM_SOURCE_${name.replaceAll("-", "").toUpperCase()}=${value}\n`,
    );
    await writeFile(join(directory, ".env"), lines.join(""));
    const check = (...words: string[]) =>
      spawnSync(dagger, ["check", "-m", root, "--progress=plain", ...words], { encoding: "utf8", cwd: directory });
    const listed = check("-l");
    for (const name of ["official-image", "newest-release"]) expect(listed.stdout, listed.stderr).toContain(name);
    const { status, stderr } = check("official-image");
    expect(status, stderr).toBe(0);
  });
});
