import type { Container } from "@dagger.io/dagger";
import type { Check } from "../../dagger/engine/check.js";
import { step } from "../../dagger/engine/step.js";
import { baseContainer } from "../../dagger/images/image.js";
import { readSmokeScript, runSmoke } from "../../dagger/smoke/smoke.js";
import type { Supply } from "../binaries/supply.js";
import { report } from "../engine/report.js";
import { makeImage } from "../images/image.js";
import { inTurn } from "../plan/work.js";
import type { Variant } from "../request/enums.js";
import type { Settings } from "../request/options.js";
import { TARGETS, type Target } from "../request/platform.js";
import type { VersionRequest } from "../request/version.js";
import { fetchAddon } from "./addon.js";
import { askedVersionText, checkAge, checkTrial, judgeRuns, noImage, ownVersionText, testNames } from "./report.js";

/** What is tried: an image of this module, or the one at an address. */
export interface Trial {
  request: VersionRequest;
  targets: readonly Target[];
  variant: Variant;
  address: string;
}

/** What of each platform is tried. */
interface Subject {
  /** whether Deno is compiled for the image */
  compiled: boolean;
  /** what `deno --version` is to contain */
  version: string;
  image(target: Target): Promise<Container>;
}

async function findSubject(
  settings: Settings,
  supply: () => Promise<Supply>,
  { request, variant, address }: Trial,
): Promise<Subject> {
  if (address) {
    const image = (target: Target) => baseContainer(target.platform, address, "address");
    return { compiled: false, version: askedVersionText(request), image };
  }
  const deno = await supply();
  checkAge(deno.identity.version);
  const image = (target: Target) => makeImage(settings, deno, target, variant);
  return { compiled: deno.compiled, version: ownVersionText(deno.identity), image };
}

/** What one platform shows. An image that cannot be had is a line of the report: the other platform is seen as well. */
async function smokePlatform(settings: Settings, { version, image }: Subject, target: Target): Promise<Check[]> {
  // Before the image, which may take hours.
  const addon = await fetchAddon(settings, target);
  let made: Container;
  try {
    made = await image(target);
  } catch (error) {
    return noImage(error);
  }
  const tests = testNames(await readSmokeScript("checks.js"));
  return judgeRuns(await runSmoke(made, addon), { version, machine: target.machine, tests });
}

/** Tries every platform, side by side where nothing is compiled. */
export async function smoke(settings: Settings, supply: () => Promise<Supply>, trial: Trial): Promise<string> {
  const { targets } = trial;
  checkTrial(trial.variant, trial.address);
  const subject = await findSubject(settings, supply, trial);
  const tried = (target: Target) =>
    step(`smoke test on ${target.platform}`, async () => ({
      platform: target.platform,
      checks: await smokePlatform(settings, subject, target),
    }));
  return report("smoke", await (subject.compiled ? inTurn(targets, tried) : Promise.all(targets.map(tried))));
}

/** A release whose official binaries are known to work, in this module's image, on every platform. */
export const OFFICIAL: Trial = {
  request: { kind: "release", version: "2.9.5" },
  targets: TARGETS,
  variant: "UBUNTU",
  address: "",
};
