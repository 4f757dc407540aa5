#!/usr/bin/env python3
"""Stands before Ninja in a rehearsal: looks at what GN wrote, and compiles one file with each compiler, not V8."""

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
line("inputs", dry.returncode == 0, f"every input of {steps[-1]} steps is there or made by one" if dry.returncode == 0 else tail(dry.stdout))

targets = subprocess.run([ninja, "-C", out, "-t", "targets", "all"], stdout=subprocess.PIPE, text=True, check=True).stdout
outputs = [it.rsplit(": ", 1)[0] for it in targets.splitlines()]


def first(pattern, some):
    found = sorted((it for it in some if re.search(pattern, it)), key=lambda it: (len(it), it))
    return found[0] if found else None


def object_of(some, end):
    # Abseil's and ICU's need nothing that is generated first.
    fitting = [it["output"] for it in some if it["file"].endswith(end)]
    return first(r"abseil-cpp", fitting) or first(r".", fitting)


samples = {
    "C for the target": object_of(of_target, ".c"),
    "C++ for the target": object_of(of_target, ".cc"),
    "C++ for a program that runs while building": object_of(of_host, ".cc") if of_host else None,
    "assembler for the target": first(r"^obj/.*\.o$", [it["output"] for it in commands if it["file"].endswith(".S")]),
    "bindgen of V8's build": first(r"^gen/.*bindings\.rs$", outputs),
    "Rust for the target": first(r"^obj/third_party/rust/.*\.rlib$", outputs),
    "a macro in Rust, for the host": first(r"^clang_.*\.so$|^obj/third_party/rust/.*\.so$", outputs),
}
needed = {"C++ for the target"}
if os.path.isdir("third_party/rust/chromium_crates_io/vendor"):
    needed |= {"bindgen of V8's build", "Rust for the target"}
for name, sample in samples.items():
    if sample is None:
        line(name, name not in needed, "there is no such step in this V8")
        continue
    started = time.monotonic()
    made = run(sample)
    seconds = f"{sample} in {time.monotonic() - started:.0f} s"
    line(name, made.returncode == 0, seconds if made.returncode == 0 else f"{sample}: {tail(made.stdout)}")
