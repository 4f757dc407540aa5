import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";

/** Seconds; what was not measured is missing. */
export interface Measured {
  library?: number;
  cold?: number;
  warm?: number;
  changed?: number;
}

interface Run {
  engine: string;
  measured: Record<"native" | "accelerated" | "emulated", Measured>;
  dockerfile: { first: number; bumped: { own: number; dockerfile: number } };
  calls: Record<"first" | "load" | "options" | "warm" | "again" | "session", number>;
}

const time = (seconds: number | undefined) => (seconds === undefined ? "" : `${seconds.toFixed(1)} s`);

/** docs/records/benchmarks.md */
export function report({ engine, measured, dockerfile, calls }: Run): string {
  const { native, accelerated, emulated } = measured;
  const row = (what: string, value: (of: Measured) => number | undefined) => {
    const [mine, cross, qemu] = [value(native), value(accelerated), value(emulated)];
    const ratio = (other: number | undefined) => (mine && other ? ` (${(other / mine).toFixed(2)})` : "");
    return `| ${what} | ${time(mine)} | ${time(cross)}${ratio(cross)} | ${time(qemu)}${ratio(qemu)} |`;
  };
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const machine =
    `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory, ` +
    `Linux ${release()}, engine ${engine}`;
  const { own, dockerfile: chain } = dockerfile.bumped;
  const share = (1 - calls.session / calls.warm) * 100;
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)} at commit ${commit}; each time was measured once, all of them in one run.

Machine: ${machine}.

What is built is the miniature Deno of \`test/fixtures\`, enlarged by \`test/bench/enlarge.ts\` to proportions like the
real one's. It is small: what a call costs anyway (git, checks, the container's start) weighs more than in a real build.

## Native, cross-compiled, emulated

Native is linux/amd64; the others are linux/arm64 from the same linux/amd64 engine, with \`--strategy=CROSS\` and
\`--strategy=EMULATED\`. In parentheses: the ratio to native.

| | native | cross | emulated |
|---|---|---|---|
${row("V8, nothing done before", ({ library }) => library)}
${row("Deno, nothing done before, V8 done", ({ cold }) => cold)}
${row("both unchanged", ({ warm }) => warm)}
${row("one line of `cli/main.rs` changed", ({ changed }) => changed)}

V8 is never emulated: with \`EMULATED\` it is the same cross-compiled one. Cross-compiled it is compiled twice, for the host's
\`mksnapshot\` is made of it too; so is Deno's runtime, natively as well, for the program that makes its snapshot.

## A new version of Deno with the same V8

Beside it, the same sources and commands in one Dockerfile, V8 and Deno in one chain of layers below the version
(\`test/bench/dockerfile.ts\`), linux/amd64.

| | this module | one Dockerfile |
|---|---|---|
| first version | ${time((native.library ?? 0) + (native.cold ?? 0))} | ${time(dockerfile.first)} |
| next version | ${time(own)} | ${time(chain)} (${(chain / own).toFixed(2)}) |

## What a call costs

The text of \`plan\` for a tree of this machine, by the \`dagger\` command.

| | |
|---|---|
| the first one | ${time(calls.first)} |
| the same tree, other options before \`plan\` | ${time(calls.options)} |
| the same options, another platform | ${time(calls.warm)} |
| the very same one again, within the five minutes for which its result is kept | ${time(calls.again)} |
| the same work in a session of the SDK, no module loaded | ${time(calls.session)} |
| \`--help\`: types loaded, no process of the module | ${time(calls.load)} |

Dagger makes the module's object (the options) in one process and calls the function in another; each loads the module
anew, and the object is kept while its options are the same. So a module's load, which is Dagger's and the TypeScript
runtime's start, is ${share.toFixed(0)} % of a warm call, and other options cost one load more.
`;
}
