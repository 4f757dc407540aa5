import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../support/introspect.js";

const folder = join(root, "examples/library-patches");

describe.each(readdirSync(folder))("examples/library-patches/%s", (version) => {
  it("is what --library-patches takes: files *.patch, in git's form, of files of V8 and of its build", () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const patches = readdirSync(join(folder, version));
    expect(patches).not.toEqual([]);
    for (const patch of patches) {
      expect(patch).toMatch(/\.patch$/);
      const counts = execFileSync("git", ["apply", "--numstat", join(folder, version, patch)], { encoding: "utf8" });
      expect(counts.trim().split("\n")).toSatisfy((lines: string[]) =>
        lines.every((line) => /^\d+\t\d+\t(v8|build)\/\S+$/.test(line)),
      );
    }
  });
});
