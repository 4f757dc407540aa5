import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, inject } from "vitest";
import type { TestProject } from "vitest/node";

/** Whether an engine answers, and what a person should know of that. */
export interface EngineState {
  available: boolean;
  says: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    engine: EngineState;
  }
}

const hint = 'start one, or run: eval "$(../shared/workshop/up)"';

/** The dagger program: without one the SDK would download it, which a test must not do. */
function cli(): string | undefined {
  const own = process.env._EXPERIMENTAL_DAGGER_CLI_BIN;
  if (own) return own;
  const candidates = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "dagger"));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Asks the engine for its version. A set address says nothing: the engine behind it may be gone. */
export function probeEngine(): EngineState {
  const program = cli();
  if (!program) return { available: false, says: `no dagger on PATH; ${hint}` };
  process.env._EXPERIMENTAL_DAGGER_CLI_BIN = program;
  const answer = spawnSync(program, ["core", "version"], {
    encoding: "utf8",
    timeout: 60_000,
    stdio: "pipe",
    input: "",
  });
  if (answer.status === 0) return { available: true, says: answer.stdout.trim() };
  const why =
    answer.error?.message ??
    answer.stderr
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/ *\[traceparent[^\]]*\]/, "");
  return { available: false, says: `no engine answers (${why}); ${hint}` };
}

/** Runs once before the engine tier: says in one line whether it runs, and fails where it must but cannot. */
export default function setup(project: TestProject): void {
  const engine = probeEngine();
  if (!engine.available && process.env.DENO_FROM_SOURCE_ENGINE === "required") {
    throw new Error(`engine tier: DENO_FROM_SOURCE_ENGINE=required, but ${engine.says}`);
  }
  console.log(engine.available ? `engine tier: runs on ${engine.says}` : `engine tier skipped: ${engine.says}`);
  project.provide("engine", engine);
}

/** For tests in test/engine only: whether {@link setup} found an engine. */
export function engineAvailable(): boolean {
  return inject("engine").available;
}

/** `describe` where an engine answers, and `describe.skip` elsewhere. */
export function describeEngine(name: string, tests: () => void): void {
  describe.skipIf(!engineAvailable())(name, tests);
}
