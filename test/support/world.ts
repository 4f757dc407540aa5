import { createHash } from "node:crypto";
import { type Container, type Directory, dag, type Platform } from "@dagger.io/dagger";
import { Enum } from "./graphql.js";
import { chain, closure, ExecFailure, Failure, isThing, type Rule, Session, type Thing } from "./session.js";

/** A tree of files, as far as the module reads it. */
export type Files = Record<string, string>;

/** What the fake engine and the servers behind it hold. */
export interface World {
  /** the engine's own platform */
  engine: "linux/amd64" | "linux/arm64";
  /** trees by `URL@tag`, `URL@commit` or `URL@HEAD` */
  trees: Record<string, Files>;
  /** what `deno --version` prints, and any other command that is asked for its output, by its last words */
  outputs: Record<string, string>;
  /** rules that are asked before all others */
  rules: Rule[];
}

export const DENO = "https://github.com/denoland/deno";
export const LIBRARY = "https://github.com/denoland/rusty_v8";

/** The commit of HEAD and of the newest release. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** The commit that a tag is at: other for other tags. */
export function commitOfTag(tag: string): string {
  return tag === "v2.9.5" ? COMMIT : createHash("sha1").update(tag).digest("hex");
}

/** What a Deno tree says of itself. */
export function denoTree(version: string, library: string, rust = "1.95.0"): Files {
  return {
    "Cargo.lock": `[[package]]\nname = "v8"\nversion = "${library}"\n`,
    "cli/Cargo.toml": `[package]\nname = "deno"\nversion = "${version}"\n`,
    "rust-toolchain.toml": `[toolchain]\nchannel = "${rust}"\n`,
    "cli/tools/upgrade.rs":
      'static RELEASE_URL: &str = "https://github.com/denoland/deno/releases";\n' +
      'static DL_RELEASE_URL: &str = "https://dl.deno.land/release";\n' +
      'Cow::Borrowed("https://dl.deno.land")\n',
    "cli/standalone/binary.rs":
      "let download_directory = self.deno_dir.dl_folder_path();\n" +
      'let download_url = format!("https://dl.deno.land/{binary_path_suffix}");\n',
  };
}

/** What a rusty_v8 tree says of itself. */
export function libraryTree(version: string, rust = "1.91.0"): Files {
  return {
    "Cargo.toml": `[package]\nname = "v8"\nversion = "${version}"\n`,
    "rust-toolchain.toml": `[toolchain]\nchannel = "${rust}"\n`,
    ".gn": "",
  };
}

/** Deno 2.9.3 and 2.9.2 with V8 149.4.0, Deno 2.9.5 with V8 150.4.0: as they were released. */
export function world(changes: Partial<World> = {}): World {
  return {
    engine: "linux/amd64",
    outputs: { "/deno --version": "deno 2.9.5 (stable, release)", "/deno eval": "42\n", "/deno types": "" },
    rules: [],
    ...changes,
    trees: {
      [`${DENO}@v2.9.2`]: denoTree("2.9.2", "149.4.0"),
      [`${DENO}@v2.9.3`]: denoTree("2.9.3", "149.4.0"),
      [`${DENO}@v2.9.5`]: denoTree("2.9.5", "150.4.0"),
      [`${DENO}@HEAD`]: denoTree("2.9.5", "150.4.0"),
      [`${DENO}@${COMMIT}`]: denoTree("2.9.5", "150.4.0"),
      [`${LIBRARY}@v149.4.0`]: libraryTree("149.4.0"),
      [`${LIBRARY}@v150.4.0`]: libraryTree("150.4.0"),
      ...changes.trees,
    },
  };
}

/** A session in which such a world answers. */
export function session(changes: Partial<World> = {}): Session {
  const it = world(changes);
  return new Session([
    ...it.rules,
    ({ of, field }) => (field === "defaultPlatform" && of === null ? it.engine : undefined),
    ({ of, field }) => (field === "sync" && of ? of.id : undefined),
    (question) => answerGit(it, question),
    (question) => answerFiles(it, question),
    (question) => answerContainer(it, question),
  ]);
}

const digest = (thing: Thing) => createHash("sha256").update(thing.id).digest("hex").slice(0, 12);

function repositoryOf(of: Thing): string {
  return String(chain(of).find(({ field }) => field === "git")?.args.url);
}

function answerGit(it: World, { of, field }: Parameters<Rule>[0]): unknown {
  if (of?.field === "git" && field === "tags") {
    const start = `${of.args.url}@v`;
    return Object.keys(it.trees).flatMap((name) => (name.startsWith(start) ? `v${name.slice(start.length)}` : []));
  }
  if (field !== "commit" || !of) return undefined;
  if (of.field === "commit") return of.args.id;
  if (of.field === "tag") return commitOfTag(String(of.args.name));
  if (chain(of).some((one) => one.field === "asGit")) return COMMIT;
  return COMMIT;
}

/** The words of the last command; of one that stands behind dagger/engine/network.ts, its own. */
export function commandOf(thing: Thing | null): string[] {
  let at = thing;
  while (at?.field === "withoutMount" || at?.field === "withoutSecretVariable") at = at.from;
  const words = at?.field === "withExec" ? (at.args.args as string[]) : [];
  return words[1]?.endsWith("/enter.sh") ? words.slice(2) : words;
}

/** The same, the script left out: `clone URL HASH`, `find-commit URL HASH`, `/deno --version`. */
function lastCommand(thing: Thing): string[] {
  const words = commandOf(thing);
  return words[0] === "sh" ? words.slice(3) : words;
}

/** The tree that a container cloned: its name by the tag that is at this commit, else by the commit, and its files. */
function cloned(it: World, container: Thing): { name: string; files: Files | undefined } | undefined {
  const [name, repository, hash] = lastCommand(container);
  if (name !== "clone") return undefined;
  const start = `${repository}@`;
  const tagged = Object.keys(it.trees).find(
    (tree) => tree.startsWith(`${start}v`) && commitOfTag(tree.slice(start.length)) === hash,
  );
  const tree = tagged ?? `${start}${hash}`;
  return { name: tree, files: it.trees[tree] };
}

/** The files of a directory as the calls that made it put them there; undefined: it is not known. */
function filesOf(it: World, directory: Thing): Files | undefined {
  const { from, field, args } = directory;
  if (field === "directory" && from === null) return {};
  if (field === "tree" && from) {
    const ref = from.field === "head" ? "HEAD" : (from.args.name ?? from.args.id);
    const name = `${repositoryOf(from)}@${ref}`;
    const files = it.trees[name];
    if (!files) throw new Failure(`no such ref: ${name}`);
    return files;
  }
  if (!from) return undefined;
  const clone = field === "directory" && args.path === "/out" ? cloned(it, from) : undefined;
  if (clone) return clone.files;
  const before = filesOf(it, from);
  if (!before) return undefined;
  if (field === "withNewFile") return { ...before, [String(args.path)]: String(args.contents) };
  return ["withPatchFile", "withTimestamps", "sync", "filter"].includes(field) ? before : undefined;
}

function answerFiles(it: World, { of, field, args }: Parameters<Rule>[0]): unknown {
  if (!of) return undefined;
  if (field === "digest") return `sha256:${digest(of)}`;
  if (field === "exists") {
    const files = filesOf(it, of);
    const path = String(args.path);
    const regular = args.expectedType instanceof Enum;
    return files && Object.keys(files).some((name) => name === path || (!regular && name.startsWith(`${path}/`)));
  }
  if (field === "glob") {
    const files = filesOf(it, of);
    return files && Object.keys(files).filter((name) => name.endsWith(".patch"));
  }
  if (field === "contents" && of.field === "file" && of.from) {
    const path = String(of.args.path);
    // What dagger/engine/versions.ts recorded: other for every other way of making the container.
    if (path === "/opt/deno-from-source/versions") return `versions of ${digest(of.from)}`;
    if (path === "/tmp/commit") return `${lastCommand(of.from)[2]}\n`;
    return filesOf(it, of.from)?.[path];
  }
  return undefined;
}

function answerContainer(it: World, { of, field, args }: Parameters<Rule>[0]): unknown {
  if (!of) return undefined;
  const calls = chain(of);
  if (field === "platform") return calls[0]?.args.platform ?? it.engine;
  if (field === "envVariable") {
    const set = calls.filter((call) => call.field === "withEnvVariable" && call.args.name === args.name);
    return set.at(-1)?.args.value ?? "";
  }
  if (field === "stdout" || field === "stderr") {
    const clone = cloned(it, of);
    if (clone) {
      if (!clone.files) throw new ExecFailure(128, `fatal: no such ref: ${clone.name}`);
      return "";
    }
    if (field === "stderr") return "";
    const command = lastCommand(of).join(" ");
    // Whether programs of a platform run; an engine without QEMU is a rule of its own.
    if (command.startsWith("python3 /opt/restore/restore.py")) return "";
    if (commandOf(of)[3]?.startsWith("/linked")) return "";
    // An engine that has enough of everything; one that has not is a rule of its own.
    if (command === "measure-resources") {
      return "cores 8\nmemory 32000\navailable 30000\nswap 0\ndisk 100000\n";
    }
    if (command === "uname -m") return "as asked\n";
    if (command === "getconf GNU_LIBC_VERSION") return "glibc 2.39\n";
    const output = Object.entries(it.outputs).find(([words]) => command.startsWith(words))?.[1];
    if (output !== undefined) return output;
    if (command.startsWith("/opt/symcache ") || command === "arrange-simde") return "";
    // denort is started, libdenort loaded, and the first bytes of both are read.
    if (command === "/denort" || command === "env LD_PRELOAD=/libdenort.so true") return "";
    if (/^od .* \/(denort|libdenort\.so)$/.test(command)) {
      const machine = calls[0]?.args.platform === "linux/arm64" ? "b7" : "3e";
      return ` 7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 03 00 ${machine} 00\n`;
    }
    return undefined;
  }
  return undefined;
}

/** A directory argument as a user would give it; to be called in a session. */
export function directory(files: Files): Directory {
  return Object.entries(files).reduce((all, [path, text]) => all.withNewFile(path, text), dag.directory());
}

/** Deno 2.9.5's V8 as `--prebuilt` takes it, whose build other tests look at. */
export const prebuilt = (machine: "aarch64" | "x86_64" = "aarch64"): Directory =>
  directory({
    [`v150.4.0/librusty_v8_simdutf_release_${machine}-unknown-linux-gnu.a.gz`]: "archive",
    [`v150.4.0/src_binding_simdutf_release_${machine}-unknown-linux-gnu.rs`]: "binding",
  });

/** A container argument as a user would give it. */
export function container(platform: "linux/amd64" | "linux/arm64", address = "registry.example/sid"): Container {
  return dag.container({ platform: platform as Platform }).from(address);
}

/** The last command that a thing was made by: its words, with the script in it. */
export function commands(things: Iterable<Thing>): string[][] {
  return [...things].flatMap(({ field, args }) =>
    field === "withExec" && Array.isArray(args.args) ? [args.args.map(String)] : [],
  );
}

/** The commands that do more than read a repository, which takes a container with git. */
export function work(things: Iterable<Thing>): string[][] {
  const reads = (words: string[]) =>
    ["clone", "find-commit"].includes(words[3] ?? "") || words.slice(3).join(" ") === "install ca-certificates git";
  return commands(things).filter((words) => !reads(words));
}

/** The step with a given field, and arguments that include the given ones, among the calls that made a thing. */
export function steps(thing: Thing, field: string, args: Thing["args"] = {}): Thing[] {
  return chain(thing).filter(
    (call) => call.field === field && Object.entries(args).every(([name, value]) => call.args[name] === value),
  );
}

/** The environment that a container was given, in the order of the calls, the last value of a name. */
export function environment(thing: Thing): Record<string, unknown> {
  return Object.fromEntries(steps(thing, "withEnvVariable").map(({ args }) => [args.name, args.value]));
}

/** The platform of the container that a thing was made in. */
export function platformOf(thing: Thing): unknown {
  return chain(thing).find(({ field }) => field === "container")?.args.platform;
}

/** A thing that is an argument, or a reason why not. */
export function argumentOf(thing: Thing | undefined, name: string): Thing {
  const value = thing?.args[name];
  if (!isThing(value)) throw new Error(`${thing?.field}: ${name} is ${String(value)}, not an object`);
  return value;
}

/** Every argument of things and of what they are made of, as one text to search in. */
export function closureText(things: Thing[]): string {
  const all = [...closure(...things)].filter(({ field }) => field !== "setSecret");
  return all
    .map(({ field, args }) => `${field} ${JSON.stringify(args, (_, it) => (isThing(it) ? it.id : it))}`)
    .join("\n");
}
