import type { Container } from "@dagger.io/dagger";
import { script } from "./script.js";

const file = "/opt/deno-from-source/versions";

const record = script(import.meta.url, "record-versions.sh");

/** Runs each tool once with --version and keeps what it said. A missing tool fails here, by its name. */
export function withVersions(container: Container, tools: string[]): Container {
  return container.withExec(["sh", "-c", record, "versions", ...tools]);
}

/** What {@link withVersions} recorded: equal for containers with the same tools, so it can be part of a cache key. */
export function versions(container: Container): Promise<string> {
  return container.file(file).contents();
}
