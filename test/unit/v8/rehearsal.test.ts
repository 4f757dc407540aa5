import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWith } from "../../support/programs.js";

const scripts = fileURLToPath(new URL("../../../dagger/v8/rehearsal/", import.meta.url));

/** A Ninja that knows these compile commands, and says of any other target that it was made; a file dry-NAME is of that output alone. */
const NINJA = `#!/bin/sh
case "$*" in
  *"-t compdb"*) cat "$FAKE/compdb.json" ;;
  *"-t targets"*) cat "$FAKE/targets" ;;
  *" -n "*)
    for output; do :; done
    cat "$FAKE/dry-$(basename "$output")" 2>/dev/null && exit
    cat "$FAKE/dry"; exit "$(cat "$FAKE/dry-status")" ;;
  *) echo "made $*" >>"$FAKE/made"; case "$*" in *broken*) echo "error: it does not compile"; exit 1 ;; esac ;;
esac
`;

describeWith(["python3"], "the programs before GN and Ninja", () => {
  let folder: string;
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
    for (const name of ["ninja", "gn"]) {
      file(name, name === "ninja" ? NINJA : '#!/bin/sh\ncat "$FAKE/gn-says"\n');
      chmodSync(join(folder, name), 0o755);
    }
    mkdirSync(join(folder, "out"));
    file("dry", "[1/2] CXX a.o\n[2/2] AR b.a\n");
    file("dry-status", "0");
    file("targets", "obj/a.o: cxx\n");
    compdb([object("obj/abseil-cpp/a.o", "a.cc")]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const object = (output: string, source: string, root = "/sysroot") => ({
    output,
    file: source,
    command: `clang++ ${root && `--sysroot=${root}`} -c ${source} -o ${output}`,
  });
  const compdb = (entries: object[]) => file("compdb.json", JSON.stringify(entries));

  function run(program: "ninja" | "gn", words: string[], environment: Record<string, string> = {}) {
    const report = join(folder, "report");
    writeFileSync(report, "");
    const { status, stdout, stderr } = spawnSync("python3", [join(scripts, `${program}.py`), ...words], {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        FAKE: folder,
        REHEARSAL_REPORT: report,
        REHEARSED_NINJA: join(folder, "ninja"),
        REHEARSED_GN: join(folder, "gn"),
        PYTHONDONTWRITEBYTECODE: "1",
        ...environment,
      },
    });
    const lines = readFileSync(report, "utf8").split("\n").filter(Boolean);
    const checks = new Map(
      lines.map((line) => JSON.parse(line)).map(({ name, passed, seen }) => [name, { passed, seen }]),
    );
    return { status, stdout, stderr, checks };
  }
  const ninja = () => run("ninja", ["-C", "out", "rusty_v8"]);

  it("pass where each command has the sysroot and every input is there", () => {
    const { status, checks, stderr } = ninja();
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(checks.get("sysroot")).toEqual({ passed: true, seen: "of the target's 1 compile commands: /sysroot in 1" });
    expect(checks.get("inputs")).toEqual({ passed: true, seen: "every input of 2 steps is there or made by one" });
    expect(checks.get("C++ for the target")?.passed).toBe(true);
  });

  it("fail a target that is compiled without the sysroot, and not a host program without it", () => {
    compdb([object("obj/a.o", "a.cc"), object("obj/b.o", "b.cc", ""), object("clang_x64/obj/c.o", "c.cc", "")]);
    expect(ninja().checks.get("sysroot")).toEqual({
      passed: false,
      seen: "of the target's 2 compile commands: /sysroot in 1, none in 1",
    });
  });

  it("fail where there is nothing to compile for the target at all", () => {
    compdb([object("clang_x64/obj/c.o", "c.cc", "")]);
    const { checks } = ninja();
    expect(checks.get("sysroot")?.passed).toBe(false);
    expect(checks.get("C++ for the target")).toEqual({ passed: false, seen: "there is no such step in this V8" });
  });

  it("fail an input that is missing, in Ninja's words", () => {
    file("dry", "ninja: error: '/usr/bin/bindgen', needed by 'bindings.rs', missing and no known rule to make it\n");
    file("dry-status", "1");
    expect(ninja().checks.get("inputs")).toEqual({ passed: false, seen: expect.stringContaining("/usr/bin/bindgen") });
  });

  it("fail a file that does not compile, in the compiler's words", () => {
    compdb([object("obj/broken.o", "broken.cc")]);
    expect(ninja().checks.get("C++ for the target")).toEqual({
      passed: false,
      seen: expect.stringMatching(/^obj\/broken\.o: error: it does not compile/),
    });
  });

  it("need Rust and bindgen in the graph where Temporal's crates are there", () => {
    mkdirSync(join(folder, "third_party/rust/chromium_crates_io/vendor"), { recursive: true });
    expect(ninja().checks.get("Rust for the target")?.passed).toBe(false);
    file("targets", "obj/third_party/rust/utf8_iter/libutf8_iter.rlib: rust\ngen/build/x/bindings.rs: action\n");
    expect(ninja().checks.get("Rust for the target")?.passed).toBe(true);
    expect(ninja().checks.get("bindgen of V8's build")?.passed).toBe(true);
  });

  /** So many steps come before an output. */
  const steps = (name: string, count: number) =>
    file(`dry-${name}`, Array.from({ length: count }, (_, at) => `[${at + 1}/${count}] step\n`).join(""));
  const made = () => readFileSync(join(folder, "made"), "utf8").trim().split("\n");

  it("compile the files that the fewest steps come before", () => {
    compdb([object("obj/a.o", "a.cc"), object("obj/later.o", "later.cc"), object("obj/push.o", "push.S")]);
    for (const [name, count] of Object.entries({ rusty_v8: 900, "a.o": 7, "later.o": 1, "push.o": 1 }))
      steps(name, count);
    ninja();
    expect(made()).toEqual(["made -C out obj/later.o", "made -C out obj/push.o"]);
  });

  it("compile no whole V8: a file that most steps come before is not made, and the report says so", () => {
    compdb([object("obj/a.o", "a.cc"), object("obj/embedded.o", "embedded.S")]);
    for (const [name, count] of Object.entries({ rusty_v8: 900, "a.o": 1, "embedded.o": 899 })) steps(name, count);
    const { checks } = ninja();
    expect(made()).toEqual(["made -C out obj/a.o"]);
    expect(checks.get("assembler for the target")).toEqual({
      passed: true,
      seen: "not tried: obj/embedded.o, the first of its kind, comes after 899 of 900 steps",
    });
  });

  it("leave what build.rs asks Ninja beside to Ninja", () => {
    const { stdout, checks } = run("ninja", ["-C", "out", "rusty_v8", "-t", "targets"]);
    expect(stdout).toBe("obj/a.o: cxx\n");
    expect(checks.size).toBe(0);
  });

  const ignored = (name: string) =>
    `WARNING at the command-line "--args":1:1: Build argument has no effect.\nThe variable "${name}" was set as a build argument\nbut never appeared in a declare_args() block in any buildfile.\n\nDone. Made 724 targets\n`;
  const gn = (says: string) => {
    file("gn-says", says);
    return run("gn", ["gen", "out"], {
      GN_ARGUMENTS_VARIABLE: "EXTRA_GN_ARGS",
      EXTRA_GN_ARGS: 'use_sysroot=false target_sysroot="/sysroot"',
    }).checks;
  };

  it("fail an argument of this module that GN ignores", () => {
    expect(gn(ignored("target_sysroot")).get("GN arguments")).toEqual({
      passed: false,
      seen: "GN ignores target_sysroot",
    });
  });

  it("tell of one of build.rs's own that GN ignores, and pass", () => {
    const found = gn(ignored("extra_cflags")).get("GN arguments");
    expect(found).toEqual({ passed: true, seen: expect.stringContaining("of build.rs's own it ignores extra_cflags") });
    expect(gn("Done. Made 724 targets\n").get("gn gen")).toEqual({ passed: true, seen: "Done. Made 724 targets" });
  });
});
