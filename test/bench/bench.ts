/**
 * `npm run bench`: what a build costs natively, cross-compiled and emulated; against one Dockerfile; and what a call of
 * the module costs. All in one run on one machine, so that the ratios mean something. Takes some twenty minutes; writes
 * docs/records/benchmarks.md. Needs an engine of linux/amd64 that runs linux/arm64 too, and a registry, as the engine tests do.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connection, dag } from "@dagger.io/dagger";
import { withSystemCompilers } from "../../dagger/toolchain/compilers.js";
import { libraryRecipe } from "../../src/plan/recipe.js";
import { BuildStrategy } from "../../src/request/enums.js";
import { callModule, root } from "../engine/support/call.js";
import { edit, library as fixtureLibrary, libraryVersion } from "../engine/support/fixture.js";
import { base, registry, toolchain } from "../engine/support/toolchain.js";
import { probeEngine } from "../support/engine.js";
import { denoFromSource, type Options } from "../support/module.js";
import { dockerfile } from "./dockerfile.js";
import { bump, enlarged } from "./enlarge.js";
import { type Measured, report } from "./report.js";

const engine = probeEngine();
if (!engine.available) throw new Error(`bench: ${engine.says}`);

const stamp = Math.floor(Date.now() / 1000);
// A version that no cache volume knows.
const version = `2.8.${(stamp % 100_000) + 100}`;
const next = `2.8.${(stamp % 100_000) + 101}`;
const folder = await mkdtemp(join(tmpdir(), "deno-from-source-bench-"));
const trees = await enlarged(folder, stamp, version);

const native = { platform: "linux/amd64", strategy: BuildStrategy.NATIVE };
const accelerated = { platform: "linux/arm64", strategy: BuildStrategy.CROSS };
const emulated = { platform: "linux/arm64", strategy: BuildStrategy.EMULATED };
type Way = typeof native;

const tools = () => [toolchain("linux/amd64", true), toolchain("linux/arm64", false)];
const module = (strategy: BuildStrategy, options: Partial<Options> = {}) =>
  denoFromSource({
    source: dag.host().directory(trees.deno),
    librarySource: fixtureLibrary(trees.library),
    toolchains: tools(),
    base,
    strategy,
    ...options,
  });

/** Seconds that `work` takes in an SDK session of its own, as a new call would have it. */
async function seconds(what: string, work: () => Promise<unknown>): Promise<number> {
  const begin = Date.now();
  let duration = 0;
  await connection(async () => {
    const connected = Date.now();
    await work();
    duration = (Date.now() - connected) / 1000;
  });
  console.log(`${new Date(begin).toISOString()} ${what}: ${duration.toFixed(1)} s`);
  return duration;
}

const library = ({ platform, strategy }: Way, name: string) =>
  seconds(`V8, ${name}`, async () => (await module(strategy).library(version, platform)).sync());
const build = ({ platform, strategy }: Way, name: string, wanted = version) =>
  seconds(`Deno, ${name}`, async () => (await module(strategy).build(wanted, platform)).sync());

async function call(what: string, args: string[]): Promise<number> {
  const begin = Date.now();
  const { code, err } = await callModule(root, args);
  if (code !== 0) throw new Error(`bench: ${what}: ${err.slice(-2000)}`);
  const duration = (Date.now() - begin) / 1000;
  console.log(`${what}: ${duration.toFixed(1)} s`);
  return duration;
}

try {
  await seconds("toolchains, not counted", () => Promise.all(tools().map((container) => container.sync())));
  const address = `${registry}/deno-from-source/bench-toolchain`;
  await seconds("toolchain of the Dockerfile, not counted", async () => {
    const { unknownFlags } = libraryRecipe(libraryVersion, "x86_64-unknown-linux-gnu", []);
    await withSystemCompilers(toolchain("linux/amd64", true), unknownFlags).publish(address);
    await writeFile(join(folder, "Dockerfile"), dockerfile(address));
  });

  const ways = { native, accelerated, emulated };
  const measured: Record<keyof typeof ways, Measured> = { native: {}, accelerated: {}, emulated: {} };
  const each = async (measure: (name: keyof typeof ways, way: Way) => Promise<void>) => {
    for (const [name, way] of Object.entries(ways)) await measure(name as keyof typeof ways, way);
  };
  measured.native.library = await library(native, "native");
  // Emulated, too, V8 is cross-compiled: this very one.
  measured.accelerated.library = await library(accelerated, "cross-compiled");
  await each(async (name, way) => {
    measured[name].cold = await build(way, `${name}, nothing done before`);
  });
  await each(async (name, way) => {
    measured[name].warm = await build(way, `${name}, unchanged`);
  });
  await edit(join(trees.deno, "cli/main.rs"), 'println!("Deno {}"', 'println!("Deno: {}"');
  await each(async (name, way) => {
    measured[name].changed = await build(way, `${name}, a line of cli/main.rs changed`);
  });

  const image = (wanted: string) =>
    seconds(`Dockerfile, ${wanted}`, () =>
      dag
        .host()
        .directory(folder)
        .dockerBuild({ buildArgs: [{ name: "DENO_VERSION", value: wanted }] })
        .file("/usr/bin/deno")
        .sync(),
    );
  const first = await image(version);
  await bump(trees.deno, version, next);
  const bumped = { own: await build(native, "native, next version", next), dockerfile: await image(next) };

  // Dagger makes the module's object in one process and calls its function in another; each loads the module. The object
  // is kept while the options before the function's name, and the tree, are the same. Another number of jobs is
  // another object with the same work.
  const plan = (jobs: number, platform: string) => [
    ...[`--source=${trees.deno}`, `--jobs=${jobs}`],
    ...["plan", `--version=${next}`, `--platform=${platform}`, "text"],
  ];
  const calls = {
    first: await call("plan, first", plan(1, "linux/amd64")),
    load: await call("--help: types loaded, no process of the module", ["--help"]),
    options: await call("plan, other options", plan(2, "linux/amd64")),
    warm: await call("plan, same options, another platform", plan(2, "linux/arm64")),
    again: await call("plan, same call again", plan(2, "linux/arm64")),
    session: await seconds(
      "plan, without the module's load",
      async () => (await module(BuildStrategy.AUTO, { jobs: 3 }).plan(next, "linux/arm64")).text,
    ),
  };
  await writeFile(
    join(root, "docs/records/benchmarks.md"),
    report({ engine: engine.says, measured, dockerfile: { first, bumped }, calls }),
  );
  console.log("written: docs/records/benchmarks.md");
} finally {
  await rm(folder, { recursive: true, force: true });
}
