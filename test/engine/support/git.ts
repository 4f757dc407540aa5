import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { basename, dirname } from "node:path";
import { onTestFinished } from "vitest";

/** An address of this machine that containers reach too. */
export function hostAddress(): string {
  const host = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  if (!host) throw new Error("no address that a container reaches");
  return host;
}

/** Makes a git repository of a directory, all that is in it committed; gives git in it, which says what it wrote. */
export function commitAll(directory: string): (...args: string[]) => string {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  git("init", "-q", "-b", "main");
  git("config", "user.name", "test");
  git("config", "user.email", "test@example.invalid");
  git("add", "-A");
  git("commit", "-qm", "release");
  return git;
}

/** Serves the repository as git:// on an address of this machine that containers reach too. */
export async function serve(directory: string): Promise<string> {
  const host = hostAddress();
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, host, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
  const daemon = spawn(
    "git",
    [
      "daemon",
      "--export-all",
      `--base-path=${dirname(directory)}`,
      `--listen=${host}`,
      `--port=${port}`,
      "--reuseaddr",
      directory,
    ],
    { stdio: "ignore" },
  );
  onTestFinished(() => void daemon.kill());
  const url = `git://${host}:${port}/${basename(directory)}`;
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      execFileSync("git", ["ls-remote", url], { stdio: "ignore" });
      return url;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`git daemon does not answer at ${url}`);
}
