import { dag } from "@dagger.io/dagger";
import { describe, expect, it } from "vitest";
import { expectGolden } from "../../support/golden.js";
import { asked, denoFromSource } from "../../support/module.js";
import type { Thing } from "../../support/session.js";
import { argumentOf, closureText, environment, session, steps } from "../../support/world.js";

const plaintext = "correct horse battery staple";

const options = () => ({
  compilerCache: "s3://bucket/prefix?region=eu-1&endpoint=https://s3.example",
  compilerCacheUser: dag.setSecret("user", `user ${plaintext}`),
  compilerCachePassword: dag.setSecret("password", `password ${plaintext}`),
});

const secrets = (result: Thing) =>
  steps(result, "withSecretVariable").map((step) => [step.args.name, argumentOf(step, "secret").args.name]);

describe("compiler-cache", () => {
  it("hands its secrets over as secret variables and never as text", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource(options()).build("2.9.5", "linux/arm64"));

    const expected = [
      ["AWS_ACCESS_KEY_ID", "user"],
      ["AWS_SECRET_ACCESS_KEY", "password"],
    ];
    expect(secrets(result)).toEqual(expected);
    expect(secrets(argumentOf(steps(result, "withMountedDirectory", { path: "/src/v8" })[0], "source"))).toEqual(
      expected,
    );
    expect(it.questions.filter(({ field }) => field === "plaintext")).toEqual([]);
    // setSecret is the test's own call; beside it the words are nowhere.
    const others = it.all().filter(({ field }) => field !== "setSecret");
    expect(closureText(others)).not.toContain(plaintext);
    await expectGolden(it, result, "build-compiler-cache");
  });

  it("sets what may be seen as plain variables, for V8 and for Deno", async () => {
    const result = await asked(session(), () => denoFromSource(options()).build("2.9.5", "linux/arm64"));

    const plain = {
      SCCACHE_BUCKET: "bucket",
      SCCACHE_REGION: "eu-1",
      SCCACHE_ENDPOINT: "s3.example",
      SCCACHE_S3_USE_SSL: "true",
      SCCACHE_S3_KEY_PREFIX: "prefix",
      CARGO_INCREMENTAL: "0",
    };
    const library = argumentOf(steps(result, "withMountedDirectory", { path: "/src/v8" })[0], "source");
    expect(environment(library)).toMatchObject({ ...plain, SCCACHE: "sccache" });
    expect(environment(result)).toMatchObject({ ...plain, RUSTC_WRAPPER: "sccache" });
  });

  it("installs sccache of a pinned checksum, of the architecture that it runs on", async () => {
    const result = await asked(session(), () => denoFromSource(options()).library("2.9.5", "linux/arm64"));

    const release = argumentOf(steps(result, "withMountedFile", { path: "/tmp/sccache.tar.gz" })[0], "source");
    expect(release.args).toEqual({
      url: "https://github.com/mozilla/sccache/releases/download/v0.10.0/sccache-v0.10.0-x86_64-unknown-linux-musl.tar.gz",
      checksum: "sha256:1fbb35e135660d04a2d5e42b59c7874d39b3deb17de56330b25b713ec59f849b",
    });
  });

  it("without it sccache is neither installed nor used, even where the container has it", async () => {
    const result = await asked(session(), () => denoFromSource().build("2.9.5", "linux/arm64"));

    const library = argumentOf(steps(result, "withMountedDirectory", { path: "/src/v8" })[0], "source");
    expect(environment(library)).toMatchObject({ SCCACHE: "" });
    expect(environment(result)).not.toHaveProperty("RUSTC_WRAPPER");
    expect(closureText([result])).not.toContain("mozilla/sccache");
  });
});
