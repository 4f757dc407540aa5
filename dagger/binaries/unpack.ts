import type { Container, File } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";

/** A finished binary as its host packs it. */
export interface Packed {
  file: File;
  packing: "zip" | "tarball" | "bare";
  /** SHA-512 in hex that the file must have; null: it was verified already, or is the user's own */
  sha512: string | null;
  /** what an error calls it */
  name: string;
  /** the file in the archive, deno by default; npm's tarballs have it in their folder package */
  member?: string;
}

/** A binary of mode 755, whatever its name was, and the first 20 bytes of it in hex, which name its architecture. */
export interface Unpacked {
  binary: File;
  header: string;
}

/** Only the member that is asked for is read, so no path in an archive matters. */
const unpack = `
import hashlib, os, shutil, sys, tarfile, zipfile
packing, sha512, member = sys.argv[1:]
if sha512:
    with open("/src/packed", "rb") as file:
        found = hashlib.sha512(file.read()).hexdigest()
    if found != sha512: sys.exit("its SHA-512 is " + found + ", not the published " + sha512)
try:
    if packing == "zip":
        archive = zipfile.ZipFile("/src/packed")
        names = archive.namelist()
        source = archive.open(member) if member in names else None
    elif packing == "tarball":
        archive = tarfile.open("/src/packed")
        names = archive.getnames()
        source = archive.extractfile("package/" + member) if "package/" + member in names else None
    else:
        names, source = [], open("/src/packed", "rb")
    if source is None: sys.exit("it holds no " + member + ", but " + (", ".join(names[:8]) or "nothing"))
    shutil.rmtree("/out", ignore_errors=True)
    os.mkdir("/out")
    with open("/out/deno", "wb") as binary: shutil.copyfileobj(source, binary, 1 << 20)
except Exception as error:
    sys.exit("it cannot be unpacked: " + str(error))
os.chmod("/out/deno", 0o755)
with open("/out/deno", "rb") as binary: print(binary.read(20).hex())
`;

/** Verifies and unpacks. `tools` is any container with python3; it runs on the engine's own architecture. */
export async function unpacked(tools: Container, from: Packed): Promise<Unpacked> {
  const { file, packing, sha512, name, member = "deno" } = from;
  const command = ["python3", "-c", unpack, packing, sha512 ?? "", member];
  const done = tools.withMountedFile("/src/packed", file).withExec(command);
  const { code, out, err } = await attempt(done);
  if (code !== 0) throw new Error(`${name}: ${err.trim()}`);
  return { binary: done.file("/out/deno"), header: out.trim() };
}
