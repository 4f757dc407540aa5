import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import ts from "typescript";
import { parse as parseYaml } from "yaml";
import { parsePlatform } from "../../src/request/platform.js";
import { parseVersion } from "../../src/request/version.js";
import { root, type Schema } from "./introspect.js";

/** A `dagger call`, or 1.0's `dagger api call`, that a file shows: the words after these, and options before them. */
export interface Command {
  file: string;
  words: string[];
}

/** Every `dagger call` in a file: what a shell would run in it, and what its prose shows as code. */
export function commandsIn(file: string, text: string): Command[] {
  return shellsIn(file, text)
    .flatMap(simpleCommands)
    .flatMap((words) => {
      const called = wordsOfCall(words);
      return called ? [{ file, words: called }] : [];
    });
}

/** What a simple command says to `dagger call`. Dagger 1.0 has the module before it: `dagger -m REF api call`. */
export function wordsOfCall(words: string[]): string[] | undefined {
  for (let start = words.indexOf("dagger"); start >= 0; start = words.indexOf("dagger", start + 1)) {
    let at = start + 1;
    while (words[at]?.startsWith("-")) at += OWN[words[at] as string] ? 2 : 1;
    const options = words.slice(start + 1, at);
    if (words[at] === "api") at++;
    if (words[at] === "call") return [...options, ...words.slice(at + 1)];
  }
  return undefined;
}

/** The pieces of shell in a file, by its kind. */
export function shellsIn(file: string, text: string): string[] {
  if (extname(file) === ".md") return markdown(text);
  if ([".yml", ".yaml"].includes(extname(file))) return strings(parseYaml(text));
  if (extname(file) === ".ts") return comments(text).flatMap(spans);
  if (extname(file) === ".go") return lineComments(text).flatMap(spans);
  if (extname(file) === ".py") return docstrings(text).flatMap(spans);
  if (basename(file) === "Jenkinsfile") return groovy(text);
  if (basename(file) === "crontab") return crontab(text);
  throw new Error(`${file}: no reader for this kind of file`);
}

const FENCE = /^```(\w*)\n(.*?)^```$/gms;

function markdown(text: string): string[] {
  const blocks = [...text.matchAll(FENCE)]
    .filter(([, language]) => language === "sh")
    .map(([, , block]) => block ?? "");
  return [...blocks, ...spans(text.replace(FENCE, ""))];
}

/** Code in prose. One that leaves something out, or only names the command, is not to be run. */
function spans(text: string): string[] {
  return [...text.matchAll(/`(dagger\s(?:-\S+\s(?:\S+\s)?)?(?:api\s)?call\s[^`]+)`/g)]
    .map(([, code]) => (code ?? "").replace(/\s+/g, " "))
    .filter((code) => !code.includes("…"));
}

const comments = (text: string) =>
  [...text.matchAll(/\/\*\*(.*?)\*\//gs)].map(([, comment]) => (comment ?? "").replace(/^\s*\* ?/gm, ""));

/** Comments of whole lines, those that follow each other as one. */
const lineComments = (text: string) =>
  [...text.matchAll(/(?:^\s*\/\/.*\n)+/gm)].map(([comment]) => comment.replace(/^\s*\/\/ ?/gm, ""));

const docstrings = (text: string) => [...text.matchAll(/"""(.*?)"""/gs)].map(([, docstring]) => docstring ?? "");

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(strings) : [];
}

const groovy = (text: string) =>
  [...text.matchAll(/^\s*\/\/[^\n]*$|'''(.*?)'''|"""(.*?)"""|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/gms)].flatMap(
    (found) => found.slice(1).filter((one) => one !== undefined),
  );

/** What cron hands to its shell: the line after the five fields. */
const crontab = (text: string) =>
  text
    .split("\n")
    .filter((line) => /^[\d*@]/.test(line))
    .map((line) => line.replace(/^(@\w+|(\S+\s+){4}\S+)\s+/, "").replaceAll("\\%", "%"));

/** A shell's text as commands of words. Variables stay as they are written; redirections and comments are left out. */
export function simpleCommands(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let redirected = false;
  const endWord = () => {
    if (word !== undefined && !redirected) words.push(word);
    if (word !== undefined) redirected = false;
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  const token = /\\\n|\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"|(\d*[<>]+&?)|([\n;&|()])|([ \t]+)|(#[^\n]*)|(.)/gs;
  for (const [whole, escaped, single, double, redirection, end, blank, comment, other] of text.matchAll(token)) {
    if (whole === "\\\n") continue;
    if (escaped !== undefined) word = (word ?? "") + escaped;
    else if (single !== undefined) word = (word ?? "") + single;
    else if (double !== undefined) word = (word ?? "") + double.replace(/\\(["\\$`])/g, "$1").replaceAll("\\\n", "");
    else if (redirection !== undefined) {
      endWord();
      redirected = true;
    } else if (end !== undefined) endCommand();
    else if (blank !== undefined) endWord();
    else if (comment !== undefined) word = word === undefined ? undefined : word + comment;
    else word = (word ?? "") + other;
  }
  endCommand();
  return commands;
}

interface Flag {
  kind: "boolean" | "integer" | "secret" | "enum" | "other";
  /** of an enum */
  members: string[];
  needed: boolean;
}

interface Callable {
  flags: Map<string, Flag>;
  /** the object that a chain goes on with */
  gives?: string;
}

/** What can be called on each object, by the names that the command line has. */
export interface Api {
  main: string;
  options: Map<string, Flag>;
  objects: Map<string, Map<string, Callable>>;
}

/** Names as Dagger's CLI writes them: `strcase.ToKebab`, which splits letters from digits. */
export const kebab = (name: string) =>
  name
    .replaceAll("_", "-")
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])/g, "-")
    .toLowerCase();

/** The module's own functions, from its sources, and Dagger's core, from the SDK's generated client. */
export function apiOf(schema: Schema, main: string): Api {
  const flag = ({ type, isOptional, defaultValue }: Schema["objects"][string]["options"][string]): Flag => {
    const { kind, name = "" } = type.kind === "LIST_KIND" && type.typeDef ? type.typeDef : type;
    const members = Object.keys(schema.enums[name]?.values ?? {});
    const needed = !isOptional && defaultValue === undefined;
    if (members.length > 0) return { kind: "enum", members, needed };
    if (kind === "BOOLEAN_KIND") return { kind: "boolean", members, needed };
    if (kind === "INTEGER_KIND") return { kind: "integer", members, needed };
    return { kind: name === "Secret" ? "secret" : "other", members, needed };
  };
  const flags = (args: Record<string, Schema["objects"][string]["options"][string]>) =>
    new Map(Object.values(args).map((argument) => [kebab(argument.name), flag(argument)]));
  const objects = core();
  for (const { name, methods, properties } of Object.values(schema.objects)) {
    const own = new Map<string, Callable>();
    for (const { name, type, isExposed } of Object.values(properties)) {
      if (isExposed) own.set(kebab(name), { flags: new Map(), gives: type.name });
    }
    for (const method of Object.values(methods)) {
      own.set(kebab(method.name), { flags: flags(method.arguments), gives: method.returnType.name });
    }
    objects.set(name, own);
  }
  return { main, options: flags(schema.objects[main]?.options ?? {}), objects };
}

/** Dagger's own objects. Their arguments are known by name, and whether they are needed. */
function core(): Api["objects"] {
  const file = join(root, "node_modules/@dagger.io/dagger/dist/src/api/client.gen.d.ts");
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
  const aliases = new Map<string, ts.TypeLiteralNode>();
  for (const node of source.statements) {
    if (ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type)) aliases.set(node.name.text, node.type);
  }
  const flag = (type: ts.TypeNode | undefined, needed: boolean): Flag => {
    const kind = type?.kind === ts.SyntaxKind.BooleanKeyword ? "boolean" : "other";
    return { kind, members: [], needed };
  };
  const objects: Api["objects"] = new Map();
  for (const node of source.statements) {
    if (!ts.isClassDeclaration(node) || !node.name) continue;
    const own = new Map<string, Callable>();
    for (const member of node.members) {
      if (!ts.isPropertyDeclaration(member) || !member.type || !ts.isFunctionTypeNode(member.type)) continue;
      const flags = new Map<string, Flag>();
      for (const { name, type, questionToken } of member.type.parameters) {
        const alias = type && ts.isTypeReferenceNode(type) ? aliases.get(type.typeName.getText(source)) : undefined;
        if (!alias) flags.set(kebab(name.getText(source)), flag(type, !questionToken));
        for (const one of alias?.members ?? []) {
          if (!ts.isPropertySignature(one)) continue;
          flags.set(kebab(one.name.getText(source)), flag(one.type, !one.questionToken));
        }
      }
      own.set(kebab(member.name.getText(source)), { flags, gives: member.type.type.getText(source) });
    }
    objects.set(node.name.text, own);
  }
  return objects;
}

/** What a command asks for, and what is wrong with it. */
export interface Reading {
  function: string;
  options: string[];
  flags: string[];
  problems: string[];
}

/** Options of `dagger call` itself, and whether a word follows. Dagger 1.0 says --load-module for --mod. */
const OWN: Record<string, boolean> = {
  "-m": true,
  "--mod": true,
  "--load-module": true,
  "-o": true,
  "--output": true,
  "--progress": true,
};

export function read({ words }: Command, api: Api): Reading {
  const reading: Reading = { function: "", options: [], flags: [], problems: [] };
  const say = (text: string) => reading.problems.push(`dagger call ${words.join(" ")}: ${text}`);
  let position = 0;
  const take = (owner: string, flags: Map<string, Flag>, seen: string[]) => {
    for (; words[position]?.startsWith("-"); position++) {
      const [head, ...rest] = (words[position] as string).split("=");
      const name = (head as string).replace(/^--/, "");
      const flag = flags.get(name);
      const needsWord = rest.length === 0 && (OWN[head as string] ?? (flag && flag.kind !== "boolean"));
      const value = needsWord ? words[++position] : rest.length > 0 ? rest.join("=") : undefined;
      if (needsWord && value === undefined) say(`${head} lacks a value`);
      if (head && head in OWN) continue;
      if (!flag) {
        const before = owner !== "" && api.options.has(name) ? "; as an option it stands before the function" : "";
        say(`${owner || "the module"} has no ${head}${before}`);
        continue;
      }
      seen.push(name);
      if (value !== undefined) for (const wrong of wrongIn(name, value, flag)) say(wrong);
    }
    for (const [name, { needed }] of flags) if (needed && !seen.includes(name)) say(`${owner} needs --${name}`);
  };
  take("", api.options, reading.options);
  reading.function = words[position] ?? "";
  if (reading.function === "") say("no function");
  let object: string | undefined = api.main;
  while (position < words.length) {
    const name: string = words[position++] as string;
    const callable: Callable | undefined = object ? api.objects.get(object)?.get(name) : undefined;
    if (!callable) {
      say(`${object ? `${object} has no function` : "nothing can be called on the result:"} ${name}`);
      break;
    }
    take(name, callable.flags, name === reading.function ? reading.flags : []);
    object = callable.gives && api.objects.has(callable.gives) ? callable.gives : undefined;
  }
  return reading;
}

/** What the module would refuse. A shell's variable can be anything. */
function wrongIn(name: string, value: string, { kind, members }: Flag): string[] {
  if (value.includes("$")) return [];
  const wrong = (is: boolean, expected: string) => (is ? [] : [`--${name}=${value}: ${expected}`]);
  if (kind === "boolean") return wrong(/^(true|false)$/.test(value), "true or false");
  if (kind === "integer") return wrong(/^-?\d+$/.test(value), "a number");
  if (kind === "secret")
    return wrong(/^(env|file|cmd|op|vault):/.test(value), "a secret by its place, such as env:NAME");
  const each = value.split(",");
  if (kind === "enum") return each.flatMap((one) => wrong(members.includes(one), `one of ${members.join(", ")}`));
  const check = { platform: parsePlatform, platforms: parsePlatform, version: parseVersion }[name];
  return check
    ? each.flatMap((one) =>
        wrong(
          passes(() => check(one)),
          "refused by the module",
        ),
      )
    : [];
}

function passes(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** What `commands` use that `shown` never show: a function, one of its flags, an option of the module. */
export function unshown(commands: Reading[], shown: Reading[]): string[] {
  const options = new Set(shown.flatMap((one) => one.options));
  return commands.flatMap((command) => {
    const same = shown.filter((one) => one.function === command.function);
    if (same.length === 0) return [command.function];
    const flags = new Set(same.flatMap((one) => one.flags));
    return [
      ...command.options.filter((name) => !options.has(name)).map((name) => `--${name}`),
      ...command.flags.filter((name) => !flags.has(name)).map((name) => `${command.function} --${name}`),
    ];
  });
}
