// Run by `deno test` in the image that is tried; the name of each test is a line of the report. Only what Deno 1.46 has
// already is used, and no module of a registry: the image needs no network.
import { createRequire } from "node:module";

/** Fails after a minute, which is ten times what QEMU needs, so that a promise that is never kept ends as a failure. */
async function soon(what, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} took longer than a minute`)), 60_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function equal(found, expected) {
  if (found === expected) return;
  throw new Error(`found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

// By name, so that the C library's look-up of names is tried too.
Deno.test("fetch", async () => {
  const { promise: port, resolve: listening } = Promise.withResolvers();
  const options = { hostname: "127.0.0.1", port: 0, onListen: (address) => listening(address.port) };
  const server = Deno.serve(options, async (request) => Response.json([request.method, await request.text()]));
  try {
    const url = `http://localhost:${await port}/`;
    const answer = await soon("fetch", fetch(url, { method: "POST", body: "hello" }));
    equal(await soon("the answer's text", answer.text()), '["POST","hello"]');
  } finally {
    await server.shutdown();
  }
});

Deno.test("worker", async () => {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  try {
    const answer = new Promise((resolve, fail) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        fail(new Error(event.message));
      };
    });
    worker.postMessage({ numbers: [6, 7] });
    equal(await soon("the worker's answer", answer), 42);
  } finally {
    worker.terminate();
  }
});

// The check value of CRC-32: https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-32-iso-hdlc
Deno.test("addon", () => {
  const { crc32 } = createRequire(import.meta.url)("./addon.node");
  equal(crc32("123456789"), 0xcbf43926);
});

Deno.test("user", () => {
  equal(`${Deno.uid()}:${Deno.gid()}`, "1993:1993");
});

Deno.test("folder", async () => {
  equal(Deno.env.get("DENO_DIR")?.replace(/\/$/, ""), "/deno-dir");
  const file = await Deno.makeTempFile({ dir: "/deno-dir" });
  await Deno.writeTextFile(file, "written");
  equal(await Deno.readTextFile(file), "written");
  await Deno.remove(file);
});
