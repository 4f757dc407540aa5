import type { Container } from "@dagger.io/dagger";
import type { Check } from "../../dagger/engine/check.js";
import { step } from "../../dagger/engine/step.js";
import { baseContainer } from "../../dagger/images/image.js";
import { script, smokeTest } from "../../dagger/smoke/smoke.js";
import type { Supply } from "../binaries/supply.js";
import { report } from "../engine/report.js";
import { imageOf } from "../images/image.js";
import { inTurn } from "../plan/work.js";
import type { Variant } from "../request/enums.js";
import type { Settings } from "../request/options.js";
import { TARGETS, type Target } from "../request/platform.js";
import type { VersionRequest } from "../request/version.js";
import { addonFor } from "./addon.js";
import { checkAge, checksOf, checkTrial, noImage, requestText, testNames, versionText } from "./report.js";

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

async function subjectOf(
  settings: Settings,
  supply: () => Promise<Supply>,
  { request, variant, address }: Trial,
): Promise<Subject> {
  if (address) {
    const image = (target: Target) => baseContainer(target.platform, address, "address");
    return { compiled: false, version: requestText(request), image };
  }
  const deno = await supply();
  checkAge(deno.identity.version);
  const image = (target: Target) => imageOf(settings, deno, target, variant);
  return { compiled: deno.compiled, version: versionText(deno.identity), image };
}

/** What one platform shows. An image that cannot be had is a line of the report: the other platform is seen as well. */
async function checksFor(settings: Settings, { version, image }: Subject, target: Target): Promise<Check[]> {
  // Before the image, which may take hours.
  const addon = await addonFor(settings, target);
  let made: Container;
  try {
    made = await image(target);
  } catch (error) {
    return noImage(error);
  }
  const tests = testNames(await script("checks.js"));
  return checksOf(await smokeTest(made, addon), { version, machine: target.machine, tests });
}

/** Tries every platform, side by side where nothing is compiled. */
export async function smoke(settings: Settings, supply: () => Promise<Supply>, trial: Trial): Promise<string> {
  const { targets } = trial;
  checkTrial(trial.variant, trial.address);
  const subject = await subjectOf(settings, supply, trial);
  const tried = (target: Target) =>
    step(`smoke test on ${target.platform}`, async () => ({
      platform: target.platform,
      checks: await checksFor(settings, subject, target),
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
