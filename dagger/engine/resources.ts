import { dag } from "@dagger.io/dagger";
import { anew } from "./anew.js";
import { attempt } from "./attempt.js";
import { lastLines } from "./check.js";
import { script } from "./script.js";

/** What an engine has: cores, and the rest in MiB. */
export interface Resources {
  cores: number;
  memory: number;
  /** of the memory, what nothing else has now */
  available: number;
  swap: number;
  /** what is free where its cache is */
  disk: number;
}

const measure = script(import.meta.url, "measure-resources.sh");

/** Measures the engine, in a container of the base image. */
export async function measureResources(base: string): Promise<Resources> {
  // Anew: what is free changes.
  const measured = anew(dag.container().from(base)).withExec(["sh", "-c", measure, "measure-resources"]);
  const { code, out, err } = await attempt(measured);
  if (code !== 0) throw new Error(lastLines(err));
  const value = (name: keyof Resources) => {
    const number = new RegExp(`^${name} (\\d+)$`, "m").exec(out)?.[1];
    if (number === undefined) throw new Error(`the engine's ${name} could not be measured: ${lastLines(out)}`);
    return Number(number);
  };
  return {
    cores: value("cores"),
    memory: value("memory"),
    available: value("available"),
    swap: value("swap"),
    disk: value("disk"),
  };
}
