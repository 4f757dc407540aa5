import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/plan/plan.js";
import { type Recorded, recordText } from "../../../src/releases/record.js";

const plan: Plan = {
  version: "2.9.5",
  channel: "stable",
  commit: "0123456789abcdef0123456789abcdef01234567",
  platform: "linux/arm64",
  triple: "aarch64-unknown-linux-gnu",
  engine: "linux/amd64",
  rust: "1.95.0",
  library: "150.4.0",
  libraryOrigin: "source",
  archive: "librusty_v8.a.gz",
  binding: "",
  gnArguments: ["use_glib=false"],
  libraryPackages: [],
  packages: ["git"],
  environment: [],
  cargo: ["--profile", "release"],
  strategy: "cross",
  steps: [{ name: "a step", where: "native", platform: "linux/amd64", why: "", cost: "hours" }],
  remarks: [{ what: "a remark", why: "", source: "" }],
  text: "all of it",
};

const built = (changed: Partial<Recorded> = {}, settings: Partial<Recorded["settings"]> = {}): Recorded => ({
  plan,
  settings: {
    repository: "https://git.example/deno",
    libraryRepository: "https://git.example/rusty_v8",
    base: "debian:trixie",
    sysroot: "",
    upgradeUrl: "",
    vendor: "",
    libraryFeatures: [],
    source: false,
    librarySource: false,
    toolchains: false,
    ...settings,
  },
  sourceArchive: "deno_src.tar.gz",
  patches: "",
  libraryPatches: "",
  tools: { deno: "rustc: 1.95.0\n", library: "clang: 22\n" },
  ...changed,
});

describe("what a release says that it was built of and with", () => {
  it("is its source, what was decided, and the tools, without steps and remarks", () => {
    expect(recordText(built())).toBe(`What Deno 2.9.5 for linux/arm64 was built of and with

source           https://git.example/deno
packed in        deno_src.tar.gz
librarySource    https://git.example/rusty_v8
base             debian:trixie

version          2.9.5
channel          stable
commit           0123456789abcdef0123456789abcdef01234567
platform         linux/arm64
triple           aarch64-unknown-linux-gnu
engine           linux/amd64
rust             1.95.0
library          150.4.0
libraryOrigin    source
archive          librusty_v8.a.gz
gnArguments      use_glib=false
packages         git
cargo            --profile release
strategy         cross

Tools that compiled Deno
rustc: 1.95.0

Tools that compiled V8
clang: 22
`);
  });

  it("names patches, and what was given in place of a repository or a download", () => {
    const text = recordText(
      built({ patches: "0123  one.patch\n" }, { source: true, librarySource: true, toolchains: true }),
    );
    expect(text).toContain("source           given by --source\n");
    expect(text).toContain("librarySource    given by --library-source\n");
    expect(text).toContain("toolchains       given by --toolchains\n");
    expect(text).toContain("Patches of Deno\n0123  one.patch\n");
    expect(text).not.toContain("git.example");
  });

  it("says nothing of what compiled a V8 that was not compiled", () => {
    const text = recordText(
      built({ plan: { ...plan, libraryOrigin: "upstream" }, tools: { deno: "x", library: null } }),
    );
    expect(text).not.toMatch(/librarySource|Tools that compiled V8/);
  });
});
