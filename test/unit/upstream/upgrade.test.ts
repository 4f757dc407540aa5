import { describe, expect, it } from "vitest";
import { denoRecipe } from "../../../src/plan/recipe.js";
import { type DownloadSources, withOwnBase, withUpgradeUrl } from "../../../src/upstream/upgrade.js";

/** The lines of cli/tools/upgrade.rs that name a server, as each tag has them, with what stands around them. */
const upstream: Record<string, string> = {
  "1.20.0": `lazy_static::lazy_static! {
  static ref ARCHIVE_NAME: String = format!("deno-{}.zip", env!("TARGET"));
}

const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";

`,
  "1.38.2": `const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";

  let mut url = "https://dl.deno.land/release-latest.txt".to_string();
  let mut url = "https://dl.deno.land/canary-latest.txt".to_string();
`,
  "1.39.0": `const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";

    Cow::Borrowed("https://dl.deno.land")
`,
  "1.46.0": `const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const RC_URL: &str = "https://dl.deno.land/release";

    Cow::Borrowed("https://dl.deno.land")
`,
  "2.0.0": `const RELEASE_URL: &str = "https://github.com/denoland/deno/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const DL_RELEASE_URL: &str = "https://dl.deno.land/release";

    Cow::Borrowed("https://dl.deno.land")
`,
  "2.9.5": `static RELEASE_URL: &str = "https://github.com/denoland/deno/releases";
static CANARY_URL: &str = "https://dl.deno.land/canary";
static DL_RELEASE_URL: &str = "https://dl.deno.land/release";

    Cow::Borrowed("https://dl.deno.land")
`,
};

const mine = "https://github.com/me/deno-builds/releases";

/** An updater with these constants alone. */
const constants = (...names: string[]): DownloadSources => ({
  ...denoRecipe("1.20.0"),
  upgradeSource: { file: "cli/tools/upgrade.rs", constants: names },
});

const changed = (version: string, url = mine) => withUpgradeUrl(upstream[version] ?? "", denoRecipe(version), url);

describe("upgrade-url", () => {
  it.each(["1.20.0", "1.38.2", "1.39.0"])("replaces the page of %s, and what says the newest version", (version) => {
    expect(changed(version)).toBe(
      upstream[version]
        ?.replace("https://github.com/denoland/deno/releases", mine)
        .replace("https://dl.deno.land/release-latest.txt", `${mine}/latest/download/release-latest.txt`)
        .replace('Borrowed("https://dl.deno.land")', `Borrowed("${mine}/latest/download")`),
    );
  });

  it("says in each case where the newest version stands", () => {
    expect(changed("1.20.0")).not.toContain("/latest/download");
    expect(changed("1.38.2")).toContain(`"${mine}/latest/download/release-latest.txt"`);
    expect(changed("1.39.0")).toContain(`"${mine}/latest/download"`);
  });

  it("replaces those of releases and release candidates of 1.46, which leave `download` out, but not the canaries'", () => {
    expect(changed("1.46.0")).toBe(`const RELEASE_URL: &str = "https://github.com/me/deno-builds/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const RC_URL: &str = "https://github.com/me/deno-builds/releases/download";

    Cow::Borrowed("https://github.com/me/deno-builds/releases/latest/download")
`);
  });

  it("replaces both of 2.0", () => {
    expect(changed("2.0.0")).toBe(`const RELEASE_URL: &str = "https://github.com/me/deno-builds/releases";
const CANARY_URL: &str = "https://dl.deno.land/canary";
const DL_RELEASE_URL: &str = "https://github.com/me/deno-builds/releases/download";

    Cow::Borrowed("https://github.com/me/deno-builds/releases/latest/download")
`);
  });

  it("replaces both of 2.9.5, where they are statics", () => {
    expect(changed("2.9.5")).toBe(`static RELEASE_URL: &str = "https://github.com/me/deno-builds/releases";
static CANARY_URL: &str = "https://dl.deno.land/canary";
static DL_RELEASE_URL: &str = "https://github.com/me/deno-builds/releases/download";

    Cow::Borrowed("https://github.com/me/deno-builds/releases/latest/download")
`);
  });

  it("replaces a constant that rustfmt put on two lines", () => {
    expect(withUpgradeUrl('const RELEASE_URL: &str =\n  "https://a";\n', constants("RELEASE_URL"), mine)).toBe(
      `const RELEASE_URL: &str =\n  "${mine}";\n`,
    );
  });

  it("is not changed by characters that mean something in a replacement", () => {
    expect(changed("1.20.0", "https://a/%24$&$1")).toContain('"https://a/%24$&$1"');
  });

  it("fails, and names the constant, where the updater is another", () => {
    expect(() => withUpgradeUrl(upstream["1.20.0"] ?? "", constants("RELEASE_URL", "DL_RELEASE_URL"), mine)).toThrow(
      new Error(
        "upgrade-url: the tree's updater has no constant DL_RELEASE_URL; give a patch for this version instead",
      ),
    );
  });

  it("does not take RELEASE_URL for DL_RELEASE_URL", () => {
    expect(() => withUpgradeUrl('static DL_RELEASE_URL: &str = "https://a";', constants("RELEASE_URL"), mine)).toThrow(
      "no constant RELEASE_URL",
    );
  });

  it.each([
    ["is not there", ""],
    ["is there twice", 'Cow::Borrowed("https://dl.deno.land") Cow::Borrowed("https://dl.deno.land")'],
  ])("fails where what says the newest version %s", (_, text) => {
    const source = (upstream["2.9.5"] ?? "").replace('Cow::Borrowed("https://dl.deno.land")', text);
    expect(() => withUpgradeUrl(source, denoRecipe("2.9.5"), mine)).toThrow(
      'upgrade-url: the tree\'s cli/tools/upgrade.rs has not once Cow::Borrowed("https://dl.deno.land"); give a patch',
    );
  });
});

describe("the download of deno compile, with upgrade-url", () => {
  /** The lines that download, as each tag has them. */
  const binary: Record<string, string> = {
    "1.20.0": `  let download_directory = deno_dir.root.join("dl");
  let download_url = format!("https://dl.deno.land/{}", binary_path_suffix);
`,
    "2.9.5": `    let download_directory = self.deno_dir.dl_folder_path();
    let download_directory = self.deno_dir.dl_folder_path();
    let download_url = format!("https://dl.deno.land/{binary_path_suffix}");
`,
  };
  const pointed = (version: string, text = binary[version] ?? "") => withOwnBase(text, denoRecipe(version), mine);

  it.each(["1.20.0", "2.9.5"])("comes from the page in %s, and a canary's from upstream's server", (version) => {
    expect(pointed(version)).toContain(
      `let download_url = match binary_path_suffix.strip_prefix("release/") { Some(asset) => format!("${mine}/download/{}", ` +
        `asset), None => ${denoRecipe(version).baseSource.url} };\n`,
    );
  });

  it("is kept in a folder of its own, in each place", () => {
    const folder = '.join("https-github.com-me-deno-builds-releases");';
    expect(pointed("1.20.0")).toContain(`deno_dir.root.join("dl")${folder}`);
    expect(pointed("2.9.5").split(`self.deno_dir.dl_folder_path()${folder}`)).toHaveLength(3);
  });

  it.each([
    [
      "the URL is another",
      "let download_directory = self.deno_dir.dl_folder_path();",
      "cli/standalone/binary.rs has not once",
    ],
    [
      "the folder is another",
      'format!("https://dl.deno.land/{binary_path_suffix}")',
      "cli/standalone/binary.rs keeps what",
    ],
  ])("is an error where %s", (_, text, message) => {
    expect(() => pointed("2.9.5", text)).toThrow(message);
  });
});
