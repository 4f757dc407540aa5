import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The npm registry that npm itself would ask: its default, or what a site's npm configuration says. */
export async function npmRegistry(): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", ["config", "get", "registry"]);
  return stdout.trim().replace(/\/$/, "");
}
