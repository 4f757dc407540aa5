/**
 * The miniature Deno and V8 with work of the real ones' proportions: V8 twice as much as Deno, V8's again in mksnapshot,
 * two thirds of Deno's in the crates that make the snapshot, a fifth in `deno` itself. The texts are generated, so that
 * no compiler can be clever about them all at once, and carry a stamp, so that no cache knows them.
 */
import { appendFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { edit, version as fixtureVersion, paths } from "../engine/support/fixture.js";

/** Files of C++, and crates of Rust below `deno` and below its snapshot, with this many functions each. */
const files = { v8: 20, runtime: 12, cli: 3 };
const functions = { v8: 40, runtime: 2, deno: 5 };
/** Crates below the snapshot that are optimised in build scripts too, as 53 of the 712 real ones are, heavy ones. */
const optimized = 3;

const numbers = (length: number) => Array.from({ length }, (_, index) => index);

/** Loops over arrays, whose body differs from function to function. */
function cpp(stamp: number, file: number): string {
  const body = (n: number) => `
static uint64_t F${n}(uint64_t x) {
  uint64_t a[16], b[16];
  for (int i = 0; i < 16; i++) a[i] = x * ${2 * n + 1} + i, b[i] = x ^ (${n + 7}u << (i & 7));
  for (int j = 0; j < ${3 + (n % 5)}; j++)
    for (int i = 0; i < 16; i++) {
      a[i] = (a[i] << ${1 + (n % 13)}) ^ b[(i + ${n}) & 15];
      switch ((a[i] + j) % 7) {
        case 0: b[i] += a[15 - i] * ${n + 3}; break;
        case 1: b[i] ^= a[i & 3]; break;
        case 2: b[i] -= ${n}; break;
        case ${3 + (n % 3)}: b[i] = a[i] / (b[i] | 1); break;
        default: b[i] = (b[i] >> 3) + j;
      }
    }
  uint64_t sum = 0;
  for (int i = 0; i < 16; i++) sum += a[i] ^ b[i];
  return sum;
}`;
  const all = numbers(functions.v8);
  return `// ${stamp}
#include "v8.h"
namespace {${all.map(body).join("")}
}
uint64_t Part${file}(uint64_t x) { return ${all.map((n) => `F${n}(x)`).join(" ^ ")}; }
`;
}

/** Collections and closures of the standard library, instantiated anew by each function. */
function rust(count: number): string {
  const body = (n: number) => `
fn f${n}(x: u64) -> u64 {
  let mut list: Vec<(u64, String)> = (0..x).map(|i| (i * ${n + 3} ^ x, format!("{i:x}-${n}"))).collect();
  list.sort_by_key(|(number, text)| (number % ${n + 5}, text.len()));
  let map: std::collections::BTreeMap<u64, String> = list.into_iter().filter(|(i, _)| i % ${(n % 7) + 2} != 0).collect();
  map.iter().map(|(i, text)| i.wrapping_mul(text.len() as u64 + ${n})).fold(x, |a, b| a.rotate_left(${(n % 60) + 1}) ^ b)
}`;
  const all = numbers(count);
  return `${all.map(body).join("")}

pub fn all(x: u64) -> u64 {
  ${all.map((n) => `f${n}(x)`).join(" ^ ")}
}
`;
}

/** A crate of the workspace, and what it depends on. */
async function crate(root: string, name: string, count: number, parts: string[]): Promise<void> {
  const folder = join(root, "libs", name);
  await mkdir(folder, { recursive: true });
  const dependencies = parts.map((part) => `${part} = { path = "../${part}" }\n`).join("");
  await writeFile(
    join(folder, "Cargo.toml"),
    `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\nlicense = "MIT"\npublish = false\n\n` +
      `[lib]\npath = "lib.rs"\n\n[dependencies]\n${dependencies}`,
  );
  await writeFile(
    join(folder, "lib.rs"),
    parts.length > 0
      ? `pub fn all(x: u64) -> u64 {\n  ${parts.map((part) => `${part}::all(x)`).join(" ^ ")}\n}\n`
      : rust(count),
  );
}

/** Writes both trees below `folder`; the Deno in it has version `version`. */
export async function enlarged(folder: string, stamp: number, version: string) {
  const deno = join(folder, "deno");
  const library = join(folder, "rusty_v8");
  await cp(paths.deno, deno, { recursive: true });
  await cp(paths.library, library, { recursive: true });

  const parts = numbers(files.v8);
  for (const part of parts) await writeFile(join(library, `src/part${part}.cc`), cpp(stamp, part));
  await edit(
    join(library, "BUILD.gn"),
    'executable("mksnapshot") {\n  sources = [ "src/mksnapshot.cc" ]',
    `source_set("parts") {\n  sources = [ ${parts.map((part) => `"src/part${part}.cc"`).join(", ")} ]\n}\n\n` +
      'executable("mksnapshot") {\n  sources = [ "src/mksnapshot.cc" ]\n  deps = [ ":parts" ]',
  );
  await edit(join(library, "BUILD.gn"), 'deps = [ ":run_mksnapshot" ]', 'deps = [ ":parts", ":run_mksnapshot" ]');
  // As V8's own: -O3, see docs/records/real-builds.md.
  await edit(join(library, "build/config/BUILD.gn"), '"-O1"', '"-O3"');

  const runtime = numbers(files.runtime).map((n) => `part_${n}`);
  const cli = numbers(files.cli).map((n) => `cli_${n}`);
  for (const name of [...runtime, ...cli]) await crate(deno, name, functions.runtime, []);
  await crate(deno, "deno_runtime", 0, runtime);
  const use = (names: string[], from: string) =>
    names.map((name) => `${name} = { path = "${from}/${name}" }\n`).join("");
  const snapshot = join(deno, "cli/snapshot");
  await edit(
    join(snapshot, "Cargo.toml"),
    "[build-dependencies]\n",
    `[build-dependencies]\n${use(["deno_runtime"], "../../libs")}`,
  );
  await edit(join(snapshot, "build.rs"), "fn main() {\n", "fn main() {\n  assert_ne!(deno_runtime::all(3), 1);\n");
  await edit(
    join(deno, "cli/Cargo.toml"),
    "[dependencies]\n",
    `[dependencies]\n${use(["deno_runtime", ...cli], "../libs")}`,
  );
  await writeFile(join(deno, "cli/parts.rs"), rust(functions.deno));
  const calls = ["parts", "deno_runtime", ...cli].map((name) => `${name}::all(3)`).join(" ^ ");
  await edit(join(deno, "cli/main.rs"), "mod version;\n", "mod version;\nmod parts;\n");
  await edit(join(deno, "cli/main.rs"), "fn main() {\n", `fn main() {\n  assert_ne!(${calls}, 1);\n`);

  // Optimised, as Deno is. The profile for build scripts stays as it is, and some crates are optimised there too, as in
  // Deno: https://github.com/denoland/deno/blob/v2.7.14/Cargo.toml#L507
  const manifest = join(deno, "Cargo.toml");
  const members = [...runtime, ...cli, "deno_runtime"].map((name) => `"libs/${name}"`).join(", ");
  await edit(manifest, '"cli/snapshot"]', `"cli/snapshot", ${members}]`);
  await edit(manifest, "[profile.release]\nopt-level = 0", "[profile.release]\nopt-level = 3");
  const heavy = runtime.slice(0, optimized).map((name) => `\n[profile.release.package.${name}]\nopt-level = 3\n`);
  await appendFile(manifest, heavy.join(""));
  await writeFile(join(deno, "Cargo.lock"), await lock(join(deno, "Cargo.lock"), runtime, cli));
  await bump(deno, fixtureVersion, version);
  return { deno, library };
}

async function lock(file: string, runtime: string[], cli: string[]): Promise<string> {
  const text = await readFile(file, "utf8");
  const entry = (name: string, dependencies: string[] = []) =>
    `[[package]]\nname = "${name}"\nversion = "0.1.0"\n` +
    (dependencies.length > 0
      ? `dependencies = [\n${[...dependencies]
          .sort()
          .map((d) => ` "${d}",\n`)
          .join("")}]\n`
      : "");
  const own = [...runtime, ...cli].map((name) => entry(name));
  const [head = "", ...entries] = text.split(/\n(?=\[\[package\]\])/);
  const grown = entries.map((old) =>
    old
      .replace(
        /^( "deno_snapshots",\n)/m,
        old.includes('name = "deno"\n') ? `${[...cli, "deno_runtime"].map((d) => ` "${d}",\n`).join("")}$1` : "$1",
      )
      .replace(/^( "v8",\n)/m, old.includes('name = "deno_snapshots"\n') ? ' "deno_runtime",\n$1' : "$1"),
  );
  const all = [...grown.map((old) => `${old.trimEnd()}\n`), ...own, entry("deno_runtime", runtime)];
  const name = (part: string) => /name = "(.*)"/.exec(part)?.[1] ?? "";
  return `${head}\n${all.sort((a, b) => (name(a) < name(b) ? -1 : 1)).join("\n")}`;
}

/** Makes the tree another version of Deno. */
export async function bump(deno: string, from: string, to: string): Promise<void> {
  for (const file of ["Cargo.lock", "cli/Cargo.toml", "cli/rt/Cargo.toml"]) {
    await edit(join(deno, file), `version = "${from}"`, `version = "${to}"`);
  }
}
