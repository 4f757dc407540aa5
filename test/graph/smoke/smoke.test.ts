import { describe, expect, it } from "vitest";
import { readSmokeScript } from "../../../dagger/smoke/smoke.js";
import { ImageVariant } from "../../../src/request/enums.js";
import { testNames } from "../../../src/smoke/report.js";
import { expectGolden } from "../../support/golden.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { ExecFailure, Failure, type Rule, type Session, type Thing } from "../../support/session.js";
import { platformOf, session, steps } from "../../support/world.js";

const address = "registry.example/me/deno:2.9.5";
const words = ({ args }: Thing) => (args.args as string[]).join(" ");

/** An ELF header of x86_64 or aarch64, as far as it is read. */
const header = (machine: number) => `7f454c46${"00".repeat(14)}${machine.toString(16)}00`;

/** A registry that has the addon. */
const registry: Rule = ({ of, field }) => {
  const url = String(of?.field === "http" && of.args.url);
  if (field !== "contents" || !url.startsWith("https://npm.example/@node-rs%2f")) return undefined;
  const integrity = `sha512-${Buffer.alloc(64).toString("base64")}`;
  return JSON.stringify({ version: url.split("/").at(-1), dist: { tarball: `${url}/addon.tgz`, integrity } });
};

/** An image that works, but for what its commands are said to do. */
const image =
  (changes: Record<string, () => string> = {}): Rule =>
  ({ of, field }) => {
    if (of?.field !== "withExec" || (field !== "stdout" && field !== "stderr")) return undefined;
    const command = words(of);
    if (command.includes("extractfile")) return field === "stderr" ? "" : header(command.includes("arm64") ? 183 : 62);
    const machine = platformOf(of) === "linux/arm64" ? "aarch64" : "x86_64";
    const answers: Record<string, () => string> = {
      "--version": () => "deno 2.9.5 (stable, release)\n",
      eval: () => `${machine} 42\n`,
      test: () => tap,
      "run /smoke/permission.js": () => {
        throw new ExecFailure(1, "error: Uncaught (in promise) NotCapable: Requires read access");
      },
      "run --allow-all /smoke/signals.js": () => {
        throw new ExecFailure(42, "", "SIGTERM arrived\n");
      },
      ...changes,
    };
    const answer = Object.entries(answers).find(([start]) => command.startsWith(start))?.[1]();
    return answer !== undefined && field === "stderr" ? "" : answer;
  };

const tap = testNames(await readSmokeScript("checks.js"))
  .map((name, index) => `ok ${index + 1} - ${name}\n`)
  .join("");

const options: Partial<Options> = { binaryRegistry: "https://npm.example" };
const smoke = (it: Session, version?: string, platforms?: string[]) =>
  it.run(() => denoFromSource(options).smoke(version, platforms, undefined, address));

describe("smoke", () => {
  it("runs the image as it is laid out: its entrypoint, nothing before it, user deno, no shell", async () => {
    const it = session({ rules: [registry, image()] });
    const report = await smoke(it, "2.9.5", ["linux/amd64"]);
    expect(report).toContain("linux/amd64 version: passed: deno 2.9.5 (stable, release)\n");
    expect(report.match(/: passed/g)).toHaveLength(10);

    // Of all things: a command that fails answers nothing that is written down.
    const runs = it.all().filter((one) => one.field === "withExec" && !words(one).includes("\n"));
    // They are asked for at once, so that any may be the first.
    expect(runs.map(words).sort()).toEqual([
      "--version",
      "eval console.log(Deno.build.arch, 6 * 7)",
      "run --allow-all /smoke/signals.js",
      "run /smoke/permission.js",
      "test --no-check --no-config --no-lock --allow-all --reporter=tap /smoke/checks.js",
    ]);
    for (const run of runs) {
      expect(run.args).toMatchObject({ useEntrypoint: true, noInit: true });
      expect(steps(run, "withUser").map(({ args }) => args.name)).toEqual(["deno"]);
      expect(steps(run, "from").map(({ args }) => args.address)).toEqual([address]);
    }
    await expectGolden(it, runs.find((one) => words(one).endsWith("signals.js")) as Thing, "smoke");
  });

  it("runs both platforms by default, and unpacks the addons on the engine's", async () => {
    const it = session({ rules: [registry, image()] });
    expect((await smoke(it)).match(/: passed/g)).toHaveLength(20);
    const runs = [...it.made()].filter(({ field }) => field === "withExec");
    const platforms = (start: string) => runs.filter((one) => words(one).startsWith(start)).map(platformOf);
    expect(platforms("--version").sort()).toEqual(["linux/amd64", "linux/arm64"]);
    expect(platforms("python3")).toEqual([undefined, undefined]);
  });

  it("lists what failed on any platform, and an image that is not there beside the other's checks", async () => {
    const gone: Rule = ({ of, field }) => {
      if (field === "sync" && of?.field === "from" && platformOf(of) === "linux/arm64")
        throw new Failure("no such image");
      return undefined;
    };
    const it = session({ rules: [gone, registry, image({ eval: () => "x86_64 41\n" })] });
    const error = await smoke(it).catch(String);
    expect(error).toMatch(
      /^Error: smoke: 2 of 11 checks failed\nlinux\/arm64 image: failed: address: \S+ did not give the image for linux\/arm64: no such image\. /,
    );
    expect(error).toContain('linux/amd64 eval: failed: expected "x86_64 42"; it exited with 0');
    expect(error).toContain("linux/amd64 signals: passed");
  });

  it("does not try an image with an addon that is not what is pinned", async () => {
    const forged: Rule = ({ of }) => {
      if (of?.field !== "withExec" || !words(of).includes("extractfile")) return undefined;
      throw new ExecFailure(1, "its SHA-512 is 0, not the published 1");
    };
    const it = session({ rules: [registry, forged, image()] });
    await expect(smoke(it)).rejects.toThrow(/^binary-registry: https:.*addon\.tgz: its SHA-512 is 0/);
    expect([...it.made()].filter(({ field }) => field === "withMountedDirectory")).toEqual([]);
  });

  it.each<[string, unknown[]]>([
    ["version", ["newest"]],
    ["platforms", ["2.9.5", []]],
    ["platforms", ["2.9.5", ["linux/arm/v7"]]],
    ["variant", ["2.9.5", undefined, ImageVariant.BIN]],
    ["variant", ["latest", undefined, ImageVariant.DEBIAN, address]],
    ["address", ["latest", undefined, undefined, "https://registry.example/deno"]],
  ])("refuses a bad %s before anything is asked", async (name, args) => {
    const it = session();
    const call = it.run(() =>
      denoFromSource().smoke(...(args as Parameters<ReturnType<typeof denoFromSource>["smoke"]>)),
    );
    await expect(call).rejects.toThrow(new RegExp(`^${name}: `));
    expect(it.questions).toEqual([]);
  });
});
