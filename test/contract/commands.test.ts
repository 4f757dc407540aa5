import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import {
  type Api,
  apiOf,
  type Command,
  commandsIn,
  kebab,
  type Reading,
  read,
  shellsIn,
  simpleCommands,
  unshown,
  wordsOfCall,
} from "../support/commands.js";
import { introspect, root } from "../support/introspect.js";

const textOf = (file: string) => readFileSync(join(root, file), "utf8");
const filesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

const ci = filesIn("examples/ci");
/** All of docs/, and what people read at the top. */
const documents = [
  ...readdirSync(root).filter((file) => file.endsWith(".md")),
  ...filesIn("docs").filter((file) => file.endsWith(".md")),
];
const examples = "examples/typescript/src/index.ts";
/** Two more, each with some of the functions of the first, and their ways to write a function and an argument. */
const others = [
  {
    language: "go",
    file: "examples/go/main.go",
    functions: /^func \(m \*Examples\) (?<name>DenoFromSource\w+)\((?<list>.*?)^\) /gms,
    argument: /^\t(\w+) [\w.*[\]]+,$/gm,
    generated: ["dagger.gen.go", "internal"],
  },
  {
    language: "python",
    file: "examples/python/src/examples/main.py",
    functions: /^ {4}def (?<name>deno_from_source\w+)\((?<list>.*?)^ {4}\) /gms,
    argument: /^ {8}(\w+): /gm,
    generated: ["sdk"],
  },
];
const compositions = [examples, ...others.map(({ file }) => file)];
const everywhere = [...documents, ...ci, "src/index.ts", ...compositions];

let own: Api;
/** examples/typescript, which is a module of its own. */
let composed: Api;
let all: Command[];

beforeAll(async () => {
  own = apiOf(await introspect(), "DenoFromSource");
  composed = apiOf(await introspect(join(root, "examples/typescript/src"), "examples"), "Examples");
  all = everywhere.flatMap((file) => commandsIn(file, textOf(file)));
});

const module = ({ words }: Command) => words[words.indexOf("-m") + 1] ?? "";
const reading = (command: Command): Reading => {
  const ofExamples = compositions.includes(command.file) || /examples\/(typescript|go|python)$/.test(module(command));
  return read(command, ofExamples ? composed : own);
};
const of = (files: string[]) => all.filter(({ file }) => files.includes(file));

describe("a dagger call", () => {
  it.each([
    ["README.md", 20],
    ["docs/air-gap.md", 3],
    ["docs/ci.md", 6],
    ["docs/compiler-cache.md", 3],
    ["docs/forks-and-patches.md", 10],
    ["docs/images.md", 9],
    ["docs/programs.md", 7],
    ["docs/releases.md", 9],
    ["docs/remote-engines.md", 3],
    ["docs/smoke.md", 5],
    ["src/index.ts", 10],
    [examples, 5],
    ...others.map(({ file }) => [file, 3] as const),
    ["docs/dagger-1.0.md", 3],
  ] as const)("is shown by %s", (file, least) => {
    expect(of([file]).length).toBeGreaterThanOrEqual(least);
  });

  it("is shown by README and docs together for every use", () => {
    expect(of(documents).length).toBeGreaterThan(90);
  });

  it("is in every file of examples/ci, and of each system there", () => {
    expect(ci.filter((file) => of([file]).length === 0)).toEqual([]);
    expect(ci.map((file) => file.split("/")[2])).toEqual(
      expect.arrayContaining(["github-actions", "gitlab", "jenkins", "circleci", "cron"]),
    );
  });

  it("is in the doc comment of every function", () => {
    const named = of(["src/index.ts"]).map((command) => reading(command).function);
    const functions = [...(own.objects.get("DenoFromSource")?.entries() ?? [])].filter(([, { gives }]) => gives !== "");
    expect(functions.map(([name]) => name).filter((name) => !named.includes(name))).toEqual([]);
  });

  it("is one that this module understands, wherever it is shown", () => {
    expect(all.flatMap((command) => reading(command).problems.map((it) => `${command.file}: ${it}`))).toEqual([]);
  });

  it("is shown by README or docs of every function", () => {
    const shown = new Set(of(documents).map((command) => reading(command).function));
    const functions = [...(own.objects.get("DenoFromSource")?.entries() ?? [])].filter(([, { gives }]) => gives !== "");
    expect(functions.map(([name]) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  // Somebody who copies a file of examples/ci can look every line up.
  it("of examples/ci is one that README or docs show, with options and flags that they show", () => {
    const shown = of(documents).map(reading);
    for (const file of ci) expect([file, ...unshown(of([file]).map(reading), shown)]).toEqual([file]);
  });

  it("of examples/ci takes secrets from variables by their names, and its version from outside", () => {
    const words = of(ci).flatMap((command) => command.words);
    const secrets = words.filter((word) => /^--(\w+-)*(token|password)=/.test(word));
    expect(secrets.length).toBeGreaterThan(5);
    expect(secrets.filter((word) => !/=env:[A-Z_]+$/.test(word))).toEqual([]);
    expect(words.filter((word) => /^--version=/.test(word) && word !== "--version=$VERSION")).toEqual([]);
  });
});

describe("what reads these commands", () => {
  const problems = (line: string) =>
    simpleCommands(line).flatMap((words) => read({ file: "-", words: wordsOfCall(words) ?? [] }, own).problems);

  it.each([
    ["an unknown function", "dagger call biuld --version=2.9.5", "DenoFromSource has no function biuld"],
    ["an unknown flag", "dagger call build --verison=2.9.5 -o deno", "build has no --verison"],
    ["an unknown option", "dagger call --patch=./patches build", "the module has no --patch"],
    ["an option behind the function", "dagger call build --jobs=2", "as an option it stands before the function"],
    ["another enum value", "dagger call image --variant=ALPINE", "one of UBUNTU, DEBIAN, DISTROLESS, BIN"],
    ["an enum value of an option", "dagger call --binary-origin=upstream image", "one of SOURCE, UPSTREAM, REGISTRY"],
    ["an argument that is missing", "dagger call upload --token=env:X", "upload needs --repository"],
    ["a secret itself", "dagger call upload --repository=a/b --token=ghp_x", "a secret by its place"],
    ["a word for a number", "dagger call --jobs=many build", "a number"],
    ["a word for a boolean", "dagger call --upgrade=no build", "true or false"],
    ["a platform that is refused", "dagger call release --platforms=linux/arm64,linux/arm/v7", "refused by the module"],
    ["a version that is refused", "dagger call build --version=2.x", "refused by the module"],
    ["a field that is not there", "dagger call plan txt", "Plan has no function txt"],
    ["a core function that is not there", "dagger call image as-tar", "Container has no function as-tar"],
    ["a core function's flag", "dagger call image with-exec --arg=x", "with-exec has no --arg"],
    ["a core function's argument", "dagger call image file contents", "file needs --path"],
    ["a call on a text", "dagger call latest upper", "nothing can be called on the result"],
    ["a flag without its value", "dagger call build -o", "-o lacks a value"],
    ["a call of nothing", "dagger call --jobs=2", "no function"],
    ["the same of Dagger 1.0", "dagger api call biuld", "DenoFromSource has no function biuld"],
    ["the same with the module before it", 'dagger -m "$MODULE" api call build --jobs=2', "build has no --jobs"],
  ])("reports %s", (_, line, expected) => {
    expect(problems(line).join("\n")).toContain(expected);
  });

  it.each([
    'dagger call -m "$MODULE" --jobs=2 build --version "$VERSION" --platform=$PLATFORM -o deno',
    "dagger call image --variant=BIN rootfs file --path=/deno size",
    "dagger call image with-exec --args=deno,--version stdout",
    "dagger call upload --repository=a/b --token=env:TOKEN --replace --files=dist url",
    "dagger call plan text",
    "dagger api call --jobs=2 build --version=2.9.5 -o deno",
    "dagger -m github.com/OWNER/deno-from-source@v1.0.0 api call plan text",
    "dagger --load-module=. --progress plain api call plan text",
  ])("takes %s", (line) => {
    expect(problems(line)).toEqual([]);
  });

  it("reads a shell's words", () => {
    const text = `A=1 dagger call build \\\n  --version='2.9.5' -o "a b" # not this\nset -e; flock -n x dagger call plan >out 2>&1`;
    expect(simpleCommands(text)).toEqual([
      ["A=1", "dagger", "call", "build", "--version=2.9.5", "-o", "a b"],
      ["set", "-e"],
      ["flock", "-n", "x", "dagger", "call", "plan"],
    ]);
  });

  it.each([
    ["x.md", "Say `dagger call\nplan text`, or `dagger call … build`:\n\n```sh\ndagger call latest\n```\n", 2],
    ["x.md", "```ts\ndagger call latest\n```\n", 0],
    ["x.yml", "a:\n  - b: |\n      dagger call plan \\\n        text\n  - dagger call latest # once\n", 2],
    ["x.ts", "/**\n * Example: `dagger call plan\n * text`\n */\n// `dagger call latest`\n", 1],
    ["x.md", "Say `dagger api call plan text`:\n\n```sh\ndagger -m . api call latest\ndagger api functions\n```\n", 2],
    ["x.go", "// Example: `dagger call plan\n// text`\nx := `dagger call a`\n\t// `dagger call latest`\n", 2],
    ["x.py", '"""Example: `dagger call plan\n    text`\n"""\n# `dagger call a`\n', 1],
    ["Jenkinsfile", "// 'dagger call a'\nsh 'dagger call plan text'\nsh '''\n  dagger call latest\n'''\n", 2],
    [
      "crontab",
      "# dagger call a\nX=dagger call b\n1 2 * * * cd; dagger call latest\n@daily dagger call plan text\n",
      2,
    ],
  ])("finds the commands of %s: %j", (file, text, count) => {
    const found = commandsIn(file, text);
    expect(found).toHaveLength(count);
    expect(found.flatMap((command) => read(command, own).problems)).toEqual([]);
  });

  it("tells what README and docs do not show", () => {
    const readings = (text: string) => commandsIn("x.md", `\`\`\`sh\n${text}\n\`\`\``).map((one) => read(one, own));
    const shown = readings("dagger call --jobs=2 build --version=2.9.5\ndagger call plan");
    expect(unshown(readings("dagger call --jobs=1 build --version=2.9.4"), shown)).toEqual([]);
    expect(unshown(readings("dagger call latest"), shown)).toEqual(["latest"]);
    expect(unshown(readings("dagger call --upgrade=false plan --version=2.9.4"), shown)).toEqual([
      "--upgrade",
      "plan --version",
    ]);
  });

  it.each([
    ["platforms", "platforms"],
    ["upgradeUrl", "upgrade-url"],
    ["rustyV8Version", "rusty-v-8-version"],
    ["arm64", "arm-64"],
    ["denoFromSourceImage_company", "deno-from-source-image-company"],
  ])("writes %s as the CLI does", (name, expected) => {
    expect(kebab(name)).toBe(expected);
  });
});

type Job = Record<string, unknown> & { needs?: string | string[]; steps?: { uses?: string; run?: string }[] };
const listed = (value: unknown): string[] => (value === undefined ? [] : ([value].flat() as string[]));

describe("examples/ci", () => {
  const install = simpleCommands(/^curl .*dagger.*$/m.exec(textOf("README.md"))?.[0] ?? "");

  it("installs Dagger by the README's first line", () => {
    expect(install).toHaveLength(2);
    const files = ci.filter((file) => !file.startsWith("examples/ci/cron/"));
    for (const file of files) {
      const commands = shellsIn(file, textOf(file)).flatMap(simpleCommands);
      expect([file, commands], file).toEqual([file, expect.arrayContaining(install)]);
    }
  });

  describe.each(["examples/ci/github-actions", ".github/workflows"])("%s", (folder) => {
    it.each(filesIn(folder))("%s is whole and asks for little", (file) => {
      const text = textOf(file);
      const workflow = parseYaml(text) as { permissions: object; concurrency: object; jobs: Record<string, Job> };
      const jobs = Object.entries(workflow.jobs);
      expect(jobs.length).toBeGreaterThan(0);
      for (const [name, job] of jobs) {
        expect(Object.keys(workflow.jobs), name).toEqual(expect.arrayContaining(listed(job.needs)));
        expect(job["timeout-minutes"], name).toBeGreaterThan(0);
        expect(job["runs-on"], name).toBeDefined();
      }
      // A tag can be moved: https://docs.github.com/actions/reference/security/secure-use
      const uses = [...text.matchAll(/uses: *(.*)/g)].map(([, value]) => value ?? "");
      expect(uses.filter((value) => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(value))).toEqual([]);
      expect(["{}", '{"contents":"read"}']).toContain(JSON.stringify(workflow.permissions));
      expect(workflow.concurrency).toBeDefined();
      // What a person types into a form would be a part of the script.
      const scripts = jobs.flatMap(([, { steps }]) => (steps ?? []).map(({ run }) => run ?? ""));
      expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    });
  });

  it("github-actions/build.yml lets only the job that publishes write", () => {
    const { jobs } = parseYaml(textOf("examples/ci/github-actions/build.yml")) as { jobs: Record<string, Job> };
    const writers = Object.keys(jobs).filter((name) => JSON.stringify(jobs[name]?.permissions)?.includes("write"));
    expect(writers).toEqual(["publish"]);
    expect(jobs.publish?.permissions).toEqual({ contents: "write", packages: "write" });
  });

  it("gitlab/.gitlab-ci.yml is whole", () => {
    const { stages, workflow, variables, ...jobs } = parseYaml(textOf("examples/ci/gitlab/.gitlab-ci.yml")) as {
      stages: string[];
      workflow: unknown;
      variables: unknown;
    } & Record<string, Job>;
    expect([workflow, variables]).not.toContain(undefined);
    const names = Object.keys(jobs).filter((name) => !name.startsWith("."));
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
      const job = jobs[name] as Job;
      expect(stages, name).toContain(job.stage);
      expect(names, name).toEqual(expect.arrayContaining(listed(job.needs)));
      expect(Object.keys(jobs), name).toEqual(expect.arrayContaining(listed(job.extends)));
      expect(job.timeout, name).toBeDefined();
    }
    const images = Object.values(jobs).flatMap(({ image, services }) => [...listed(image), ...listed(services)]);
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter((image) => !/:\d+\.\d+/.test(image))).toEqual([]);
  });

  it("circleci/config.yml is whole", () => {
    const { jobs, commands, workflows } = parseYaml(textOf("examples/ci/circleci/config.yml")) as {
      jobs: Record<string, Job & { machine: { image: string }; parameters?: object }>;
      commands: Record<string, unknown>;
      workflows: Record<string, { jobs: Record<string, Record<string, unknown>>[] }>;
    };
    const builtIn = ["run", "persist_to_workspace", "attach_workspace"];
    for (const [name, { steps, machine }] of Object.entries(jobs)) {
      const kinds = (steps ?? []).map((step) => (typeof step === "string" ? step : Object.keys(step)[0]));
      expect([...builtIn, ...Object.keys(commands)], name).toEqual(expect.arrayContaining(kinds));
      expect(machine.image, name).toMatch(/:\d{4}\.\d{2}\.\d$/);
    }
    const placed = Object.values(workflows).flatMap((workflow) => workflow.jobs.flatMap(Object.entries));
    expect(placed.length).toBeGreaterThan(2);
    const names = placed.map(([name, settings]) => settings.name ?? name);
    expect(new Set(names).size).toBe(names.length);
    for (const [name, settings] of placed) {
      expect(jobs, name).toHaveProperty([name]);
      expect(names, name).toEqual(expect.arrayContaining(listed(settings.requires)));
      expect(Object.keys(settings), name).toEqual(expect.arrayContaining(Object.keys(jobs[name]?.parameters ?? {})));
    }
  });

  // Nothing of npm reads one without Java, and Jenkins's own linter is a part of Jenkins.
  it("jenkins/Jenkinsfile is not parsed: it closes what it opens, and hands over the folder of each axis", () => {
    const text = textOf("examples/ci/jenkins/Jenkinsfile").replace(/^\s*\/\/.*$/gm, "");
    const code = text.replace(/'''.*?'''|'[^'\n]*'|"[^"\n]*"/gs, "");
    const count = (sign: string) => code.split(sign).length;
    expect([count("{"), count("("), count("[")]).toEqual([count("}"), count(")"), count("]")]);
    const axis = [...(/values (.*)/.exec(text)?.[1] ?? "").matchAll(/'(\w+)'/g)].map(([, value]) => value);
    expect(axis.length).toBe(2);
    expect(text).toMatch(/ stash name: "dist-\$\{ARCHITECTURE\}"/);
    expect([...text.matchAll(/unstash 'dist-(\w+)'/g)].map(([, value]) => value)).toEqual(axis);
  });
});

describe("examples/typescript", () => {
  const config = (file: string) => JSON.parse(textOf(`examples/typescript/${file}`));

  it("depends on the module of this repository", () => {
    expect(config("dagger.json").dependencies).toEqual([{ name: "deno-from-source", source: "../.." }]);
    expect(config("dagger.json").engineVersion).toBe(JSON.parse(textOf("dagger.json")).engineVersion);
  });

  // Exactly 5.9.3 beside others cannot be installed in an engine, see imports.test.ts.
  it("names the module's TypeScript", () => {
    expect(config("package.json").dependencies).toEqual({
      typescript: JSON.parse(textOf("package.json")).dependencies.typescript,
    });
  });

  // https://docs.dagger.io/extending/modules/daggerverse: moduleFunction_example, or module_example
  it("names its functions as the Daggerverse looks for them", () => {
    const functions = [...(own.objects.get("DenoFromSource")?.keys() ?? [])].map((name) => `deno-from-source-${name}`);
    const names = [...(composed.objects.get("Examples")?.keys() ?? [])];
    expect(names.length).toBeGreaterThan(3);
    const source = textOf(examples);
    for (const [, before] of source.matchAll(/^ {2}(?:async )?(denoFromSource\w*)_\w+\(/gm)) {
      expect(["deno-from-source", ...functions]).toContain(kebab(before ?? ""));
    }
    expect([...source.matchAll(/^ {2}(?:async )?denoFromSource\w*_\w+\(/gm)]).toHaveLength(names.length);
  });

  it("documents every function and argument", async () => {
    const { objects } = await introspect(join(root, "examples/typescript/src"), "examples");
    const { methods, options } = objects.Examples as (typeof objects)[string];
    const documented = [...Object.values(methods), ...Object.values(options)].concat(
      Object.values(methods).flatMap((method) => Object.values(method.arguments) as never[]),
    );
    expect(documented.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
  });

  it("has no generated code in the repository", () => {
    expect(textOf(".gitignore").split("\n")).toContain("/examples/typescript/sdk");
    expect(JSON.parse(textOf("tsconfig.json")).include).not.toContain("examples");
  });
});

describe.each(others)("examples/$language", ({ language, file, functions, argument, generated }) => {
  const found = [...textOf(file).matchAll(functions)].map(({ groups }) => ({
    // Python writes two underscores for the one of the others.
    name: kebab((groups?.name ?? "").replaceAll("__", "_")),
    arguments: [...(groups?.list ?? "").matchAll(argument)].map(([, name]) => kebab(name ?? "")),
  }));

  it("depends on the module of this repository", () => {
    const config = JSON.parse(textOf(`examples/${language}/dagger.json`));
    expect(config).toEqual({
      ...JSON.parse(textOf("examples/typescript/dagger.json")),
      sdk: { source: language },
    });
  });

  it("has functions of examples/typescript, with arguments of the same names", () => {
    expect(found.length).toBeGreaterThan(2);
    const known = composed.objects.get("Examples");
    for (const { name, arguments: own } of found) {
      expect([...(known?.keys() ?? [])]).toContain(name);
      const flags = known?.get(name)?.flags ?? new Map();
      expect([...flags.keys()], name).toEqual(expect.arrayContaining(own));
      const needed = [...flags].filter(([, flag]) => flag.needed).map(([flag]) => flag);
      expect(own, name).toEqual(expect.arrayContaining(needed));
    }
  });

  it("shows how each is called", () => {
    expect(of([file]).map((command) => reading(command).function)).toEqual(found.map(({ name }) => name));
  });

  it("has no generated code in the repository", () => {
    const ignored = generated.map((name) => `/examples/${language}/${name}`);
    expect(textOf(".gitignore").split("\n")).toEqual(expect.arrayContaining(ignored));
  });
});
