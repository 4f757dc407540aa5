import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "../../support/introspect.js";
import { describeWith } from "../../support/programs.js";

const scripts = join(root, "dagger/engine/network");

/** A folder as dagger/engine/network.ts mounts it. */
function folder(files: Record<string, string> = {}): string {
  const made = mkdtempSync(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  mkdirSync(join(made, "python"));
  cpSync(join(scripts, "enter.sh"), join(made, "enter.sh"));
  cpSync(join(scripts, "sitecustomize.py"), join(made, "python/sitecustomize.py"));
  for (const [name, text] of Object.entries({ environment: "", mirrors: "", ...files })) {
    writeFileSync(join(made, name), text);
  }
  return made;
}

function enter(network: string, command: string[], env: Record<string, string> = {}) {
  const { PATH = "" } = process.env;
  const run = spawnSync("sh", [join(network, "enter.sh"), ...command], { env: { PATH, ...env }, encoding: "utf8" });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

describe("enter.sh", () => {
  it("ends as the command does, and hands its words on", () => {
    expect(enter(folder(), ["sh", "-c", 'echo "$1"; exit 7', "name", "a  b"])).toMatchObject({
      status: 7,
      out: "a  b\n",
    });
  });

  it("sets what the site says for the command", () => {
    const network = folder({ environment: "export RUSTUP_DIST_SERVER='https://mirror.example/rust'\n" });
    expect(enter(network, ["printenv", "RUSTUP_DIST_SERVER"]).out).toBe("https://mirror.example/rust\n");
  });

  it("adds a site's authority to the container's own, for each program by its variable", () => {
    const network = folder({ "authority.pem": "the site's\n" });
    const names = "SSL_CERT_FILE CURL_CA_BUNDLE GIT_SSL_CAINFO CARGO_HTTP_CAINFO NODE_EXTRA_CA_CERTS DENO_CERT";
    const { out } = enter(network, ["sh", "-c", `cat $APT_CONFIG; printenv ${names}`]);
    const bundle = join(network, "certificates.pem");
    expect(out).toBe([`Acquire::https::CAInfo "${bundle}";`, ...names.split(" ").map(() => bundle), ""].join("\n"));
    expect(readFileSync(bundle, "utf8")).toMatch(/\nthe site's\n$/);
  });

  it.each(["http://proxy.example:3128", "https://me:hunter@proxy.example"])("takes the proxy %s", (proxy) => {
    const env = { http_proxy: proxy, https_proxy: proxy };
    expect(enter(folder(), ["printenv", "https_proxy"], env).out).toBe(`${proxy}\n`);
  });

  it("refuses a proxy that is no URL, without repeating it", () => {
    const { status, out, err } = enter(folder(), ["echo", "ran"], { https_proxy: "me:hunter@proxy" });
    expect(status).toBe(64);
    expect(out).toBe("");
    expect(err).toMatch(/^(?!.*hunter)proxy: expected http:\/\/HOST:PORT/s);
  });
});

describeWith(["python3"], "Python in a step that downloads", () => {
  /** Asks a server here for Chromium's files, in the words of V8's scripts; gives what it said and was asked. */
  async function ask(text: string) {
    const asked: string[] = [];
    const server = createServer(({ url, headers }, response) => {
      asked.push(`${headers.host} ${url}`);
      if (url === "/storage/moved") response.writeHead(302, { location: "https://commondatastorage.googleapis.com/x" });
      response.end(JSON.stringify({ instance_id: "one" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const hosts = { "storage.googleapis.com": "/storage", "chrome-infra-packages.appspot.com": "/cipd" };
    const lines = Object.entries({ ...hosts, "commondatastorage.googleapis.com": "" }).map(
      ([host, path]) => `${host} http://${here}${path}\n`,
    );
    const network = folder({ mirrors: lines.join("") });
    // Not spawnSync: the server is in this process.
    const { execFile } = await import("node:child_process");
    const out = await new Promise<string>((resolve, reject) => {
      const done = (error: Error | null, stdout: string, stderr: string) => (error ? reject(stderr) : resolve(stdout));
      execFile("sh", [join(network, "enter.sh"), "python3", "-c", text], done);
    });
    return { out, asked: asked.map((line) => line.replace(here, "HERE")) };
  }

  it("leaves urllib what Python 3.12 and newer read of the class of connections", async () => {
    const text = "import http.client as c; print(c.HTTPSConnection.debuglevel, c.HTTPSConnection._http_vsn)";
    expect(await ask(text)).toEqual({ out: "0 11\n", asked: [] });
  });

  // Nobody listens there: urllib came as far as to connect.
  it("lets urllib ask other hosts by HTTPS", async () => {
    const text =
      "from urllib.request import urlopen\ntry: urlopen('https://127.0.0.1:1/')\nexcept OSError as error: print(error)";
    expect((await ask(text)).out).toMatch(/Connection refused/);
  });

  it("asks the mirror where urllib names a host, with the path as it is", async () => {
    const text =
      "import urllib.request as u; r = u.Request('https://storage.googleapis.com/bucket/Linux_x64/a%2Bb.tar.xz?x=1')\n" +
      "print(u.urlopen(r).status)";
    expect(await ask(text)).toEqual({ out: "200\n", asked: ["HERE /storage/bucket/Linux_x64/a%2Bb.tar.xz?x=1"] });
  });

  it("asks it where a redirect names a host", async () => {
    const text = "from urllib.request import urlopen; print(urlopen('https://storage.googleapis.com/moved').status)";
    expect((await ask(text)).asked).toEqual(["HERE /storage/moved", "HERE /x"]);
  });

  // https://github.com/denoland/rusty_v8/blob/v150.4.0/tools/ninja_gn_binaries.py
  it("asks it where CIPD's host is asked by a connection of its own", async () => {
    const text =
      "import http.client, json; c = http.client.HTTPSConnection('chrome-infra-packages.appspot.com')\n" +
      "c.request('GET', '/_ah/api?package_name=gn', headers={'Host': 'chrome-infra-packages.appspot.com'})\n" +
      "r = c.getresponse(); print(r.status, r.reason, json.loads(r.read().decode())['instance_id'])";
    expect(await ask(text)).toEqual({ out: "200 OK one\n", asked: ["HERE /cipd/_ah/api?package_name=gn"] });
  });
});
