#!/bin/sh
set -eu
rm -rf /out
git init --quiet /out
cd /out
git fetch --quiet --depth=1 "$1" "$2"
git checkout --quiet --detach FETCH_HEAD
git rev-parse HEAD >/tmp/commit
