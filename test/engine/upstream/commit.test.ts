import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { type Container, dag } from "@dagger.io/dagger";
import { beforeAll, expect, it } from "vitest";
import { describeEngine } from "../../support/engine.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { copyOfDeno, library, version } from "../support/fixture.js";
import { commitAll, serve } from "../support/git.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";

/** A git repository of the miniature Deno with a release tag and one commit after it. */
async function repository(): Promise<{ directory: string; hash: string }> {
  const directory = await copyOfDeno();
  const git = commitAll(directory);
  git("tag", `v${version}`);
  git("tag", "v2.8.3");
  await appendFile(join(directory, "cli/version.rs"), "// one commit later\n");
  git("commit", "-qam", "after the release");
  return { directory, hash: git("rev-parse", "HEAD") };
}

describeEngine("a commit on a real engine", () => {
  useSession();
  let tools: Container;
  beforeAll(async () => {
    tools = await toolchain("linux/amd64", true).sync();
  });

  const module = (options: Partial<Options>) =>
    denoFromSource({ librarySource: library(), toolchains: [tools], base, ...options });
  const says = async (module: ReturnType<typeof denoFromSource>, asked: string) => {
    const binary = await module.build(asked, "linux/amd64");
    return dag.container().from(base).withFile("/bin/deno", binary).withExec(["deno", "--version"]).stdout();
  };

  it("is built from a given tree as a canary that carries its hash", async () => {
    const { directory, hash } = await repository();
    const source = dag.host().directory(directory);
    const canary = `deno ${version}+${hash.slice(0, 7)} (canary, release,`;
    expect(await says(module({ source }), hash.slice(0, 9))).toContain(canary);
    expect(await says(module({ source }), "canary")).toContain(canary);
  });

  it("is refused when the given tree is at another one", async () => {
    const { directory, hash } = await repository();
    const source = dag.host().directory(directory);
    await expect(says(module({ source }), "0123456")).rejects.toThrow(
      `version: 0123456 was asked for, but the tree given by --source is at commit ${hash}`,
    );
  });

  it("is fetched from the repository by its full or abbreviated hash, and the newest release by its tag", async () => {
    const { directory, hash } = await repository();
    const url = await serve(directory);
    const remote = module({ repository: url });
    const canary = `deno ${version}+${hash.slice(0, 7)} (canary, release,`;
    expect(await says(remote, hash)).toContain(canary);
    expect(await says(remote, hash.slice(0, 7))).toContain(canary);
    expect(await says(remote, "canary")).toContain(canary);
    expect((await remote.plan("latest", "linux/amd64")).version).toBe(version);
    await expect(remote.plan("0123456", "linux/amd64")).rejects.toThrow(
      /version: .* has no commit that starts with 0123456/,
    );
    await expect(remote.plan("2.8.77", "linux/amd64")).rejects.toThrow(
      /version: .* has no tag v2\.8\.77; its newest release is 2\.9\.99/,
    );
    await expect(remote.plan("2.7", "linux/amd64")).rejects.toThrow("no stable release of the line 2.7.x");
  });
});
