import { readFile } from "node:fs/promises";
import { type Container, type Directory, dag, type File } from "@dagger.io/dagger";
import { type Attempt, attempt } from "../engine/attempt.js";
import { messageOf } from "../engine/message.js";

/** What is run in an image, each by a Deno of its own. */
export type Command = "version" | "eval" | "test" | "permission" | "signals";

/** How a command ended; an error: the engine could not start it. */
export type Run = Attempt | { error: string };

const commands: Record<Command, string[]> = {
  version: ["--version"],
  eval: ["eval", "console.log(Deno.build.arch, 6 * 7)"],
  // Without checking types: Deno 1.46 would download those of Node for it.
  test: ["test", "--no-check", "--no-config", "--no-lock", "--allow-all", "--reporter=tap", "/smoke/checks.js"],
  permission: ["run", "/smoke/permission.js"],
  signals: ["run", "--allow-all", "/smoke/signals.js"],
};

const scripts = ["checks.js", "worker.js", "permission.js", "signals.js"] as const;

/** A script of the folder smoke, which is no TypeScript: it is for the Deno in an image, not for this module. */
export function readSmokeScript(name: (typeof scripts)[number]): Promise<string> {
  return readFile(new URL(`./in-image/${name}`, import.meta.url), "utf8");
}

/** The scripts beside the addon that checks.js loads. */
async function files(addon: File): Promise<Directory> {
  const texts = await Promise.all(scripts.map(readSmokeScript));
  return texts.reduce(
    (all, text, index) => all.withNewFile(scripts[index] as string, text),
    dag.directory().withFile("addon.node", addon),
  );
}

async function run(container: Container): Promise<Run> {
  try {
    return await attempt(container);
  } catch (error) {
    const message = messageOf(error);
    return { error: message.replace(/ *\[traceparent:[^\]]*\]/, "") };
  }
}

/**
 * Runs an image as `docker run --user deno` does: its own entrypoint, nothing of the engine's before it (`noInit`), and
 * no shell, which not every image has. The commands run side by side.
 */
export async function runSmoke(image: Container, addon: File): Promise<Record<Command, Run>> {
  const ready = image
    .withUser("deno")
    .withMountedDirectory("/smoke", await files(addon))
    .withEnvVariable("NO_COLOR", "1")
    // https://docs.deno.com/runtime/reference/env_variables: nothing is to be asked of the network
    .withEnvVariable("DENO_NO_UPDATE_CHECK", "1");
  const runs = Object.entries(commands).map(async ([name, words]) => [
    name,
    await run(ready.withExec(words, { useEntrypoint: true, noInit: true })),
  ]);
  return Object.fromEntries(await Promise.all(runs));
}
