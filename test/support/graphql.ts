/**
 * Reads the queries that Dagger's SDK sends: one path of fields, with literal arguments and no variables. A full
 * GraphQL parser would be one more dependency for nothing.
 */

export type Value = string | number | boolean | null | Enum | Value[] | { [name: string]: Value };

/** An enum member is a bare word; wrapped, so that it is not taken for a string. */
export class Enum {
  constructor(readonly name: string) {}
}

export interface Call {
  field: string;
  args: { [name: string]: Value };
}

/** `{ a(x: 1) { b { c } } }` -> its fields in order, from the outside in. An inline fragment is passed over. */
export function parseQuery(text: string): Call[] {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|\.\.\.|[{}()[\]:]|[^\s{}()[\]:,"]+/g) ?? [];
  let at = 0;
  const take = (expected?: string) => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`fake session: expected ${expected ?? "more"}, found ${token} in ${text.slice(0, 500)}`);
    }
    return token;
  };

  function named(end: string): { [name: string]: Value } {
    const found: { [name: string]: Value } = {};
    while (tokens[at] !== end) {
      const name = take();
      take(":");
      found[name] = value();
    }
    take(end);
    return found;
  }

  function value(): Value {
    const token = take();
    if (token === "{") return named("}");
    if (token === "[") {
      const list: Value[] = [];
      while (tokens[at] !== "]") list.push(value());
      take("]");
      return list;
    }
    return /^["\d-]|^(true|false|null)$/.test(token) ? JSON.parse(token) : new Enum(token);
  }

  const calls: Call[] = [];
  let open = 0;
  while (at < tokens.length && tokens[at] === "{") {
    take("{");
    open += 1;
    if (tokens[at] === "...") {
      at += 3; // ... on Type
      continue;
    }
    const field = take();
    let args = {};
    if (tokens[at] === "(") {
      take("(");
      args = named(")");
    }
    calls.push({ field, args });
  }
  for (; open > 0; open -= 1) take("}");
  if (at !== tokens.length || calls.length === 0) {
    throw new Error(`fake session: not a single path of fields: ${text.slice(0, 500)}`);
  }
  return calls;
}
