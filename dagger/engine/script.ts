import { readFileSync } from "node:fs";

/** The text of a script that lies beside the stage that runs it: `url` is that stage's `import.meta.url`. */
export function script(url: string, name: string): string {
  return readFileSync(new URL(name, url), "utf8");
}
