import { describe, expect, it, onTestFinished, vi } from "vitest";
import { asked, denoFromSource } from "../../support/module.js";
import { engine as rehearsing } from "../../support/rehearsal.js";
import type { Rule, Session } from "../../support/session.js";
import { argumentOf, session, steps } from "../../support/world.js";

/** An engine that has this, in MiB. */
const engineWith =
  (memory: number, disk: number): Rule =>
  ({ of, field }) => {
    const words = of?.field === "withExec" ? (of.args.args as string[]) : [];
    if (field !== "stdout" || words.at(-1) !== "measure-resources") return undefined;
    return `cores 2\nmemory ${memory}\navailable ${memory}\nswap 0\ndisk ${disk}\n`;
  };

/** The cache volumes that something was asked of: V8's and Deno's, once they are compiled. */
const volumes = (it: Session) => [...it.made()].filter(({ field }) => field === "withMountedCache");

describe("an engine with too little memory for the profile release", () => {
  it("is refused before V8 is compiled", async () => {
    const it = session({ rules: [engineWith(4000, 100000)] });
    await expect(it.run(() => denoFromSource().build("2.9.5", "linux/amd64"))).rejects.toThrow(
      "profile: release takes 8.5 GiB of memory at its last link for linux/amd64; this engine has 3.9 GiB",
    );
    expect(volumes(it)).toEqual([]);
  });

  it.each([{ profile: "release-lite" }, { ignoreResources: true }])("is used with %j", async (options) => {
    const it = session({ rules: [engineWith(4000, 100000)] });
    const result = await asked(it, () => denoFromSource(options).build("2.9.5", "linux/amd64"));
    expect(steps(result, "withMountedCache", { path: "/cache" })).toHaveLength(1);
    expect(volumes(it).length).toBeGreaterThan(1);
  });
});

describe("the disk that a stage needs", () => {
  const built = async (ignoreResources: boolean) => {
    const it = session();
    const result = await asked(it, () => denoFromSource({ ignoreResources }).build("2.9.5", "linux/amd64"));
    const [needed] = steps(result, "withVolatileVariable", { name: "DISK_NEEDED" });
    const [cache] = steps(result, "withMountedCache", { path: "/cache" });
    return { needed: Number(needed?.args.value), key: argumentOf(cache, "cache").args.key };
  };

  it("is told to its script, or nothing with --ignore-resources, and changes no cache volume", async () => {
    const [told, ignored] = [await built(false), await built(true)];
    expect(told.needed).toBeGreaterThan(5000);
    expect(ignored.needed).toBe(0);
    expect(ignored.key).toBe(told.key);
  });

  it("is of V8 with Deno after it where both are built, and of V8 alone for library", async () => {
    const later = async (method: "library" | "build") => {
      const it = session();
      const result = await asked(it, () => denoFromSource()[method]("2.9.5", "linux/amd64"));
      const library = method === "library" ? result : steps(result, "withMountedDirectory", { path: "/src/v8" })[0];
      const of = method === "library" ? result : argumentOf(library, "source");
      return steps(of, "withVolatileVariable", { name: "DISK_NEEDED_AFTER" }).map(({ args }) => Number(args.value));
    };
    expect(await later("library")).toEqual([0]);
    expect(await later("build")).toEqual([expect.toSatisfy((mebibytes: number) => mebibytes > 5000)]);
  });

  it("is a failed line of rehearse where it is not free", async () => {
    vi.stubGlobal("fetch", async () => ({ status: 200 }));
    onTestFinished(() => void vi.unstubAllGlobals());
    const rehearse = (ignoreResources: boolean) =>
      session({ rules: [engineWith(32000, 3000), rehearsing()] }).run(() =>
        denoFromSource({ ignoreResources }).rehearse("2.9.5", ["linux/amd64"]),
      );
    await expect(rehearse(false)).rejects.toThrow(
      /linux\/amd64 engine: failed: 2 cores, .* 2\.9 GiB of disk free; a build from nothing takes .* GiB of the disk\. Make room/,
    );
    const said = await rehearse(true).catch(String);
    expect(said).toMatch(/linux\/amd64 engine: passed: .* 2\.9 GiB of disk free/);
  });
});
