import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import semver from "semver";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { BUNDLE, root } from "../support/introspect.js";

interface Import {
  /** the importing file, from the repository's root */
  file: string;
  from: string;
  /** `default` and `*` for those forms */
  names: string[];
  typeOnly: boolean;
}

const filesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const from = node.moduleSpecifier.text;
      const clause = node.importClause;
      const bindings = clause?.namedBindings;
      const elements = bindings && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
      const whole = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      const types = elements.filter((one) => whole || one.isTypeOnly);
      const values = [
        ...elements.filter((one) => !types.includes(one)).map((one) => (one.propertyName ?? one.name).text),
        ...(clause?.name && !whole ? ["default"] : []),
        ...(bindings && ts.isNamespaceImport(bindings) && !whole ? ["*"] : []),
      ];
      if (types.length > 0) {
        found.push({ file, from, names: types.map((one) => (one.propertyName ?? one.name).text), typeOnly: true });
      }
      if (values.length > 0 || !clause) found.push({ file, from, names: values, typeOnly: false });
    }
    if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ file, from: node.moduleSpecifier.text, names: ["*"], typeOnly: node.isTypeOnly });
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      found.push({
        file,
        from: argument && ts.isStringLiteral(argument) ? argument.text : "?",
        names: ["*"],
        typeOnly: false,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const module = [...filesIn("src"), ...filesIn("dagger")].flatMap(importsOf);
const shown = ({ file, from, names }: Import) => `${file}: ${names.join(", ")} from ${from}`;
const inFolder = (one: Import, folder: string) => {
  if (!one.from.startsWith(".")) return false;
  return relative(root, resolve(root, one.file, "..", one.from)).startsWith(`${folder}/`);
};

/**
 * The floors of src/, lowest first, with the subjects on each: a file imports of its own subject and of lower floors. dagger/
 * has the same subjects in the same order. CONTRIBUTING.md says what each is; plan and rehearsal decide only.
 */
const FLOORS = [
  ["request"],
  ["engine", "toolchain", "plan"],
  ["upstream", "v8", "deno", "images", "binaries"],
  ["rehearsal", "programs", "releases", "smoke"],
];
const SUBJECTS = FLOORS.flat();

/** `src/plan/work.ts` -> `["src", "plan"]` */
const placeOf = (path: string): [string, string] => {
  const [room = "", subject = ""] = path.split("/");
  return [room, subject];
};
const targetOf = (one: Import) => relative(root, resolve(root, one.file, "..", one.from));
const local = module.filter(({ from }) => from.startsWith("."));

describe("imports", () => {
  it("are seen at all", () => {
    expect(module.length).toBeGreaterThan(40);
    expect(module.map(({ from }) => from)).toContain("@dagger.io/dagger");
  });

  // The npm package exports more than a module gets: what is not in the bundle fails only in an engine.
  it("from Dagger are of what its bundle exports to a module", () => {
    const client = readFileSync(join(root, "node_modules/@dagger.io/dagger/dist/src/api/client.gen.d.ts"), "utf8");
    const generated = [
      ...client.matchAll(/^export (?:declare )?(?:abstract )?(?:class|enum|type|interface|const|function) (\w+)/gm),
    ].map(([, name]) => name);
    expect(generated).toEqual(
      expect.arrayContaining(["dag", "Container", "Platform", "ReturnType", "CacheSharingMode"]),
    );
    const exported: Record<string, (string | undefined)[]> = {
      "@dagger.io/dagger": [...BUNDLE.values, ...BUNDLE.types, ...generated],
      "@dagger.io/dagger/telemetry": ["getTracer"],
    };
    const wrong = module
      .filter(({ from }) => from.startsWith("@dagger.io/"))
      .filter(({ from, names }) => !names.every((name) => exported[from]?.includes(name)));
    expect(wrong.map(shown)).toEqual([]);
  });

  // Decorators are found by the text of their names.
  it("rename nothing of Dagger's", () => {
    const renamed = [...filesIn("src"), ...filesIn("dagger")].filter((file) =>
      /import[^;]*\b\w+ as \w+[^;]*from "@dagger\.io\/dagger"/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(renamed).toEqual([]);
  });

  it("go down the subjects, or stay in one", () => {
    const wrong = local.filter((one) => {
      const [room, subject] = placeOf(one.file);
      const [otherRoom, other] = placeOf(targetOf(one));
      return room === otherRoom && one.file !== "src/index.ts" && SUBJECTS.indexOf(other) > SUBJECTS.indexOf(subject);
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  // What a subject needs of another one on its floor is handed to it by src/index.ts: V8's work to Deno's, for example.
  it("in src/ go down a floor, or stay in one subject", () => {
    const floorOf = (subject: string) => FLOORS.findIndex((floor) => floor.includes(subject));
    const wrong = local.filter((one) => {
      const [[room, subject], [otherRoom, other]] = [placeOf(one.file), placeOf(targetOf(one))];
      if (room !== "src" || otherRoom !== "src" || one.file === "src/index.ts" || subject === other) return false;
      return floorOf(other) >= floorOf(subject);
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it("of request, the lowest floor, are of nothing else in the house", () => {
    expect(
      local.filter((one) => placeOf(one.file)[1] === "request" && placeOf(targetOf(one))[1] !== "request"),
    ).toEqual([]);
  });

  it("of two files do not go in a circle", () => {
    const edges = new Map<string, string[]>();
    for (const one of local.filter(({ typeOnly }) => !typeOnly)) {
      const to = targetOf(one).replace(/\.js$/, ".ts");
      edges.set(one.file, [...(edges.get(one.file) ?? []), to]);
    }
    const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
      (edges.get(from) ?? []).some((to) => to === goal || (!seen.has(to) && reaches(to, goal, seen.add(to))));
    expect([...edges.keys()].filter((file) => reaches(file, file))).toEqual([]);
  });

  // Files that decide and never build: they can be tested, and read, without Dagger. Which those are their tests say.
  it("of a file that a unit test imports leave Dagger alone, types aside, and so does all that it imports", () => {
    const values = local.filter(({ typeOnly }) => !typeOnly);
    const reached = (file: string, seen = new Set<string>()): Set<string> => {
      seen.add(file);
      for (const one of values.filter((it) => it.file === file)) {
        const to = targetOf(one).replace(/\.js$/, ".ts");
        if (!seen.has(to)) reached(to, seen);
      }
      return seen;
    };
    const tested = filesIn("test/unit")
      .flatMap(importsOf)
      .filter((one) => !one.typeOnly && one.from.startsWith("."))
      .map((one) => targetOf(one).replace(/\.js$/, ".ts"))
      .filter((file) => file.startsWith("src/"));
    expect(new Set(tested).size).toBeGreaterThan(20);
    const needing = new Set(
      module.filter((one) => !one.typeOnly && one.from.startsWith("@dagger.io/")).map(({ file }) => file),
    );
    // What an error says; both rooms ask that.
    const words = "dagger/engine/message.ts";
    // It talks to a forge, for which dagger/ has the requests, and names its long steps.
    const decides = [...new Set(tested)].filter((file) => file !== "src/releases/upload.ts");
    expect(
      decides.flatMap((file) =>
        [...reached(file)]
          .filter((other) => needing.has(other) || (other.startsWith("dagger/") && other !== words))
          .map((other) => `${file} reaches ${other}`),
      ),
    ).toEqual([]);
  });

  it("of a stage in dagger/ do not lead back into src/", () => {
    expect(module.filter((one) => one.file.startsWith("dagger/") && inFolder(one, "src")).map(shown)).toEqual([]);
  });

  it("of the module do not lead into test/ or out of the repository's two folders", () => {
    const stray = module.filter((one) => one.from.startsWith(".") && !inFolder(one, "src") && !inFolder(one, "dagger"));
    expect(stray.map(shown)).toEqual([]);
  });

  it("of packages are of what is installed at run time", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const allowed = (from: string) =>
      from.startsWith(".") || from.startsWith("node:") || from.startsWith("@dagger.io/dagger") || from in dependencies;
    expect(module.filter(({ from }) => !allowed(from)).map(shown)).toEqual([]);
  });

  it("of other files of the module end in .js, as the loader in the engine wants", () => {
    expect(module.filter(({ from }) => from.startsWith(".") && !from.endsWith(".js")).map(shown)).toEqual([]);
  });
});

describe("package.json", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

  it("has three dependencies at run time, each costs the start of every call", () => {
    expect(Object.keys(dependencies).sort()).toEqual(["semver", "typescript", "zod"]);
  });

  // Exactly that version beside others: npm cannot replace the bundled library that is mounted there (EBUSY).
  it("does not name TypeScript 5.9.3, and names one version", () => {
    expect(semver.valid(dependencies.typescript)).not.toBeNull();
    expect(dependencies.typescript).not.toBe("5.9.3");
  });

  it("pins what runs in the engine exactly", () => {
    expect(Object.values(dependencies).filter((version) => semver.valid(String(version)) === null)).toEqual([]);
  });

  it("has Dagger's SDK among the tools only: the engine brings its own", () => {
    expect(devDependencies).toHaveProperty(["@dagger.io/dagger"]);
  });
});

describe("dagger.json", () => {
  const config = JSON.parse(readFileSync(join(root, "dagger.json"), "utf8"));

  it("has the repository's root as its source, so that dagger/ is there at run time", () => {
    expect(config).toMatchObject({ name: "deno-from-source", source: ".", sdk: { source: "typescript" } });
  });

  // Before, functions with cache: "never" that return objects failed as "detached".
  it("asks for an engine of 0.21.4 or newer", () => {
    expect(semver.gte(config.engineVersion, "0.21.4")).toBe(true);
  });

  it("loads neither tests nor installed packages into the engine", () => {
    expect(config.include).toEqual(expect.arrayContaining(["!test", "!node_modules"]));
  });

  // A changed module is loaded and introspected anew, and so are all of its cached objects.
  it("is the same module after a commit or a change of its documentation", () => {
    const documents = readdirSync(root).filter((name) => name.endsWith(".md"));
    expect(documents).toContain("README.md");
    expect(config.include).toEqual(
      expect.arrayContaining(["!.git", "!.github", "!docs", "!examples", ...documents.map((name) => `!${name}`)]),
    );
  });

  it("has a folder for each subject, and each file of both rooms is in one", () => {
    const files = [...filesIn("src"), ...filesIn("dagger")].filter((file) => file !== "src/index.ts");
    expect(files.filter((file) => !SUBJECTS.includes(placeOf(file)[1]))).toEqual([]);
    for (const subject of SUBJECTS) expect(files.map((file) => placeOf(file)[1])).toContain(subject);
  });

  // Every .ts file in src/ is imported at each call.
  it("has no test in src/", () => {
    expect(filesIn("src").filter((file) => /\.(test|spec)\.ts$|\.d\.ts$/.test(file))).toEqual([]);
  });
});
