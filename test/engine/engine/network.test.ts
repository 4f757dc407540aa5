import { rootCertificates } from "node:tls";
import { dag } from "@dagger.io/dagger";
import { expect, it } from "vitest";
import { attempt } from "../../../dagger/engine/attempt.js";
import { type Network, withDownloads } from "../../../dagger/engine/network.js";
import { withRestored } from "../../../dagger/v8/published-crate.js";
import { describeEngine } from "../../support/engine.js";
import { library } from "../support/fixture.js";
import { useSession } from "../support/session.js";
import { base, toolchain } from "../support/toolchain.js";

describeEngine("a step that downloads", () => {
  useSession();

  const proxy = "http://me:correct-horse@proxy.example:3128";
  const network = (): Network => ({
    mirrors: { "deb.debian.org": "https://mirror.example/debian", "index.crates.io": "https://mirror.example/crates" },
    proxy: dag.setSecret("proxy", proxy),
    noProxy: ["mirror.example"],
    authority: dag
      .directory()
      .withNewFile("ca.pem", rootCertificates[0] as string)
      .file("ca.pem"),
    python: async () => dag.container().from(base),
  });
  const look =
    "cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null; cat /.cargo/config.toml; printenv no_proxy; " +
    'test "$https_proxy" = "http://me:correct""-horse@proxy.example:3128" && echo proxied; apt-config dump | grep CAInfo';

  it("has mirrors, proxy and authority, as each tool looks for them", async () => {
    const said = await withDownloads(dag.container().from(base), network(), ["sh", "-c", look]).stdout();
    expect(said).toMatch(/https:\/\/mirror\.example\/debian\/debian/);
    expect(said).not.toContain("deb.debian.org");
    expect(said).toContain('registry = "sparse+https://mirror.example/crates/"');
    expect(said).toContain("\nmirror.example\nproxied\n");
    expect(said).toMatch(/Acquire::https::CAInfo "\/opt\/network\/certificates\.pem"/);
  });

  it("gets what the published crate of V8 leaves out from the mirror of crates.io, not from crates.io itself", async () => {
    const nobody = "http://127.0.0.1:9/crates";
    const mirrors = { "index.crates.io": nobody };
    const restored = withRestored(toolchain("linux/amd64", true), library(), {
      ...network(),
      mirrors,
      proxy: undefined,
    });
    await expect(restored).rejects.toThrow(`${nobody}/config.json`);
  });

  it("leaves nothing of them behind, and ends as its command does", async () => {
    const plain = dag.container().from(base);
    const state =
      "cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null; ls -A / /opt; env | grep -i proxy || true";
    const done = withDownloads(plain, network(), ["true"]);
    expect(await done.withExec(["sh", "-c", state]).stdout()).toBe(await plain.withExec(["sh", "-c", state]).stdout());
    expect((await attempt(withDownloads(plain, network(), ["sh", "-c", "exit 7"]))).code).toBe(7);
  });
});
