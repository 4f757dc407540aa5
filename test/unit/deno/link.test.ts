import { spawnSync } from "node:child_process";
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
printf '#!/bin/sh\\necho "$0 $*" >>"$RECORD"\\n# %s\\n' "$*" >"$out"
chmod 755 "$out"
`;

/** Links a program, and gives what was run for it and what came of it. */
function linked(program: string, make: (place: string) => string[]) {
  const place = mkdtempSync(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  writeFileSync(join(place, "cc"), LINKER);
  chmodSync(join(place, "cc"), 0o755);
  const { status, stderr } = spawnSync("sh", [join(root, "dagger/deno/startup-order/link.sh"), ...make(place)], {
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      PLAIN_LINKER: join(place, "cc"),
      CARGO_BIN_NAME: program,
      STARTUP_ORDER: "/tools",
      STARTUP_ORDER_PLACE: join(place, "order"),
      RECORD: join(place, "record"),
    },
  });
  expect([status, stderr]).toEqual([0, ""]);
  return {
    ran: readFileSync(join(place, "record"), "utf8").replaceAll(`${place}/`, "").trim().split("\n"),
    made: readFileSync(join(place, "out"), "utf8"),
    ordered: existsSync(join(place, "order/ordered")),
  };
}

it.each<[string, (place: string) => string[]]>([
  ["in its arguments", (place) => ["a.o", "-o", join(place, "out")]],
  [
    "in a file of arguments, which the thousands of objects of a real deno are in",
    (place) => {
      writeFileSync(join(place, "linker-arguments"), `a.o\n-o\n${join(place, "out")}\nb.o\n`);
      return [`@${join(place, "linker-arguments")}`];
    },
  ],
])("deno is linked, watched, and linked again in that order, with its name %s", (_, make) => {
  const { ran, made, ordered } = linked("deno", make);
  const [first, generate, second, verify] = ran;
  expect(first).toContain("-fuse-ld=lld -Wl,--icf=safe");
  expect(generate).toMatch(
    /^out run .*\/tools\/generate_linux_function_orderfile\.ts --binary out --output order\/deno\.order$/,
  );
  expect(second).toMatch(/-Wl,--symbol-ordering-file=order\/deno\.order .*-o out\.ordered$/);
  expect(verify).toMatch(/^out\.ordered run .*verify_orderfile\.ts --baseline-binary out --binary out\.ordered /);
  expect(made).toContain("--symbol-ordering-file");
  expect(ordered).toBe(true);
});

it("denort is linked once, with equal functions put together, and a build script as it is", () => {
  const make = (place: string) => ["a.o", "-o", join(place, "out")];
  expect(linked("denort", make).ran).toEqual(["a.o -o out -fuse-ld=lld -Wl,--icf=safe"]);
  expect(linked("", make).ran).toEqual(["a.o -o out"]);
});
