import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { engineAvailable } from "../support/engine.js";
import { callModule, dagger, root } from "./support/call.js";
import { carried, certificate, own } from "./support/company.js";
import { folder, machines, names, program } from "./support/finished.js";

/**
 * Why this engine cannot load any module in a language, or nothing if it can: asked with a new module, which has nothing
 * of ours in it. Dagger's own engine brings every SDK; one that somebody built may not. Says so in one loud line.
 */
async function missing(sdk: string): Promise<string | undefined> {
  const directory = await folder({});
  const { status, stderr } = spawnSync(
    dagger,
    ["init", "--progress=plain", `--sdk=${sdk}`, "--name=probe", directory],
    {
      encoding: "utf8",
      timeout: 10 * 60_000,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  if (status === 0) return undefined;
  const why = /^Error: (.*?)(?: \[traceparent.*)?$/m.exec(stderr)?.[1] ?? `dagger init ended with ${status}`;
  const says = `this engine loads no ${sdk} module, not even a new one: ${why}`;
  console.log(`== SKIPPED: examples/${sdk} under dagger call: ${says}`);
  return says;
}

const languages = [
  // Not probed. Its SDK is a part of Dagger's engine, and a new module is not the same question: it has no go.mod yet,
  // and asks the module proxy for the newest versions.
  ["go", false],
  ["python", true],
] as const;

describe.skipIf(!engineAvailable()).each(languages)("examples/%s under dagger call", (language, probed) => {
  const call = (args: string[]) => callModule(join(root, "examples", language), args);
  let why: Promise<string | undefined> | undefined;

  /** A test for engines that can load the language. */
  const check = (name: string, test: () => Promise<void>) =>
    it(name, async (context) => {
      why ??= probed ? missing(language) : Promise.resolve(undefined);
      const says = await why;
      if (says !== undefined) context.skip(says);
      await test();
    });

  check("makes the organisation's image", async () => {
    const { directory, options } = await own();
    const binaries = await folder({ [names.amd64]: program(machines.amd64) });
    const files = await folder({ "main.ts": Buffer.from("console.log(1);\n") });
    const look = "id -un; pwd; stat -c '%n %a %u:%g' main.ts; od -An -tu2 -j18 -N2 /bin/deno; cat $DENO_CERT";
    const { code, out, err } = await call([
      ...[...options, `--binaries=${binaries}`, "deno-from-source-image-company", `--files=${files}`],
      ...[`--certificate=${join(directory, "ca.pem")}`, "with-exec", `--args=sh,-c,${look}`, "stdout"],
    ]);
    expect(code, err).toBe(0);
    expect(out).toBe(`deno\n/app\nmain.ts 644 1993:1993\n    ${machines.amd64}\n${certificate}`);
  });

  check("makes one archive of the images from two folders", async () => {
    const { directory, options } = await own();
    const arm = await folder({ [names.arm64]: program(machines.arm64) });
    const intel = await folder({ [names.amd64]: program(machines.amd64) });
    const archive = join(directory, "deno.tar");
    const { code, err } = await call([
      ...[...options, "deno-from-source-image-carried", `--arm=${arm}`, `--intel=${intel}`, "-o", archive],
    ]);
    expect(code, err).toBe(0);
    expect(carried(archive)).toEqual([
      ["amd64", "2.9.5"],
      ["arm64", "2.9.5"],
    ]);
  });

  // Compiling takes hours: that the options arrive is seen by what is refused, before any work.
  check("asks for a server's binary, and tells what this module refuses by the option's name", async () => {
    const patches = await folder({ "1.patch": Buffer.from("") });
    const { code, err } = await call([
      ...["deno-from-source-build-server", `--patches=${patches}`, "--platform=linux/arm/v7", "size"],
    ]);
    expect(code).not.toBe(0);
    expect(err).toContain("platform: ");
  });
});
