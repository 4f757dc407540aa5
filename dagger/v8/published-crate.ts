import type { Container, Directory } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { type Network, withDownloads } from "../engine/network.js";
import { script } from "../engine/script.js";
import { withoutTimes } from "../toolchain/toolchain.js";

const restore = script(import.meta.url, "published-crate/restore.py");
const checksums = script(import.meta.url, "published-crate/checksums.txt");

/**
 * The published crate `v8` with what it leaves out of a checkout: the crates of V8's Temporal and ICU's data, which cargo
 * downloads and checks. `container` has cargo and python3.
 * https://github.com/denoland/rusty_v8/issues/1852 and https://github.com/denoland/rusty_v8/issues/2070
 */
export async function withRestored(
  container: Container,
  crate: Directory,
  network: Network | undefined,
): Promise<Directory> {
  const ready = container
    .withMountedDirectory("/src/rusty_v8", crate)
    .withNewFile("/opt/restore/restore.py", restore)
    .withNewFile("/opt/restore/checksums.txt", checksums);
  const command = ["python3", "/opt/restore/restore.py", "/src/rusty_v8", "/out", "/opt/restore/checksums.txt"];
  const restored = withDownloads(ready, network, command);
  const { code, err } = await attempt(restored);
  if (code !== 0) throw new Error(err.trim());
  return withoutTimes(crate.withDirectory("/", restored.directory("/out")));
}
