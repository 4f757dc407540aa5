import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { Enum } from "./graphql.js";
import { type Argument, chain, closure, isThing, type Question, type Session, type Thing } from "./session.js";

const kinds: Record<string, string> = {
  container: "container",
  directory: "directory",
  rootfs: "directory",
  tree: "directory",
  file: "file",
  http: "file",
  git: "repository",
  asGit: "repository",
  tag: "ref",
  commit: "ref",
  head: "ref",
  branch: "ref",
  cacheVolume: "cache",
  setSecret: "secret",
  secret: "secret",
};

/** `container`, `directory` …: what a field gives. All others (from, withExec, …) give the kind that they are called on. */
function kindOf(thing: Thing): string {
  const kind = kinds[thing.field] ?? (thing.from && kindOf(thing.from));
  if (!kind) throw new Error(`golden: what kind of thing does ${thing.field} give? Add it to kinds`);
  return kind;
}

const sha = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** The scripts that lie beside the stages, by their text: a golden file names one and its checksum. */
const scripts = new Map(
  readdirSync(new URL("../../dagger", import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(sh|py|pl|js)$/.test(name))
    .map((name) => [readFileSync(new URL(`../../dagger/${name}`, import.meta.url), "utf8"), name]),
);

/** A file that is only read needs no name of its own. */
function isTextOfFile({ of, field }: Question): boolean {
  return field === "contents" && of?.field === "file" && of.from !== null;
}

/** Whom a question is about: for a file's text, whoever has the file. */
function subjectOf(question: Question): Thing | null {
  return isTextOfFile(question) ? (question.of as Thing).from : question.of;
}

/** Writes down what a session was asked, so that a person can read it and a change shows as a small difference. */
class Writer {
  readonly lines: string[] = [];
  private readonly names = new Map<Thing, string>();
  private readonly counts = new Map<string, number>();
  private readonly shared: Set<Thing>;

  constructor(ends: Thing[]) {
    // A thing gets a name when more than one thing is made of it; the others are steps of one list.
    const users = new Map<Thing, Set<Thing>>();
    for (const thing of closure(...ends)) {
      if (thing.from) users.set(thing.from, (users.get(thing.from) ?? new Set()).add(thing));
    }
    this.shared = new Set([...users].filter(([, by]) => by.size > 1).map(([thing]) => thing));
    for (const end of ends) this.shared.add(end);
  }

  /** The thing's name; what it is made of is written down first, if it was not yet. */
  name(thing: Thing): string {
    const known = this.names.get(thing);
    if (known) return known;
    const calls = chain(thing);
    const start = calls
      .slice(0, -1)
      .map((one) => this.shared.has(one))
      .lastIndexOf(true);
    const lines = [
      ...(start >= 0 ? [this.name(calls[start] as Thing)] : []),
      ...calls.slice(start + 1).map(({ field, args }) => this.call(field, args)),
    ];
    const kind = kindOf(thing);
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    const name = `${kind}:${count}`;
    this.names.set(thing, name);
    this.lines.push("", `${name} =`, ...lines.map((line) => `  ${line}`));
    return name;
  }

  question(question: Question): void {
    const { field, args, answer } = question;
    const [subject, ...way] = [subjectOf(question), ...(isTextOfFile(question) ? [question.of as Thing] : [])];
    const words = [
      ...(subject ? [this.name(subject)] : []),
      ...way.flatMap((one) => (one ? [this.call(one.field, one.args)] : [])),
      this.call(field, args),
    ];
    this.lines.push(`ask ${words.join(" ")}${field === "sync" ? "" : ` -> ${this.text(answer as Argument)}`}`);
  }

  private call(field: string, args: { [name: string]: Argument }): string {
    const entries = Object.entries(args);
    if (entries.length === 0) return field;
    const words = args.args;
    if (field === "withExec" && Array.isArray(words)) {
      const options = entries.filter(([name]) => name !== "args").map(([name, it]) => ` ${name}: ${this.text(it)}`);
      return `withExec ${words.map((word) => this.word(word)).join(" ")}${options.join("")}`;
    }
    return `${field}(${entries.map(([name, value]) => `${name}: ${this.text(value)}`).join(", ")})`;
  }

  /** A word of a command line. */
  private word(word: Argument): string {
    if (typeof word !== "string") return this.text(word);
    if (word.includes("\n")) {
      const name = scripts.get(word);
      if (!name) throw new Error(`golden: a script that is no file in dagger/: ${word.slice(0, 60)}`);
      return `<${name} ${sha(word)}>`;
    }
    return /^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word);
  }

  private text(value: Argument): string {
    if (value instanceof Enum) return value.name;
    if (isThing(value)) return this.name(value);
    if (Array.isArray(value)) return `[${value.map((one) => this.text(one)).join(", ")}]`;
    if (typeof value === "object" && value !== null) {
      return `{${Object.entries(value).map(([name, one]) => `${name}: ${this.text(one)}`)}}`;
    }
    // When something was asked that is asked anew by each call.
    if (typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return "<now>";
    if (typeof value === "string" && value.length > 200) return `<${value.length} characters, ${sha(value)}>`;
    return JSON.stringify(value);
  }
}

/** How the order of two questions is decided: what takes less is asked first, whatever the network made of it. */
function ordered(questions: Question[]): Question[] {
  const keyed = questions.map((question) => {
    const things = closure(question.of).size;
    // A command's words come before the identity, which changes with every script that went before.
    const words = JSON.stringify(question.of?.args.args ?? []);
    const text = `${question.of?.field} ${words} ${question.field} ${JSON.stringify(question.args)} ${question.of?.id}`;
    return { question, things, text };
  });
  keyed.sort((a, b) => a.things - b.things || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const seen = new Set<string>();
  return keyed.flatMap(({ question, text }) => (seen.has(text) ? [] : [seen.add(text) && question]));
}

/** The session as text: what was asked, and of what, then the result. */
export function written(session: Session, result: Thing): string {
  const questions = ordered(session.questions);
  const writer = new Writer([...questions.flatMap((question) => subjectOf(question) ?? []), result]);
  for (const question of questions) writer.question(question);
  const name = writer.name(result);
  writer.lines.push("", `result: ${name}`, "");
  return writer.lines.join("\n");
}

/**
 * Compares a session with test/graph/golden/<name>.txt. `npx vitest run -u` writes it; with CI in the environment a
 * missing one is an error.
 */
export async function expectGolden(session: Session, result: Thing, name: string): Promise<void> {
  await expect(written(session, result)).toMatchFileSnapshot(`${import.meta.dirname}/../graph/golden/${name}.txt`);
}
