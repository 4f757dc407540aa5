/**
 * Kills an engine (SIGKILL) while it compiles V8, while cargo runs and while the snapshot is made, starts it again and makes
 * the same call: it must end well, and take what was compiled from a shared compiler cache, for an engine that was killed
 * deletes its own cache. With the miniature Deno and V8, for linux/arm64, cross-compiled.
 *
 *   npx tsx test/real/killed.ts TOOLCHAIN BASE REDIS SOCKET ENGINE…
 *   npx tsx test/real/killed.ts 10.99.0.1:5000/toolchain:sid-amd64 10.99.0.1:5000/debian:bookworm redis://10.99.0.1:6379/1 \
 *     /var/tmp/second/engine.sock test/real/second-engine.sh dagger-engine /var/tmp/second 5000
 *
 * Not for an engine that anybody needs: its cache is lost, six times. ENGINE is the command that runs it in the
 * foreground and takes its containers with it when it is killed. TOOLCHAIN is what test/real/sid-toolchain.ts pushed.
 * REDIS is outside of the engine, where its containers and redis-cli reach it; its password is in REDIS_PASSWORD.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connection, dag } from "@dagger.io/dagger";
import { BuildStrategy } from "../../src/request/enums.js";
import { edit, library, paths, slowMksnapshot, version } from "../engine/support/fixture.js";
import { denoFromSource } from "../support/module.js";

const [toolchain = "", base = "", redis = "", socket = "", ...command] = process.argv.slice(2);
const trees = process.env.TREES;

/** In a process of its own, which dies with its engine. */
async function build(folder: string): Promise<void> {
  await connection(
    async () => {
      const file = await denoFromSource({
        source: dag.host().directory(join(folder, "deno")),
        librarySource: library(join(folder, "v8")),
        toolchains: [dag.container().from(toolchain)],
        base,
        strategy: BuildStrategy.CROSS,
        compilerCache: redis,
        compilerCachePassword: dag.setSecret("redis", process.env.REDIS_PASSWORD ?? ""),
      }).build(version, "linux/arm64");
      console.log(`built: ${await file.size()} bytes`);
    },
    { LogOutput: process.stderr },
  );
}

/** How often the Redis had what it was asked for. */
function hits(): number {
  const env = { ...process.env, REDISCLI_AUTH: process.env.REDIS_PASSWORD };
  const text = execFileSync("redis-cli", ["-u", redis, "info", "stats"], { encoding: "utf8", env });
  return Number(/keyspace_hits:(\d+)/.exec(text)?.[1]);
}

interface Ended {
  code: number | null;
  text: string;
}

/** Runs {@link build}; `kill` is called as soon as its progress shows `moment`. */
function call(folder: string, moment?: RegExp, kill?: () => void): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {
      env: { ...process.env, TREES: folder, _EXPERIMENTAL_DAGGER_RUNNER_HOST: `unix://${socket}` },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  let killed = false;
  const see = (data: Buffer) => {
    text += data;
    if (!killed && moment?.test(text)) {
      killed = true;
      // Into the work, not at its first moment.
      setTimeout(() => {
        kill?.();
        // A client waits for its engine; nobody will answer.
        setTimeout(() => child.kill("SIGKILL"), 5000);
      }, 5000);
    }
  };
  child.stdout.on("data", see);
  child.stderr.on("data", see);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, text })));
}

let engine: ChildProcess;
async function start(): Promise<void> {
  rmSync(socket, { force: true });
  engine = spawn(command[0] as string, command.slice(1), { stdio: "ignore", detached: true });
  for (let tries = 0; !existsSync(socket); tries++) {
    if (tries === 240) throw new Error(`killed: ${socket} did not appear in 2 minutes`);
    await sleep(500);
  }
}

async function killed(): Promise<void> {
  if (engine.exitCode !== null || engine.signalCode !== null) return;
  const gone = new Promise((resolve) => engine.on("close", resolve));
  engine.kill("SIGKILL");
  await gone;
}

const sleepIn = (script: string) =>
  edit(script, "fn main() {\n", "fn main() {\n  std::thread::sleep(std::time::Duration::from_secs(30));\n");

/** Where the engine is killed: what makes that moment long, and what is seen then. */
const moments: { name: string; seen: RegExp; slow: (folder: string) => Promise<void> }[] = [
  {
    name: "V8",
    seen: /\[[3-9]\/\d+\]/,
    slow: (folder) => slowMksnapshot(join(folder, "v8")),
  },
  {
    name: "cargo",
    seen: /Compiling deno v/,
    slow: (folder) => sleepIn(join(folder, "deno/cli/build.rs")),
  },
  {
    name: "the snapshot",
    seen: /Compiling deno_snapshots v/,
    slow: (folder) => sleepIn(join(folder, "deno/cli/snapshot/build.rs")),
  },
];

async function all(): Promise<void> {
  for (const { name, seen, slow } of moments) {
    const folder = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    try {
      await cp(paths.deno, join(folder, "deno"), { recursive: true });
      await cp(paths.library, join(folder, "v8"), { recursive: true });
      // Nothing of another run is in the Redis.
      await writeFile(join(folder, "v8/src/v8.h"), `\nconstexpr long kRun = ${Date.now()};\n`, { flag: "a" });
      await slow(folder);
      await start();
      let dead: Promise<void> | undefined;
      const first = await call(folder, seen, () => {
        dead = killed();
      });
      if (!dead)
        throw new Error(`killed: ${name}: the call ended with ${first.code} before that\n${first.text.slice(-3000)}`);
      await dead;
      if (first.code === 0) throw new Error(`killed: ${name}: the first call ended well`);
      const begin = Date.now();
      await start();
      const before = hits();
      const second = await call(folder);
      if (second.code !== 0) throw new Error(`killed: ${name}: the second call failed\n${second.text.slice(-3000)}`);
      const steps = (text: string) => /\[\d+\/(\d+)\](?![\s\S]*\[\d+\/\d+\])/.exec(text)?.[1] ?? "0";
      console.log(
        `killed during ${name}: the same call went well after ${((Date.now() - begin) / 1000).toFixed(0)} s; ` +
          `V8's steps ${steps(first.text)} and ${steps(second.text)}; taken from the compiler cache: ${hits() - before}`,
      );
    } finally {
      await killed();
      await rm(folder, { recursive: true, force: true });
    }
  }
}

if (trees) await build(trees);
else if (command.length === 0) {
  console.error("usage: killed.ts TOOLCHAIN BASE REDIS SOCKET ENGINE…; see its first lines");
  process.exitCode = 2;
} else await all();
