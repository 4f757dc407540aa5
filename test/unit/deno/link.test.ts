import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../../support/introspect.js";

/** Stands for a linker: what it links is a deno that says what it is to run, and holds how it was linked. */
const LINKER = `#!/bin/sh
set -eu
for argument; do
  case $argument in @*) set -- $(cat "\${argument#@}") "$@" ;; esac
done
echo "$*" >>"$RECORD"
previous=
for argument; do
  if [ "$previous" = -o ]; then out=$argument; fi
  previous=$argument
done
printf '#!/bin/sh\\necho "$0 $*" >>"$RECORD"; exit\\n# %s\\n\\0%s\\0' "$*" "$GLIBC" >"$out"
chmod 755 "$out"
`;

/** Links a program as the words say, and gives what was run for it and what came of it. */
function linked(
  program: string,
  words: string,
  make: (place: string) => string[],
  { linker = LINKER, glibc = "GLIBC_2.27", named = {} as NodeJS.ProcessEnv } = {},
) {
  const place = mkdtempSync(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  writeFileSync(join(place, "cc"), linker);
  chmodSync(join(place, "cc"), 0o755);
  const { status, stderr } = spawnSync("sh", [join(root, "dagger/deno/link/link.sh"), ...make(place)], {
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      PLAIN_LINKER: join(place, "cc"),
      CARGO_BIN_NAME: program,
      ...named,
      LINK: words,
      LINKED: join(place, "linked"),
      UNWIND_TABLES: words.includes("without-unwind-tables") ? "tables.ld" : "",
      ...(words.includes("packed-relocations") && { RELOCATE: "relocate.c" }),
      STARTUP_ORDER: words.includes("startup-order") ? "/tools" : "",
      STARTUP_ORDER_PLACE: join(place, "order"),
      RECORD: join(place, "record"),
      GLIBC: glibc,
    },
  });
  expect([status, stderr]).toEqual([0, ""]);
  const made = readFileSync(join(place, "out"), "utf8");
  const note = join(place, "linked", createHash("sha256").update(made).digest("hex"));
  return {
    ran: readFileSync(join(place, "record"), "utf8").replaceAll(`${place}/`, "").trim().split("\n"),
    made,
    noted: existsSync(note) ? readFileSync(note, "utf8").trim() : null,
  };
}

const objects = (place: string) => ["a.o", "-o", join(place, "out")];

it.each<[string, (place: string) => string[]]>([
  ["in its arguments", objects],
  [
    "in a file of arguments, which the thousands of objects of a real deno are in",
    (place) => {
      writeFileSync(join(place, "linker-arguments"), `a.o\n-o\n${join(place, "out")}\nb.o\n`);
      return [`@${join(place, "linker-arguments")}`];
    },
  ],
])("deno is linked, watched, and linked again in that order, with its name %s", (_, make) => {
  const { ran, made, noted } = linked("deno", "lld startup-order", make);
  const [first, generate, second, verify] = ran;
  expect(first).toContain("-fuse-ld=lld -Wl,--icf=safe");
  expect(generate).toMatch(
    /^out run .*\/tools\/generate_linux_function_orderfile\.ts --binary out --output order\/deno\.order$/,
  );
  expect(second).toMatch(/-Wl,--symbol-ordering-file=order\/deno\.order .*-o out\.ordered$/);
  expect(verify).toMatch(/^out\.ordered run .*verify_orderfile\.ts --baseline-binary out --binary out\.ordered /);
  expect(made).toContain("--symbol-ordering-file");
  expect(noted).toBe("lld startup-order");
});

it("without unwind tables both links of deno leave them out, and their index", () => {
  const { ran, noted } = linked("deno", "lld without-unwind-tables startup-order", objects);
  const links = ran.filter((line) => line.startsWith("a.o"));
  expect(links).toHaveLength(2);
  for (const line of links) expect(line).toContain("-Wl,--no-eh-frame-hdr -Wl,-T,tables.ld");
  expect(noted).toBe("lld without-unwind-tables startup-order");
});

it.each<[string, string, string[]]>([
  [
    "for the loader where deno needs one that reads them",
    "GLIBC_2.36",
    ["a.o -o out -fuse-ld=lld -Wl,--icf=safe -Wl,-z,pack-relative-relocs"],
  ],
  [
    "with what applies them where it need not",
    "GLIBC_2.35",
    [
      "-O2 -fPIC -c relocate.c -o out.relocate.o",
      "a.o -o out -fuse-ld=lld -Wl,--icf=safe out.relocate.o " +
        "-Wl,--pack-dyn-relocs=relr,--use-android-relr-tags,--entry=start_with_packed_relocations",
    ],
  ],
])("relative relocations of deno are packed %s, and denort's are left as they are", (_, glibc, packed) => {
  const plain = "a.o -o out -fuse-ld=lld -Wl,--icf=safe";
  expect(linked("deno", "lld packed-relocations", objects, { glibc }).ran).toEqual([plain, ...packed]);
  expect(linked("denort", "lld", objects, { glibc }).ran).toEqual([plain]);
});

it("a program that no order was asked for is linked once, with equal functions put together", () => {
  const once = ["a.o -o out -fuse-ld=lld -Wl,--icf=safe"];
  expect(linked("denort", "lld", objects)).toMatchObject({ ran: once, noted: "lld" });
  expect(linked("deno", "lld", objects)).toMatchObject({ ran: once, noted: "lld" });
});

it("libdenort, which cargo names by its package and crate, is linked as denort is, and what its build script compiles is not", () => {
  const library = { CARGO_PKG_NAME: "denort_desktop", CARGO_CRATE_NAME: "denort" };
  expect(linked("", "lld", objects, { named: library })).toMatchObject({
    ran: ["a.o -o out -fuse-ld=lld -Wl,--icf=safe"],
    noted: "lld",
  });
  for (const named of [
    { CARGO_PKG_NAME: "denort_desktop", CARGO_CRATE_NAME: "build_script_build" },
    { CARGO_PKG_NAME: "denort_desktop" },
    { CARGO_PKG_NAME: "deno", CARGO_CRATE_NAME: "deno" },
  ]) {
    expect(linked("", "lld", objects, { named })).toMatchObject({ ran: ["a.o -o out"], noted: null });
  }
});

it("what is neither deno nor denort is linked as ever, and nothing is noted of it", () => {
  expect(linked("", "lld without-unwind-tables startup-order", objects)).toMatchObject({
    ran: ["a.o -o out"],
    noted: null,
  });
});

it("where no order can be made, the deno that was linked stays, and it is noted that it has none", () => {
  const broken = LINKER.replace('echo "$0 $*"', 'exit 1; echo "$0 $*"');
  const { made, noted } = linked("deno", "lld startup-order", objects, { linker: broken });
  expect(made).not.toContain("--symbol-ordering-file");
  expect(noted).toBe("lld");
});
