import { describe, expect, it } from "vitest";
import {
  appEntrypoint,
  appPath,
  checkAppTags,
  checkAppVariant,
  checkEntrypoint,
  checkInclude,
  checkIncludeVersion,
  needsRuntime,
  outputName,
} from "../../../src/programs/program.js";

const refused: [string, string][] = [
  ["", "it is empty"],
  ["-r", "it begins with a dash"],
  ["--output=/x", "it begins with a dash"],
  ["/etc/passwd", "it is absolute"],
  ["../main.ts", "it leads out of its folder"],
  ["src/../../main.ts", "it leads out of its folder"],
  ["./main.ts", "it has an empty name or a dot in it"],
  ["src//main.ts", "it has an empty name"],
  ["src/", "it has an empty name"],
  ["https://example.com/main.ts", "it is a URL; import it from a file of source"],
  ["jsr:@std/http/file-server", "it is a URL"],
  ["npm:cowsay", "it is a URL"],
  ["main.ts\nrm", "it has a control character"],
];

describe("entrypoint", () => {
  it.each(["main.ts", "src/main.ts", "src/a b/$x;'.js", "..hidden.ts", "a..b.ts"])("%j is accepted", (text) => {
    expect(() => checkEntrypoint(text)).not.toThrow();
    expect(appPath(text)).toBe(`/app/${text}`);
  });

  it.each(refused)("%j is refused", (text, message) => {
    expect(() => checkEntrypoint(text)).toThrow(`entrypoint: ${JSON.stringify(text)} is not accepted: ${message}`);
  });
});

describe("include", () => {
  it("is of paths like the entrypoint's, each once", () => {
    expect(() => checkInclude(["static", "src/worker.ts"])).not.toThrow();
    expect(() => checkInclude(["static", "static"])).toThrow('include: "static" is given more than once');
  });

  it.each(refused)("%j is refused", (text, message) => {
    expect(() => checkInclude(["static", text])).toThrow(
      `include: ${JSON.stringify(text)} is not accepted: ${message}`,
    );
  });

  it("is known since 1.32.0", () => {
    expect(() => checkIncludeVersion(["static"], "1.31.3")).toThrow("include: deno compile has --include since 1.32.0");
    expect(() => checkIncludeVersion([], "1.31.3")).not.toThrow();
    expect(() => checkIncludeVersion(["static"], "1.32.0")).not.toThrow();
  });
});

describe("the executable's name", () => {
  it.each([
    ["server.ts", "server"],
    ["src/server.min.js", "server.min"],
    ["main.ts", "main"],
    ["tools/main.ts", "tools"],
    ["a/b/index.tsx", "b"],
    ["run", "run"],
    [".hidden", ".hidden"],
  ])("of %s is %s", (entrypoint, name) => {
    expect(outputName(entrypoint)).toBe(name);
  });
});

describe("denort", () => {
  it.each([
    ["1.40.4", false],
    ["1.40.5", true],
    ["2.9.5", true],
    ["2.9.5-rc.1", true],
  ])("of %s is needed: %s", (version, needed) => {
    expect(needsRuntime(version)).toBe(needed);
  });
});

describe("an image of a program", () => {
  it("is started with the permissions that were given and no others, without downloads and questions", () => {
    expect(appEntrypoint(["--allow-net"], "src/main.ts")).toEqual([
      ...["/tini", "--", "/bin/deno", "run", "--cached-only", "--no-prompt"],
      ...["--allow-net", "/app/src/main.ts"],
    ]);
  });

  it("is of a variant that a program can be started in", () => {
    expect(() => checkAppVariant("BIN")).toThrow("variant: BIN is the binary and nothing else");
    expect(() => checkAppVariant("DISTROLESS")).not.toThrow();
  });

  it("has tags of its own", () => {
    expect(() => checkAppTags(["1.0", "latest", "v2_x-Y", "9"])).not.toThrow();
    expect(() => checkAppTags(["x".repeat(128)])).not.toThrow();
  });

  it.each([
    [[], "tags: at least one is needed"],
    [["latest", ""], 'tags: "" is not accepted'],
    [["1.0 beta"], 'tags: "1.0 beta" is not accepted'],
    [[".1"], 'tags: ".1" is not accepted'],
    [["-1"], 'tags: "-1" is not accepted'],
    [["app:1.0"], 'tags: "app:1.0" is not accepted'],
    [["x".repeat(129)], "is not accepted"],
    [["1.0", "latest", "1.0"], 'tags: "1.0" is given more than once'],
  ])("%j are refused as tags", (tags, message) => {
    expect(() => checkAppTags(tags)).toThrow(message);
  });
});
