import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** Debian's package docker-registry. */
export const hasRegistry = spawnSync("docker-registry", ["--version"]).status === 0;

/** The only user of {@link loginRegistry}; the hash is bcrypt's of the password, which is all that the server takes. */
export const login = { username: "me", password: "right-password" };
const hash = "$2y$05$abcdefghijklmnopqrstuuBO.kmgTJhdt40M5ZyHgFmcpBdUb9aS.";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A registry of this machine that asks for a login; it goes when the test ends. */
export async function loginRegistry(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
  const port = await freePort();
  await writeFile(join(directory, "htpasswd"), `${login.username}:${hash}\n`);
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(directory, "data") } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: "test", path: join(directory, "htpasswd") } },
  };
  await writeFile(join(directory, "config.yml"), JSON.stringify(config));
  const server = spawn("docker-registry", ["serve", join(directory, "config.yml")], { stdio: "ignore" });
  onTestFinished(async () => {
    server.kill();
    await rm(directory, { recursive: true, force: true });
  });
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`http://localhost:${port}/v2/`).catch(() => null);
    if (answer) return `localhost:${port}`;
    await setTimeout(100);
  }
  throw new Error("docker-registry did not start");
}

/** What a registry has under a tag or digest. */
export async function manifest(repository: string, reference: string) {
  const [host, ...name] = repository.split("/");
  const accept = ["index", "manifest"].map((it) => `application/vnd.oci.image.${it}.v1+json`).join(", ");
  const answer = await fetch(`http://${host}/v2/${name.join("/")}/manifests/${reference}`, { headers: { accept } });
  return answer.ok ? await answer.json() : answer.status;
}

/** A web server of this machine with these files; it goes when the test ends. */
export async function webServer(files: (address: string) => Record<string, string | Buffer>): Promise<string> {
  let known: Record<string, string | Buffer> = {};
  const server = createServer((request, response) => {
    const file = known[request.url ?? ""];
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => void server.close());
  const address = `http://localhost:${(server.address() as AddressInfo).port}`;
  known = files(address);
  return address;
}

/** A registry behind a server that answers 500 to some requests, until it is repaired; it goes when the test ends. */
export async function failingRegistry(registry: string, fails: (method: string, path: string) => boolean) {
  const [hostname, port] = registry.split(":");
  let broken = true;
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    if (broken && fails(method, url)) {
      request.resume();
      response.writeHead(500).end();
      return;
    }
    // With the host that was asked for, so that the registry's addresses for uploads lead through here again.
    const onward = forward({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => void server.close());
  const repair = () => {
    broken = false;
  };
  return { address: `localhost:${(server.address() as AddressInfo).port}`, repair };
}
