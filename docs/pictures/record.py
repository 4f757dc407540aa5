#!/usr/bin/env python3
"""Runs a command in a terminal of its own and draws what that terminal shows at the end, as SVG.

    pip install pyte==0.8.2 rich==15.0.0
    docs/pictures/record.py PICTURE SHOWN COMMAND…
    docs/pictures/record.py docs/pictures/plan.svg 'dagger call --source=../deno plan --version=2.9.5 text' \
      dagger call --source=../deno plan --version=2.9.5 text

SHOWN stands at the picture's prompt: COMMAND, but for paths and addresses of the recording machine. A command that fails
draws nothing.
"""

import os
import pty
import sys
import termios
from itertools import groupby

import pyte
from rich.console import Console
from rich.text import Text

COLUMNS, LINES = 120, 70


def run(command):
    """The bytes that COMMAND writes to a terminal, and its exit status."""
    child, terminal = pty.fork()
    if child == 0:
        termios.tcsetwinsize(0, (LINES, COLUMNS))
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    written = b""
    while True:
        try:
            some = os.read(terminal, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not some:
            break
        written += some
    return written, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def style(char):
    """rich's words for how a character looks. pyte has colours by name, or as six hex digits."""
    colour = {"default": "", "brown": "yellow"}.get(char.fg, char.fg)
    if len(colour) == 6 and all(digit in "0123456789abcdef" for digit in colour):
        colour = f"#{colour}"
    elif colour.startswith("bright"):
        colour = colour.replace("bright", "bright_").replace("brown", "yellow")
    return " ".join(filter(None, ["bold" if char.bold else "", "italic" if char.italics else "", colour]))


def screen(written):
    """The lines that are on the terminal after all of WRITTEN."""
    terminal = pyte.Screen(COLUMNS, LINES)
    pyte.ByteStream(terminal).feed(written)
    lines = []
    for y in range(LINES):
        # Runs of one style: each is an element of the picture.
        runs = groupby((terminal.buffer[y][x] for x in range(COLUMNS)), style)
        line = Text.assemble(*(("".join(char.data for char in chars), look) for look, chars in runs))
        line.rstrip()
        lines.append(line)
    while lines and not lines[-1].plain:
        lines.pop()
    return lines


def main(picture, shown, *command):
    written, status = run(command)
    if status != 0:
        sys.stdout.buffer.write(written)
        sys.exit(f"{command[0]} ended with status {status}: nothing was drawn")
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))
    console.print(Text(f"$ {shown}", "bold"))
    for line in screen(written):
        console.print(line, no_wrap=True, crop=True)
    console.save_svg(picture, title="deno-from-source")


if len(sys.argv) < 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
