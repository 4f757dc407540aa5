/**
 * Compiles the HTTP server of test/fixtures with a real deno and denort that test/real/deno.sh made, as one executable,
 * starts it in the bare IMAGE_BASE and asks it a question. Seconds; under QEMU a minute.
 *
 *   npx tsx test/real/server.ts BASE IMAGE_BASE VERSION PLATFORM DIRECTORY
 *   npx tsx test/real/server.ts localhost:5000/debian:bookworm localhost:5000/debian:bookworm 2.7.14 linux/arm64 /tmp/deno/linux/arm64
 *
 * DIRECTORY has deno and denort of PLATFORM. IMAGE_BASE's glibc is as new as the one that they were linked with.
 */
import { fileURLToPath } from "node:url";
import { connection, dag, type Platform } from "@dagger.io/dagger";
import { parsePlatform } from "../../src/request/platform.js";
import { denoFromSource } from "../support/module.js";

const [base = "", imageBase = "", version = "", platform = "", folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: server.ts BASE IMAGE_BASE VERSION PLATFORM DIRECTORY; see its first lines");
  process.exit(2);
}
const { triple } = parsePlatform(platform);

await connection(
  async () => {
    const given = dag.host().directory(folder, { include: ["deno", "denort"] });
    const deno = given.file("deno");
    const binaries = dag
      .directory()
      .withFile(`deno-${triple}`, deno)
      .withFile(`denort-${triple}`, given.file("denort"));
    const source = dag.host().directory(fileURLToPath(new URL("../fixtures/server", import.meta.url)));
    const begin = Date.now();
    const program = await denoFromSource({ binaries, base, imageBase }).compile(source, "main.ts", version, platform, [
      "allow-net",
    ]);
    console.log(`compile: ${((Date.now() - begin) / 1000).toFixed(1)} s, ${await program.size()} bytes`);
    const bare = dag.container({ platform: platform as Platform }).from(imageBase);
    const service = bare
      .withFile("/bin/server", program)
      .withEnvVariable("NOW", String(begin))
      .withExposedPort(8000)
      .asService({ args: ["/bin/server", "some", "words"] });
    const says = await bare
      .withFile("/bin/deno", deno)
      .withEnvVariable("NOW", String(begin))
      .withServiceBinding("program", service)
      .withExec(["deno", "eval", "console.log(await (await fetch('http://program:8000/?name=you')).text())"])
      .stdout();
    const { arch, words, says: greeting } = JSON.parse(says);
    console.log(`the server of ${platform} answers: ${says.trim()}`);
    if (arch !== triple.split("-")[0] || words.join() !== "some,words" || greeting !== "Hello, you!") {
      throw new Error("server: that is not the answer");
    }
  },
  { LogOutput: process.stderr },
);
