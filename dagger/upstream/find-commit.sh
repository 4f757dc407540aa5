#!/bin/sh
set -eu
git clone --quiet --bare --filter=tree:0 "$1" /tmp/repository
git -C /tmp/repository rev-parse --verify --quiet "$2^{commit}" || exit 3
