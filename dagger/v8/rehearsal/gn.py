#!/usr/bin/env python3
"""Stands before GN in a rehearsal: what GN says of the arguments that it ignores is kept, for it is no error to GN."""

import os
import re
import subprocess
import sys

from report import line

done = subprocess.run([os.environ["REHEARSED_GN"], *sys.argv[1:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
sys.stdout.write(done.stdout)
if "gen" in sys.argv[1:]:
    own = set(re.findall(r"(\w+)=", os.environ[os.environ["GN_ARGUMENTS_VARIABLE"]]))
    ignored = re.findall(r'The variable "(\w+)" was set as a build argument\s+but never appeared', done.stdout)
    last = done.stdout.strip().splitlines()[-1:] or ["it said nothing"]
    line("gn gen", done.returncode == 0, last[0] if done.returncode == 0 else done.stdout.strip()[:700])
    wrong = ", ".join(name for name in ignored if name in own)
    others = ", ".join(name for name in ignored if name not in own)
    seen = "GN knows every argument of this module" + (f"; of build.rs's own it ignores {others}" if others else "")
    line("GN arguments", not wrong, f"GN ignores {wrong}" if wrong else seen)
sys.exit(done.returncode)
