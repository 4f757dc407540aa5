import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { kebab } from "../support/commands.js";
import { introspect, root, type Schema } from "../support/introspect.js";

const textOf = (file: string) => readFileSync(join(root, file), "utf8");
const top = readdirSync(root).filter((file) => file.endsWith(".md"));
const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`);
const pages = below("docs");
const documents = [...top, ...pages, "test/real/README.md", "test/fixtures/README.md"];

const FENCE = /^ *```.*?^ *```$/gms;
const prose = (file: string) => textOf(file).replace(FENCE, "");

/** A heading's anchor as GitHub makes it. */
const anchor = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
const anchorsOf = (file: string) =>
  [...prose(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading ?? ""));

/** What a page links to in this repository, by inline links and by those that are named at another place. */
const linksOf = (file: string) =>
  [...prose(file).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)]
    .map(([, inline, named]) => inline ?? named ?? "")
    .filter((link) => !/^[a-z]+:/.test(link));

/** The first cells of a page's table rows, where those are code. */
const firstCells = (file: string) => [...prose(file).matchAll(/^\| `([^`]+)` \| ([^|]*)/gm)];

describe("the documents", () => {
  it.each(documents)("%s links to files and headings that are there", (file) => {
    const broken = linksOf(file).filter((link) => {
      const [path = "", heading] = link.split("#");
      const to = path === "" ? file : relative(root, join(root, dirname(file), path));
      if (!existsSync(join(root, to))) return true;
      return heading !== undefined && !(statSync(join(root, to)).isFile() && anchorsOf(to).includes(heading));
    });
    expect(broken).toEqual([]);
  });

  it("are all linked to by README, or by what it links to", () => {
    const reached = new Set(["README.md"]);
    for (const file of reached) {
      for (const link of linksOf(file)) {
        const to = relative(root, join(root, dirname(file), link.split("#")[0] || file));
        if (documents.includes(to)) reached.add(to);
      }
    }
    expect([...top, ...pages].filter((file) => !reached.has(file))).toEqual([]);
  });

  it("are short: README of 180 lines, pages of 12 KiB; records are as long as they are", () => {
    expect(textOf("README.md").split("\n").length).toBeLessThanOrEqual(181);
    const long = pages.filter(
      (file) => !file.startsWith("docs/records/") && statSync(join(root, file)).size > 12 * 1024,
    );
    expect(long).toEqual([]);
  });

  it("have lines that a person can read in an editor, tables and code aside", () => {
    const written = [...top, ...pages].filter((file) => !file.startsWith("docs/records/"));
    const long = written.flatMap((file) =>
      prose(file)
        .split("\n")
        .filter((line) => line.length > 125 && !line.startsWith("|"))
        .map((line) => `${file}: ${line}`),
    );
    expect(long).toEqual([]);
  });

  it("name files of this repository that are there", () => {
    const gone = [...top, ...pages].flatMap((file) =>
      [...prose(file).matchAll(/`((?:src|dagger|test|examples)\/[\w./-]+\.\w+)`/g)]
        .map(([, path]) => path ?? "")
        // V8's own, which the records name.
        .filter((path) => !/^src\/(builtins|debug)\//.test(path) && !existsSync(join(root, path)))
        .map((path) => `${file}: ${path}`),
    );
    expect(gone).toEqual([]);
  });
});

describe("tables of the API", () => {
  let schema: Schema;
  beforeAll(async () => {
    schema = await introspect();
  });
  const main = () => schema.objects.DenoFromSource as Schema["objects"][string];

  it("of README have every function, in one row each", () => {
    const [, functions = ""] = textOf("README.md")
      .split(/^## /m)
      .filter((it) => it.startsWith("Functions"))
      .join()
      .split("Functions");
    const rows = [...functions.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name ?? "");
    expect(rows.sort()).toEqual(Object.keys(main().methods).map(kebab).sort());
  });

  it("of docs/options.md have every option, in one row each, with its default", () => {
    const [options = ""] = prose("docs/options.md").split(/^## /m);
    expect(options).not.toBe("");
    const rows = firstCells("docs/options.md").filter(([whole]) => options.includes(whole));
    const own = Object.values(main().options);
    expect(rows.map(([, name]) => name).sort()).toEqual(own.map(({ name }) => `--${kebab(name)}`).sort());
    const wrong = own.filter(({ name, defaultValue }) => {
      const [, , shown = ""] = rows.find(([, row]) => row === `--${kebab(name)}`) ?? [];
      const value = String(defaultValue ?? "").replace(/^"(.*)"$/, "$1");
      // What is empty, or an address, is said in words.
      if (value === "" || value === "[]" || /[:/]/.test(value)) return shown.startsWith("`");
      return shown.trim() !== `\`${value}\``;
    });
    expect(wrong.map(({ name, defaultValue }) => `${name}: ${defaultValue}`)).toEqual([]);
  });
});
