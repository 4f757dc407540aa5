import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  baseImage,
  entrypoint,
  environment,
  LABELS,
  labels,
  shadowGroup,
  withUser,
} from "../../../src/images/layout.js";
import { fullVersion, type Identity } from "../../../src/request/identity.js";

const commit = "0123456789abcdef0123456789abcdef01234567";
const release: Identity = { version: "2.9.5", channel: "stable", commit, created: 1_787_648_491 };
const canary: Identity = { ...release, channel: "canary" };
const finished: Identity = { version: "2.9.5", channel: "stable", commit: null, created: null };

describe("the image below", () => {
  it.each(["UBUNTU", "DEBIAN", "DISTROLESS"] as const)("of %s is pinned by digest, and can be replaced", (variant) => {
    expect(baseImage(variant, "")).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(baseImage(variant, "debian:bookworm")).toBe("debian:bookworm");
  });

  it("of the binary alone is none", () => {
    expect(baseImage("BIN", "")).toBeNull();
    expect(() => baseImage("BIN", "debian:bookworm")).toThrow("image-base: given for the variant BIN");
  });
});

describe("what an image says of itself", () => {
  it("has labels of known names, so that an image that stands on it can drop them", () => {
    expect(Object.keys(labels("UBUNTU", release, "https://git.example/deno"))).toEqual(LABELS);
  });

  it("has the version as deno --version says it", () => {
    expect([release, canary, finished].map(fullVersion)).toEqual(["2.9.5", "2.9.5+0123456", "2.9.5"]);
  });

  it("has the variables that Dockerfiles rely on; the binary alone has its version", () => {
    expect(environment("UBUNTU", release)).toEqual({
      DENO_USE_CGROUPS: "1",
      DENO_DIR: "/deno-dir/",
      DENO_INSTALL_ROOT: "/usr/local",
      DENO_VERSION: "2.9.5",
    });
    expect(environment("BIN", canary)).toEqual({ DENO_VERSION: "2.9.5+0123456" });
  });

  it("has the source's commit and date where they are known", () => {
    const repository = "https://github.com/denoland/deno";
    expect(labels("DEBIAN", release, repository)).toEqual({
      "org.opencontainers.image.title": "Deno",
      "org.opencontainers.image.description": "Deno (Debian)",
      "org.opencontainers.image.version": "2.9.5",
      "org.opencontainers.image.source": repository,
      "org.opencontainers.image.licenses": "MIT",
      "org.opencontainers.image.revision": commit,
      "org.opencontainers.image.created": "2026-08-25T09:01:31Z",
    });
    expect(Object.keys(labels("BIN", finished, repository)).join(" ")).not.toMatch(/revision|created/);
  });

  it("starts through tini, a distroless image without a script", () => {
    expect(entrypoint("UBUNTU")).toEqual(["/tini", "--", "/usr/local/bin/docker-entrypoint.sh"]);
    expect(entrypoint("DISTROLESS")).toEqual(["/tini", "--", "/bin/deno"]);
    expect(entrypoint("BIN")).toBeNull();
  });
});

describe("user and group deno", () => {
  const debian = {
    passwd: "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n",
    group: "root:x:0:\nshadow:x:42:\n",
    shadow: "root:*:20779:0:99999:7:::\n",
    gshadow: "root:*::\nshadow:*::\n",
  };

  it("are added to the files as useradd would, with a locked password", () => {
    expect(withUser(debian)).toEqual({
      passwd: `${debian.passwd}deno:x:1993:1993::/home/deno:/bin/sh\n`,
      group: `${debian.group}deno:x:1993:\n`,
      shadow: `${debian.shadow}deno:!::0:99999:7:::\n`,
      gshadow: `${debian.gshadow}deno:!::\n`,
    });
  });

  it("need no file to be there, and no end of line in it", () => {
    expect(withUser({ passwd: null, group: "root:x:0:", shadow: null, gshadow: null })).toEqual({
      passwd: "deno:x:1993:1993::/home/deno:/bin/sh\n",
      group: "root:x:0:\ndeno:x:1993:\n",
      shadow: null,
      gshadow: null,
    });
  });

  it("are left as they are in an image that has them", () => {
    const once = withUser(debian);
    expect(withUser(once)).toEqual(once);
  });

  it.each([
    ["passwd", "deno:x:1000:1000::/:/bin/sh"],
    ["passwd", "app:x:1993:1993::/:/bin/sh"],
    ["group", "staff:x:1993:"],
  ])("are refused where %s has %s", (file, line) => {
    expect(() => withUser({ ...debian, [file]: `${line}\n` })).toThrow(`image-base: its /etc/${file} has "${line}"`);
  });

  it("leave /etc/shadow to the group that may read it", () => {
    expect([debian.group, "root:x:0:\n", null].map(shadowGroup)).toEqual(["42", "0", "0"]);
  });
});

describe("the entrypoint script", () => {
  const folder = mkdtempSync(join(tmpdir(), "deno-from-source-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const script = join(folder, "entrypoint.sh");
  for (const [name, text] of [
    [
      "entrypoint.sh",
      readFileSync(new URL("../../../dagger/images/in-image/docker-entrypoint.sh", import.meta.url), "utf8"),
    ],
    ["deno", '#!/bin/sh\nfor word in deno "$@"; do printf "<%s>" "$word"; done\n'],
    ["fmt", "#!/bin/sh\necho another fmt\n"],
    ["tool", '#!/bin/sh\necho "tool: $*"\nexit 7\n'],
  ] as const) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const run = (...words: string[]) => {
    const { stdout, status } = spawnSync(script, words, { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: "utf8" });
    return [stdout, status];
  };

  it.each([
    [["run", "x.ts"], "<deno><run><x.ts>"],
    [["fmt", "--check"], "<deno><fmt><--check>"],
    [["test"], "<deno><test>"],
    [["--version"], "<deno><--version>"],
    [["-A", "x.ts"], "<deno><-A><x.ts>"],
    [["x.ts", "a b", ""], "<deno><x.ts><a b><>"],
    [["https://example.com/x.ts"], "<deno><https://example.com/x.ts>"],
    [["a-command-of-2099"], "<deno><a-command-of-2099>"],
    [["/etc/passwd"], "<deno></etc/passwd>"],
    [["/etc"], "<deno></etc>"],
    [[], "<deno>"],
  ])("hands %j to Deno", (words, says) => {
    expect(run(...words)).toEqual([says, 0]);
  });

  it("runs another program as it is, with its exit code", () => {
    expect(run("tool", "a", "b c")).toEqual(["tool: a b c\n", 7]);
    expect(run("sh", "-c", "echo $0 $1", "x", "y")).toEqual(["x y\n", 0]);
    expect(run("/bin/sh", "-c", "exit 3")).toEqual(["", 3]);
    expect(run("deno", "run")).toEqual(["<deno><run>", 0]);
  });
});
