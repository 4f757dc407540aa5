import { readFileSync } from "node:fs";
import type { Container } from "@dagger.io/dagger";

/** The text of a script that lies beside the stage that runs it: `url` is that stage's `import.meta.url`. */
export function script(url: string, name: string): string {
  return readFileSync(new URL(name, url), "utf8");
}

/** A file that a stage puts into its container. */
export interface StageFile {
  name: string;
  text: string;
}

/** Files of a folder beside the stage, as {@link script} reads one. */
export function stageFiles(url: string, folder: string, names: string[]): StageFile[] {
  return names.map((name) => ({ name, text: script(url, `${folder}/${name}`) }));
}

/** The container with these files in a folder of its own. */
export function withStageFiles(
  container: Container,
  folder: string,
  files: StageFile[],
  options?: { permissions: number },
): Container {
  return files.reduce((it, { name, text }) => it.withNewFile(`${folder}/${name}`, text, options), container);
}
