import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connection } from "@dagger.io/dagger";
import { type Call, Enum, parseQuery, type Value } from "./graphql.js";

/** An object of the engine, as the calls that make it: a container, a directory, a cache volume. */
export interface Thing {
  /** what it was made from; null: the query's root */
  from: Thing | null;
  field: string;
  args: { [name: string]: Argument };
  /** equal for things that were made by the same calls */
  id: string;
}

/** An argument's value with the objects in it, which travel as ids, resolved. */
export type Argument = string | number | boolean | null | Enum | Thing | Argument[] | { [name: string]: Argument };

/** What was asked of a thing, beside its id. */
export interface Question extends Call {
  of: Thing | null;
  args: { [name: string]: Value };
  answer: unknown;
}

/** Answers a question; undefined: the next rule is asked. A rule may throw {@link Failure}. */
export type Rule = (question: Omit<Question, "answer">) => unknown;

/** An answer that is an error, as the engine gives it. */
export class Failure extends Error {
  readonly extensions: object = {};
}

/** A command that failed, as the engine says so. */
export class ExecFailure extends Failure {
  override readonly extensions: object;
  constructor(exitCode: number, stderr: string, stdout = "") {
    super(`exit code: ${exitCode}`);
    this.extensions = { _type: "EXEC_ERROR", cmd: [], exitCode, stdout, stderr };
  }
}

const idPattern = /^thing-[0-9a-f]{16}$/;

export function isThing(value: unknown): value is Thing {
  return typeof value === "object" && value !== null && idPattern.test((value as Thing).id);
}

/** The calls that made a thing, the first one first. */
export function chain(thing: Thing | null): Thing[] {
  const calls: Thing[] = [];
  for (let at = thing; at !== null; at = at.from) calls.unshift(at);
  return calls;
}

/** A thing and everything that it is made of, through arguments too. */
export function closure(...things: (Thing | null)[]): Set<Thing> {
  const found = new Set<Thing>();
  const visit = (value: Argument): void => {
    if (isThing(value)) {
      if (found.has(value)) return;
      found.add(value);
      if (value.from) visit(value.from);
      visit(value.args as Argument);
    } else if (typeof value === "object" && value !== null && !(value instanceof Enum)) {
      for (const one of Object.values(value)) visit(one);
    }
  };
  for (const thing of things) if (thing) visit(thing);
  return found;
}

/**
 * Imitates a Dagger session: takes the queries of the SDK over HTTP, answers what is asked by rules, and keeps what
 * was asked. No engine, no container, nothing is run: a thing is nothing but the calls that make it.
 */
export class Session {
  readonly questions: Question[] = [];
  private readonly things = new Map<string, Thing>();
  private readonly failures: string[] = [];
  private queries = 0;

  constructor(private readonly rules: Rule[]) {}

  /** Runs `work` with the SDK's `dag` connected to this session, and gives back what it returns. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(this.reply(JSON.parse(Buffer.concat(parts).toString()).query)));
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    process.env.DAGGER_SESSION_PORT = String((server.address() as AddressInfo).port);
    process.env.DAGGER_SESSION_TOKEN = "fake";
    let result: PromiseSettledResult<T> | undefined;
    try {
      await connection(async () => {
        [result] = await Promise.allSettled([work()]);
        // Where something failed, what runs beside it goes on asking; that belongs to the record too.
        if (result?.status === "rejected") await this.quiet();
      });
    } finally {
      delete process.env.DAGGER_SESSION_PORT;
      delete process.env.DAGGER_SESSION_TOKEN;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
    // Before the result: a module that catches errors would hide that a test forgot a rule.
    if (this.failures.length > 0) throw new Error(this.failures.join("\n"));
    if (result?.status !== "fulfilled") throw result?.reason;
    return result.value;
  }

  /** Waits until nothing more is asked. */
  private async quiet(): Promise<void> {
    for (let before = -1; before !== this.queries; ) {
      before = this.queries;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** The thing that an id stands for. */
  thing(id: string): Thing {
    const found = this.things.get(id);
    if (!found) throw new Error(`fake session: no thing has the id ${id}`);
    return found;
  }

  /** Every thing that was asked about or whose id was asked for. */
  all(): Thing[] {
    return [...this.things.values()];
  }

  /**
   * Everything that an engine would have to make because of what was asked so far. An id alone makes nothing: the
   * engine is lazy.
   */
  made(): Set<Thing> {
    return closure(...this.questions.map(({ of }) => of));
  }

  private reply(query: string): object {
    this.queries += 1;
    try {
      const calls = parseQuery(query);
      return { data: nested(calls, this.answer(calls)) };
    } catch (error) {
      if (!(error instanceof Failure)) this.failures.push(String(error));
      const { message, extensions } = error as Failure;
      return { data: null, errors: [{ message, extensions }] };
    }
  }

  private answer(calls: Call[]): unknown {
    const leaf = calls.at(-1) as Call;
    let of: Thing | null = null;
    for (const { field, args } of calls.slice(0, -1)) {
      of = field === "node" ? this.thing(String(args.id)) : this.make(of, field, args);
    }
    if (leaf.field === "id") return (of as Thing).id;
    const question = { of, ...leaf };
    for (const rule of this.rules) {
      const answer = rule(question);
      if (answer === undefined) continue;
      this.questions.push({ ...question, answer });
      return answer;
    }
    throw new Error(
      `fake session: no rule answers ${leaf.field}(${JSON.stringify(leaf.args)}) of ${of ? `${of.field}(${JSON.stringify(of.args).slice(-200)})` : "the query"}`,
    );
  }

  private make(from: Thing | null, field: string, given: Call["args"]): Thing {
    const args = this.resolved(given) as Thing["args"];
    // The time of a call is no part of what it asks for.
    if (args.name === "ASKED_AT") args.value = "<now>";
    const text = JSON.stringify([from?.id, field, args], (_, value) => (isThing(value) ? value.id : value));
    const id = `thing-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
    const thing = this.things.get(id) ?? { from, field, args, id };
    this.things.set(id, thing);
    return thing;
  }

  private resolved(value: Value): Argument {
    if (typeof value === "string") return idPattern.test(value) ? this.thing(value) : value;
    if (typeof value !== "object" || value === null || value instanceof Enum) return value;
    if (Array.isArray(value)) return value.map((one) => this.resolved(one));
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.resolved(one)]));
  }
}

function nested(calls: Call[], answer: unknown): unknown {
  return calls.reduceRight((inner, { field }) => ({ [field]: inner }), answer);
}
