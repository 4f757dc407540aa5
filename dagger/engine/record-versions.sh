#!/bin/sh
set -eu
mkdir -p "$(dirname /opt/deno-from-source/versions)"
{
  . /etc/os-release
  echo "os: $PRETTY_NAME"
  uname -m
  for tool do
    if ! command -v "$tool" >/dev/null; then echo "toolchain: $tool is missing on PATH" >&2; exit 1; fi
    printf '%s: ' "$tool"
    # Not its first line: perl's is empty.
    "$tool" --version 2>&1 | sed -n '/[^[:space:]]/{p;q;}'
  done
  if [ -e /var/lib/dpkg/status ]; then sha256sum </var/lib/dpkg/status; fi
} >/opt/deno-from-source/versions
cat /opt/deno-from-source/versions
