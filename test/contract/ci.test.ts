import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** `.ci/run` in a folder of its own, with stand-ins for the workshop, npm, and whatever would wait. */
describe(".ci/run", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ci-run-"));
    mkdirSync(join(folder, "repository"));
    cpSync(new URL("../../.ci", import.meta.url), join(folder, "repository", ".ci"), { recursive: true });
    program("bin/npm", `echo "npm $* with engine=\${DENO_FROM_SOURCE_ENGINE:-free}"`);
    program("bin/sleep", "exit 0");
    program("bin/pgrep", "exit 1");
    program("bin/dagger", "exit 0");
    program("bin/shellcheck", "exit 0");
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function program(path: string, text: string): void {
    const file = join(folder, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  function run(): { status: number | null; out: string } {
    const { DENO_FROM_SOURCE_ENGINE: _, ...environment } = process.env;
    const { status, stdout } = spawnSync("bash", [join(folder, "repository/.ci/run")], {
      encoding: "utf8",
      env: { ...environment, PATH: `${join(folder, "bin")}:${process.env.PATH}` },
    });
    return { status, out: stdout };
  }

  const workshop = (status: number) =>
    program("shared/workshop/up", `echo 'export _EXPERIMENTAL_DAGGER_CLI_BIN=dagger'; exit ${status}`);

  it("requires the engine tier where the workshop starts an engine, and stops what it started", () => {
    workshop(0);
    program("shared/workshop/down", "echo engine stopped");
    const { status, out } = run();
    expect(out).toContain("npm test with engine=required");
    expect(out).toContain("engine stopped");
    expect(status).toBe(0);
  });

  it("says in one loud line that the tier is skipped where the machine has no engine", () => {
    workshop(3);
    const { status, out } = run();
    expect(out.match(/^== ENGINE TIER SKIPPED: this machine has no engine.*$/gm)).toHaveLength(1);
    expect(out).toContain("npm test with engine=free");
    expect(status).toBe(0);
  });

  it("fails where the workshop has an engine that does not start", () => {
    workshop(1);
    const { status, out } = run();
    expect(out).toContain("start the engine: FAILED");
    expect(out).not.toContain("npm test");
    expect(status).toBe(1);
  });

  it("says that the tier is skipped where there is no workshop", () => {
    const { status, out } = run();
    expect(out).toContain("== ENGINE TIER SKIPPED: there is no ../shared/workshop/up");
    expect(status).toBe(0);
  });
});
