import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Container, type Directory, dag, type File, type Platform } from "@dagger.io/dagger";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { App } from "../../../src/programs/app.js";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { callModule, root } from "../support/call.js";
import { deno, library, version } from "../support/fixture.js";
import { hostAddress } from "../support/git.js";
import { imageModule, look, official, platforms, tini } from "../support/image.js";
import { manifest } from "../support/local-registry.js";
import { stderrOf, useSession } from "../support/session.js";
import { base, registry, toolchain } from "../support/toolchain.js";

type Name = (typeof platforms)[number];
const triples = { "linux/amd64": "x86_64-unknown-linux-gnu", "linux/arm64": "aarch64-unknown-linux-gnu" } as const;
const machines = { "linux/amd64": "x86_64", "linux/arm64": "aarch64" } as const;

/** What a program says in a plain container of the platform, where nothing but the base image is. */
const run = (program: File, platform: Name) =>
  dag
    .container({ platform: platform as Platform })
    .from(base)
    .withFile("/bin/program", program)
    .withExec(["program"])
    .stdout();

describeEngine("a standalone program on a real engine", () => {
  useSession();

  const module = (options: Partial<Options> = {}) =>
    denoFromSource({
      source: deno(),
      librarySource: library(),
      toolchains: [toolchain("linux/amd64", true), toolchain("linux/arm64", false)],
      base,
      imageBase: base,
      ...options,
    });
  const program = (script = "console.log('six by seven is', 6*7)") =>
    dag.directory().withNewFile("tools/main.ts", script).withNewFile("static/a.txt", "a");

  it("stands on a denort that was built here and knows that it carries none", async () => {
    const denort = await module().runtime(version, "linux/amd64");
    const failure = await run(denort, "linux/amd64").catch(stderrOf);
    expect(failure).toContain("error: Could not find standalone binary section.");
  });

  it("is made by a deno and a denort that were built here, and runs without either", async () => {
    const permissions = ["allow-net", "--allow-read=/a b"];
    const made = await module().compile(program(), "tools/main.ts", version, "linux/amd64", permissions, ["static"]);
    expect(await made.name()).toBe("tools");
    expect(await run(made, "linux/amd64")).toBe("six by seven is 42\n");
  });

  it("is made for both platforms with binaries that were given", async () => {
    let binaries: Directory = dag.directory();
    for (const platform of platforms) {
      const triple = triples[platform];
      binaries = binaries
        .withFile(`deno-${triple}`, await module().build(version, platform))
        .withFile(`denort-${triple}`, await module().runtime(version, platform));
    }
    for (const platform of platforms) {
      const made = await module({ binaries }).compile(program(), "tools/main.ts", version, platform);
      expect(await run(made, platform)).toBe("six by seven is 42\n");
    }
  });

  it("is not made of a folder, or with a denort that is another program", async () => {
    const binaries = dag
      .directory()
      .withFile(`deno-${triples["linux/amd64"]}`, await module().build(version, "linux/amd64"))
      .withFile(`denort-${triples["linux/amd64"]}`, await module().runtime(version, "linux/amd64"));
    const withFolder = program().withNewDirectory("folder.ts");
    await expect(module({ binaries }).compile(withFolder, "folder.ts", version, "linux/amd64")).rejects.toThrow(
      'entrypoint: source has no file "folder.ts"',
    );
    const swapped = binaries.withFile(
      `denort-${triples["linux/amd64"]}`,
      binaries.file(`deno-${triples["linux/amd64"]}`),
    );
    await expect(
      module({ binaries: swapped }).compile(program(), "tools/main.ts", version, "linux/amd64"),
    ).rejects.toThrow("compile: deno and denort for linux/amd64 do not work: a program of one line was to print");
  });
});

describeEngine("the image of a program on a real engine", () => {
  useSession();

  const fixture = fileURLToPath(new URL("../../fixtures/server", import.meta.url));
  const server = () => dag.host().directory(fixture);
  const appOf = (source: Directory, entrypoint: string, permissions: string[], of: Name[] = [...platforms]) =>
    imageModule().app(source, entrypoint, official, of, undefined, permissions);

  /** What the program answers, as a server of its own image. */
  const answer = async (image: Container, words: string[] = []) => {
    const service = image.withDefaultArgs(words).withExposedPort(8000).asService({ useEntrypoint: true, noInit: true });
    const client = await imageModule().image(official, "linux/amd64");
    const ask = "console.log(await (await fetch('http://program:8000/?name=you')).text())";
    return JSON.parse(
      await client
        .withEnvVariable("NOW", String(Date.now()))
        .withServiceBinding("program", service)
        .withExec(["/bin/deno", "eval", ask])
        .stdout(),
    );
  };

  describe.each(platforms)("of %s", (platform) => {
    let app: App;
    let image: Container;
    beforeAll(async () => {
      app = await appOf(server(), "main.ts", ["allow-net"], [platform]);
      image = app.container(platform);
    });

    it("answers requests, with the words of docker run as its arguments", async () => {
      expect(await answer(image, ["one", "-A"])).toEqual({
        says: "Hello, you!",
        arch: machines[platform],
        words: ["one", "-A"],
      });
    });

    it("runs as user deno, with the source as root's and Deno's folder as its own", async () => {
      expect(await image.user()).toBe("1993:1993");
      expect(await image.withExec(["id"]).stdout()).toBe("uid=1993(deno) gid=1993(deno) groups=1993(deno)\n");
      expect(await image.workdir()).toBe("/app");
      expect(await image.platform()).toBe(platform);
      const files = await look(image, "stat -c '%n %a %u:%g %Y' app app/main.ts app/greeting.ts deno-dir bin/deno");
      expect(files.split("\n")).toEqual([
        "app 755 0:0 315532800",
        "app/main.ts 644 0:0 315532800",
        "app/greeting.ts 644 0:0 315532800",
        "deno-dir 755 1993:1993 315532800",
        "bin/deno 755 0:0 315532800",
        "",
      ]);
      expect(await look(image, "find deno-dir ! -user 1993; find app ! -user 0")).toBe("");
    });

    it("says nothing of itself that is said of Deno", async () => {
      const labels = await image.labels();
      expect(await Promise.all(labels.map((it) => it.name()))).toEqual([]);
      expect(await image.envVariable("DENO_VERSION")).toBe(official);
      expect(await image.defaultArgs()).toEqual([]);
    });
  });

  it("has the permissions that were given, and asks for no other", async () => {
    const image = (await appOf(server(), "main.ts", ["allow-read=/app"], ["linux/amd64"])).container("linux/amd64");
    const failure = await image.withExec([], { useEntrypoint: true, noInit: true }).stdout().catch(stderrOf);
    expect(failure).toContain("NotCapable: Requires net access");
  });

  it("has what it imports from elsewhere, and downloads nothing when it starts", async () => {
    let requests = 0;
    const remote = createServer((_, response) => {
      requests += 1;
      response.writeHead(200, { "content-type": "application/typescript" }).end("export const answer: number = 6 * 7;");
    });
    const host = hostAddress();
    await new Promise<void>((ready) => remote.listen(0, host, ready));
    onTestFinished(() => void remote.close());
    const from = `${host}:${(remote.address() as AddressInfo).port}`;
    const source = dag
      .directory()
      .withNewFile("main.ts", `import { answer } from "http://${from}/answer.ts";\nconsole.log(answer, Deno.args);\n`);
    const image = (await appOf(source, "main.ts", [`allow-import=${from}`], ["linux/amd64"])).container("linux/amd64");
    expect(requests).toBe(1);
    const says = image.withEnvVariable("NO_COLOR", "1").withExec(["a"], { useEntrypoint: true, noInit: true });
    expect(await says.stdout()).toBe('42 [ "a" ]\n');
    expect(requests).toBe(1);
    // Without the permission to import from there, Deno's own words say so.
    await expect(appOf(source, "main.ts", [], ["linux/amd64"])).rejects.toThrow(
      /app: deno cache of \/app\/main\.ts for linux\/amd64 ended with 1: .*import/s,
    );
  });

  it("is pushed as one index for each tag; pulled again, both platforms answer", async () => {
    const app = await appOf(server(), "main.ts", ["allow-net"]);
    const to = `${registry}/deno-from-source/app-${Date.now()}`;
    const references = await app.publish(to, ["1.0", "latest"]);
    const digest = references[0]?.split("@")[1];
    expect(references).toEqual(["1.0", "latest"].map((tag) => `${to}:${tag}@${digest}`));
    const index = await manifest(to, "1.0");
    expect(index.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux" },
    ]);
    expect((await manifest(to, index.manifests[0].digest)).annotations ?? {}).toEqual({});
    for (const platform of platforms) {
      const image = dag.container({ platform: platform as Platform }).from(references[0] as string);
      expect(await answer(image)).toEqual({ says: "Hello, you!", arch: machines[platform], words: [] });
    }
  });

  it("is an object of dagger call, whose functions stand behind app", async () => {
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await tini().export(directory);
    const { code, out, err } = await callModule(root, [
      ...[`--base=${base}`, `--image-base=${base}`, `--tini=${directory}`, "--binary-origin=REGISTRY"],
      ...["app", `--source=${fixture}`, "--entrypoint=main.ts", `--version=${official}`, "--platforms=linux/amd64"],
      ...["--permissions=allow-net,allow-read=/a,allow-read=/b", "container", "--platform=linux/amd64", "entrypoint"],
    ]);
    expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
    expect(out.trim().split("\n").slice(3)).toEqual([
      ...["run", "--cached-only", "--no-prompt", "--allow-net", "--allow-read=/a,/b", "/app/main.ts"],
    ]);
  });

  it("is an OCI archive of both platforms", async () => {
    const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const file = join(directory, "app.tar");
    await (await appOf(server(), "main.ts", ["allow-net"])).tarball().export(file);
    const read = (path: string) => JSON.parse(execFileSync("tar", ["-xOf", file, path], { encoding: "utf8" }));
    const top = read("index.json");
    const named = top.manifests[0].digest.replace(":", "/");
    const index = top.manifests[0].platform ? top : read(`blobs/${named}`);
    expect(
      index.manifests.map(({ platform }: { platform: { architecture: string } }) => platform.architecture),
    ).toEqual(["amd64", "arm64"]);
  });
});
