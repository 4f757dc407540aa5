import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Container, dag, type Platform } from "@dagger.io/dagger";
import { expect, it } from "vitest";
import { describeEngine } from "../support/engine.js";
import { callModule, root } from "./support/call.js";
import { carried, certificate, own } from "./support/company.js";
import { folder, machines, names, program } from "./support/finished.js";
import { look } from "./support/image.js";
import { useSession } from "./support/session.js";
import { registry } from "./support/toolchain.js";

const call = (args: string[]) => callModule(join(root, "examples/typescript"), args);

// Another module reaches this one by its generated bindings, which no test within this module does.
describeEngine("examples/typescript under dagger call", () => {
  useSession();

  it("publishes the organisation's image for two platforms", async () => {
    const { directory, options } = await own();
    const binaries = await folder({
      [names.amd64]: program(machines.amd64),
      [names.arm64]: program(machines.arm64),
    });
    const app = await folder({ "main.ts": Buffer.from("console.log(1);\n") });
    const address = `${registry}/deno-from-source/company-${Date.now()}:2.9.5`;
    const { code, out, err } = await call([
      ...[...options, `--binaries=${binaries}`, "deno-from-source-publish-company", `--address=${address}`],
      ...[`--certificate=${join(directory, "ca.pem")}`, `--files=${app}`],
    ]);
    expect(code, err).toBe(0);
    const reference = out.trim();
    expect(reference).toMatch(new RegExp(`^${address}@sha256:[0-9a-f]{64}$`));
    for (const [platform, machine] of [
      ["linux/amd64", machines.amd64],
      ["linux/arm64", machines.arm64],
    ] as const) {
      const image: Container = dag.container({ platform: platform as Platform }).from(reference);
      expect(await image.label("org.opencontainers.image.version")).toBe("2.9.5");
      expect(await image.label("org.opencontainers.image.vendor")).toBe("Example Ltd.");
      expect(await image.envVariable("DENO_CERT")).toBe("/etc/ssl/company.pem");
      expect(await image.file("/etc/ssl/company.pem").contents()).toBe(certificate);
      expect([await image.user(), await image.workdir()]).toEqual(["deno", "/app"]);
      expect(await look(image, "stat -c '%n %a %u:%g' app/main.ts; od -An -tu2 -j18 -N2 bin/deno")).toBe(
        `app/main.ts 644 1993:1993\n ${String(machine).padStart(5)}\n`,
      );
    }
  });

  it("installs packages of the base image's distribution in it", async () => {
    const { directory, options } = await own();
    await writeFile(join(directory, names.amd64), program(machines.amd64));
    const { code, out, err } = await call([
      ...[...options, `--binaries=${directory}`, "deno-from-source-image-company", "--packages=less"],
      ...[`--certificate=${join(directory, "ca.pem")}`, "with-exec", "--args=less,--version", "stdout"],
    ]);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^less \d+/);
  });

  it("makes one archive of the images from two folders", async () => {
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

  it("tells what this module refuses, by the option's name", async () => {
    const { directory, options } = await own();
    const { code, err } = await call([
      ...[...options, `--binaries=${directory}`, "deno-from-source-image-company", "--platform=linux/arm/v7"],
      ...[`--certificate=${join(directory, "ca.pem")}`, "platform"],
    ]);
    expect(code).not.toBe(0);
    expect(err).toContain("platform: ");
  });
});
