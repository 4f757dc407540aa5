import type { Container, Directory } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { withCargoRegistry } from "../engine/cargo-registry.js";
import { type Network, withDownloads } from "../engine/network.js";
import { script } from "../engine/script.js";

/** Where moved build scripts are in a tree, and the cargo profile that they are compiled with. */
export const folder = ".deno-from-source";
export const profile = "build-script";

const move = script(import.meta.url, "move-build-scripts.py");

/** A tree whose build scripts can be compiled for `triple`. `tools` is of the engine's platform: cargo and python3. */
export async function withTargetBuildScripts(
  tools: Container,
  source: Directory,
  triple: string,
  network: Network | undefined,
): Promise<Directory> {
  const ready = (await withCargoRegistry(tools)).withDirectory("/src/deno", source).withWorkdir("/src/deno");
  const done = withDownloads(ready, network, ["python3", "-c", move, triple, folder, profile]);
  const { code, err } = await attempt(done);
  if (code !== 0) {
    throw new Error(
      `strategy: this tree's build scripts cannot be compiled for the target: ${err.trim().split("\n").at(-1)}; ` +
        "--strategy=EMULATED runs all of cargo on the target's architecture",
    );
  }
  return done.directory("/src/deno");
}
