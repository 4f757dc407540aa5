import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tsImport } from "tsx/esm/api";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse as parseYaml } from "yaml";
import { z } from "zod";

/** What a CI system would say against a file of its own, one line each. None of them needs more than Node, or a network. */
export type Check = (text: string) => Promise<string[]>;

let documents = 0;

/** GitHub's own parser of workflows, which its editors use: https://github.com/actions/languageservices */
export const githubActions: Check = async (text) => {
  // It imports JSON as bundlers do, which Node does not, but tsx does.
  const { validate }: typeof import("@actions/languageservice/validate") = await tsImport(
    "@actions/languageservice/validate",
    import.meta.url,
  );
  // Another name each time: what it read of a file is kept by name. By the folder it knows a workflow from an action.
  const name = `file:///repository/.github/workflows/${documents++}.yml`;
  const found = await validate(TextDocument.create(name, "yaml", 0, text));
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
};

// It is made for Node 22 and newer, and this is all that 20 lacks of it:
// https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Set/union
const UNION = "Set.prototype.union ??= function (other) { return new Set([...this, ...other.keys()]); };";

/** gitlab-ci-local: GitLab's own JSON schema, and which jobs and stages a file names. Runs no job. */
export const gitlab: Check = async (text) => {
  const folder = mkdtempSync(join(tmpdir(), "gitlab-ci-"));
  try {
    writeFileSync(join(folder, ".gitlab-ci.yml"), text);
    const program = createRequire(import.meta.url).resolve("gitlab-ci-local");
    const preload = `data:text/javascript,${encodeURIComponent(UNION)}`;
    const { status, stdout, stderr, error } = spawnSync(
      process.execPath,
      ["--import", preload, program, "--list-json", `--home=${folder}`],
      { cwd: folder, encoding: "utf8", timeout: 60_000 },
    );
    if (error) throw error;
    if (status === 0 && JSON.parse(stdout).length > 0) return [];
    // Its findings, behind what it could not ask git for.
    return `gitlab-ci-local ended with ${status}:\n${stderr}`.split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const listed = z.union([z.string(), z.array(z.string()).min(1)]);
const parameters = z.record(
  z.string().regex(/^[a-z][a-z0-9_-]*$/),
  z.strictObject({ type: z.enum(["string", "boolean", "integer"]), default: z.unknown().optional() }),
);

/**
 * Those keys of https://circleci.com/docs/reference/configuration-reference/ that the example uses, and no others: its
 * schema is in no package of npm that is kept up. The names of commands, jobs and their parameters are the file's own.
 */
function circleciSchema(config: { commands?: object; jobs?: Record<string, { parameters?: object }> }) {
  const jobs = config.jobs ?? {};
  const step = z.union([
    z.enum(Object.keys(config.commands ?? {})),
    z.strictObject({
      run: z.strictObject({
        name: z.string(),
        command: z.string(),
        no_output_timeout: z
          .string()
          .regex(/^\d+[smh]$/)
          .optional(),
      }),
    }),
    z.strictObject({ persist_to_workspace: z.strictObject({ root: z.string(), paths: z.array(z.string()).min(1) }) }),
    z.strictObject({ attach_workspace: z.strictObject({ at: z.string() }) }),
  ]);
  const steps = z.array(step).min(1);
  const job = z.strictObject({
    parameters: parameters.optional(),
    machine: z.strictObject({ image: z.string() }),
    resource_class: z.string(),
    environment: z.record(z.string(), z.string()).optional(),
    steps,
  });
  const placed = (name: string) => {
    const own = Object.keys(jobs[name]?.parameters ?? {}).map((parameter) => [parameter, z.string()]);
    const settings = z.strictObject({
      name: z.string().optional(),
      requires: z.array(z.string()).min(1).optional(),
      context: listed.optional(),
      "serial-group": z.string().optional(),
      ...Object.fromEntries(own),
    });
    return z.strictObject({ [name]: settings });
  };
  return z.strictObject({
    version: z.literal(2.1),
    parameters: parameters.optional(),
    commands: z.record(z.string(), z.strictObject({ steps })).optional(),
    jobs: z.record(z.string(), job),
    workflows: z.record(
      z.string(),
      z.strictObject({ when: z.string().optional(), jobs: z.array(z.union(Object.keys(jobs).map(placed))).min(1) }),
    ),
  });
}

export const circleci: Check = async (text) => {
  const config = parseYaml(text);
  const { error } = circleciSchema(config).safeParse(config);
  return error ? z.prettifyError(error).split("\n") : [];
};

/** Lowest and highest of the five fields: https://man7.org/linux/man-pages/man5/crontab.5.html */
const FIELDS = { minute: [0, 59], hour: [0, 23], day: [1, 31], month: [1, 12], weekday: [0, 7] } as const;

export const crontab: Check = async (text) => {
  const lines = text.split("\n").filter((line) => !/^(#|[A-Z]+=|$)/.test(line));
  if (lines.length === 0) return ["no line with a time"];
  return lines.flatMap((line) => {
    const [, times = "", command = ""] = /^((?:\S+\s+){5})(.*)$/.exec(line) ?? [];
    const values = times.trim().split(/\s+/);
    const wrong = Object.entries(FIELDS).flatMap(([name, [lowest, highest]], index) => {
      const value = values[index] ?? "";
      const fits = value === "*" || (/^\d+$/.test(value) && Number(value) >= lowest && Number(value) <= highest);
      return fits ? [] : [`${name} is ${value}`];
    });
    // cron takes a bare one for the end of the line.
    if (/[^\\]%/.test(command)) wrong.push("a % without a backslash ends the command");
    return command === "" ? ["no five fields and a command"] : wrong;
  });
};
