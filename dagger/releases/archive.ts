import type { Container, File } from "@dagger.io/dagger";

/**
 * A zip as upstream's: one entry, `deno`, mode 755. Nothing in it depends on when or where it was made: the date is the
 * oldest that the format has, the order and the attributes are set.
 */
const zip = `
import os, shutil, sys, zipfile
shutil.rmtree("/out", ignore_errors=True)
os.mkdir("/out")
entry = zipfile.ZipInfo("deno", (1980, 1, 1, 0, 0, 0))
entry.create_system = 3
entry.external_attr = 0o100755 << 16
entry.compress_type = zipfile.ZIP_DEFLATED
with open("/src/deno", "rb") as binary, zipfile.ZipFile("/out/" + sys.argv[1], "w") as archive:
    archive.writestr(entry, binary.read(), compresslevel=9)
`;

/** Packs the binary. `tools` is any container with python3; it runs on the engine's own architecture. */
export function archive(tools: Container, binary: File, name: string): File {
  return tools.withMountedFile("/src/deno", binary).withExec(["python3", "-c", zip, name]).file(`/out/${name}`);
}

/** The checksum file beside each archive, in upstream's format: `<hex>  <name>`. */
export function checksum(tools: Container, file: File, name: string): File {
  return tools
    .withMountedFile(`/out/${name}`, file)
    .withWorkdir("/out")
    .withExec(["sha256sum", name], { redirectStdout: `/tmp/${name}.sha256sum` })
    .file(`/tmp/${name}.sha256sum`);
}
