import { describe, expect, it } from "vitest";
import { denoRecipe } from "../../../src/plan/recipe.js";
import { withUpgradeUrl } from "../../../src/upstream/upgrade.js";

/** The lines of cli/tools/upgrade.rs that name a server, as each tag has them, with what stands around them. */
const upstream: Record<string, string> = {
  "1.20.0": `lazy_static::lazy_static! {
  static ref ARCHIVE_NAME: String = format!("deno-{}.zip", env!("TARGET"));
}

const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";

`,
  "1.39.0": `const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";

`,
  "1.46.0": `const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const RC_URL: &str = "https://dl.deno.land/release";

`,
  "2.0.0": `const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const DL_RELEASE_URL: &str = "https://dl.deno.land/release";

`,
  "2.9.5": `static RELEASE_URL: &str = "https://github.com/denoland/deno/releases";
static CANARY_URL: &str = "https://dl.deno.land/canary";
static DL_RELEASE_URL: &str = "https://dl.deno.land/release";

`,
};

const mine = "https://github.com/me/deno-builds/releases";

const changed = (version: string, url = mine) =>
  withUpgradeUrl(upstream[version] ?? "", denoRecipe(version).upgradeSource.constants, url);

describe("upgrade-url", () => {
  it.each(["1.20.0", "1.39.0"])("replaces the one URL of %s and nothing else", (version) => {
    expect(changed(version)).toBe(
      upstream[version]?.replace(
        "https://github.com/denoland/deno/releases",
        "https://github.com/me/deno-builds/releases",
      ),
    );
  });

  it("replaces those of releases and release candidates of 1.46, which leave `download` out, but not the canaries'", () => {
    expect(changed("1.46.0")).toBe(`const RELEASE_URL: &str = "https://github.com/me/deno-builds/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const RC_URL: &str = "https://github.com/me/deno-builds/releases/download";

`);
  });

  it("replaces both of 2.0", () => {
    expect(changed("2.0.0")).toBe(`const RELEASE_URL: &str = "https://github.com/me/deno-builds/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const DL_RELEASE_URL: &str = "https://github.com/me/deno-builds/releases/download";

`);
  });

  it("replaces both of 2.9.5, where they are statics", () => {
    expect(changed("2.9.5")).toBe(`static RELEASE_URL: &str = "https://github.com/me/deno-builds/releases";
static CANARY_URL: &str = "https://dl.deno.land/canary";
static DL_RELEASE_URL: &str = "https://github.com/me/deno-builds/releases/download";

`);
  });

  it("replaces a constant that rustfmt put on two lines", () => {
    expect(withUpgradeUrl('const RELEASE_URL: &str =\n  "https://a";\n', ["RELEASE_URL"], mine)).toBe(
      `const RELEASE_URL: &str =\n  "${mine}";\n`,
    );
  });

  it("is not changed by characters that mean something in a replacement", () => {
    expect(changed("1.20.0", "https://a/%24$&$1")).toContain('"https://a/%24$&$1"');
  });

  it("fails, and names the constant, where the updater is another", () => {
    expect(() => withUpgradeUrl(upstream["1.20.0"] ?? "", ["RELEASE_URL", "DL_RELEASE_URL"], mine)).toThrow(
      new Error(
        "upgrade-url: the tree's updater has no constant DL_RELEASE_URL; give a patch for this version instead",
      ),
    );
  });

  it("does not take RELEASE_URL for DL_RELEASE_URL", () => {
    expect(() => withUpgradeUrl('static DL_RELEASE_URL: &str = "https://a";', ["RELEASE_URL"], mine)).toThrow(
      "no constant RELEASE_URL",
    );
  });
});
