// Asks process 1, as `docker stop` does, to end: it must be tini, and hand the signal on to Deno.
const init = Deno.readTextFileSync("/proc/1/comm").trim();
if (init !== "tini") throw new Error(`process 1 is ${init}, not tini`);
if (Deno.ppid !== 1) throw new Error(`Deno was started by process ${Deno.ppid}, not by tini`);

const late = setTimeout(() => {
  console.error("SIGTERM, sent to tini, did not arrive within a minute");
  Deno.exit(1);
}, 60_000);
Deno.addSignalListener("SIGTERM", () => {
  clearTimeout(late);
  console.log("SIGTERM arrived");
  // Another code than success: tini must hand it on too.
  Deno.exit(42);
});
Deno.kill(Deno.ppid, "SIGTERM");
