import { CacheSharingMode, dag } from "@dagger.io/dagger";
import { expect, it } from "vitest";
import { orRefused, withDiskNeed } from "../../../dagger/engine/disk.js";
import { measureResources } from "../../../dagger/engine/resources.js";
import { describeEngine } from "../../support/engine.js";
import { useSession } from "../support/session.js";
import { base } from "../support/toolchain.js";

describeEngine("what the engine has for a build", () => {
  useSession();

  it("is measured", async () => {
    const { cores, memory, available, disk } = await measureResources(base);
    expect(cores).toBeGreaterThan(0);
    expect(available).toBeGreaterThan(100);
    expect(memory).toBeGreaterThan(available);
    expect(disk).toBeGreaterThan(100);
  });

  /** A stage that needs so much, as it stands in dagger/deno and dagger/v8. */
  const stage = (mebibytes: number) => {
    const cache = dag.cacheVolume("disk-need");
    return orRefused(
      withDiskNeed(dag.container().from(base), { mebibytes, what: "a stage" })
        .withMountedCache("/cache", cache, { sharing: CacheSharingMode.Locked })
        .withEnvVariable("NOW", String(Date.now()))
        .withExec([
          "sh",
          "-ec",
          'sh /opt/deno-from-source/require-disk.sh "$DISK_NEEDED" "$DISK_NEEDED_FOR"; echo begun',
        ])
        .stdout(),
    );
  };

  it("lets a stage begin that needs less, and refuses one that needs more, in its own words", async () => {
    expect(await stage(1)).toBe("begun\n");
    await expect(stage(2 ** 30)).rejects.toThrow(
      /^disk: a stage takes 1073741824 MiB in the engine's cache; \d+ MiB are free there, and \d+ MiB are done\. Make room/,
    );
  });
});
