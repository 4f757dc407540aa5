import { type IncomingMessage, request as startPlainly } from "node:http";
import { request as startSecurely } from "node:https";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { messageOf } from "./message.js";

/** Time, as the requests see it; tests have their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const clock: Clock = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Something that may work a moment later. `after` is what the server asked to wait, in milliseconds. */
export class Transient extends Error {
  constructor(
    message: string,
    readonly after: number | null = null,
  ) {
    super(message);
  }
}

const ATTEMPTS = 5;
const LONGEST = 15 * 60_000;

/**
 * Does a step again while it fails with {@link Transient}, five times in all: after what the server asked for, else
 * after 2, 4, 8 and 16 seconds. The step must be one that can be done twice.
 */
export async function retrying<T>(step: () => Promise<T>, { sleep }: Clock): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      const wait = error.after ?? 1000 * 2 ** attempt;
      if (wait > LONGEST) {
        throw new Error(
          `${error.message}; the server asks to wait ${Math.ceil(wait / 60_000)} minutes: run again then`,
        );
      }
      if (attempt === ATTEMPTS) throw new Error(`${error.message}; tried ${ATTEMPTS} times: run again later`);
      await sleep(wait);
    }
  }
}

/**
 * How long a server asks to wait. Retry-After is seconds or a date (RFC 9110, 10.2.3); GitHub's primary limit says
 * when it ends: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function readWait({ headers }: Response, now: number): number | null {
  const after = headers.get("retry-after");
  if (after !== null) {
    const wait = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
    if (!Number.isNaN(wait)) return Math.max(wait, 0);
  }
  const reset = headers.get("x-ratelimit-reset");
  if (headers.get("x-ratelimit-remaining") === "0" && reset) return Math.max(Number(reset) * 1000 - now, 0) + 1000;
  return null;
}

/** What a request is about, for its errors. */
export interface Request extends RequestInit {
  /** what must not be in an error, whatever the server says */
  secrets?: string[];
  /** how long the whole of it may take, in milliseconds */
  timeout?: number;
}

/** A server's answer as text for an error: one line, clipped, without secrets. */
export async function excerpt(response: Response, secrets: string[] = []): Promise<string> {
  const text = await response.text().catch(() => "");
  const hidden = secrets.filter(Boolean).reduce((all, secret) => all.replaceAll(secret, "***"), text);
  return hidden.replace(/\s+/g, " ").trim().slice(0, 300);
}

/** The host and path of a URL: a query may hold what the server signed for us. */
const shown = (url: string) => url.replace(/[?#].*$/, "");

/**
 * Sends a request. Throws {@link Transient} where no answer comes, at 5xx, and at a rate limit, which GitHub gives as
 * 429 or 403. All else is given back, errors too.
 */
export async function send(url: string, request: Request, { now }: Clock): Promise<Response> {
  const { secrets, timeout = 60_000, method = "GET", ...rest } = request;
  let response: Response;
  try {
    response = await fetch(url, { ...rest, method, signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message || (cause as { code?: string }).code : message;
    throw new Transient(`${method} ${shown(url)}: no answer: ${why}`);
  }
  return checkAnswer(response, url, request, now());
}

/** The answer, unless the server asks to come again. */
async function checkAnswer(response: Response, url: string, request: Request, now: number): Promise<Response> {
  const { status } = response;
  let wait = readWait(response, now);
  // GitHub's secondary limit may come as 403 without a header, and is not a missing right:
  // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#rate-limit-errors
  if (
    status === 403 &&
    wait === null &&
    /rate limit|abuse detection/i.test(
      await response
        .clone()
        .text()
        .catch(() => ""),
    )
  ) {
    wait = 60_000;
  }
  if (status < 500 && status !== 429 && !(status === 403 && wait !== null)) return response;
  const { method = "GET", secrets } = request;
  const says = `${method} ${shown(url)}: ${status} ${await excerpt(response, secrets)}`.trimEnd();
  // Without a header, a limit of GitHub's is to be left alone for a minute.
  throw new Transient(says, wait ?? (status === 429 ? 60_000 : null));
}

/** A body that is made while it is sent. */
export interface Content {
  length: number;
  pieces(): AsyncIterable<Uint8Array>;
}

/**
 * As {@link send}, for a POST with much content. Node's fetch reads a whole stream into memory when the network is slower
 * than the disk (600 MB in Node 20 take 700 MB of memory); a request of node:http waits for it (86 MB).
 */
export async function sendContent(
  url: string,
  request: Omit<Request, "body" | "headers"> & { headers: Record<string, string> },
  content: Content,
  { now }: Clock,
): Promise<Response> {
  const start = url.startsWith("https:") ? startSecurely : startPlainly;
  const headers = { ...request.headers, "content-length": String(content.length) };
  const signal = AbortSignal.timeout(request.timeout ?? 60_000);
  const outgoing = start(url, { method: "POST", headers, signal });
  const incoming = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
  });
  // Its errors are those of the request; a server may also answer, and hang up, before it has read everything.
  const sending = pipeline(content.pieces(), outgoing).catch(() => undefined);
  let response: Response;
  try {
    const message = await incoming;
    const pieces: Uint8Array[] = [];
    for await (const piece of message) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    const fields = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]);
    response = new Response(text || null, { status: message.statusCode, headers: fields });
  } catch (error) {
    throw new Transient(`POST ${shown(url)}: no answer: ${messageOf(error)}`);
  } finally {
    outgoing.destroy();
    await sending;
  }
  return checkAnswer(response, url, { ...request, method: "POST" }, now());
}

/** An answer's JSON in the shape that is expected; an error that names the address where it is something else. */
export async function json<T>(response: Response, shape: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw new Transient(`${shown(response.url)}: the answer broke off: ${messageOf(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${shown(response.url)} answered with something that is no JSON: is it the address of an API?`);
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw new Error(
    `${shown(response.url)} answered with unexpected JSON: ${z.prettifyError(result.error).slice(0, 300)}`,
  );
}

/** Where an answer's next page is (RFC 8288); null: it was the last one. */
export function nextPage(response: Response): string | null {
  const link = response.headers.get("link") ?? "";
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link) ?? [];
  return target ? new URL(target, response.url).href : null;
}

/** How long a host may take to say anything. */
const PATIENCE = 20_000;

/** The status that a host answers with, whatever it is; no answer is an error that says why not. */
export async function answers(url: string): Promise<number> {
  try {
    const { status } = await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    return status;
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw new Error(`${url} does not answer: ${reason}. Check the engine's network and proxy`, { cause: error });
  }
}
