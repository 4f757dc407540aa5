#!/bin/sh
# Stands for the deno that the build script of the snapshot runs to minify each of Deno's own sources, as
# `deno run -A SCRIPT NAME <SOURCE`: https://github.com/denoland/deno/blob/v2.9.5/runtime/transpile.rs#L184
#
# Upstream's script imports npm:rolldown of no fixed version, which renames variables, and has broken Deno so:
# https://github.com/denoland/deno/pull/36844. Here comments and spaces go, and nothing else. What is written must be ASCII.
set -eu
if [ "${1-} ${2-}" != 'run -A' ]; then
  echo "minify-sources: a build script runs deno, which is no part of this toolchain: deno $*" >&2
  exit 1
fi
exec esbuild --loader=js --target=esnext --minify-whitespace --legal-comments=none --charset=ascii --tree-shaking=false \
  --log-level=warning
