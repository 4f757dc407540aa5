import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../../support/introspect.js";

/** Runs the script where df and du say so many MiB. */
function require(needed: number, free: number, kept: number | "must not be asked", after?: number) {
  const folder = mkdtempSync(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const commands = {
    df: `printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\ncache 9 9 ${free * 1024} 9%% /cache\\n'`,
    du: kept === "must not be asked" ? "exit 1" : `echo '${kept * 1024}\t/cache'`,
  };
  for (const [name, text] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { status, stderr } = spawnSync(
    "sh",
    [join(root, "dagger/engine/require-disk.sh"), String(needed), "V8 150.4.0", ...(after ? [String(after)] : [])],
    {
      env: { PATH: `${folder}:${process.env.PATH}` },
      encoding: "utf8",
    },
  );
  return { status, stderr };
}

it("lets a stage begin where its volume fits, without measuring the volume", () => {
  expect(require(2400, 2400, "must not be asked")).toEqual({ status: 0, stderr: "" });
});

it("lets a stage go on that was interrupted when the disk was fuller", () => {
  expect(require(2400, 1000, 1400)).toEqual({ status: 0, stderr: "" });
});

it("refuses a stage that would fill the disk, with the numbers and the way out", () => {
  expect(require(2400, 1000, 1399)).toEqual({
    status: 78,
    stderr:
      "disk: V8 150.4.0 takes 2400 MiB in the engine's cache; 1000 MiB are free there, and 1399 MiB are done. Make room on " +
      "that disk, or go on anyway with --ignore-resources\n",
  });
});

it("refuses the first stage of a build from nothing for what comes after it, too", () => {
  expect(require(2000, 11_999, 0, 10_000)).toEqual({
    status: 78,
    stderr:
      "disk: V8 150.4.0 with what comes after it takes 12000 MiB in the engine's cache; 11999 MiB are free there, and 0 MiB " +
      "are done. Make room on that disk, or go on anyway with --ignore-resources\n",
  });
  expect(require(2000, 12_000, "must not be asked", 10_000)).toEqual({ status: 0, stderr: "" });
});

it("lets a first stage go on that was begun, for what comes after it may be begun, too", () => {
  expect(require(2000, 1500, 500, 10_000)).toEqual({ status: 0, stderr: "" });
  expect(require(2000, 1499, 500, 10_000).stderr).toMatch(/^disk: V8 150\.4\.0 takes 2000 MiB /);
});
