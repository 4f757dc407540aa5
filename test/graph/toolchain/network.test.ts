import { rootCertificates } from "node:tls";
import { dag } from "@dagger.io/dagger";
import { afterEach, describe, expect, it, vi } from "vitest";
import { expectGolden } from "../../support/golden.js";
import { asked, denoFromSource, type Options } from "../../support/module.js";
import { engine, words } from "../../support/rehearsal.js";
import { Failure, type Session, type Thing } from "../../support/session.js";
import { argumentOf, closureText, commands, directory, environment, session, steps } from "../../support/world.js";

const plaintext = "http://me:correct-horse@proxy.example:3128";
const pem = rootCertificates[0] as string;

const mirrors = [
  "static.rust-lang.org=https://mirror.example/rust",
  "index.crates.io=https://mirror.example/crates",
  "commondatastorage.googleapis.com=http://mirror.example/clang",
  "archive.ubuntu.com=http://mirror.example/ubuntu",
];
const proxy = () => dag.setSecret("proxy", plaintext);
const certificateAuthority = () => directory({ "ca.pem": pem }).file("ca.pem");
const all = (): Partial<Options> => ({
  mirrors,
  proxy: proxy(),
  noProxy: ["mirror.example"],
  certificateAuthority: certificateAuthority(),
});

/** Commands that download: of apt, rustup, cargo, git and Python. */
const DOWNLOADS =
  /^(install|install-llvm|clone|build) |rustup-init|^python3 \/opt\/restore|cargo install|cargo metadata/;

/** The commands of a session: whether each is run behind what the site has, and its words without scripts. */
const runs = (it: Session) =>
  [...it.made()]
    .filter(({ field }) => field === "withExec")
    .map((thing) => ({
      thing,
      behind: (thing.args.args as string[])[1] === "/opt/network/enter.sh",
      command: words(thing)
        .filter((word) => !word.includes("\n"))
        .join(" ")
        .replace(/^sh -c /, ""),
    }));

describe("mirrors, proxy and certificate-authority", () => {
  it("stand before every command that downloads, and before no other", async () => {
    const it = session();
    await asked(it, () => denoFromSource(all()).build("2.9.5", "linux/arm64"));
    const wrong = runs(it).filter(({ command, behind }) => DOWNLOADS.test(command) !== behind);
    expect(wrong.map(({ command }) => command)).toEqual([]);
    expect(runs(it).filter(({ behind }) => behind).length).toBeGreaterThan(6);
  });

  it("leave nothing in what comes of such a command", async () => {
    const it = session();
    await asked(it, () => denoFromSource(all()).build("2.9.5", "linux/arm64"));
    for (const { thing } of runs(it).filter(({ behind }) => !behind)) {
      const count = (field: string, args = {}) => steps(thing, field, args).length;
      expect(count("withSecretVariable")).toBe(count("withoutSecretVariable"));
      const mounts = ["/opt/network", "/.cargo/config.toml"].map((path) => [
        count("withMountedDirectory", { path }) + count("withMountedFile", { path }),
        count("withoutMount", { path }),
      ]);
      for (const [there, gone] of mounts) expect(there).toBe(gone);
      expect(Object.keys(environment(thing)).join()).not.toMatch(/proxy|RUSTUP_DIST|CERT/i);
    }
  });

  it("hand the proxy over as a secret variable and never as text", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource(all()).library("2.9.5", "linux/arm64"));
    const secrets = steps(result, "withSecretVariable").map((step) => [
      step.args.name,
      argumentOf(step, "secret").args.name,
    ]);
    expect(secrets).toEqual(
      expect.arrayContaining([
        ["http_proxy", "proxy"],
        ["https_proxy", "proxy"],
      ]),
    );
    expect(it.questions.filter(({ field }) => field === "plaintext")).toEqual([]);
    expect(closureText(it.all().filter(({ field }) => field !== "setSecret"))).not.toContain("correct-horse");
  });

  it("ask an engine for this much more", async () => {
    // A secret as `dagger call` gives one: by an address, without its text.
    const it = session();
    const result = await asked(it, () =>
      denoFromSource({ ...all(), proxy: dag.secret("env:PROXY") }).library("2.9.5", "linux/arm64"),
    );
    await expectGolden(it, result, "library-network");
  });

  it("name no other volume than without them: what is compiled so far is kept", async () => {
    const key = (result: Thing) =>
      argumentOf(steps(result, "withMountedCache", { path: "/cache" })[0], "cache").args.key;
    // Which tools there are is read from the container; here the fake says it, as an engine would.
    const rules = [
      ({ of, field }: { of: Thing | null; field: string }) =>
        field === "contents" && of?.args.path === "/opt/deno-from-source/versions" ? "rustc 1.95.0" : undefined,
    ];
    const plain = await asked(session({ rules }), () => denoFromSource().library("2.9.5", "linux/arm64"));
    const mirrored = await asked(session({ rules }), () => denoFromSource(all()).library("2.9.5", "linux/arm64"));
    expect(key(mirrored)).toBe(key(plain));
  });
});

describe("a file that the engine downloads", () => {
  const init = (it: Session) => [...it.made()].filter(({ field }) => field === "http").map(({ args }) => args);

  it("comes from the mirror, by the checksum that it has upstream", async () => {
    const it = session();
    await asked(it, () => denoFromSource({ mirrors }).library("2.9.5", "linux/arm64"));
    expect(init(it)).toEqual([
      expect.objectContaining({
        url: "https://mirror.example/rust/rustup/archive/1.28.2/x86_64-unknown-linux-gnu/rustup-init",
        checksum: "sha256:20a06e644b0d9bd2fbdbfd52d42540bdde820ea7df86e92e533c073da0cdd43c",
      }),
    ]);
  });

  it("is downloaded in a container where there is a proxy or an authority, for the engine knows of neither", async () => {
    for (const options of [() => ({ proxy: proxy() }), () => ({ certificateAuthority: certificateAuthority() })]) {
      const it = session();
      await asked(it, () => denoFromSource(options()).library("2.9.5", "linux/arm64"));
      expect(init(it)).toEqual([]);
      const [, ...words] = runs(it)
        .find(({ command }) => command.includes("/rustup-init sha256:"))
        ?.command.split(" -c ")[1]
        ?.trim()
        .split(" ") ?? ["", ""];
      expect(words).toEqual(["sha256:20a06e644b0d9bd2fbdbfd52d42540bdde820ea7df86e92e533c073da0cdd43c", "755"]);
    }
  });

  it("that cannot be had from the mirror is an error of that option", async () => {
    const it = session({
      rules: [
        ({ of, field }) => {
          if (field === "sync" && of?.field === "http") throw new Failure("404");
          return undefined;
        },
      ],
    });
    await expect(asked(it, () => denoFromSource({ mirrors }).library("2.9.5"))).rejects.toThrow(
      /^mirrors: https:\/\/mirror\.example\/rust\/rustup\/.* did not give the file: /,
    );
  });
});

it("a mirror of apt.llvm.org stands in its sources and before its key", async () => {
  const it = session({ engine: "linux/arm64" });
  const options = { mirrors: ["apt.llvm.org=https://mirror.example/llvm"] };
  await asked(it, () => denoFromSource(options).library("2.9.5", "linux/arm64"));
  const script = commands(it.made())
    .flat()
    .find((word) => word.includes("llvm-snapshot.gpg.key"));
  expect(script).toContain("curl -fsSL https://mirror.example/llvm/llvm-snapshot.gpg.key");
  expect(script).toContain("https://mirror.example/llvm/$VERSION_CODENAME/");
  expect(script).not.toContain("https://apt.llvm.org/$");
});

describe("rehearse", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("asks the mirror in place of the host", async () => {
    const urls: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      urls.push(url);
      return { status: 200 };
    });
    const it = session({ rules: [engine()] });
    const report = await it.run(() => denoFromSource({ mirrors }).rehearse("2.9.5", ["linux/arm64"]));
    expect(urls).toEqual([
      "https://mirror.example/crates/config.json",
      "https://mirror.example/rust/rustup/release-stable.toml",
      "http://mirror.example/clang/chromium-browser-clang/",
      "https://chrome-infra-packages.appspot.com/",
      "https://storage.googleapis.com/chromium-browser-clang/",
    ]);
    expect(report).toContain("host of Rust, by rustup: passed: https://mirror.example/rust/rustup/release-stable.toml");
  });

  it("asks by the proxy and with the authority, in a container", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new Error("past the proxy");
    });
    const asks = (of: Thing | null) => words(of)[2]?.includes("HEAD");
    const it = session({
      rules: [({ of, field }) => (field === "stdout" && asks(of) ? "204\n" : undefined), engine()],
    });
    const report = await it.run(() => denoFromSource(all()).rehearse("2.9.5", ["linux/arm64"]));
    expect(report).toContain(
      "host of crates, by cargo: passed: https://mirror.example/crates/config.json answers with 204",
    );
    expect(report).not.toContain("failed");
  });
});

describe("refused before any work", () => {
  it("is a certificate-authority that is none", async () => {
    for (const name of ["build", "library", "plan"] as const) {
      const it = session();
      const options = () => ({ certificateAuthority: directory({ "ca.pem": "MIIB" }).file("ca.pem") });
      const call = it.run(async () => {
        await denoFromSource(options())[name]("2.9.5", "linux/arm64");
      });
      await expect(call).rejects.toThrow(/^certificate-authority: expected a PEM file of certificates .* has none$/);
      expect(commands(it.made())).toEqual([]);
    }
  });
});
