import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Directory } from "@dagger.io/dagger";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Access, type LocalFile, listReleases } from "../../../dagger/releases/api.js";
import { actionFor, checkFiles, inOrder } from "../../../src/releases/assets.js";
import { parsePage } from "../../../src/releases/page.js";
import { begin, complete, upload as uploadFiles } from "../../../src/releases/upload.js";
import { fakeClock } from "../../support/clock.js";
import { Forge, type ForgeOptions } from "../../support/forge.js";

const zip = "deno-x86_64-unknown-linux-gnu.zip";
const contents: Record<string, string> = {
  [`${zip}.sha256sum`]: "sum",
  [zip]: "zip".repeat(100_000),
  "librusty_v8_release_x86_64-unknown-linux-gnu.a.gz": "library",
};
const names = inOrder(Object.keys(contents).map((name) => ({ name }))).map(({ name }) => name);

async function files(changed: Record<string, string> = {}): Promise<LocalFile[]> {
  const folder = await mkdtemp(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const all = Object.entries({ ...contents, ...changed });
  return Promise.all(
    all.map(async ([name, content]) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return { name, path, size: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    }),
  );
}

async function forge(options: ForgeOptions): Promise<Forge> {
  const started = await new Forge({ token: "geheim", reader: "reader", ...options }).start();
  onTestFinished(() => started.stop());
  return started;
}

const accessTo = (it: Forge, token: string | null = "geheim", repository = "me/deno-builds"): Access => ({
  ...parsePage(repository, it.api),
  token,
  clock: fakeClock(),
});

async function upload(it: Forge, changed: Record<string, string> = {}, replace = false, access = accessTo(it)) {
  return complete(access, await begin(access, "v2.9.5", false), await files(changed), replace);
}

const onPage = (it: Forge) =>
  Object.fromEntries((it.releases[0]?.assets ?? []).map(({ name, content }) => [name, content.toString()]));
const uploads = (it: Forge) => it.asked.filter((id) => /upload-release-asset|CreateReleaseAttachment/.test(id)).length;

describe.each(["github", "gitea"] as const)("an upload to an API of the dialect of %s", (dialect) => {
  it("makes a draft, sends the files, the ones that it is recognised by last, and publishes it", async () => {
    const it = await forge({ dialect });
    it.add("v2.9.4");
    const result = await upload(it);
    expect(it.problems).toEqual([]);
    expect(result).toEqual({
      tag: "v2.9.5",
      url: `${it.origin}/me/deno-builds/releases/tag/v2.9.5`,
      sent: names,
      kept: [],
    });
    expect(names.slice(-2)).toEqual([zip, `${zip}.sha256sum`]);
    expect(onPage(it)).toEqual(contents);
    expect(it.releases).toMatchObject([
      { tag: "v2.9.5", draft: false, prerelease: false },
      { tag: "v2.9.4", assets: [] },
    ]);
    expect(it.releases[0]?.assets.map(({ name }) => name)).toEqual(names);
  });

  it("leaves what is there with the same checksum, on a published release too", async () => {
    const it = await forge({ dialect });
    it.add("v2.9.5", { [names[0] as string]: "library" });
    const result = await upload(it);
    expect(it.problems).toEqual([]);
    expect(result).toMatchObject({ kept: names.slice(0, 1), sent: names.slice(1) });
    expect(await upload(it)).toMatchObject({ kept: names, sent: [] });
    expect(uploads(it)).toBe(2);
  });

  it("refuses other content on a published release, and sends nothing", async () => {
    const it = await forge({ dialect });
    it.add("v2.9.5", { [zip]: "z".repeat(300_000) });
    await expect(upload(it)).rejects.toThrow(
      `replace: v2.9.5 is published with other content of ${zip}; nothing was sent. Give --replace to overwrite it`,
    );
    expect([uploads(it), it.problems]).toEqual([0, []]);
    expect(await upload(it, {}, true)).toMatchObject({ sent: names });
    expect(onPage(it)).toEqual(contents);
    expect(it.problems).toEqual([]);
  });

  it("replaces other content on a draft, which nobody has", async () => {
    const it = await forge({ dialect });
    it.add("v2.9.5", { [zip]: "of another build" }, true);
    expect(await upload(it)).toMatchObject({ sent: names });
    expect(onPage(it)).toEqual(contents);
    expect(it.releases).toMatchObject([{ draft: false }]);
  });

  it("is completed by the next call when it is interrupted in the middle of a file", async () => {
    let broken = true;
    const it = await forge({
      dialect,
      fault: ({ id, count }) =>
        broken && /upload-release-asset|CreateReleaseAttachment/.test(id) && count >= 2 ? "break" : undefined,
    });
    await expect(upload(it)).rejects.toThrow(/no answer: .*; tried 5 times: run again later/);
    expect(it.releases).toMatchObject([{ draft: true }]);
    expect(await listReleases(accessTo(it, null))).toEqual([]);
    broken = false;
    expect(await upload(it)).toMatchObject({ kept: names.slice(0, 1), sent: names.slice(1) });
    expect(onPage(it)).toEqual(contents);
    expect(it.releases).toMatchObject([{ draft: false }]);
    expect(it.releases[0]?.assets.every(({ state }) => state === "uploaded")).toBe(true);
    expect(it.problems).toEqual([]);
  });

  const wanted = { tag: "v2.9.5", prerelease: false, replace: false };

  /** What a build gives, as far as an upload looks at it. */
  const built = (more: () => void = () => undefined) =>
    ({
      async export(folder: string) {
        for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
        more();
      },
    }) as unknown as Directory;

  it("never replaces what another call published while the files were built", async () => {
    const it = await forge({ dialect });
    const others = { [zip]: "other", [`${zip}.sha256sum`]: "other" };
    const call = uploadFiles(accessTo(it), wanted, async () => {
      expect(it.releases).toMatchObject([{ tag: "v2.9.5", draft: true }]);
      return built(() => {
        const [release] = it.releases;
        it.releases = [];
        it.add("v2.9.5", others);
        if (release && it.releases[0]) it.releases[0].id = release.id;
      });
    });
    await expect(call).rejects.toThrow(
      `replace: v2.9.5 is published with other content of ${zip}, ${zip}.sha256sum; nothing was sent`,
    );
    expect(onPage(it)).toEqual(others);
  });

  it("of two calls that begin at once leaves one release, which has the files", async () => {
    const it = await forge({ dialect });
    const both = await Promise.allSettled([1, 2].map(() => uploadFiles(accessTo(it), wanted, async () => built())));
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(it.releases).toMatchObject([{ tag: "v2.9.5", draft: false }]);
    expect(onPage(it)).toEqual(contents);
  });

  it("uses the older of two drafts, and removes the one that it made itself", async () => {
    let other: number | undefined;
    const it = await forge({
      dialect,
      // Another call makes its draft after this one has looked, and before it makes its own.
      fault: ({ id }) => {
        if (/create-release|CreateRelease$/.test(id) && other === undefined) other = it.add("v2.9.5", {}, true).id;
        return undefined;
      },
    });
    const release = await begin(accessTo(it), "v2.9.5", false);
    expect(release.id).toBe(other);
    expect(it.releases).toHaveLength(1);
    expect(it.problems).toEqual([]);
  });

  it("does nothing twice when answers are lost", async () => {
    const it = await forge({
      dialect,
      fault: ({ count, method }) => (count === 1 && method !== "GET" ? "lost" : undefined),
    });
    expect(await upload(it)).toMatchObject({ sent: names });
    expect(onPage(it)).toEqual(contents);
    expect(it.releases).toHaveLength(1);
    expect(it.releases[0]).toMatchObject({ draft: false });
    expect(it.releases[0]?.assets).toHaveLength(3);
    expect(it.problems).toEqual([]);
  });

  it("waits as the server asks, at every kind of request", async () => {
    const it = await forge({
      dialect,
      fault: ({ count }) => (count === 1 ? { status: 429, headers: { "retry-after": "3" } } : undefined),
    });
    const access = accessTo(it);
    expect(await upload(it, {}, false, access)).toMatchObject({ sent: names });
    expect(new Set((access.clock as ReturnType<typeof fakeClock>).slept)).toEqual(new Set([3000]));
    expect(onPage(it)).toEqual(contents);
  });

  it("reads lists of several pages", async () => {
    const it = await forge({ dialect, pageSize: 2 });
    it.add("v2.9.5", { [names[0] as string]: "library", [zip]: contents[zip] as string, other: "x" });
    for (const tag of ["v2.9.4", "v2.9.3", "v2.9.2", "v2.9.1"]) it.add(tag);
    expect(await upload(it)).toMatchObject({ kept: names.slice(0, 2), sent: names.slice(2) });
    expect(it.releases).toHaveLength(5);
  });

  it.each([
    ["wrong", /^token: it is not valid there, or expired\./],
    ["reader", /^token: it lacks a right on me\/deno-builds at .*it must write contents/],
  ])("with a token that is %s is an error without the token", async (token, message) => {
    const it = await forge({ dialect });
    const failure = begin(accessTo(it, token), "v2.9.5", false);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(`Bearer ${token}`);
    await expect(failure).rejects.not.toThrow(`token ${token}`);
    expect(it.releases).toEqual([]);
  });

  it("to a repository that does not exist says so", async () => {
    const it = await forge({ dialect });
    await expect(begin(accessTo(it, "geheim", "me/other"), "v2.9.5", false)).rejects.toThrow(
      /^repository: no me\/other at http/,
    );
  });
});

describe("GitHub", () => {
  it("without digests gives the content, from a store that never sees the token", async () => {
    const it = await forge({ dialect: "github", digests: false });
    it.add("v2.9.5", contents);
    expect(await upload(it)).toMatchObject({ kept: names, sent: [] });
    expect(it.seen.filter(({ server }) => server === "storage")).toEqual(
      names.map(() => ({ server: "storage", authorization: undefined })),
    );
    expect(it.problems).toEqual([]);
  });

  it("is not sent files, nor the token, to a host that is not its own", async () => {
    const it = await forge({ dialect: "github" });
    it.add("v2.9.5");
    const access = accessTo(it);
    const release = { ...(await begin(access, "v2.9.5", false)), uploads: "https://evil.example/x{?name,label}" };
    await expect(complete(access, release, await files(), false)).rejects.toThrow(
      /^api: .* wants files at evil\.example, which is not its own/,
    );
  });
});

describe("actionFor", () => {
  const file = { size: 3, sha256: "a" };
  const present = { complete: true, size: 3, sha256: "b" };
  it.each([
    [undefined, false, false, "send"],
    [{ ...present, complete: false }, false, false, "replace"],
    [{ ...present, sha256: "a" }, false, true, "keep"],
    [present, false, false, "refuse"],
    [present, true, false, "replace"],
    [present, false, true, "replace"],
    [{ ...present, sha256: null }, false, false, "refuse"],
    [{ complete: true, size: 4, sha256: "a" }, false, false, "refuse"],
  ] as const)("%j, draft %s, replace %s: %s", (there, draft, replace, action) => {
    expect(actionFor(file, there, { draft, replace })).toBe(action);
  });
});

describe("inOrder", () => {
  it("has the zips and their checksums, by which a release counts as there, behind all else", () => {
    const triple = "x86_64-unknown-linux-gnu";
    const others = [
      ...[`deno-${triple}.build.txt`, `deno-${triple}.debug.zip`, `deno-${triple}.debug.zip.sha256sum`],
      ...[`deno-${triple}.sha256sum`, "deno_src.tar.gz", "deno_src.tar.gz.sha256sum"],
      ...[`denort-${triple}.debug.zip`, `denort-${triple}.zip`, `denort-${triple}.zip.sha256sum`, "lib.deno.d.ts"],
      ...[`librusty_v8_release_${triple}.a.gz`, `src_binding_release_${triple}.rs`],
    ];
    const last = [`deno-${triple}.zip`, `deno-${triple}.zip.sha256sum`];
    const given = [...last, ...others].reverse().map((name) => ({ name }));
    expect(inOrder(given).map(({ name }) => name)).toEqual([...others, ...last]);
  });
});

describe("checkFiles", () => {
  it.each([
    [[], "files: the directory holds no file"],
    [[{ name: "a b", size: 1 }], 'files: "a b" has other characters'],
    [[{ name: ".a", size: 1 }], "other characters"],
    [[{ name: "a", size: 0 }], "files: a is empty"],
  ])("refuses %j", (given, message) => expect(() => checkFiles(given)).toThrow(message));
});
