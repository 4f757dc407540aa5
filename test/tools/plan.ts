/**
 * Prints what building a Deno release takes, without any engine:
 *
 *   npm run plan -- 2.9.5                                  what the recipe says
 *   npm run plan -- 2.9.5 --source ../deno                 and what the tree says: its Rust, its V8
 *   npm run plan -- 2.9.5 --source ../deno --platform linux/amd64 --engine linux/arm64
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cargoArguments, cargoEnvironment } from "../../src/plan/arguments.js";
import { chooseClusters } from "../../src/plan/clusters.js";
import { chooseHeaders } from "../../src/plan/headers.js";
import { chooseLink } from "../../src/plan/link.js";
import { packageVersion, pathIn, rustVersion, v8Version } from "../../src/plan/manifests.js";
import { plan, planText } from "../../src/plan/plan.js";
import { denoRecipe, libraryRecipe } from "../../src/plan/recipe.js";
import { unknownScripts } from "../../src/plan/snapshot.js";
import { chooseWay } from "../../src/plan/strategy.js";
import { chooseSysroot } from "../../src/plan/sysroot.js";
import { UBUNTU } from "../../src/request/base.js";
import { parsePlatform } from "../../src/request/platform.js";
import { parseVersion, requestChannel } from "../../src/request/version.js";

function describe(): string {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      source: { type: "string" },
      platform: { type: "string", default: "linux/arm64" },
      engine: { type: "string", default: `linux/${process.arch === "arm64" ? "arm64" : "amd64"}` },
    },
  });
  const target = parsePlatform(values.platform);
  const engine = parsePlatform(values.engine, "engine");
  const request = positionals[0] === undefined ? undefined : parseVersion(positionals[0]);
  const choices = {
    features: [],
    upgrade: true,
    profile: "release",
    gnArguments: [],
    minifySources: false,
  };

  if (values.source === undefined) {
    if (request?.kind !== "release") throw new Error("usage: npm run plan -- VERSION [--source DIR], such as 2.9.5");
    const recipe = denoRecipe(request.version);
    return planText({
      version: request.version,
      channel: requestChannel(request),
      rust: "as the tree's rust-toolchain.toml says (give --source DIR)",
      library: "as the tree's Cargo.lock says (give --source DIR)",
      packages: recipe.packages,
      environment: Object.entries(cargoEnvironment(recipe, { ...choices, channel: "stable" })).map(
        ([k, v]) => `${k}=${v}`,
      ),
      cargo: ["--profile", choices.profile, ...cargoArguments(recipe, { ...choices, version: request.version })],
      remarks: recipe.notes,
    });
  }

  const directory = values.source;
  const read = (path: string) => readFileSync(join(directory, path), "utf8");
  const manifest = existsSync(join(directory, "cli/Cargo.toml")) ? "cli/Cargo.toml" : "Cargo.toml";
  const version = packageVersion(read(manifest));
  if (request?.kind === "release" && request.version !== version) {
    throw new Error(`version: ${request.version} was asked for, but ${directory} says that it is ${version}`);
  }
  const recipe = denoRecipe(version);
  const library = v8Version(read("Cargo.lock"));
  const published = manifest === "Cargo.toml";
  const script = recipe.snapshotScript && pathIn(recipe.snapshotScript, published);
  const scriptText = script && existsSync(join(directory, script)) ? read(script) : null;
  const unknown = unknownScripts(version, recipe.snapshotScript, scriptText, published);
  const sysroot = chooseSysroot({ sysroot: "", base: UBUNTU, toolchains: [], strategy: "AUTO" }, unknown);
  const way = chooseWay("AUTO", engine, target, unknown, sysroot !== "");
  const v8 = libraryRecipe(library, target.triple, recipe.libraryFeatures);
  return plan(
    {
      ...choices,
      version,
      libraryVersion: library,
      channel: requestChannel(request ?? { kind: "latest" }),
      commit: null,
      rust: existsSync(join(directory, "rust-toolchain.toml")) ? rustVersion(read("rust-toolchain.toml")) : null,
      target,
      engine,
      origin: "source",
      systemCompilers: engine.cpu === "arm64",
      crate: false,
      published,
      headers: chooseHeaders(true, false, v8),
      link: chooseLink({ ...choices, toolchains: [] }, { version, published, recipe }, { engine, target, way }),
      clusters: chooseClusters([], false, v8),
      ownToolchain: false,
      sysroot,
      way,
    },
    recipe,
    v8,
  ).text;
}

try {
  console.log(describe());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
