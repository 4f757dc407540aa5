import type { Container, Directory } from "@dagger.io/dagger";

/** What a window's program does with the libdenort in a zip: it has a script run. */
const start = `import ctypes, sys, zipfile
zipfile.ZipFile(sys.argv[1]).extract("libdenort.so", "/tmp")
code = sys.argv[2].encode()
sys.exit(ctypes.CDLL("/tmp/libdenort.so").laufey_runtime_start(code, len(code)))`;

/** What a script prints that the libdenort of a release runs. `tools` is of its platform, and has python3. */
export function runLibrary(tools: Container, release: Directory, zip: string, script: string): Promise<string> {
  return tools
    .withMountedDirectory("/dist", release)
    .withExec(["python3", "-c", start, `/dist/${zip}`, script])
    .stdout();
}
