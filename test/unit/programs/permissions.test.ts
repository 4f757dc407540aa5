import { describe, expect, it } from "vitest";
import { checkPermissions, importPermissions, parsePermissions } from "../../../src/programs/permissions.js";

describe("permissions", () => {
  it("are Deno's options, with or without the dashes", () => {
    expect(parsePermissions([])).toEqual([]);
    expect(
      parsePermissions(["allow-net", "--allow-read=/data", "deny-env=HOME", "ignore-env", "allow-hrtime"]),
    ).toEqual(["--allow-net", "--allow-read=/data", "--deny-env=HOME", "--ignore-env", "--allow-hrtime"]);
    expect(parsePermissions(["allow-all", "deny-run"])).toEqual(["--allow-all", "--deny-run"]);
  });

  it("take what is meant as it is", () => {
    const list = "allow-net=example.com:443,[::1],10.0.0.0/8";
    expect(parsePermissions([list, "allow-read=/a b/$HOME;`x`"])).toEqual([`--${list}`, "--allow-read=/a b/$HOME;`x`"]);
  });

  it("that are given more than once are one list, for the command line splits at commas", () => {
    expect(parsePermissions(["allow-read=/a", "allow-net", "--allow-read=/b,/c"])).toEqual([
      "--allow-read=/a,/b,/c",
      "--allow-net",
    ]);
  });

  it.each([
    ["", "it is no permission"],
    ["net", "it is no permission"],
    ["-A", "it is no permission"],
    ["--allow-net --allow-run", "it is no permission"],
    ["allow-network", "it is no permission"],
    ["allow-net=", "it is no permission"],
    ["--v8-flags=--expose-gc", "it is no permission"],
    ["ignore-net", "it is no permission"],
    ["allow-read=/a\n/b", "it is no permission"],
    ["allow-to-string", "it is no permission"],
    ["/tmp", "it is no permission"],
    ["allow-all=net", "allow-all takes no list"],
  ])("%j is refused", (text, message) => {
    const refused = () => parsePermissions([text]);
    expect(refused).toThrow(`permissions: ${JSON.stringify(text)} is not accepted: ${message}. Accepted: `);
    expect(refused).toThrow("such as allow-read=/data");
  });

  it.each([
    [["allow-net", "--allow-net"], "allow-net is given twice, not always with a list"],
    [["allow-net=a", "allow-net"], "allow-net is given twice, not always with a list"],
    [["allow-net", "allow-net=a"], "allow-net is given twice, not always with a list"],
    [["allow-all", "allow-net"], "permissions: allow-all and allow-net are given together"],
  ])("%j are refused", (texts, message) => {
    expect(() => parsePermissions(texts)).toThrow(message);
  });

  it.each([
    ["--allow-sys", "1.25.4", "1.26.0"],
    ["--deny-net=a", "1.35.3", "1.36.0"],
    ["--allow-import", "1.46.3", "2.0.0"],
    ["--deny-import=a", "2.3.7", "2.4.0"],
    ["--ignore-read", "2.5.6", "2.6.0"],
  ])("%s is refused for Deno %s, and is accepted since %s", (option, before, since) => {
    const name = option.slice(2).split("=")[0];
    expect(() => checkPermissions([option], before)).toThrow(
      `permissions: ${name} is known since Deno ${since}, and this is ${before}`,
    );
    expect(() => checkPermissions([option], since)).not.toThrow();
    expect(() => checkPermissions([option], `${since}-rc.1`)).not.toThrow();
  });

  it("for deno cache are those of imports", () => {
    expect(importPermissions(["--allow-net", "--allow-import=a", "--deny-import", "--allow-read=import"])).toEqual([
      "--allow-import=a",
      "--deny-import",
    ]);
  });
});
