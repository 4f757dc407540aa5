#!/usr/bin/env python3
"""Compiles files of each target that has precompiled headers, with and without them, and compares what was made.

  test/real/same-code.py SOURCE EDIT HEADERS ARGUMENTS [GN-OUT]
  test/real/same-code.py /tmp/v8-147.4.0 dagger/v8/precompiled-headers/edit.py dagger/v8/precompiled-headers "$ARGUMENTS"

SOURCE is a tree of rusty_v8, which is edited and takes GN's folders out/plain and out/precompiled; ARGUMENTS are GN's, as
a build of this module hands them over (`ninja -t compdb` of both is read). gn, ninja, and what ARGUMENTS name must be here.
What torque writes is made first, which takes ten minutes of one core; GN-OUT names another out folder of the same source
to copy that from.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time

source, edit, headers, arguments = sys.argv[1:5]
generated = os.path.abspath(sys.argv[5]) if len(sys.argv) > 5 else None
edit, headers = os.path.abspath(edit), os.path.abspath(headers)
os.chdir(source)

SAMPLES = {
    "v8_base_without_compiler": ["js-function.o", "debug.o", "builtins-array.o"],
    "torque_generated_definitions": ["js-function-tq.o", "string-tq.o"],
    "v8_compiler": ["js-inlining.o", "access-info.o"],
    "v8_initializers": ["builtins-array-gen.o", "builtins-string-gen.o"],
    "torque_generated_initializers": ["array-map-tq-csa.o", "math-tq-csa.o"],
}


def run(*command, **more):
    return subprocess.run(command, check=True, **more)


def configured(out):
    run("gn", "--script-executable=/usr/bin/python3", "gen", out, f"--args={arguments}", stdout=subprocess.DEVNULL)
    said = run("ninja", "-C", out, "-t", "compdb", stdout=subprocess.PIPE, text=True).stdout
    return {it["output"]: it["command"] for it in json.loads(said)}


def compiled(command, output, to, at):
    command = command.replace(f"-o {output}", f"-o {to}").replace(f"-MF {output}.d", f"-MF {to}.d")
    assert f"-o {to}" in command, command
    before = os.times()
    subprocess.run(command, shell=True, check=True, cwd=at)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def functions(file):
    """Each function's instructions, with what they refer to, but without where they are and without numbers of strings."""
    said = run("objdump", "-d", "-r", "--no-show-raw-insn", "--no-addresses", file, stdout=subprocess.PIPE, text=True).stdout
    said = re.sub(r"\.LCPI\d+_", ".LCPI_", re.sub(r"(\.L[\w.]*?)\.\d+", r"\1", said))
    said = re.sub(r"^.*file format.*$", "", said, flags=re.M)
    # Where there is no symbol of a function, objdump names the nearest label, and how far it is.
    return sorted(re.split(r"\n\n", re.sub(r"<\.L[^>]*>", "", said)))


plain = configured("out/plain")
run("python3", edit, ".", headers)
precompiled = configured("out/precompiled")
chosen = [
    (target, name, output)
    for target, names in SAMPLES.items()
    for name in names
    for output in plain
    if output.startswith("obj/v8/") and f"/{target}/" in output and output.endswith("/" + name)
]
for target in SAMPLES:
    assert any(it[0] == target for it in chosen), f"no sample of {target}"

tables = [it for it in precompiled if it.endswith(".gch") and it.startswith("obj/v8/")]
print(f"{len(tables)} precompiled headers, {len(chosen)} samples", flush=True)
started = time.monotonic()
if generated:
    shutil.copytree(f"{generated}/gen", "out/precompiled/gen", dirs_exist_ok=True)
else:
    # The first file of torque's comes after all that torque is made of.
    run("ninja", "-C", "out/precompiled", "gen/v8/torque-generated/class-forward-declarations.h", "gen/v8/builtins-generated/bytecodes-builtins-list.h", stdout=subprocess.DEVNULL)
print(f"generated in {time.monotonic() - started:.0f} s", flush=True)
for output in tables:
    os.makedirs(os.path.dirname(f"out/precompiled/{output}"), exist_ok=True)
    seconds = compiled(precompiled[output], output, output, "out/precompiled")
    size = os.path.getsize(f"out/precompiled/{output}") >> 20
    print(f"{output}: {seconds:.1f} s, {size} MB", flush=True)

os.makedirs("out/compared", exist_ok=True)
different = 0
for target, name, output in chosen:
    times, files = [], []
    for kind, commands in (("plain", plain), ("precompiled", precompiled)):
        file = os.path.abspath(f"out/compared/{kind}-{target}-{name}")
        times.append(compiled(commands[output], output, file, "out/precompiled"))
        run("strip", "--strip-debug", file)
        files.append(file)
    same = open(files[0], "rb").read() == open(files[1], "rb").read()
    code = [functions(file) for file in files]
    verdict = "same bytes" if same else "same instructions" if code[0] == code[1] else "OTHER INSTRUCTIONS"
    different += verdict.isupper()
    print(f"{target} {name}: {times[0]:.1f} s plain, {times[1]:.1f} s precompiled, {len(code[0])} functions, {verdict}", flush=True)
sys.exit(f"{different} samples differ" if different else 0)
