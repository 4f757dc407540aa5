import type { Container } from "@dagger.io/dagger";
import { attempt } from "./attempt.js";
import { lastLines } from "./check.js";
import { script } from "./script.js";

const measure = script(import.meta.url, "measure-resources.sh");

// Asked anew by each call: what is free changes.
const now = new Date().toISOString();

/** Cores, memory and free disk of the engine, as one line; `container` is of the engine's own platform. */
export async function resources(container: Container): Promise<string> {
  const measured = container.withEnvVariable("ASKED_AT", now).withExec(["sh", "-c", measure, "measure-resources"]);
  const { code, out, err } = await attempt(measured);
  if (code !== 0) throw new Error(lastLines(err));
  return out;
}
