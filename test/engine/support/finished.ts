import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** What a program for an architecture begins with, and something that is not one: it is never run. */
export const program = (machine: number): Buffer => {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, Buffer.from("not a program")]);
};
/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html: e_machine */
export const machines = { amd64: 62, arm64: 183, arm: 40 };
export const names = { amd64: "deno-x86_64-unknown-linux-gnu", arm64: "deno-aarch64-unknown-linux-gnu" };

/** A folder of this machine with these files; it goes when the test ends. */
export async function folder(files: Record<string, Buffer>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "deno-from-source-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}

const pack = `
import io, sys, tarfile, zipfile
kind, name = sys.argv[1:]
data, out = sys.stdin.buffer.read(), io.BytesIO()
if kind == "zip":
    with zipfile.ZipFile(out, "w") as archive: archive.writestr(name, data)
else:
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
sys.stdout.buffer.write(out.getvalue())
`;

/** A zip or a tarball with one file in it. */
export const packed = (kind: "zip" | "tarball", name: string, content: Buffer): Buffer =>
  execFileSync("python3", ["-c", pack, kind, name], { input: content });
