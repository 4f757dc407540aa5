/**
 * Serves a mirror of each host that a default build downloads from, as a company's does: what make.sh made, and the rest
 * passed on from the host itself. On HTTP, on HTTPS with an authority of its own, and by a proxy that wants a password.
 *
 *   npx tsx test/real/mirrors/serve.ts CONTENT ADDRESS
 *   npx tsx test/real/mirrors/serve.ts /tmp/mirrors 10.87.0.1
 *
 * ADDRESS is where containers reach this machine. Prints the options for `dagger call`, then a line for each request.
 * CONTENT/ca.pem is the authority, made once with openssl; CONTENT/proxy holds the proxy's URL, for --proxy=file:.
 */
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { join, normalize } from "node:path";
import { Readable } from "node:stream";

const [content, address] = process.argv.slice(2);
if (!content || !address) throw new Error("usage: serve.ts CONTENT ADDRESS");
const ports = { http: 8480, https: 8443, proxy: 8128 };

/** Hosts of which nothing is made: they are asked, when a file is not in CONTENT. */
const PASSED_ON = [
  "static.rust-lang.org",
  "index.crates.io",
  "static.crates.io",
  "deb.debian.org",
  "registry.npmjs.org",
];
const MADE = ["commondatastorage.googleapis.com", "storage.googleapis.com", "chrome-infra-packages.appspot.com"];

/** CIPD's API, for the two packages: https://chrome-infra-packages.appspot.com/rpcexplorer */
function answerPackage(url: URL): object | null {
  const name = url.searchParams.get("package_name")?.includes("ninja") ? "ninja" : "gn";
  if (url.pathname.endsWith("/instance/resolve")) return { status: "SUCCESS", instance_id: name };
  if (!url.pathname.endsWith("/instance")) return null;
  // By its own name, as CIPD does: the mirror of that host is asked next.
  const file = `https://storage.googleapis.com/chrome-infra-packages/${url.searchParams.get("instance_id")}`;
  return { status: "SUCCESS", fetch_url: file };
}

async function answer(base: string, asked: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(asked.url ?? "/", base);
  const [host = "", ...path] = url.pathname.slice(1).split("/");
  const end = (status: number, from: string) =>
    console.log(`${status} ${new URL(base).protocol} ${asked.method} ${asked.url} ${from}`);
  const json = (value: object) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
    end(200, "made");
  };
  if (host === "chrome-infra-packages.appspot.com") {
    const found = answerPackage(url);
    if (found) return json(found);
  }
  // Where cargo's index says that crates are.
  if (host === "index.crates.io" && path.join() === "config.json")
    return json({ dl: `${base}/static.crates.io/crates` });
  const file = join(content as string, normalize(`/${host}/${decodeURIComponent(path.join("/"))}`));
  if (MADE.includes(host) && existsSync(file) && statSync(file).isFile()) {
    response.setHeader("content-length", statSync(file).size);
    end(200, "made");
    if (asked.method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
    return;
  }
  if (PASSED_ON.includes(host)) {
    const from = await fetch(`https://${host}/${path.join("/")}${url.search}`, { method: asked.method });
    response.statusCode = from.status;
    for (const name of ["content-type", "etag", "last-modified"]) {
      const value = from.headers.get(name);
      if (value) response.setHeader(name, value);
    }
    end(from.status, "passed on");
    if (from.body) Readable.fromWeb(from.body as never).pipe(response);
    else response.end();
    return;
  }
  response.statusCode = MADE.includes(host) && path.length < 3 ? 200 : 404;
  response.end();
  end(response.statusCode, "");
}

const handler = (base: string) => (asked: IncomingMessage, response: ServerResponse) => {
  // Node ends a connection with "Parse Error: Paused" when apt asks for more on it than is answered: so, one question each.
  response.shouldKeepAlive = false;
  answer(base, asked, response).catch((error) => {
    console.log(`502 ${asked.url} ${error.message}`);
    response.statusCode = 502;
    response.end();
  });
};

/** A key, an authority and a certificate for ADDRESS, once. */
function certificates() {
  const [ca, key, chain] = ["ca.pem", "key.pem", "chain.pem"].map((name) => join(content as string, name)) as [
    string,
    string,
    string,
  ];
  if (!existsSync(chain)) {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
    const own = join(content as string, "ca-key.pem");
    const make = (keyFile: string, out: string, name: string, ...extensions: string[]) => [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", `/CN=${name}`],
      ...["-keyout", keyFile, "-out", out, ...extensions.flatMap((it) => ["-addext", it])],
    ];
    const subject = /^[\d.]+$/.test(address as string) ? `IP:${address}` : `DNS:${address}`;
    // Python 3.13 verifies strictly: an authority must say that it signs.
    openssl(...make(own, ca, "mirrors of a test", "keyUsage=critical,keyCertSign,cRLSign"));
    const ended = ["basicConstraints=critical,CA:FALSE", `subjectAltName=${subject}`];
    openssl(...make(key, chain, "mirror", ...ended), "-CA", ca, "-CAkey", own);
  }
  return { key: readFileSync(key), cert: readFileSync(chain) };
}

const USER = "me:of-a-test";

/** Whether a request has the proxy's password; else it is refused, and that is told. */
function isKnown(asked: IncomingMessage): boolean {
  const known = asked.headers["proxy-authorization"] === `Basic ${Buffer.from(USER).toString("base64")}`;
  if (!known) console.log(`407 proxy ${asked.method} ${asked.url}`);
  return known;
}

const proxy = createServer((asked, response) => {
  if (!isKnown(asked)) {
    response.writeHead(407, { "proxy-authenticate": "Basic" }).end();
    return;
  }
  console.log(`proxy ${asked.method} ${asked.url}`);
  const { "proxy-authorization": _, ...headers } = asked.headers;
  const on = request(asked.url as string, { method: asked.method, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  on.on("error", () => response.writeHead(502).end());
  asked.pipe(on);
});
proxy.on("connect", (asked, socket, head) => {
  if (!isKnown(asked)) {
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  console.log(`proxy CONNECT ${asked.url}`);
  const [host, port] = (asked.url as string).split(":");
  const on = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    on.write(head);
    on.pipe(socket).pipe(on);
  });
  on.on("error", () => socket.destroy());
  socket.on("error", () => on.destroy());
});

const bases = { http: `http://${address}:${ports.http}`, https: `https://${address}:${ports.https}` };
const plain = createServer(handler(bases.http)).listen(ports.http, "0.0.0.0");
const secure = createSecureServer(certificates(), handler(bases.https)).listen(ports.https, "0.0.0.0");
// By default a connection ends after 5 idle seconds, which apt, behind a proxy, takes for a broken download.
for (const server of [plain, secure, proxy]) server.keepAliveTimeout = 600_000;
proxy.listen(ports.proxy, "0.0.0.0");
writeFileSync(join(content, "proxy"), `http://${USER}@${address}:${ports.proxy}`);
const hosts = [...PASSED_ON.filter((host) => host !== "static.crates.io"), ...MADE];
for (const base of Object.values(bases))
  console.log(hosts.map((host) => `--mirrors=${host}=${base}/${host}`).join(" "));
console.log(`--certificate-authority=${join(content, "ca.pem")} --proxy=file:${join(content, "proxy")}`);
