import { createHash } from "node:crypto";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Container, dag, type Platform } from "@dagger.io/dagger";
import { describe, expect, it } from "vitest";
import { BinaryOrigin, ImageVariant } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import type { Options } from "../../support/module.js";
import { folder, machines, names, packed, program } from "../support/finished.js";
import { docker, imageModule, look, official, platforms } from "../support/image.js";
import { failingRegistry, hasRegistry, login, loginRegistry, manifest, webServer } from "../support/local-registry.js";
import { useSession } from "../support/session.js";
import { registry } from "../support/toolchain.js";

const both = [...platforms];
const address = (name: string) => `${registry}/deno-from-source/${name}-${Date.now()}`;

async function tagsOf(repository: string): Promise<string[]> {
  const [host, ...name] = repository.split("/");
  const answer = await fetch(`http://${host}/v2/${name.join("/")}/tags/list`);
  return answer.ok ? (await answer.json()).tags : [];
}

describeEngine("publish on a real engine", () => {
  useSession();

  it("pushes one index of both platforms for each tag; pulled again, both work", async () => {
    const to = address("official");
    const tags = ["version", "minor", "latest"];
    const references = await imageModule().publish(to, official, both, ImageVariant.UBUNTU, tags);
    const digest = references[0]?.split("@")[1];
    expect(references).toEqual(["2.9.5", "2.9", "latest"].map((tag) => `${to}:${tag}@${digest}`));
    const index = await manifest(to, "2.9");
    expect(index.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux" },
    ]);
    const { annotations } = await manifest(to, index.manifests[1].digest);
    expect(annotations).toMatchObject({
      "org.opencontainers.image.version": official,
      "org.opencontainers.image.licenses": "MIT",
    });
    for (const platform of platforms) {
      const image: Container = dag.container({ platform: platform as Platform }).from(references[0] as string);
      const architecture = platform === "linux/arm64" ? "aarch64" : "x86_64";
      expect(await docker(image, ["eval", "console.log(Deno.build.arch)"], "deno")).toBe(`${architecture}\n`);
    }
  });

  /** Directories with both platforms' binaries, bare or in zips. */
  const bare = () => ({ [names.amd64]: program(machines.amd64), [names.arm64]: program(machines.arm64) });
  const zips = () =>
    Object.fromEntries(Object.entries(bare()).map(([name, it]) => [`${name}.zip`, packed("zip", "deno", it)]));
  const from = async (files: Record<string, Buffer>, options: Partial<Options> = {}) =>
    imageModule({ binaries: dag.host().directory(await folder(files)), binaryOrigin: undefined, ...options });

  it("takes binaries that were given, bare or zipped, and of another day, to the same layers", async () => {
    const layers = async (files: Record<string, Buffer>, day: number) => {
      const directory = await folder(files);
      await Promise.all(Object.keys(files).map((name) => utimes(join(directory, name), day, day)));
      const to = address(`layers-${day}`);
      const module = imageModule({ binaries: dag.host().directory(directory), binaryOrigin: undefined });
      await module.publish(to, "2.9.5", both, ImageVariant.DEBIAN);
      const index = await manifest(to, "debian-2.9.5");
      const each = index.manifests.map(({ digest }: { digest: string }) => manifest(to, digest));
      return (await Promise.all(each)).map((it) => it.layers.map(({ digest }: { digest: string }) => digest));
    };
    const [one, other] = [await layers(bare(), 1_000_000_000), await layers(zips(), 1_700_000_000)];
    expect(one.map((it) => it.length)).toEqual([2, 2]);
    expect(other).toEqual(one);
  });

  describe("before anything is pushed", () => {
    it.each([
      [
        "a platform that is missing",
        () => ({ [names.amd64]: program(machines.amd64) }),
        /neither deno-aarch64.*linux\/arm64/,
      ],
      [
        "a binary of another architecture",
        () => ({ ...bare(), [names.arm64]: program(machines.amd64) }),
        /deno-aarch64-unknown-linux-gnu: it is a program for x86_64; linux\/arm64 needs one for aarch64/,
      ],
      [
        "a zip without deno",
        () => ({ ...bare(), [`${names.arm64}.zip`]: packed("zip", "bin/denort", program(machines.arm64)) }),
        /deno-aarch64-unknown-linux-gnu\.zip: it holds no deno, but bin\/denort/,
      ],
      [
        "a zip that is none",
        () => ({ ...bare(), [`${names.amd64}.zip`]: Buffer.from("<html>") }),
        /deno-x86_64-unknown-linux-gnu\.zip: it cannot be unpacked/,
      ],
      ["a script", () => ({ ...bare(), [names.amd64]: Buffer.from("#!/bin/sh\nexec deno\n") }), /not an ELF program/],
    ])("refuses %s", async (_, files, message) => {
      const to = address("refused");
      await expect((await from(files())).publish(to, "2.9.5", both)).rejects.toThrow(message);
      expect(await tagsOf(to)).toEqual([]);
    });

    it("refuses a tini of another architecture", async () => {
      const tini = dag
        .host()
        .directory(await folder({ "tini-amd64": program(machines.amd64), "tini-arm64": program(machines.arm) }));
      const to = address("refused");
      await expect((await from(bare(), { tini })).publish(to, "2.9.5", both)).rejects.toThrow(
        "tini: tini-arm64: it is a program for 32-bit ARM; linux/arm64 needs one for aarch64",
      );
      expect(await tagsOf(to)).toEqual([]);
    });

    it("refuses arguments that cannot be meant", async () => {
      const module = await from(bare());
      const publish = (to: string, ...rest: unknown[]) =>
        (module.publish as (...args: unknown[]) => Promise<string[]>).call(module, to, ...rest);
      await expect(publish(`${registry}/deno:2.9.5`)).rejects.toThrow("address: ");
      await expect(publish(`${registry}/deno`, "2.9.5", ["linux/arm/v7"])).rejects.toThrow("32-bit ARM");
      await expect(publish(`${registry}/deno`, "2.9.5", both, ImageVariant.BIN)).rejects.toThrow("image-base: ");
      await expect(publish(`${registry}/deno`, "2.9.5", both, undefined, ["a b"])).rejects.toThrow("tags: ");
      await expect(publish(`${registry}/deno`, "canary", both, undefined, ["latest"])).rejects.toThrow("tags: ");
      await expect(publish(`${registry}/deno`, "2.9.5", both, undefined, undefined, "me")).rejects.toThrow(
        "username, password: one is given without the other",
      );
    });
  });

  describe("a finished binary from a server", () => {
    const zip = () => packed("zip", "deno", program(machines.arm64));
    const path = `/releases/download/v2.9.5/${names.arm64}.zip`;
    const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");
    const alone = { imageBase: "", tini: undefined };
    const upstream = (repository: string) =>
      imageModule({ ...alone, repository, binaryOrigin: BinaryOrigin.UPSTREAM }).image(
        "2.9.5",
        "linux/arm64",
        ImageVariant.BIN,
      );

    it("is upstream's zip when its published SHA-256 is that of the file", async () => {
      const data = zip();
      const server = await webServer(() => ({
        [path]: data,
        [`${path}.sha256sum`]: `${sha256(data)}  ${names.arm64}.zip\n`,
      }));
      const image = await upstream(server);
      expect(await look(image, "stat -c '%n %a %s' deno")).toBe(`deno 755 ${program(machines.arm64).length}\n`);
    });

    it("is refused when the SHA-256 is another, or there is none", async () => {
      const wrong = await webServer(() => ({ [path]: zip(), [`${path}.sha256sum`]: `${"0".repeat(64)}  x.zip\n` }));
      await expect(upstream(wrong)).rejects.toThrow(`binary-origin: ${wrong}${path} did not give the file`);
      const none = await webServer(() => ({ [path]: zip() }));
      await expect(upstream(none)).rejects.toThrow(`binary-origin: ${none}${path}.sha256sum did not give the file`);
    });

    const npm = (data: Buffer, integrity: Buffer) =>
      webServer((server) => ({
        "/@deno%2flinux-arm64-glibc/2.9.5": JSON.stringify({
          version: "2.9.5",
          dist: {
            tarball: `${server}/deno.tgz`,
            integrity: `sha512-${createHash("sha512").update(integrity).digest("base64")}`,
          },
        }),
        "/deno.tgz": data,
      }));
    const fromNpm = (binaryRegistry: string) =>
      imageModule({ ...alone, binaryRegistry }).image("2.9.5", "linux/arm64", ImageVariant.BIN);

    it("is the registry's when its SHA-512 is that of the tarball", async () => {
      const data = packed("tarball", "package/deno", program(machines.arm64));
      expect(await look(await fromNpm(await npm(data, data)), "ls")).toBe("deno\n");
      const forged = await npm(data, Buffer.from("another"));
      await expect(fromNpm(forged)).rejects.toThrow(/binary-registry: .*deno\.tgz: its SHA-512 is [0-9a-f]{128}, not/);
    });
  });

  it("says how far it came when a registry fails, and the next push repairs it", async () => {
    const module = await from(bare(), { imageBase: "", tini: undefined });
    const failing = await failingRegistry(
      registry,
      (method, path) => method === "PUT" && path.endsWith("/manifests/bin"),
    );
    const to = `${failing.address}/deno-from-source/repaired-${Date.now()}`;
    const publish = () => module.publish(to, "2.9.5", both, ImageVariant.BIN, ["version", "latest"]);
    const failure = await publish().catch(String);
    expect(failure).toContain(`publish: ${to}:bin was not pushed: `);
    // The version's tag comes last: where it is, the others are.
    expect(failure).not.toContain("pushed before it");
    expect(await tagsOf(to)).toEqual([]);
    failing.repair();
    const [one, other] = (await publish()).map((reference) => reference.split("@")[1]);
    expect(other).toBe(one);
    expect((await tagsOf(to)).sort()).toEqual(["bin", "bin-2.9.5"]);
  });

  it.skipIf(!hasRegistry)("logs in, and says so when the password is wrong, without showing it", async () => {
    const module = await from(bare(), { imageBase: "", tini: undefined });
    const to = `${await loginRegistry()}/me/deno`;
    // A secret is known by its name: another password must have another.
    let secrets = 0;
    const publish = (username: string, password: string) => {
      const secret = password ? dag.setSecret(`${to} ${secrets++}`, password) : undefined;
      return module.publish(to, "2.9.5", both, ImageVariant.BIN, ["version", "latest"], username, secret);
    };
    const without = await publish("", "").catch(String);
    expect(without).toContain(`publish: ${to}:bin was not pushed: the registry asks for a login`);
    const wrong = await publish(login.username, "wrong-password").catch(String);
    expect(wrong).toContain("the registry does not accept the user name and password that were given");
    expect(wrong).not.toContain("wrong-password");
    const references = await publish(login.username, login.password);
    expect(references).toEqual([
      expect.stringMatching(`^${to}:bin-2.9.5@sha256:[0-9a-f]{64}$`),
      expect.stringMatching(`^${to}:bin@sha256:[0-9a-f]{64}$`),
    ]);
  });
});
