import { describe, expect, it } from "vitest";
import { BinaryOrigin, LibraryOrigin } from "../../../src/request/enums.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { ExecFailure, Failure, type Rule } from "../../support/session.js";
import { COMMIT, DENO, directory, LIBRARY, session } from "../../support/world.js";

/** What the engine says of a Git server that it cannot reach. */
const git = "git error: exit status 128";

const failing =
  (when: (question: Parameters<Rule>[0]) => boolean | undefined, error: string | Failure = git): Rule =>
  (question) => {
    if (when(question)) throw typeof error === "string" ? new Failure(error) : error;
    return undefined;
  };

const library = "https://github.com/denoland/rusty_v8/releases/download/v150.4.0";
const archive = "librusty_v8_simdutf_release_aarch64-unknown-linux-gnu.a.gz";
const npm = () => ({ binaryOrigin: BinaryOrigin.REGISTRY, binaryRegistry: "https://npm.example" });

/** Each: what cannot be had, the call, and what an error must have: the option, the address, what was wanted, a way out. */
const cases: [string, Rule, () => Partial<Options>, "latest" | "canary" | "library" | "image", string[]][] = [
  [
    "the tags",
    failing(({ of, field }) => of?.field === "git" && field === "tags"),
    () => ({}),
    "latest",
    ["repository: ", DENO, "its list of tags", git, "--source"],
  ],
  [
    "the newest commit",
    failing(({ of, field }) => of?.field === "head" && field === "commit"),
    () => ({}),
    "canary",
    ["repository: ", DENO, "its newest commit", git, "--source"],
  ],
  [
    "a tag's commit",
    failing(({ of, field }) => of?.field === "tag" && field === "commit"),
    () => ({}),
    "library",
    ["repository: ", DENO, "the commit of v2.9.5", git, "--source"],
  ],
  [
    "Deno's tree",
    failing(
      ({ of, field }) => field === "stdout" && JSON.stringify(of?.args).includes('"clone"'),
      new ExecFailure(128, "fatal: unable to access: Could not resolve host"),
    ),
    () => ({}),
    "library",
    ["repository: ", DENO, `the commit ${COMMIT}`, "Could not resolve host", "--source"],
  ],
  [
    "the base image",
    failing(({ of, field }) => field === "sync" && JSON.stringify(of?.args).includes('"git"'), "dial tcp: no route"),
    () => ({ base: "registry.example/debian:bookworm" }),
    "library",
    ["base: ", "registry.example/debian:bookworm", "a container with git", "dial tcp: no route", "--source"],
  ],
  [
    "V8's tree",
    failing(({ of, field }) => of?.field === "tree" && field === "sync"),
    () => ({}),
    "library",
    ["library-repository: ", LIBRARY, "v150.4.0 with its submodules", git, "--library-source", "--prebuilt"],
  ],
  [
    "rustup",
    failing(
      ({ of, field }) =>
        of?.field === "http" && String(of.args.url).includes("static.rust-lang.org") && field === "sync",
    ),
    () => ({}),
    "library",
    ["toolchains: ", "https://static.rust-lang.org/rustup/archive/", "the file", git, "--toolchains"],
  ],
  [
    "rusty_v8's archive",
    failing(({ of, field }) => of?.field === "http" && field === "sync", "404 Not Found"),
    () => ({ libraryOrigin: LibraryOrigin.UPSTREAM }),
    "library",
    ["library-origin: ", `${library}/${archive}`, "404 Not Found", "--prebuilt"],
  ],
  [
    "npm's manifest",
    failing(({ of, field }) => of?.field === "http" && field === "sync", "no such host"),
    npm,
    "image",
    ["binary-registry: ", "https://npm.example/@deno%2flinux-arm64-glibc/2.9.5", "no such host", "--binaries"],
  ],
  [
    "the image below",
    failing(({ of, field }) => of?.field === "from" && field === "sync", "no such host"),
    () => ({ ...npm(), imageBase: "registry.example/debian:trixie" }),
    "image",
    ["image-base: ", "registry.example/debian:trixie", "the image for linux/arm64", "no such host", "--image-base"],
  ],
  [
    "tini",
    failing(({ of, field }) => of?.field === "http" && field === "sync", "no such host"),
    () => ({ binaries: directory({ "deno-aarch64-unknown-linux-gnu": "" }) }),
    "image",
    ["tini: ", "https://github.com/krallin/tini/releases/download/v0.19.0/tini-static-arm64", "--tini"],
  ],
];

describe("what another machine does not give is an error with its address, what was wanted, and what to do", () => {
  it.each(cases)("%s", async (_, rule, options, name, words) => {
    // An image's files, as far as they are looked at before the download in question.
    const image: Rule = ({ of, field }) => {
      if (field === "entries") return ["deno-aarch64-unknown-linux-gnu"];
      if (field === "exists" && of?.field === "rootfs") return false;
      if (field === "stdout" && JSON.stringify(of?.args).includes("extractfile")) {
        return `7f454c46020101000000000000000000${"0300b700"}\n`;
      }
      return undefined;
    };
    const it = session({ rules: [rule, image] });
    const failure = it.run(async () => {
      const module = denoFromSource(options());
      if (name === "latest") await module.latest();
      else if (name === "canary") await module.library("canary", "linux/arm64");
      else if (name === "library") await module.library("2.9.5", "linux/arm64");
      else await module.image("2.9.5", "linux/arm64");
    });
    const message = await failure.then(
      () => "no error",
      (error: Error) => error.message,
    );
    expect(message.startsWith(words[0] as string), message).toBe(true);
    for (const word of [...words, "network", "or give "]) expect(message).toContain(word);
  });
});
