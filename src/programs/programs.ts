import type { Container, Directory, File } from "@dagger.io/dagger";
import { step } from "../../dagger/engine/step.js";
import { baseContainer } from "../../dagger/images/image.js";
import { app } from "../../dagger/programs/app.js";
import { compiled, has, hasFile } from "../../dagger/programs/program.js";
import { finishedBinary } from "../binaries/finished.js";
import { checkRequest, checkRuntime, originOf } from "../binaries/origin.js";
import { runtimeOf } from "../deno/build.js";
import { binaryFor, checkEngine, dateOf, forEachImage, identify, imageOf, type Subject } from "../images/image.js";
import { baseImage, LABELS, OWNER } from "../images/layout.js";
import { decide } from "../plan/work.js";
import type { Variant } from "../request/enums.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import type { VersionRequest } from "../request/version.js";
import { checkPermissions, importPermissions, parsePermissions } from "./permissions.js";
import {
  appEntrypoint,
  checkAppVariant,
  checkEntrypoint,
  checkInclude,
  checkIncludeOf,
  FOLDER,
  needsRuntime,
  outputName,
  placeOf,
} from "./program.js";

/** A program of a user. */
interface Program {
  source: Directory;
  entrypoint: string;
  request: VersionRequest;
  permissions: string[];
}

/** A standalone executable that is wanted. */
export interface Standalone extends Program {
  target: Target;
  include: string[];
}

/** An image of a program that is wanted. */
export interface Application extends Program {
  targets: Target[];
  variant: Variant;
}

/** The images of a program, one for each platform, in the same order. */
export interface Images {
  platforms: string[];
  images: Container[];
}

/**
 * Checks what was given about the program as far as it goes without building anything, and gives the Deno that is meant.
 * `fits` looks at what depends on its version: at once when that is known.
 */
async function subjectFor(
  settings: Settings,
  { source, entrypoint, request }: Program,
  targets: Target[],
  fits: (version: string) => void,
): Promise<Subject> {
  checkRequest(originOf(settings.binaries !== undefined, settings.binaryOrigin), request);
  checkEntrypoint(entrypoint);
  if (request.kind === "release") fits(request.version);
  if (!(await hasFile(source, entrypoint))) {
    throw new Error(`entrypoint: source has no file ${JSON.stringify(entrypoint)}`);
  }
  await checkEngine(settings, targets);
  const subject = await identify(settings, request);
  fits(subject.identity.version);
  return subject;
}

/** denort from where deno comes from; null: this version has none. */
async function runtimeFor(settings: Settings, { identity, tree }: Subject, target: Target): Promise<File | null> {
  if (!needsRuntime(identity.version)) return null;
  return tree
    ? runtimeOf(await decide(settings, tree, target))
    : finishedBinary(settings, identity.version, target, "denort");
}

/** The executable that `deno compile` makes. */
export async function compile(settings: Settings, wanted: Standalone): Promise<File> {
  const { source, entrypoint, target, include } = wanted;
  const permissions = parsePermissions(wanted.permissions);
  checkInclude(include);
  checkRuntime(originOf(settings.binaries !== undefined, settings.binaryOrigin));
  const subject = await subjectFor(settings, wanted, [target], (version) => {
    checkPermissions(permissions, version);
    checkIncludeOf(include, version);
  });
  for (const path of include) {
    if (!(await has(source, path))) throw new Error(`include: source has no ${JSON.stringify(path)}`);
  }
  // denort first: where binaries were given it is the one that is forgotten, and the two share a cache when compiled.
  const denort = await runtimeFor(settings, subject, target);
  const deno = await binaryFor(settings, subject, target);
  const base = await baseContainer(target.platform, baseImage("UBUNTU", settings.imageBase));
  return step(`deno compile ${entrypoint} for ${target.platform}`, () =>
    compiled({
      base,
      platform: target.platform,
      deno,
      denort,
      source,
      folder: FOLDER,
      options: [...permissions, ...include.flatMap((path) => ["--include", placeOf(path)])],
      entrypoint: placeOf(entrypoint),
      name: outputName(entrypoint),
    }),
  );
}

/** The images of a program, one for each platform. */
export async function application(settings: Settings, wanted: Application): Promise<Images> {
  const { source, entrypoint, targets, variant } = wanted;
  const permissions = parsePermissions(wanted.permissions);
  checkAppVariant(variant);
  const subject = await subjectFor(settings, wanted, targets, (version) => checkPermissions(permissions, version));
  const { identity } = subject;
  const images = await forEachImage(settings, subject, targets, async (target) => {
    const image = await imageOf(settings, subject, target, variant);
    return step(`app ${entrypoint} for ${target.platform}`, () =>
      app({
        image,
        platform: target.platform,
        source,
        folder: FOLDER,
        module: placeOf(entrypoint),
        options: importPermissions(permissions),
        user: OWNER,
        date: dateOf(identity),
        // They speak of Deno. What Deno it is, DENO_VERSION says.
        labels: LABELS,
        entrypoint: appEntrypoint(permissions, entrypoint),
      }),
    );
  });
  return { platforms: targets.map(({ platform }) => platform), images };
}
