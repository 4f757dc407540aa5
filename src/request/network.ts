import { X509Certificate } from "node:crypto";
import { checkOnce, quote } from "./text.js";

/** The hosts that this module downloads from where nothing else is said, and what; docs/air-gap.md has the same list. */
export const HOSTS = {
  "deb.debian.org": "packages of Debian",
  "security.debian.org": "packages of Debian's older images",
  "archive.ubuntu.com": "packages of Ubuntu for amd64",
  "security.ubuntu.com": "the same, security updates",
  "ports.ubuntu.com": "packages of Ubuntu for arm64",
  "apt.llvm.org": "LLVM, on an arm64 engine",
  "static.rust-lang.org": "rustup and Rust",
  "index.crates.io": "crates, by cargo's sparse protocol; the mirror's config.json says where their files are",
  "commondatastorage.googleapis.com": "Chromium's clang",
  "storage.googleapis.com": "Chromium's Rust; GN and Ninja themselves",
  "chrome-infra-packages.appspot.com": "which GN and Ninja, by CIPD's API",
  "github.com": "files of releases: sccache, tini, and finished binaries of UPSTREAM; Git is --repository",
  "registry.npmjs.org": "packages of npm, beside --binary-registry",
} as const;

const URL_PATTERN = /^https?:\/\/([\w.-]+|\[[\da-f:]+\])(:\d+)?(\/[\w.~%+-]+)*\/?$/i;
const EXPECTED = "HOST=URL, such as static.rust-lang.org=https://mirror.example/rust";

/** Which URL stands for which host; one without a slash at its end. */
export function parseMirrors(texts: string[]): Record<string, string> {
  const pairs = texts.map((text): [string, string] => {
    const [, host = "", url = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (!url) throw new Error(`mirrors: expected ${EXPECTED}; given: ${quote(text)}`);
    if (!Object.hasOwn(HOSTS, host)) {
      throw new Error(
        `mirrors: nothing is downloaded from ${quote(host)} by default; accepted: ${Object.keys(HOSTS).join(", ")}`,
      );
    }
    if (!URL_PATTERN.test(url)) {
      // What stands behind the path may be a token, and before the host a password: neither is repeated.
      throw new Error(
        `mirrors: ${host}: expected an http(s) URL without user, password, query or fragment; given: ` +
          quote(url.replace(/[?#].*$/s, "?…")),
      );
    }
    return [host, url.replace(/\/$/, "")];
  });
  checkOnce(
    "mirrors",
    pairs.map(([host]) => host),
  );
  return Object.fromEntries(pairs);
}

/** A host, an address, or a domain with all under it. */
const NO_PROXY = /^(\*|\.?[\w-][\w.:-]*)$/;

/** Checks the constructor's plain arguments about the network. */
export function checkNetworkOptions(
  values: { mirrors: string[]; "no-proxy": string[] },
  given: { proxy: boolean },
): void {
  parseMirrors(values.mirrors);
  for (const host of values["no-proxy"]) {
    if (NO_PROXY.test(host)) continue;
    throw new Error(
      `no-proxy: expected hosts such as mirror.example or .example, separated by commas; given: ${quote(host)}`,
    );
  }
  if (values["no-proxy"].length > 0 && !given.proxy) {
    throw new Error("no-proxy: given without --proxy, which it is an exception from");
  }
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** Refuses a file that is not what programs take for a list of authorities. The text is not repeated: it may be a key. */
export function checkAuthority(text: string): void {
  const expected = "certificate-authority: expected a PEM file of certificates (-----BEGIN CERTIFICATE-----)";
  const blocks = [...text.matchAll(BLOCK)];
  const other = blocks.find(([, kind]) => kind !== "CERTIFICATE")?.[1];
  if (other) throw new Error(`${expected} and of nothing else; the file has a ${other}`);
  if (blocks.length === 0) throw new Error(`${expected}; the file has none`);
  if (blocks.length < text.split("-----BEGIN ").length - 1) throw new Error(`${expected}; one in the file has no end`);
  blocks.forEach(([block], index) => {
    try {
      new X509Certificate(block);
    } catch {
      throw new Error(`${expected}; number ${index + 1} in the file cannot be read`);
    }
  });
}
