#!/usr/bin/env python3
"""Stands for the deno that the build script of the snapshot runs to minify each of Deno's own sources, as
`deno run -A SCRIPT NAME <SOURCE`: https://github.com/denoland/deno/blob/v2.9.5/runtime/transpile.rs#L184

Upstream's script imports npm:rolldown of no fixed version, which renames variables, and has broken Deno so:
https://github.com/denoland/deno/pull/36844. Here comments and spaces go, and nothing else. What is written must be ASCII.
"""

import re
import subprocess
import sys

ESBUILD = ["esbuild", "--loader=js", "--target=esnext", "--minify-whitespace", "--legal-comments=none", "--charset=ascii"]
ESBUILD += ["--tree-shaking=false", "--log-level=warning"]

# Not a number's exponent, and not what follows the backslash of an escape.
WORD = re.compile(r"(?<![\\\w$])[A-Za-z_$][\w$]*", re.ASCII)


def stop(message):
    print(f"minify-sources: {message}", file=sys.stderr)
    sys.exit(1)


def minified(source, **options):
    """What esbuild makes of it; None: it could not read it."""
    done = subprocess.run(ESBUILD, input=source, stdout=subprocess.PIPE, encoding="utf-8", **options)
    return done.stdout if done.returncode == 0 else None


def original(word, words):
    """A word that only the minified source has, without the number that esbuild put behind it."""
    for cut in range(len(word) - 1, 0, -1):
        if not word[cut:].isdigit():
            break
        if word[cut] != "0" and word[:cut] in words:
            return word[:cut]
    return word


def with_own_names(source, small):
    """esbuild numbers a name that hides another one, a function's too, and programs see those: fetch.name, a stack trace.
    Where that was undone rightly, esbuild does the very same again. Where not, the source stays as it is: a function in a block
    gets a second variable there, which cannot have its name."""
    words = set(WORD.findall(source))
    restored = WORD.sub(lambda it: it[0] if it[0] in words else original(it[0], words), small)
    if restored != small and minified(restored, stderr=subprocess.DEVNULL) != small:
        if not source.isascii():
            stop(f"esbuild renames what is in {name}, which is not ASCII as it is; --minify-sources=false does without")
        return source
    return restored


if sys.argv[1:3] != ["run", "-A"] or len(sys.argv) != 5:
    stop(f"a build script runs deno, which is no part of this toolchain: deno {' '.join(sys.argv[1:])}")
name = sys.argv[4]
given = sys.stdin.buffer.read().decode("utf-8")
small = minified(given)
if small is None:
    stop(f"esbuild could not read {name}")
sys.stdout.write(with_own_names(given, small))
