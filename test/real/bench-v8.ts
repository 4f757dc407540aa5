/**
 * Compiles a V8 in several ways, each from nothing, and compares them: processor time, time, memory, disk.
 *
 *   npx tsx test/real/bench-v8.ts DENO V8 TOOLCHAIN BASE WAY…
 *   npx tsx test/real/bench-v8.ts /tmp/deno-2.9.5 /tmp/v8-150.4.0 localhost:5000/toolchain:sid-amd64 \
 *     localhost:5000/debian:bookworm native:headers native:clusters cross:headers
 *
 * DENO is a tree that deno-tree.sh made, V8 an unpacked crate of the version that it names, TOOLCHAIN what sid-toolchain.ts
 * pushed. A WAY is native or cross, and of V8's files: plain, headers (precompiled), clusters, or clusters+headers. Ratios
 * are to the first of the same run. Each takes an hour, and plain ones many.
 *
 * The engine's containers are watched by their cgroups, so this runs as root on the engine's machine. The numbers are
 * those of the container that took the most processor time, and no other build may run on the engine. Processor time is
 * the number to compare: what else the machine does changes the time more than it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Container, connection, dag } from "@dagger.io/dagger";
import { packageVersion } from "../../src/plan/manifests.js";
import { TARGETS } from "../../src/request/platform.js";
import { enginePlatform } from "../../src/toolchain/toolchains.js";
import { lookInVolume } from "../engine/support/volume.js";
import { denoFromSource, type Options } from "../support/module.js";

const CLUSTERS = { gnArguments: ["v8_enable_cluster_build=true"] };
const FILES: Record<string, Partial<Options>> = {
  plain: { precompiledHeaders: false },
  headers: {},
  clusters: { precompiledHeaders: false, ...CLUSTERS },
  "clusters+headers": CLUSTERS,
};
const WAYS = ["native", "cross"].flatMap((where) => Object.keys(FILES).map((files) => `${where}:${files}`));

const [deno, v8, toolchain, base, ...ways] = process.argv.slice(2);
const unknown = ways.filter((way) => !WAYS.includes(way));
if (!deno || !v8 || !toolchain || !base || ways.length === 0 || unknown.length > 0) {
  throw new Error(`usage: bench-v8.ts DENO V8 TOOLCHAIN BASE WAY…, each WAY one of ${WAYS.join(", ")}`);
}

/** What one container took. */
interface Taken {
  seconds: number;
  mebibytes: number;
}

/** The groups of the engine's containers, of either version: https://docs.kernel.org/admin-guide/cgroup-v2.html */
const GROUPS = [
  {
    folder: "/sys/fs/cgroup/cpuacct/buildkit",
    read: (id: string): Taken => ({
      seconds: Number(readFileSync(`/sys/fs/cgroup/cpuacct/buildkit/${id}/cpuacct.usage`, "utf8")) / 1e9,
      mebibytes: field(`/sys/fs/cgroup/memory/buildkit/${id}/memory.stat`, "total_rss") / 2 ** 20,
    }),
  },
  {
    folder: "/sys/fs/cgroup/buildkit",
    read: (id: string): Taken => ({
      seconds: field(`/sys/fs/cgroup/buildkit/${id}/cpu.stat`, "usage_usec") / 1e6,
      mebibytes: field(`/sys/fs/cgroup/buildkit/${id}/memory.stat`, "anon") / 2 ** 20,
    }),
  },
];
const groups = GROUPS.find(({ folder }) => existsSync(folder));
if (!groups)
  throw new Error(`none of ${GROUPS.map(({ folder }) => folder).join(", ")} is here: run it where the engine runs`);

function field(file: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0);
}

/** Watches the containers that begin from now on; gives what the one took that took the most. */
function watch({ folder, read }: (typeof GROUPS)[number]): () => Taken {
  const containers = () => readdirSync(folder, { withFileTypes: true }).filter((it) => it.isDirectory());
  const before = new Set(containers().map(({ name }) => name));
  const taken = new Map<string, Taken>();
  const timer = setInterval(() => {
    for (const { name } of containers()) {
      if (before.has(name)) continue;
      try {
        const now = read(name);
        taken.set(name, { ...now, mebibytes: Math.max(now.mebibytes, taken.get(name)?.mebibytes ?? 0) });
      } catch {
        // It ended since it was listed; what was read last stays.
      }
    }
  }, 2000);
  return () => {
    clearInterval(timer);
    const most = [...taken.values()].sort((a, b) => b.seconds - a.seconds)[0];
    if (!most) throw new Error(`no container of the engine was seen in ${folder}`);
    return most;
  };
}

interface Row extends Taken {
  way: string;
  minutes: number;
  disk: number;
}

async function measure(way: string, tools: Container): Promise<Row> {
  const [where = "", files = ""] = way.split(":");
  const engine = await enginePlatform();
  const target = where === "native" ? engine : TARGETS.find((it) => it !== engine);
  const keys: string[] = [];
  const { cacheVolume } = dag;
  dag.cacheVolume = (key, ...more) => {
    keys.push(key);
    return cacheVolume.call(dag, key, ...more);
  };
  // A comment makes this another source, so nothing of an earlier build is there.
  const source = dag
    .host()
    .directory(v8 as string)
    .withNewFile("COMMENT", `${way} ${new Date().toISOString()}`);
  const tree = dag.host().directory(deno as string);
  const version = packageVersion(readFileSync(join(deno as string, "cli/Cargo.toml"), "utf8"));
  const module = denoFromSource({ source: tree, librarySource: source, toolchains: [tools], base, ...FILES[files] });
  const stop = watch(groups as (typeof GROUPS)[number]);
  const start = Date.now();
  await (await module.library(version, target?.platform)).sync();
  const minutes = (Date.now() - start) / 60_000;
  dag.cacheVolume = cacheVolume;
  const volume = keys.find((key) => key.startsWith("rusty-v8-"));
  const disk = Number(await lookInVolume(tools, volume, "du -sm /cache | cut -f 1"));
  return { way, ...stop(), minutes, disk };
}

await connection(
  async () => {
    const tools = dag.container().from(toolchain);
    const rows: Row[] = [];
    console.log("| way | processor time, s | ratio | time, min | memory, MiB | disk, MiB |\n|---|---|---|---|---|---|");
    for (const way of ways) {
      const row = await measure(way, tools);
      rows.push(row);
      const ratio = (row.seconds / (rows[0] as Row).seconds).toFixed(2);
      const numbers = [row.minutes, row.mebibytes, row.disk].map((it) => it.toFixed(0));
      console.log(`| ${way} | ${row.seconds.toFixed(0)} | ${ratio} | ${numbers.join(" | ")} |`);
    }
  },
  { LogOutput: process.stderr },
);
