import { spawn } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { sendFile } from "../../../dagger/releases/api.js";
import { fakeClock } from "../../support/clock.js";

const SIZE = 400 * 2 ** 20;

/** A server in a process of its own, so that what it reads is not in the memory that is measured. */
const server = `
require("node:http").createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(201).end("{}"));
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

it.each(["github", "gitea"] as const)(
  "a file is sent to %s without being in memory",
  async (dialect) => {
    const folder = await mkdtemp(join(tmpdir(), "deno-from-source-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, "large");
    await writeFile(path, "");
    await truncate(path, SIZE);
    const child = spawn(process.execPath, ["-e", server], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill());
    const port = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data) => resolve(String(data).trim())),
    );
    const api = `http://127.0.0.1:${port}/api/v3`;
    const access = { api, dialect, owner: "me", name: "deno-builds", token: "geheim", clock: fakeClock() };
    const release = { id: 1, tag: "v2.9.5", draft: true, url: "", uploads: `${api}/uploads{?name,label}`, assets: [] };
    let most = 0;
    const before = process.memoryUsage().rss;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 5);
    await sendFile(access, release, { name: "large", path, size: SIZE, sha256: "" });
    clearInterval(watch);
    expect(most).toBeLessThan(SIZE / 3);
  },
  60_000,
);
