import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Check, circleci, crontab, githubActions, gitlab } from "../support/ci-systems.js";
import { root } from "../support/introspect.js";

const textOf = (file: string) => readFileSync(join(root, file), "utf8");
const build = "examples/ci/github-actions/build.yml";
const follow = "examples/ci/github-actions/follow.yml";
const ours = ".github/workflows/ci.yml";

interface System {
  system: string;
  by: string;
  check: Check;
  files: string[];
  /** file, what is taken out of it, what comes in its place, and what the check says then */
  broken: [string, string, string, string][];
}

const systems: System[] = [
  {
    system: "GitHub Actions",
    by: "GitHub's own parser",
    check: githubActions,
    files: [build, follow, ours],
    broken: [
      [build, "fail-fast:", "failfast:", "Unexpected value 'failfast'"],
      [build, "runs-on:", "runs_on:", "Required property is missing: runs-on"],
      [build, "needs: build", "needs: biuld", "depends on unknown job 'biuld'"],
      [build, "contents: write", "contens: write", "Unexpected value 'contens'"],
      [build, "matrix.platform", "matrx.platform", "Unrecognized named-value: 'matrx'"],
      [build, "matrix.library", "matrix.library +", "Unexpected symbol: '+'"],
      [follow, "17 3 * * *", "17 3 * *", "Invalid cron expression"],
      [ours, "branches: [main]", "branch: [main]", "Unexpected value 'branch'"],
      [ours, "node: [20, 22, 24]", "nodes: [20, 22, 24]", "Context access might be invalid: node"],
    ],
  },
  {
    system: "GitLab",
    by: "gitlab-ci-local, with GitLab's schema",
    check: gitlab,
    files: ["examples/ci/gitlab/.gitlab-ci.yml"],
    broken: [
      [
        "examples/ci/gitlab/.gitlab-ci.yml",
        "interruptible:",
        "interuptible:",
        "'interuptible' property is not expected",
      ],
      [
        "examples/ci/gitlab/.gitlab-ci.yml",
        "needs: [build]",
        "needs: [biuld]",
        "[biuld] for publish could not be found",
      ],
      ["examples/ci/gitlab/.gitlab-ci.yml", "stage: smoke", "stage: smok", "stage:smok not found"],
      ["examples/ci/gitlab/.gitlab-ci.yml", "extends: .dagger", "extends: .dager", ".dager is unspecified"],
      ["examples/ci/gitlab/.gitlab-ci.yml", "timeout: 1 hour", "timeout: 1", "'timeout' property type must be string"],
      ["examples/ci/gitlab/.gitlab-ci.yml", "  script:", "  scripts:", "must have script specified"],
    ],
  },
  {
    system: "CircleCI",
    by: "our own statement of the keys it uses",
    check: circleci,
    files: ["examples/ci/circleci/config.yml"],
    broken: [
      ["examples/ci/circleci/config.yml", "version: 2.1", "version: 2.2", "at version"],
      ["examples/ci/circleci/config.yml", "resource_class:", "resource-class:", 'key: "resource-class"'],
      ["examples/ci/circleci/config.yml", "no_output_timeout: 3h", "no_output_timeout: 3 hours", "steps[2]"],
      ["examples/ci/circleci/config.yml", "      - dagger\n", "      - dager\n", "at jobs.build.steps[0]"],
      [
        "examples/ci/circleci/config.yml",
        "          resource: arm",
        "          class: arm",
        "at workflows.build.jobs[0]",
      ],
      ["examples/ci/circleci/config.yml", "      - publish:\n", "      - publsh:\n", "at workflows.build.jobs[2]"],
    ],
  },
  {
    system: "cron",
    by: "the ranges of its five fields",
    check: crontab,
    files: ["examples/ci/cron/crontab"],
    broken: [
      ["examples/ci/cron/crontab", "17 3 * * *", "17 24 * * *", "hour is 24"],
      ["examples/ci/cron/crontab", "17 3 * * *", "17 3 0 * *", "day is 0"],
      ["examples/ci/cron/crontab", "17 3 * * *", "17 3 * *", "weekday is PATH="],
      ["examples/ci/cron/crontab", "timeout -s", "date +%s; timeout -s", "a % without a backslash"],
      ["examples/ci/cron/crontab", "17 3 * * *", "# 17 3 * * *", "no line with a time"],
    ],
  },
];

// Jenkins has no such check: what reads a Jenkinsfile is Jenkins itself, or needs Java. commands.test.ts counts its brackets.
describe.each(systems.map((one) => [one.system, one.by, one] as const))(
  "%s, by %s,",
  (_, __, { check, files, broken }) => {
    it.each(files)("takes %s", async (file) => {
      expect(await check(textOf(file))).toEqual([]);
    });

    it.each(broken)("refuses %s with %j made %j", async (file, from, to, expected) => {
      const text = textOf(file);
      expect(text).toContain(from);
      expect((await check(text.replaceAll(from, to))).join("\n")).toContain(expected);
    });
  },
);
