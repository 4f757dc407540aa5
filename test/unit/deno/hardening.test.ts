import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../support/introspect.js";
import { describeWith } from "../../support/programs.js";

const script = join(root, "dagger/deno/check-hardening.py");

/** A program with relocations, so that RELRO has something to protect; on demand with code in a section that is written. */
const program = `#include <stdio.h>
#ifdef WRITTEN
__attribute__((section(".written,\\"awx\\",@progbits#"))) int code(void) { return 42; }
#endif
int (*const print)(const char *) = puts;
const char *volatile text = TEXT;
int main(void) { return print(text) < 0; }
`;

describeWith(
  ["gcc", "strip", "python3"],
  "what is linked with GCC and checked",
  () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "deno-from-source-"));
      writeFileSync(join(folder, "program.c"), program);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const hard = ["-fPIE", "-pie", "-Wl,-z,relro,-z,now,-z,noexecstack"];
    /** Links the program, with what rustc gives to GCC and further options, and gives its path. */
    const linked = (...options: string[]) => {
      const file = join(folder, "program");
      const text = options.find((it) => it.startsWith("-DTEXT")) ?? '-DTEXT="hello"';
      execFileSync("gcc", [...hard, text, ...options, "-o", file, join(folder, "program.c")], { stdio: "pipe" });
      return file;
    };
    const checked = (file: string, ...folders: string[]) => {
      const { status, stderr } = spawnSync("python3", [script, file, "the program", ...folders], { encoding: "utf8" });
      return { status, said: stderr.trim().split("\n") };
    };
    const passes = { status: 0, said: [""] };

    it("passes as rustc links it, and stripped", () => {
      const file = linked();
      expect(checked(file, "/cache/target/")).toEqual(passes);
      execFileSync("strip", [file]);
      expect(checked(file, "/cache/target/")).toEqual(passes);
    });

    it.each([
      ["RELRO", ["-Wl,-z,norelro"], "it has no PT_GNU_RELRO header", "-z relro"],
      ["BIND_NOW", ["-Wl,-z,lazy"], "neither DT_BIND_NOW nor a flag says so", "-z now"],
      ["NX", ["-Wl,-z,execstack"], "its stack is executable", "-z noexecstack"],
      ["PIE", ["-no-pie", "-fno-pie"], "of type 2 with a loader", "relocation-model=static"],
      ["RUNPATH", ["-Wl,--enable-new-dtags,-rpath,/opt/lib:$ORIGIN"], "'/opt/lib:$ORIGIN'", "without -rpath"],
      ["RPATH", ["-Wl,--disable-new-dtags,-rpath,/opt/lib"], "'/opt/lib'", "without -rpath"],
      ["build paths", ['-DTEXT="at /cache/target/x/lib.rs:1"'], "/cache/target/x/lib.rs", "--remap-path-prefix"],
    ])("fails for %s alone, and says what was found and what to do", (property, options, found, remedy) => {
      const { status, said } = checked(linked(...options), "/usr/local/cargo/", "/cache/target/");
      expect(status).toBe(1);
      expect(said).toEqual([expect.stringMatching(new RegExp(`^the program: ${property}: `))]);
      expect(said[0]).toContain(found);
      expect(said[0]).toContain(remedy);
    });

    it("fails for a segment that is writable and executable", () => {
      const { said } = checked(linked("-DWRITTEN"));
      expect(said).toEqual([expect.stringMatching(/^the program: W\^X: .* at 0x/)]);
    });

    // Code that is not position-independent, with addresses of eight bytes, so that any linker can.
    it.skipIf(process.arch !== "x64")("fails for text relocations", () => {
      const { status, said } = checked(linked("-fno-pic", "-mcmodel=large", "-pie", "-Wl,-z,notext"));
      expect(status).toBe(1);
      expect(said).toEqual([expect.stringMatching(/^the program: text relocations: .*-fPIC/)]);
    });

    it("fails for what upstream's step of removing sections with GNU strip leaves", () => {
      const file = linked();
      execFileSync("strip", ["--remove-section=.eh_frame", "--remove-section=.eh_frame_hdr", file]);
      const { status, said } = checked(file);
      expect(status).toBe(1);
      expect(said).toEqual([expect.stringMatching(/^the program: RELRO: .*llvm-strip/)]);
    });

    it("passes a library, which names no loader, by its file's name alone", () => {
      const [program, library] = ["program", "library.so"].map((name) => join(folder, name)) as [string, string];
      writeFileSync(join(folder, "library.c"), "int answer(void) { return 42; }\n");
      const make = (...options: string[]) =>
        execFileSync("gcc", ["-fPIC", "-shared", ...hard.slice(2), ...options, join(folder, "library.c")]);
      make("-o", library);
      expect(checked(library)).toEqual(passes);
      make("-o", program);
      expect(checked(program).said).toEqual([
        expect.stringMatching(/^the program: PIE: .* of type 3 without a loader/),
      ]);
      make("-Wl,-z,norelro", "-o", library);
      expect(checked(library).said).toEqual([expect.stringMatching(/^the program: RELRO: /)]);
    });

    it("names each property that is wrong, one a line", () => {
      const { said } = checked(linked("-Wl,-z,norelro", "-Wl,-z,execstack", "-Wl,-rpath,/opt/lib"));
      expect(said.map((line) => line.split(": ")[1])).toEqual(["RELRO", "NX", "RUNPATH"]);
    });

    it("lets debugging information name the sources: it is not loaded", () => {
      const file = linked("-g", `-ffile-prefix-map=${folder}=/cache/target`);
      expect(readFileSync(file).includes("/cache/target")).toBe(true);
      expect(checked(file, "/cache/target")).toEqual(passes);
    });

    it("refuses what is no ELF file", () => {
      expect(checked(join(folder, "program.c"))).toEqual({
        status: 1,
        said: ["the program: it is no 64-bit little-endian ELF file; it begins with 23696e636c75"],
      });
    });
  },
  { timeout: 60_000 },
);
