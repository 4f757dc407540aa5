import type { Platform } from "@dagger.io/dagger";
import { type Check, runCheck } from "../../dagger/engine/check.js";
import { assertRuns } from "../../dagger/engine/emulation.js";
import { answers } from "../../dagger/engine/http.js";
import { answersApart, isApart, mirrored } from "../../dagger/engine/network.js";
import { measureResources } from "../../dagger/engine/resources.js";
import { step } from "../../dagger/engine/step.js";
import { rehearseCargo } from "../deno/build.js";
import { report } from "../engine/report.js";
import { checkMemory, describeEngine, gib, wholeDisk } from "../engine/resources.js";
import type { Tree } from "../plan/facts.js";
import { decide, inTurn, type Work } from "../plan/work.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import type { VersionRequest } from "../request/version.js";
import { enginePlatform, openNetwork } from "../toolchain/toolchains.js";
import { findTree } from "../upstream/source.js";
import { prepareLibrary, rehearseV8 } from "../v8/build.js";
import { listHosts } from "./hosts.js";

/** Checks that stand or fall together: what stops them is a line of its own. */
async function checkTogether(name: string, checks: () => Promise<Check[]>): Promise<Check[]> {
  let found: Check[] = [];
  const whole = await runCheck(name, async () => {
    found = await checks();
    return "";
  });
  return whole.passed ? found : [whole];
}

/** Whether the engine has what a build from nothing takes; with ignoreResources that is told and not refused. */
async function rehearseEngine({ settings, facts, target }: Work): Promise<string> {
  const engine = await measureResources(settings.base);
  const needed = wholeDisk(facts.origin === "source", facts.way.where === "cross");
  const seen = `${describeEngine(engine)}; a build from nothing takes ${gib(needed)} of the disk`;
  if (settings.ignoreResources) return seen;
  checkMemory(settings.profile, target, engine);
  if (engine.disk < needed) {
    throw new Error(`${seen}. Make room on it, or go on anyway with --ignore-resources`);
  }
  return seen;
}

async function rehearsePlatform(settings: Settings, tree: Tree, target: Target): Promise<Check[]> {
  let work: Work | undefined;
  const planned = await runCheck("plan", async () => {
    work = await decide(settings, tree, await enginePlatform(), target);
    const { facts, recipe } = work;
    const v8 =
      facts.origin === "source" ? `V8 ${tree.libraryVersion} compiled` : `V8 ${tree.libraryVersion}, ${facts.origin}`;
    return `${v8}, archive ${recipe.archive}; cargo ${facts.way.where} on ${facts.engine.platform}`;
  });
  if (!work) return [planned];
  const { facts, engine } = work;
  const settled = work;
  const runs = await runCheck("QEMU", async () => {
    await assertRuns(settings.base, target.platform as Platform);
    return `the engine, ${engine.platform}, runs programs of ${target.platform}`;
  });
  const network = openNetwork(settings);
  const host = listHosts(facts).map(({ address, wanted }) =>
    runCheck(`host of ${wanted}`, async () => {
      const asked = mirrored(network, address);
      return `${asked} answers with ${await (isApart(network) ? answersApart(network, asked) : answers(asked))}`;
    }),
  );
  return [
    planned,
    ...(engine === target ? [] : [runs]),
    await runCheck("engine", () => rehearseEngine(settled)),
    ...(await Promise.all(host)),
    ...(facts.origin === "source" ? await checkTogether("V8", () => rehearseV8(settled)) : []),
    ...(await checkTogether("Deno", () => rehearseCargo(settled, prepareLibrary))),
  ];
}

/** Does all that can go wrong before the long compile, for each platform, and tells of it line by line. */
export async function rehearse(settings: Settings, request: VersionRequest, targets: Target[]): Promise<string> {
  let tree: Tree | undefined;
  const source = await runCheck("source", async () => {
    tree = await step("rehearse: Deno's source", () => findTree(settings, request));
    const patched = settings.patches ? ", patched" : "";
    return `Deno ${tree.version}${tree.commit ? `, commit ${tree.commit}` : ""}${patched}; V8 ${tree.libraryVersion}; Rust ${tree.rust ?? "not pinned"}`;
  });
  const found = tree;
  const results = found
    ? await inTurn(targets, async (target) => ({
        platform: target.platform,
        checks: await step(`rehearse ${target.platform}`, () => rehearsePlatform(settings, found, target)),
      }))
    : [];
  return report("rehearse", [{ platform: "every platform", checks: [source] }, ...results]);
}
