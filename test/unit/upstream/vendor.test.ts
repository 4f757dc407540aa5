import { describe, expect, it } from "vitest";
import { denoRecipe } from "../../../src/plan/recipe.js";
import { versionPlaces, withVendor } from "../../../src/upstream/vendor.js";

/** The lines of each tag that the version is in, with what stands around them. */
const command = (path: string) => `  let long_version = format!(
    "{} ({}, {}, {})\\nv8 {}\\ntypescript {}",
    ${path}DENO_VERSION_INFO.deno,
    ${path}DENO_VERSION_INFO.release_channel.name(),
  );
    .version(${path}DENO_VERSION_INFO.deno)
`;
const runtime = `        bootstrap: BootstrapOptions {
          deno_version: crate::version::DENO_VERSION_INFO.deno.to_string(),
        },
      bootstrap: BootstrapOptions {
        deno_version: crate::version::DENO_VERSION_INFO.deno.to_string(),
      },
`;

const places = (version: string) => versionPlaces(version, denoRecipe(version).versionSources);

describe("vendor", () => {
  it.each([
    ["1.46.0", "cli/worker.rs", "crate::version::"],
    ["2.1.5", "cli/worker.rs", "crate::version::"],
    ["2.1.7", "cli/lib/worker.rs", ""],
    ["2.9.5", "cli/lib/worker.rs", ""],
  ])("is said by %s in deno --version, and to its workers in %s", (version, file, path) => {
    const [first, second] = places(version);
    expect([first?.path, second?.path]).toEqual(["cli/args/flags.rs", file]);
    if (!first || !second) throw new Error("two places");
    expect(withVendor(command(path), first, "example", false)).toBe(
      command(path).replace(
        `    ${path}DENO_VERSION_INFO.deno,`,
        `    format!("{}+example", ${path}DENO_VERSION_INFO.deno),`,
      ),
    );
    expect(withVendor(runtime, second, "example", false)).toBe(
      runtime.replaceAll(
        "crate::version::DENO_VERSION_INFO.deno.to_string()",
        'format!("{}+example", crate::version::DENO_VERSION_INFO.deno)',
      ),
    );
  });

  it("follows the commit of a canary", () => {
    const [first] = places("2.9.5");
    expect(first && withVendor(command(""), first, "example", true)).toContain(
      'format!("{}.example", DENO_VERSION_INFO.deno),',
    );
  });

  it.each(["1.45.5", "2.1.6"])("is refused for %s, where this was not read", (version) => {
    expect(() => places(version)).toThrow(
      `vendor: where Deno ${version} says its version was not read; accepted: 1.46.0 to`,
    );
  });

  it.each([
    ["no such file", null],
    ["none of the lines", "fn main() {}"],
    ["one line more than upstream's", command("") + command("")],
  ])("is refused for a tree with %s", (_, text) => {
    const [first] = places("2.9.5");
    expect(() => first && withVendor(text, first, "example", false)).toThrow(
      'vendor: "cli/args/flags.rs" of the tree does not say the version as upstream\'s does; give a patch for it instead',
    );
  });
});
