import { beforeAll, describe, expect, it } from "vitest";
import { type Argument, apiText, introspect, type Method, type Schema } from "../support/introspect.js";

let schema: Schema;
let methods: Method[];
/** Every argument, by the name that a failure shows. */
let all: [string, Argument][];

beforeAll(async () => {
  schema = await introspect();
  const objects = Object.values(schema.objects);
  methods = objects.flatMap((object) => Object.values(object.methods));
  all = [
    ...objects.flatMap(({ name, options }) => named(name, options)),
    ...methods.flatMap((method) => named(method.name, method.arguments)),
  ];
});

const named = (owner: string, args: Record<string, Argument>) =>
  Object.values(args).map((argument): [string, Argument] => [`${owner} --${argument.name}`, argument]);

const offenders = (check: (argument: Argument) => boolean) => all.filter(([, it]) => !check(it)).map(([name]) => name);

describe("the public API", () => {
  it("is what the golden file says", async () => {
    await expect(apiText(schema)).toMatchFileSnapshot("golden/api.txt");
  });

  it("has the functions that the README shows", () => {
    expect(Object.keys(schema.objects.DenoFromSource?.methods ?? {})).toEqual(
      expect.arrayContaining(["plan", "toolchain", "library", "mirror", "build", "archive", "release"]),
    );
  });

  it("has a description of the module, from the top of its main file", () => {
    expect(schema.description).toMatch(/^Builds Deno/);
  });

  it("has a doc comment on every object, function, field and enum member", () => {
    const documented = [
      ...Object.values(schema.objects),
      ...Object.values(schema.objects).flatMap(({ properties }) =>
        Object.values(properties).filter(({ isExposed }) => isExposed),
      ),
      ...methods,
      ...Object.values(schema.enums),
      ...Object.values(schema.enums).flatMap(({ values }) => Object.values(values)),
    ];
    expect(documented.length).toBeGreaterThan(methods.length);
    expect(documented.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
  });

  it("has a doc comment on every argument", () => {
    expect(all.length).toBeGreaterThan(20);
    expect(offenders(({ description }) => description.length > 0)).toEqual([]);
  });

  it("has an example with dagger call on every function", () => {
    // A function of another object stands behind the one that gives it: app --source=. … publish.
    const pattern = (name: string) => new RegExp(`Example: \`dagger call (app )?(--\\S+ )*${kebab(name)}( |\`)`);
    expect(methods.filter((it) => !pattern(it.name).test(it.description)).map(({ name }) => name)).toEqual([]);
  });

  it("says of each argument what it is, and sends nobody to another function's help", () => {
    const text = apiText(schema);
    expect(text).not.toMatch(/\bas for [a-z]/i);
  });

  it("has an example on every option of the constructor", () => {
    const options = Object.values(schema.objects.DenoFromSource?.options ?? {});
    expect(options.length).toBeGreaterThan(10);
    const without = options.filter(({ name, description }) => !description.includes(`Example: --${kebab(name)}=`));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  // The CLI writes rustyV8 as --rusty-v-8.
  it("has no digit in a name", () => {
    const names = [
      ...Object.values(schema.objects).flatMap(({ name, properties }) => [name, ...Object.keys(properties)]),
      ...methods.map(({ name }) => name),
      ...all.map(([name]) => name),
      ...Object.values(schema.enums).flatMap(({ name, values }) => [name, ...Object.keys(values)]),
    ];
    expect(names.filter((name) => /\d/.test(name))).toEqual([]);
  });

  // The CLI's flag library takes a word in backticks for the name of the flag's type.
  it("has no backtick in an argument's doc comment", () => {
    expect(offenders(({ description }) => !description.includes("`"))).toEqual([]);
  });

  it("can be called without any argument: each has a default or is optional", () => {
    const needed = all.filter(([, { isOptional, defaultValue }]) => !isOptional && defaultValue === undefined);
    // An address to publish to cannot be guessed, and neither can a program or a panic.
    const asked = /^(publish|upload|compile|app|panicTrace) --/;
    expect(needed.map(([name]) => name).filter((name) => !asked.test(name))).toEqual([]);
  });

  // By default a function's result is kept for seven days: https://docs.dagger.io/extending/function-caching
  it("keeps no result for long, for versions and branches move", () => {
    expect(methods.filter(({ cache }) => cache !== "5m" && cache !== "never").map(({ name }) => name)).toEqual([]);
  });
});

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
