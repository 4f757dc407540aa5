#!/bin/sh
# Links a program as deno of profile release is linked, and says with what.
set -eu
export PROGRAM=deno
. /opt/deno-from-source/link/arrange-linker.sh
echo "$LINK"
