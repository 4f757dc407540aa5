import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import { checkAuthority, checkNetworkOptions, HOSTS, parseMirrors } from "../../../src/request/network.js";

describe("parseMirrors", () => {
  it("gives each host its URL, without the slash at its end", () => {
    expect(
      parseMirrors([
        "static.rust-lang.org=https://mirror.example/rust/",
        "deb.debian.org=http://10.0.0.1:8081",
        "github.com=http://[fd00::1]:8080/repository/github~raw",
      ]),
    ).toEqual({
      "static.rust-lang.org": "https://mirror.example/rust",
      "deb.debian.org": "http://10.0.0.1:8081",
      "github.com": "http://[fd00::1]:8080/repository/github~raw",
    });
  });

  it("takes every host that it lists", () => {
    const hosts = Object.keys(HOSTS);
    expect(Object.keys(parseMirrors(hosts.map((host) => `${host}=https://mirror.example/${host}`)))).toEqual(hosts);
  });

  it.each([
    ["static.rust-lang.org", /^mirrors: expected HOST=URL, such as .*; given: "static\.rust-lang\.org"$/],
    ["https://mirror.example", /^mirrors: expected HOST=URL/],
    ["=https://mirror.example", /^mirrors: nothing is downloaded from "" by default/],
    [
      "crates.io=https://mirror.example",
      /^mirrors: nothing is downloaded from "crates\.io" by default; accepted: deb\./,
    ],
    ["toString=https://mirror.example", /^mirrors: nothing is downloaded from "toString"/],
    [
      "github.com=ftp://mirror.example",
      /^mirrors: github\.com: expected an http\(s\) URL .*"ftp:\/\/mirror\.example"$/,
    ],
    ["github.com=mirror.example", /^mirrors: github\.com: expected an http\(s\) URL/],
    ["github.com=https://mirror.example/a b", /^mirrors: github\.com: expected/],
    ["github.com=https://mirror.example/a#&b", /^mirrors: github\.com: expected/],
    ["github.com=https://mirror.example/$(id)", /^mirrors: github\.com: expected/],
    ["github.com=https://mirror.example/'", /^mirrors: github\.com: expected/],
  ])("refuses %s", (text, message) => {
    expect(() => parseMirrors([text])).toThrow(message);
  });

  it.each(["github.com=https://me:hunter@mirror.example/a", "github.com=https://mirror.example/a?token=hunter"])(
    "refuses %s without repeating what is secret",
    (text) => {
      expect(() => parseMirrors([text])).toThrow(/^(?!.*hunter)mirrors: github\.com: expected/s);
    },
  );

  it("refuses a host that is given twice", () => {
    const twice = ["github.com=https://one.example", "github.com=https://two.example"];
    expect(() => parseMirrors(twice)).toThrow('mirrors: "github.com" is given more than once');
  });
});

describe("no-proxy", () => {
  it.each(["mirror.example", ".corp.example", "10.0.0.1:8080", "fd00::1", "*"])("may be %s", (host) => {
    expect(() => checkNetworkOptions({ mirrors: [], "no-proxy": [host] }, { proxy: true })).not.toThrow();
  });

  it.each(["", "a b", "https://mirror.example", "'", "a,b"])("may not be %j", (host) => {
    const call = () => checkNetworkOptions({ mirrors: [], "no-proxy": [host] }, { proxy: true });
    expect(call).toThrow(/^no-proxy: expected hosts such as/);
  });

  it("needs a proxy", () => {
    const call = () => checkNetworkOptions({ mirrors: [], "no-proxy": ["mirror.example"] }, { proxy: false });
    expect(call).toThrow(/^no-proxy: given without --proxy/);
  });
});

describe("certificate-authority", () => {
  const [one = "", other = ""] = rootCertificates;

  it("is one certificate or several, with words between them", () => {
    expect(() => checkAuthority(one)).not.toThrow();
    expect(() => checkAuthority(`# one\n${one}\n\n# other\n${other}\n`)).not.toThrow();
  });

  it.each([
    ["nothing", "", /the file has none$/],
    ["no PEM", "MIIB", /the file has none$/],
    ["a certificate that is cut off", one.slice(0, 300), /the file has none$/],
    ["one of nobody", "-----BEGIN CERTIFICATE-----\nof nobody\n-----END CERTIFICATE-----\n", /number 1 in the file/],
    ["a second that is none", `${one}\n${other.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA")}`, /number 2 in the file/],
    ["a second that is cut off", `${one}\n${other.slice(0, 300)}`, /one in the file has no end$/],
    [
      "a key beside it",
      `${one}\n-----BEGIN PRIVATE KEY-----\nhunter\n-----END PRIVATE KEY-----\n`,
      /^(?!.*hunter).*and of nothing else; the file has a PRIVATE KEY$/s,
    ],
  ])("may not be %s", (_, text, message) => {
    expect(() => checkAuthority(text)).toThrow(/^certificate-authority: expected a PEM file/);
    expect(() => checkAuthority(text)).toThrow(message);
  });
});

describe("docs/air-gap.md", () => {
  it("lists every host that has a mirror, and no other", () => {
    const page = readFileSync(new URL("../../../docs/air-gap.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `([\w.-]+\.\w+)` \|/gm)].map(([, host]) => host);
    expect(rows.sort()).toEqual(Object.keys(HOSTS).sort());
  });
});
