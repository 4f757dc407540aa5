import { describe, expect, it } from "vitest";
import { facade, withLibraryFeatures } from "../../../src/upstream/library-features.js";

/** The line of each tag's Cargo.toml, between two others. */
const workspace = (line: string) => `[workspace.dependencies]\nuuid = "1"\n${line}\nwat = "=1.0.0"\n`;
const plain = workspace('v8 = { version = "146.8.0", default-features = false }');
const listed = workspace('v8 = { version = "149.4.0", default-features = false, features = ["simdutf"] }');
const behind = workspace(
  'v8 = { package = "deno_v8", version = "0.2.0", path = "./libs/deno_v8", default-features = false, features = ["simdutf"] }',
);
const manifest = '[features]\nv8 = ["dep:rusty_v8"]\nv8_enable_sandbox = [\n  "rusty_v8?/v8_enable_sandbox",\n]\n';
const line = (text: string) => text.split("\n")[2];

describe("withLibraryFeatures", () => {
  it("adds a list of features where Deno has none, as in 2.7.7", () => {
    expect(line(withLibraryFeatures(plain, ["v8_enable_sandbox"], "2.7.7", null))).toBe(
      'v8 = { version = "146.8.0", default-features = false, features = ["v8_enable_sandbox"] }',
    );
  });

  it("adds to Deno's own, once, as in 2.9.0", () => {
    const changed = withLibraryFeatures(listed, ["v8_enable_sandbox", "simdutf"], "2.9.0", null);
    expect(line(changed)).toBe(
      'v8 = { version = "149.4.0", default-features = false, features = ["simdutf", "v8_enable_sandbox"] }',
    );
    expect(changed.replace(', "v8_enable_sandbox"', "")).toBe(listed);
  });

  it("knows the facade of 2.9.5 and newer, and refuses what it does not hand on", () => {
    expect([plain, listed, behind].map(facade)).toEqual([null, null, "libs/deno_v8"]);
    expect(withLibraryFeatures(behind, ["v8_enable_sandbox"], "2.9.5", manifest)).toContain(
      '["simdutf", "v8_enable_sandbox"]',
    );
    expect(() => withLibraryFeatures(behind, ["other"], "2.9.5", manifest)).toThrow(
      new Error('library-features: Deno 2.9.5 does not hand "other" on to V8; it does v8, v8_enable_sandbox'),
    );
  });

  it.each([
    ["2.7.1", workspace('deno_core = "0.380.0"')],
    ["1.30.0", ""],
  ])("refuses Deno %s, whose workspace does not name V8", (version, text) => {
    expect(() => withLibraryFeatures(text, ["v8_enable_sandbox"], version, null)).toThrow(
      `library-features: the workspace of Deno ${version} does not say which features V8 has; accepted: Deno 2.7.2 and newer`,
    );
  });
});
