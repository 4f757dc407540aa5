import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
const sdk = join(root, "node_modules/@dagger.io/dagger/dist/src");

/**
 * What Dagger's bundle of the SDK, which is all that a module can import, exports beside the generated client. The npm
 * package exports more. https://github.com/dagger/dagger/blob/v0.21.7/sdk/typescript/runtime/tsutils/module/index.ts
 */
export const BUNDLE = {
  values: [
    "connection",
    "connect",
    "Context",
    "func",
    "check",
    "generate",
    "argument",
    "object",
    "field",
    "enumType",
    "entrypoint",
  ],
  types: ["ConnectOpts", "CallbackFct"],
};

interface Type {
  kind: string;
  name?: string;
  typeDef?: Type;
}

export interface Argument {
  name: string;
  description: string;
  type: Type;
  isOptional: boolean;
  defaultValue?: unknown;
  ignore?: string[];
}

export interface Method {
  name: string;
  description: string;
  cache?: string;
  arguments: Record<string, Argument>;
  returnType: Type;
}

export interface Schema {
  name: string;
  description: string;
  objects: Record<
    string,
    {
      name: string;
      description: string;
      /** of the constructor, which only the main object has */
      options: Record<string, Argument>;
      methods: Record<string, Method>;
      properties: Record<string, { name: string; description: string; type: Type; isExposed?: boolean }>;
    }
  >;
  enums: Record<
    string,
    { name: string; description: string; values: Record<string, { name: string; value: string; description: string }> }
  >;
}

/**
 * The module's public API as Dagger would read it: by the SDK's own introspector, from src/ alone, with a
 * @dagger.io/dagger that has what the bundle has. No engine is asked.
 */
export async function introspect(source = join(root, "src"), name = "deno-from-source"): Promise<Schema> {
  const folder = mkdtempSync(join(tmpdir(), "deno-from-source-"));
  try {
    const bundle = join(folder, "node_modules/@dagger.io/dagger");
    mkdirSync(bundle, { recursive: true });
    cpSync(source, join(folder, "src"), { recursive: true });
    const declarations = readFileSync(join(sdk, "api/client.gen.d.ts"), "utf8");
    writeFileSync(join(bundle, "client.gen.ts"), declarations.replace('"../common/context.js"', '"./core.js"'));
    writeFileSync(join(bundle, "core.d.ts"), `export * from ${JSON.stringify(join(sdk, "index.js"))};\n`);
    writeFileSync(
      join(bundle, "index.ts"),
      `export { ${BUNDLE.values.join(", ")} } from "./core.js";\n` +
        `export type { ${BUNDLE.types.join(", ")} } from "./core.js";\nexport * from "./client.gen.js";\n`,
    );
    const files = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.m?ts$/.test(name))
      .sort()
      .map((name) => join(folder, "src", name));
    // Not among the package's exports, hence by path.
    const { scan } = await import(join(sdk, "module/introspector/index.js"));
    const schema = await scan([...files, join(bundle, "client.gen.ts")], name, false);
    return plain(schema);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Scanned = {
  objects: Record<string, { constructor?: { arguments?: object }; methods?: Record<string, object> }>;
};

/** As plain data. Its own form leaves out how long results are kept. */
function plain(scanned: Scanned): Schema {
  const schema = JSON.parse(JSON.stringify(scanned));
  for (const [name, object] of Object.entries<Schema["objects"][string]>(schema.objects)) {
    const own = Object.getOwnPropertyDescriptor(object, "constructor")?.value;
    object.options = own?.arguments ?? {};
    object.methods ??= {};
    for (const method of Object.values(object.methods)) {
      method.cache = (scanned.objects[name]?.methods?.[method.name] as Method | undefined)?.cache;
    }
  }
  return schema;
}

function typeName({ kind, name, typeDef }: Type): string {
  if (kind === "LIST_KIND" && typeDef) return `[${typeName(typeDef)}]`;
  return name ?? kind.replace("_KIND", "").toLowerCase();
}

const indented = (text: string, by: string) => text.split("\n").map((line) => `${by}${line}`.trimEnd());

function argumentLines(argument: Argument, by: string): string[] {
  const { name, type, isOptional, defaultValue, ignore, description } = argument;
  const value = defaultValue === undefined ? (isOptional ? " (optional)" : "") : ` = ${JSON.stringify(defaultValue)}`;
  const without = ignore ? ` without ${ignore.join(", ")}` : "";
  return [`${by}${name}: ${typeName(type)}${value}${without}`, ...indented(description, `${by}  `)];
}

/** The API as text: every name, type, default and doc comment, in the order of the source. */
export function apiText(schema: Schema): string {
  const lines = [`module ${schema.name}`, ...indented(schema.description, "  ")];
  for (const object of Object.values(schema.objects)) {
    lines.push("", `object ${object.name}`, ...indented(object.description, "  "));
    const own = Object.values(object.options);
    if (own.length > 0) lines.push("", "  constructor", ...own.flatMap((argument) => argumentLines(argument, "    ")));
    for (const property of Object.values(object.properties).filter(({ isExposed }) => isExposed)) {
      lines.push(`  field ${property.name}: ${typeName(property.type)}`, ...indented(property.description, "    "));
    }
    for (const method of Object.values(object.methods)) {
      const cache = method.cache ? `, cache ${method.cache}` : "";
      lines.push("", `  function ${method.name}: ${typeName(method.returnType)}${cache}`);
      lines.push(...indented(method.description, "    "));
      lines.push(...Object.values(method.arguments).flatMap((argument) => argumentLines(argument, "    ")));
    }
  }
  for (const { name, description, values } of Object.values(schema.enums)) {
    lines.push("", `enum ${name}`, ...indented(description, "  "));
    for (const one of Object.values(values)) {
      lines.push(`  ${one.name} = ${JSON.stringify(one.value)}`, ...indented(one.description, "    "));
    }
  }
  return `${lines.join("\n")}\n`;
}
