"""How other modules use deno-from-source, in Python.

A patched binary for servers, an organisation's own image, an archive of images from
binaries that two machines made.
"""

from .main import Examples as Examples
