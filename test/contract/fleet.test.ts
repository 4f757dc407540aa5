import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../support/introspect.js";

/** Stands for the CLI: takes until the other engine has begun, too, and writes what release does, or fails on an engine that is to. */
const dagger = `#!/bin/sh
set -eu
engine=$_EXPERIMENTAL_DAGGER_RUNNER_HOST
echo "$engine $*" >>"$RECORD/calls"
touch "$RECORD/$(basename "$engine")"
for tries in 1 2 3 4 5 6 7 8 9; do [ "$(ls "$RECORD" | wc -l)" -ge 3 ] && break; sleep 0.2; done
case $engine in *broken) echo "Error: the engine has no disk"; exit 1 ;; esac
if [ "$(ls "$RECORD" | wc -l)" -lt 3 ]; then echo "Error: alone"; exit 1; fi
for last; do case $last in --path=*) path=\${last#--path=} ;; --platforms=*) platform=\${last#--platforms=} ;; esac; done
mkdir -p "$path"
echo "$platform" >"$path/deno-$(basename "$platform").zip"
echo "\${SOURCE:-source}\${OTHER:+ of $platform}" >"$path/deno_src.tar.gz"
`;

describe("a release of several engines", () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), "deno-from-source-"));
    execFileSync("mkdir", [join(place, "bin"), join(place, "record")]);
    writeFileSync(join(place, "bin/dagger"), dagger);
    chmodSync(join(place, "bin/dagger"), 0o755);
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  const release = (args: string[], environment: Record<string, string> = {}) =>
    spawnSync("bash", [join(root, "examples/fleet/release.sh"), ...args], {
      cwd: place,
      encoding: "utf8",
      env: { PATH: `${join(place, "bin")}:${process.env.PATH}`, RECORD: join(place, "record"), ...environment },
    });

  it("is made at once on all of them, with the same options, and has the files of each", () => {
    const parts = ["linux/amd64=tcp://one:1234", "linux/arm64=tcp://two:1234"];
    const { status, stdout } = release(["2.9.5", "dist", ...parts, "--", "--profile=release-lite"]);
    expect([status, stdout.split("\n").slice(-3)]).toEqual([0, ["linux/amd64: done", "linux/arm64: done", ""]]);
    expect(readdirSync(join(place, "dist"))).toEqual(["deno-amd64.zip", "deno-arm64.zip", "deno_src.tar.gz"]);
    const calls = readFileSync(join(place, "record/calls"), "utf8").trim().split("\n").sort();
    const call = (engine: string, platform: string) =>
      new RegExp(
        `^${engine} call --progress=plain -m \\S+ --profile=release-lite release --version=2.9.5 --platforms=${platform} `,
      );
    expect(calls[0]).toMatch(call("tcp://one:1234", "linux/amd64"));
    expect(calls[1]).toMatch(call("tcp://two:1234", "linux/arm64"));
  });

  it("keeps what one engine made where another fails, and says why that did", () => {
    const { status, stderr } = release(["2.9.5", "dist", "linux/amd64=unix:///a", "linux/arm64=unix:///broken"]);
    expect([status, stderr]).toEqual([1, "linux/arm64: FAILED, see dist.log/linux-arm64: the engine has no disk\n"]);
    expect(readdirSync(join(place, "dist"))).toEqual(["deno-amd64.zip", "deno_src.tar.gz"]);
  });

  it("refuses to put two sources into one release, and arguments that it does not know", () => {
    const parts = ["linux/amd64=unix:///a", "linux/arm64=unix:///b"];
    expect(release(["2.9.5", "dist", ...parts], { OTHER: "yes" })).toMatchObject({
      status: 1,
      stderr: "linux/arm64: FAILED: its source is another than that in dist; give an empty folder\n",
    });
    for (const args of [
      ["2.9.5", "dist"],
      ["2.9.5", "dist", "linux/arm64"],
      ["2.9.5", "dist", "linux/arm64="],
    ]) {
      expect(release(args)).toMatchObject({ status: 2, stderr: expect.stringContaining("release.sh VERSION FOLDER") });
    }
    expect(existsSync(join(place, "record/calls"))).toBe(true);
  });
});
