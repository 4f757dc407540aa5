import type { Container, Directory, File } from "@dagger.io/dagger";
import { step } from "../../dagger/engine/step.js";
import { baseContainer } from "../../dagger/images/image.js";
import { buildApp } from "../../dagger/programs/app.js";
import { compileProgram, hasFile } from "../../dagger/programs/program.js";
import { checkDenort, forEachTarget, type Supply } from "../binaries/supply.js";
import { fileDate, makeImage } from "../images/image.js";
import { baseImage, LABELS, OWNER } from "../images/layout.js";
import type { Variant } from "../request/enums.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import type { VersionRequest } from "../request/version.js";
import { checkPermissions, importPermissions, parsePermissions } from "./permissions.js";
import {
  appEntrypoint,
  appPath,
  checkAppVariant,
  checkEntrypoint,
  checkInclude,
  checkIncludeVersion,
  FOLDER,
  needsRuntime,
  outputName,
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
async function checkProgram(
  { source, entrypoint, request }: Program,
  supply: () => Promise<Supply>,
  fits: (version: string) => void,
): Promise<Supply> {
  checkEntrypoint(entrypoint);
  if (request.kind === "release") fits(request.version);
  if (!(await hasFile(source, entrypoint))) {
    throw new Error(`entrypoint: source has no file ${JSON.stringify(entrypoint)}`);
  }
  const deno = await supply();
  fits(deno.identity.version);
  return deno;
}

/** The executable that `deno compile` makes. */
export async function makeExecutable(
  settings: Settings,
  supply: () => Promise<Supply>,
  wanted: Standalone,
): Promise<File> {
  const { source, entrypoint, target, include } = wanted;
  const permissions = parsePermissions(wanted.permissions);
  checkInclude(include);
  checkDenort(settings);
  const made = await checkProgram(wanted, supply, (version) => {
    checkPermissions(permissions, version);
    checkIncludeVersion(include, version);
  });
  for (const path of include) {
    if (!(await source.exists(path))) throw new Error(`include: source has no ${JSON.stringify(path)}`);
  }
  // denort first: where binaries were given it is the one that is forgotten, and the two share a cache when compiled.
  const denort = needsRuntime(made.identity.version) ? await made.denort(target) : null;
  const deno = await made.deno(target);
  const base = await baseContainer(target.platform, baseImage("UBUNTU", settings.imageBase));
  return step(`deno compile ${entrypoint} for ${target.platform}`, () =>
    compileProgram({
      base,
      platform: target.platform,
      deno,
      denort,
      source,
      folder: FOLDER,
      options: [...permissions, ...include.flatMap((path) => ["--include", appPath(path)])],
      entrypoint: appPath(entrypoint),
      name: outputName(entrypoint),
    }),
  );
}

/** The images of a program, one for each platform. */
export async function makeApp(settings: Settings, supply: () => Promise<Supply>, wanted: Application): Promise<Images> {
  const { source, entrypoint, targets, variant } = wanted;
  const permissions = parsePermissions(wanted.permissions);
  checkAppVariant(variant);
  const deno = await checkProgram(wanted, supply, (version) => checkPermissions(permissions, version));
  const images = await forEachTarget(deno, targets, async (target) => {
    const image = await makeImage(settings, deno, target, variant);
    return step(`app ${entrypoint} for ${target.platform}`, () =>
      buildApp({
        image,
        platform: target.platform,
        source,
        folder: FOLDER,
        module: appPath(entrypoint),
        options: importPermissions(permissions),
        user: OWNER,
        date: fileDate(deno.identity),
        // They speak of Deno. What Deno it is, DENO_VERSION says.
        labels: LABELS,
        entrypoint: appEntrypoint(permissions, entrypoint),
      }),
    );
  });
  return { platforms: targets.map(({ platform }) => platform), images };
}
