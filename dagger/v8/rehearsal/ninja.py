#!/usr/bin/env python3
"""Stands before Ninja in a rehearsal: looks at what GN wrote, and compiles one file with each compiler, not V8."""

import functools
import json
import os
import re
import subprocess
import sys
import time

from report import line

ninja = os.environ["REHEARSED_NINJA"]
words = sys.argv[1:]
if "-t" in words:
    os.execv(ninja, [ninja, *words])
out = words[words.index("-C") + 1]
target = words[-1]


def run(*arguments):
    return subprocess.run([ninja, "-C", out, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def tail(text):
    return "\n".join(text.strip().splitlines()[-12:])[-1500:]


commands = json.loads(subprocess.run([ninja, "-C", out, "-t", "compdb"], stdout=subprocess.PIPE, text=True, check=True).stdout)
compiled = [it for it in commands if re.search(r"\.(c|cc|cpp)$", it["file"]) and it["output"].endswith(".o")]
# Of another toolchain than the default one, objects are in a folder of its name.
of_target = [it for it in compiled if it["output"].startswith("obj/")]
of_host = [it for it in compiled if not it["output"].startswith("obj/")]


def sysroots(some):
    found = {}
    for it in some:
        named = re.search(r"--sysroot=(\S+)", it["command"])
        root = os.path.normpath(os.path.join(out, named[1])) if named else "none"
        found[root] = found.get(root, 0) + 1
    return found


roots = sysroots(of_target)
shown = ", ".join(f"{root} in {count}" for root, count in sorted(roots.items()))
line("sysroot", bool(of_target) and set(roots) == {"/sysroot"}, f"of the target's {len(of_target)} compile commands: {shown}")

dry = run("-n", target)
steps = re.findall(r"\[\d+/(\d+)\]", dry.stdout)
whole = int(steps[-1]) if dry.returncode == 0 and steps else sys.maxsize
line("inputs", dry.returncode == 0, f"every input of {steps[-1]} steps is there or made by one" if dry.returncode == 0 else tail(dry.stdout))

targets = subprocess.run([ninja, "-C", out, "-t", "targets", "all"], stdout=subprocess.PIPE, text=True, check=True).stdout
outputs = [it.rsplit(": ", 1)[0] for it in targets.splitlines()]


@functools.lru_cache(None)
def steps_before(output):
    dry = run("-n", output)
    return len(re.findall(r"^\[\d+/\d+\]", dry.stdout, re.M)) if dry.returncode == 0 else sys.maxsize


def cheapest(some):
    """The one of some outputs that the fewest steps come before; a step that is broken is the last one taken."""
    # Short names first: a few dozen are enough to find one that hardly needs anything.
    few = sorted(set(some), key=lambda it: (len(it), it))[:40]
    return min(few, key=steps_before, default=None)


def of_sources(some, end):
    return [it["output"] for it in some if it["file"].endswith(end)]


def of_outputs(pattern):
    return [it for it in outputs if re.search(pattern, it)]


samples = {
    "C for the target": cheapest(of_sources(of_target, ".c")),
    "C++ for the target": cheapest(of_sources(of_target, ".cc")),
    "C++ for programs that run while building": cheapest(of_sources(of_host, ".cc")),
    "assembler for the target": cheapest([it["output"] for it in commands if re.search(r"\.[sS]$", it["file"]) and it["output"].startswith("obj/")]),
    "bindgen of V8's build": cheapest(of_outputs(r"^gen/.*bindings\.rs$")),
    "Rust for the target": cheapest(of_outputs(r"^obj/third_party/rust/.*\.rlib$")),
    "Rust for programs that run while building": cheapest(of_outputs(r"^clang_[^/]*/obj/third_party/rust/.*\.rlib$")),
}
if os.environ.get("PRECOMPILED_HEADERS"):
    # These come after torque and all that it is made of: minutes, but an hour into the build is late to see that one is refused.
    samples["precompiled headers"] = cheapest(of_outputs(r"^obj/.*\.gch$"))
needed = {"C++ for the target"}
if os.path.isdir("third_party/rust/chromium_crates_io/vendor"):
    needed |= {"bindgen of V8's build", "Rust for the target"}
for name, sample in samples.items():
    if sample is None:
        line(name, name not in needed, "there is no such step in this V8")
        continue
    before = steps_before(sample)
    # V8 147 has one assembler's file alone, which mksnapshot writes: all of V8 is made before it, which are no minutes.
    if name not in needed and max(whole / 2, 500) < before < sys.maxsize:
        line(name, True, f"not tried: {sample}, the first of its kind, comes after {before} of {whole} steps")
        continue
    started = time.monotonic()
    made = run(sample)
    seconds = f"{sample} in {time.monotonic() - started:.0f} s"
    line(name, made.returncode == 0, seconds if made.returncode == 0 else f"{sample}: {tail(made.stdout)}")
