import { readFileSync } from "node:fs";

/** An operation of a published API description, without what it answers. */
export interface Operation {
  path: string;
  method: string;
  operationId: string;
  parameters: { name: string; in: "path" | "query"; required?: boolean; schema: { type: string } }[];
  requestBody?: { content: Record<string, { schema: Body }> };
}

interface Body {
  type: string;
  format?: string;
  properties?: Record<string, { type: string; enum?: string[]; format?: string }>;
  required?: string[];
}

/** The operations of one API: see test/fixtures. */
export function operationsOf(dialect: "github" | "gitea"): Operation[] {
  const file = new URL(`../fixtures/${dialect}-releases.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).operations;
}

const segments = (path: string) => path.split("/");

/** The operation that a request is, with the values in its path. */
export function operationFor(
  operations: Operation[],
  method: string,
  path: string,
): { operation: Operation; values: Record<string, string> } | undefined {
  const given = segments(path);
  for (const operation of operations) {
    const own = segments(operation.path);
    if (operation.method !== method.toLowerCase() || own.length !== given.length) continue;
    const values: Record<string, string> = {};
    const fits = own.every((segment, index) => {
      const name = /^\{(.+)\}$/.exec(segment)?.[1];
      if (name === undefined) return segment === given[index];
      values[name] = given[index] as string;
      return true;
    });
    const typed = operation.parameters.filter((it) => it.in === "path" && it.schema.type === "integer");
    if (fits && typed.every(({ name }) => /^\d+$/.test(values[name] ?? ""))) return { operation, values };
  }
  return undefined;
}

/** What is wrong with a request's query, by the description. */
export function queryProblems({ parameters }: Operation, query: URLSearchParams): string[] {
  const known = parameters.filter((it) => it.in === "query");
  return [
    ...[...query.keys()].filter((name) => !known.some((it) => it.name === name)).map((name) => `unknown query ${name}`),
    ...known.filter((it) => it.required && !query.get(it.name)).map(({ name }) => `query ${name} is missing`),
    ...known
      .filter(
        ({ name, schema }) => schema.type === "integer" && query.has(name) && !/^\d+$/.test(query.get(name) ?? ""),
      )
      .map(({ name }) => `query ${name} is no integer`),
  ];
}

/** What is wrong with a JSON body, by the description. */
export function bodyProblems(operation: Operation, body: Record<string, unknown>): string[] {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (!schema) return ["no JSON is taken"];
  return [
    ...(schema.required ?? []).filter((name) => !(name in body)).map((name) => `${name} is missing`),
    ...Object.entries(body).flatMap(([name, value]) => {
      const own = schema.properties?.[name];
      if (!own) return [`unknown ${name}`];
      if (typeof value !== own.type) return [`${name} is no ${own.type}`];
      return own.enum && !own.enum.includes(value as string) ? [`${name} is none of ${own.enum}`] : [];
    }),
  ];
}
