import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Command, Run } from "../../../dagger/smoke/smoke.js";
import { report } from "../../../src/engine/report.js";
import type { Identity } from "../../../src/request/identity.js";
import { parseVersion } from "../../../src/request/version.js";
import {
  askedVersionText,
  checkAge,
  checkTrial,
  judgeRuns,
  noImage,
  ownVersionText,
  parseTap,
  testNames,
} from "../../../src/smoke/report.js";

const names = testNames(readFileSync(`${import.meta.dirname}/../../../dagger/smoke/in-image/checks.js`, "utf8"));
const ok = names.map((name, index) => `ok ${index + 1} - ${name}`);

/** What Deno 2.9.5 printed: a test that failed is followed by its reason. */
const tap = (lines: string[]) => `TAP version 14\n# ../smoke/checks.js\n${lines.join("\n")}\n1..${names.length}\n`;
const failure = (message: string) =>
  `  ---\n  ${JSON.stringify({ message, severity: "fail", at: { line: 60 } })}\n  ...`;

const ended = (code: number, out: string, err = ""): Run => ({ code, out, err });
const good: Record<Command, Run> = {
  version: ended(0, "deno 2.9.5 (stable, release, x86_64-unknown-linux-gnu)\nv8 15.0\n"),
  eval: ended(0, "x86_64 42\n"),
  test: ended(0, tap(ok)),
  permission: ended(1, "", 'error: Uncaught (in promise) NotCapable: Requires read access to "/etc/passwd"\n'),
  signals: ended(42, "SIGTERM arrived\n"),
};
const checks = (runs: Partial<Record<Command, Run>> = {}) =>
  judgeRuns({ ...good, ...runs }, { version: "deno 2.9.5 (", machine: "x86_64", tests: names });
const failed = (runs: Partial<Record<Command, Run>>) =>
  Object.fromEntries(
    checks(runs)
      .filter(({ passed }) => !passed)
      .map(({ name, seen }) => [name, seen]),
  );

describe("the checks of an image", () => {
  it("are those of the scripts, and of the tests in checks.js", () => {
    expect(names).toEqual(["fetch", "worker", "addon", "user", "folder"]);
    expect(checks().map(({ name }) => name)).toEqual(["version", "eval", "test", ...names, "permission", "signals"]);
    expect(checks().filter(({ passed }) => !passed)).toEqual([]);
  });

  it.each<[string, Partial<Record<Command, Run>>, string]>([
    ["version", { version: ended(0, "deno 2.9.50 (stable, release)\n") }, 'expected "deno 2.9.5 ("; it exited with 0'],
    ["version", { version: ended(139, "") }, "it exited with 139"],
    ["eval", { eval: ended(0, "aarch64 42\n") }, 'expected "x86_64 42"'],
    ["eval", { eval: ended(1, "", "error: no snapshot") }, 'standard error "error: no snapshot"'],
    ["permission", { permission: ended(0, "root:x:0:0") }, "expected exit code 1 and a denied read"],
    ["permission", { permission: ended(1, "", "error: Module not found") }, "Module not found"],
    ["signals", { signals: ended(143, "") }, "expected tini to hand SIGTERM on, and exit code 42"],
    ["signals", { signals: ended(1, "", "process 1 is deno, not tini") }, "process 1 is deno, not tini"],
    ["signals", { signals: { error: "no user deno" } }, "it could not be started: no user deno"],
    ["test", { test: ended(3, tap(ok)) }, "and exit code 0; it exited with 3"],
  ])("fail one by one: %s", (name, runs, seen) => {
    expect(failed(runs)).toEqual({ [name]: expect.stringContaining(seen) });
  });

  it("take Deno 1's name of a denied permission", () => {
    const denied = ended(1, "", 'error: Uncaught (in promise) PermissionDenied: Requires read access to "/etc/passwd"');
    expect(failed({ permission: denied })).toEqual({});
  });

  it("of deno test fail with the reason; that it could report is a success", () => {
    const lines = ok.map((line) =>
      line.endsWith("fetch") ? `not ${line}\n${failure("Error: no network\n at x")}` : line,
    );
    expect(failed({ test: ended(1, tap(lines)) })).toEqual({ fetch: "Error: no network" });
  });

  it("of deno test fail when it never got to them", () => {
    const seen = failed({ test: ended(134, tap(ok.slice(0, 3)), "V8 crashed") });
    expect(Object.keys(seen)).toEqual(["test", "user", "folder"]);
    expect(seen.test).toContain("V8 crashed");
    expect(seen.user).toBe("deno test did not run it");
  });

  it("show long output cut", () => {
    const seen = failed({ eval: ended(1, "o".repeat(10_000), "e".repeat(10_000)) }).eval ?? "";
    expect(seen.length).toBeLessThan(1200);
    expect(seen).toContain("ooo…");
  });
});

describe("TAP", () => {
  it("gives names, and the first line of a failure's message", () => {
    const text = tap(["ok 1 - a", "not ok 2 - b - c", failure("Error: x\ny"), "not ok 3 - d", "ok 4 - e # SKIP"]);
    expect([...parseTap(text)]).toEqual([
      ["a", null],
      ["b - c", "Error: x"],
      ["d", "no reason given"],
      ["e", null],
    ]);
    expect([...parseTap("not ok 1 - a\n  {broken}\n")]).toEqual([["a", "{broken}"]]);
    expect(parseTap("").size).toBe(0);
  });
});

describe("the report", () => {
  const check = (name: string, passed: boolean, seen = "") => ({ name, passed, seen });

  it("has a line for each platform and check", () => {
    const text = report("smoke", [
      { platform: "linux/arm64", checks: [check("version", true, "deno 2.9.5"), check("eval", true)] },
      { platform: "linux/amd64", checks: [check("eval", true)] },
    ]);
    expect(text).toBe("linux/arm64 version: passed: deno 2.9.5\nlinux/arm64 eval: passed\nlinux/amd64 eval: passed\n");
  });

  it("is an error where something failed: all of that first, then what passed", () => {
    const platforms = [
      { platform: "linux/arm64", checks: [check("eval", true), check("fetch", false, "no network")] },
      { platform: "linux/amd64", checks: noImage(new Error("tini: tini-amd64 is missing")) },
    ];
    expect(() => report("smoke", platforms)).toThrow(
      "smoke: 2 of 3 checks failed\nlinux/arm64 fetch: failed: no network\n" +
        "linux/amd64 image: failed: tini: tini-amd64 is missing\nlinux/arm64 eval: passed",
    );
  });
});

describe("what deno --version is to say", () => {
  it.each([
    ["2.9.5", "deno 2.9.5 ("],
    ["2.9", "deno 2.9."],
    ["2", "deno 2."],
    ["latest", "deno "],
    ["canary", "+"],
    ["0123456789abcdef", "+0123456"],
  ])("of a published image asked for as %s", (version, text) => {
    expect(askedVersionText(parseVersion(version))).toBe(text);
  });

  it("of an image made here follows from the tree", () => {
    const identity: Identity = { version: "2.9.5", channel: "stable", commit: null, created: null };
    expect(ownVersionText(identity)).toBe("deno 2.9.5 (");
    expect(ownVersionText({ ...identity, channel: "canary", commit: "0123456789" })).toBe("deno 2.9.5+0123456 (");
  });
});

describe("refused", () => {
  it("is the variant BIN, another variant with an address, and an address that is none", () => {
    expect(() => checkTrial("BIN", "")).toThrow("variant: BIN is the binary alone");
    expect(() => checkTrial("DEBIAN", "ghcr.io/me/deno:2.9.5")).toThrow(
      "variant: DEBIAN is given together with address",
    );
    expect(() => checkTrial("UBUNTU", "https://ghcr.io/me/deno")).toThrow(/^address: expected an image reference/);
    expect(() => checkTrial("UBUNTU", "ghcr.io/me/deno@sha256:12")).toThrow(/^address: /);
    for (const address of ["", "ghcr.io/me/deno:2.9.5", "localhost:5000/deno", `deno@sha256:${"0".repeat(64)}`]) {
      expect(() => checkTrial("UBUNTU", address)).not.toThrow();
    }
    expect(() => checkTrial("DISTROLESS", "")).not.toThrow();
  });

  it("is a Deno that the scripts are not for", () => {
    expect(() => checkAge("1.45.5")).toThrow("version: the smoke test is for 1.46.0 and newer, not 1.45.5");
    expect(() => checkAge("1.46.0")).not.toThrow();
  });
});
