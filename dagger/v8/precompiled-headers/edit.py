"""Has GN precompile the headers that nearly every file of V8's large targets reads: edit.py SOURCE FOLDER.

SOURCE is rusty_v8's tree, which is edited in place; FOLDER holds base.h, builtins.h and compiler.h. What is edited must be
found exactly once and as it is known: otherwise nothing is changed, and one line says so.

Read in V8 10.9, 12.9, 13.0, 14.2, 14.6, 14.7, 15.0 and 15.2:
https://github.com/v8/v8/blob/14.7.173/gni/v8.gni and
https://chromium.googlesource.com/chromium/src/build/+/refs/heads/main/toolchain/gcc_toolchain.gni
"""

import os
import re
import sys

TEMPLATES = "v8/gni/v8.gni"
TOOLCHAIN = "build/toolchain/gcc_toolchain.gni"
HEADERS = "v8/src/precompiled"

SOURCE_SET = re.compile(r'^template\("v8_source_set"\) \{\n.*?^\}\n', re.M | re.S)
CONFIGS = "    configs += invoker.configs\n"
CXX = re.compile(r'^    tool\("cxx"\) \{\n.*?^    \}\n', re.M | re.S)

# These targets hold three quarters of V8's files. Clang's two flags: templates are instantiated once with the headers, not
# in each file, and no time is written, so that what is made anew of the same headers is the same.
# https://clang.llvm.org/docs/ClangCommandLineReference.html#cmdoption-clang-fpch-instantiate-templates
# https://gn.googlesource.com/gn/+/main/docs/reference.md#var_precompiled_source
PRECOMPILED = """
    if (target_name == "v8_base_without_compiler" ||
        target_name == "torque_generated_definitions") {
      precompiled_source = v8_path_prefix + "/src/precompiled/base.h"
    } else if (target_name == "v8_compiler") {
      precompiled_source = v8_path_prefix + "/src/precompiled/compiler.h"
    } else if (target_name == "v8_initializers" ||
               target_name == "torque_generated_initializers") {
      precompiled_source = v8_path_prefix + "/src/precompiled/builtins.h"
    }
    if (defined(precompiled_source)) {
      if (!defined(cflags_cc)) {
        cflags_cc = []
      }
      cflags_cc += [
        "-fpch-instantiate-templates",
        "-Xclang",
        "-fno-pch-timestamp",
      ]
    }
"""

# The rule for C++ names its output by itself since V8 15.0, for there may be a .dwo file beside it, and calls each file a
# part of a module. A precompiled header has another name and is no part of one. .gn turns both off: use_debug_fission,
# use_clang_modules.
OWN_OUTPUT = "${module_name_flag} -c {{source}} -o $output\""
GN_OUTPUT = " -c {{source}} -o {{output}}\""

# A time that never changes, or Ninja would make each object anew: the folder is written for each call. What is in it is
# part of the name of the objects' volume instead.
NEVER = 315532800

source, folder = sys.argv[1:3]


class Unknown(Exception):
    pass


def read(path):
    try:
        with open(os.path.join(source, path), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        raise Unknown(f"there is no {path}") from None


def block(pattern, text, what, path):
    found = pattern.findall(text)
    if len(found) != 1:
        raise Unknown(f"{path} has {what} {len(found)} times, not once")
    return found[0]


def templates():
    text = read(TEMPLATES)
    before = block(SOURCE_SET, text, "the template v8_source_set", TEMPLATES)
    if "precompiled_source" in before:
        raise Unknown(f"{TEMPLATES} has precompiled headers of its own")
    if before.count(CONFIGS) != 1:
        raise Unknown(f"{TEMPLATES}: v8_source_set has `{CONFIGS.strip()}` {before.count(CONFIGS)} times, not once")
    return text.replace(before, before.replace(CONFIGS, CONFIGS + PRECOMPILED))


def toolchain():
    text = read(TOOLCHAIN)
    before = block(CXX, text, "the rule for C++", TOOLCHAIN)
    after = before.replace(OWN_OUTPUT, GN_OUTPUT)
    if 'precompiled_header_type = "gcc"' not in after or after.count(GN_OUTPUT) != 1:
        raise Unknown(f"{TOOLCHAIN} has another rule for C++ than any that is known")
    return text.replace(before, after)


def write(path, text):
    path = os.path.join(source, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.utime(path, (NEVER, NEVER))


def header(name):
    """The list, each line for those versions of V8 that have the file."""
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        lines = re.findall(r'^#include ("[^"]+")$', file.read(), re.M)
    return "".join(f"#if __has_include({it})\n#include {it}\n#endif\n" for it in lines)


try:
    edited = {TEMPLATES: templates(), TOOLCHAIN: toolchain()}
except Unknown as reason:
    print(f"precompiled headers: none of this module's, V8 is compiled without: {reason}")
else:
    for path, text in edited.items():
        write(path, text)
    for name in ("base.h", "builtins.h", "compiler.h"):
        write(f"{HEADERS}/{name}", header(name))
    print("precompiled headers: for five targets of V8")
