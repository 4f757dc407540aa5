import { dag, type Platform } from "@dagger.io/dagger";
import { type Check, tried } from "../../dagger/engine/check.js";
import { assertRuns } from "../../dagger/engine/emulation.js";
import { answers } from "../../dagger/engine/http.js";
import { resources } from "../../dagger/engine/resources.js";
import { step } from "../../dagger/engine/step.js";
import { rehearseCargo } from "../deno/build.js";
import { report } from "../engine/report.js";
import type { Tree } from "../plan/facts.js";
import { decide, inTurn, type Work } from "../plan/work.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import type { VersionRequest } from "../request/version.js";
import { enginePlatform } from "../toolchain/toolchains.js";
import { resolve } from "../upstream/source.js";
import { rehearseV8 } from "../v8/build.js";
import { hostsOf } from "./hosts.js";

/** Checks that stand or fall together: what stops them is a line of its own. */
async function each(name: string, checks: () => Promise<Check[]>): Promise<Check[]> {
  let found: Check[] = [];
  const whole = await tried(name, async () => {
    found = await checks();
    return "";
  });
  return whole.passed ? found : [whole];
}

async function rehearsePlatform(settings: Settings, tree: Tree, target: Target): Promise<Check[]> {
  let work: Work | undefined;
  const planned = await tried("plan", async () => {
    work = await decide(settings, tree, await enginePlatform(), target);
    const { facts, recipe } = work;
    const v8 = facts.origin === "source" ? `V8 ${tree.library} compiled` : `V8 ${tree.library}, ${facts.origin}`;
    return `${v8}, archive ${recipe.archive}; cargo ${facts.way.where} on ${facts.engine.platform}`;
  });
  if (!work) return [planned];
  const { facts, engine } = work;
  const settled = work;
  const runs = await tried("QEMU", async () => {
    await assertRuns(settings.base, target.platform as Platform);
    return `the engine, ${engine.platform}, runs programs of ${target.platform}`;
  });
  const host = hostsOf(facts).map(({ address, wanted }) =>
    tried(`host of ${wanted}`, async () => `${address} answers with ${await answers(address)}`),
  );
  return [
    planned,
    ...(engine === target ? [] : [runs]),
    await tried("engine", () => resources(dag.container().from(settings.base))),
    ...(await Promise.all(host)),
    ...(facts.origin === "source" ? await each("V8", () => rehearseV8(settled)) : []),
    ...(await each("Deno", () => rehearseCargo(settled))),
  ];
}

/** Does all that can go wrong before the long compile, for each platform, and tells of it line by line. */
export async function rehearse(settings: Settings, request: VersionRequest, targets: Target[]): Promise<string> {
  let tree: Tree | undefined;
  const source = await tried("source", async () => {
    tree = await step("rehearse: Deno's source", () => resolve(settings, request));
    const patched = settings.patches ? ", patched" : "";
    return `Deno ${tree.version}${tree.commit ? `, commit ${tree.commit}` : ""}${patched}; V8 ${tree.library}; Rust ${tree.rust ?? "not pinned"}`;
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
