import { describe, expect, it } from "vitest";
import { expectGolden } from "../support/golden.js";
import { asked, denoFromSource } from "../support/module.js";
import { chain, closure } from "../support/session.js";
import { argumentOf, commands, container, platformOf, session, steps } from "../support/world.js";

describe("archive", () => {
  it("packs on the engine's platform: nothing of the target runs for it", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().archive("2.9.5", "linux/arm64"));

    expect(result.args.path).toBe("/out/deno-aarch64-unknown-linux-gnu.zip");
    // A container without a platform is of the engine's.
    expect(platformOf(result)).toBeUndefined();
    expect(platformOf(argumentOf(steps(result, "withMountedFile", { path: "/src/deno" })[0], "source"))).toBe(
      "linux/arm64",
    );
    await expectGolden(it, result, "archive");
  });

  it("packs with the given toolchain of the engine's platform", async () => {
    const it = session();
    const result = await asked(it, () =>
      denoFromSource({
        toolchains: [container("linux/amd64", "registry.example/amd64"), container("linux/arm64")],
      }).archive("2.9.5", "linux/arm64"),
    );
    expect(chain(result)[1]?.args).toEqual({ address: "registry.example/amd64" });
  });
});

describe("release", () => {
  it("of two platforms has zips with checksums, the second name for arm64, and V8's files", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().release("2.9.5", ["linux/arm64", "linux/amd64"]));

    const parts = steps(result, "withDirectory").map((step) => argumentOf(step, "source"));
    const names = parts.map((part) => steps(part, "withFile").map(({ args }) => args.path));
    expect(names).toEqual([
      [
        "deno-aarch64-unknown-linux-gnu.zip",
        "deno-aarch64-unknown-linux-gnu.zip.sha256sum",
        "deno-linux-arm64.zip",
        "deno-linux-arm64.zip.sha256sum",
      ],
      ["deno-x86_64-unknown-linux-gnu.zip", "deno-x86_64-unknown-linux-gnu.zip.sha256sum"],
    ]);
    await expectGolden(it, result, "release");
  });

  it("compiles V8 and Deno once for each platform", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().release("2.9.5", ["linux/arm64", "linux/amd64"]));

    const all = commands(new Set([...it.made(), ...closure(result)])).map((words) => words.join(" "));
    expect(all.filter((words) => words.includes("cargo check"))).toHaveLength(2);
    expect(all.filter((words) => words.includes("cargo build"))).toHaveLength(2);
  });
});

describe("mirror", () => {
  it("has V8's files of each platform in the folder of their version", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().mirror("2.9.5", ["linux/arm64", "linux/amd64"]));

    const parts = steps(result, "withDirectory").map((step) => argumentOf(step, "source"));
    expect(parts.map(({ args }) => args.path)).toEqual(["v150.4.0", "v150.4.0"]);
    await expectGolden(it, result, "mirror");
  });
});

describe("toolchain", () => {
  it("is the container that cargo runs in: of the target's platform, each tool run once", async () => {
    const it = session();
    const result = await asked(it, () => denoFromSource().toolchain("2.9.5", "linux/arm64"));

    expect(platformOf(result)).toBe("linux/arm64");
    expect(commands([result])[0]?.slice(3)).toEqual([
      ...["versions", "rustc", "cargo", "cc", "git", "rsync", "strip", "cmake", "perl"],
    ]);
    await expectGolden(it, result, "toolchain");
  });
});
