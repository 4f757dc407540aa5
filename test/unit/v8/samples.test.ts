import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "../../support/introspect.js";

const python = spawnSync("python3", ["--version"]).status === 0;

/** Stands for Ninja: knows how many steps come before each output, and writes down what it is asked to make. */
const ninja = (steps: Record<string, number>) => `#!/usr/bin/env python3
import json, sys
steps = json.loads(${JSON.stringify(JSON.stringify(steps))})
words = sys.argv[1:]
if "compdb" in words:
    print(json.dumps([{"file": it[:-2], "output": it, "command": "clang --sysroot=/sysroot"} for it in steps if it.endswith(".o")]))
elif "targets" in words:
    for output in steps: print(output + ": rule")
elif "-n" in words:
    count = steps[words[-1]]
    for step in range(count): print(f"[{step + 1}/{count}] step")
else:
    open("made", "a").write(words[-1] + "\\n")
`;

/** The report of the samples, and what was made for it. */
function sampled(steps: Record<string, number>) {
  const place = mkdtempSync(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  writeFileSync(join(place, "ninja"), ninja(steps));
  chmodSync(join(place, "ninja"), 0o755);
  const { status, stderr } = spawnSync(
    "python3",
    [join(root, "dagger/v8/rehearsal/ninja.py"), "-C", "out", "rusty_v8"],
    {
      cwd: place,
      encoding: "utf8",
      env: { PATH: process.env.PATH, REHEARSED_NINJA: join(place, "ninja"), REHEARSAL_REPORT: join(place, "report") },
    },
  );
  expect([status, stderr]).toEqual([0, ""]);
  const lines = readFileSync(join(place, "report"), "utf8").trim().split("\n");
  const report = new Map(lines.map((text) => JSON.parse(text)).map((line) => [line.name, line]));
  return { report, made: readFileSync(join(place, "made"), "utf8").trim().split("\n") };
}

describe.skipIf(!python)(`the samples of a rehearsal${python ? "" : " (SKIPPED: there is no python3 here)"}`, () => {
  it("are those that the fewest steps come before", () => {
    const { made } = sampled({ rusty_v8: 900, "obj/a.cc.o": 7, "obj/later.cc.o": 1, "obj/push.S.o": 1 });
    expect(made).toEqual(["obj/later.cc.o", "obj/push.S.o"]);
  });

  it("are no whole V8: one that most steps come before is not made, and the report says so", () => {
    const { report, made } = sampled({ rusty_v8: 900, "obj/a.cc.o": 1, "obj/embedded.S.o": 899 });
    expect(made).toEqual(["obj/a.cc.o"]);
    expect(report.get("assembler for the target")).toEqual({
      name: "assembler for the target",
      passed: true,
      seen: "not tried: obj/embedded.S.o, the first of its kind, comes after 899 of 900 steps",
    });
  });
});
