#!/bin/sh
# cargo locks its registry by files beside it, in a folder that each container has of its own: two builds that fill one
# registry at once would get in each other's way ("File exists", https://github.com/rust-lang/cargo/issues/11376). So
# the lock files are links to files in the volume, and the lock is the volume's:
# https://github.com/rust-lang/cargo/blob/0.96.0/src/cargo/util/cache_lock.rs
set -eu
mkdir -p "$1"
ln -sf registry/.package-cache registry/.package-cache-mutate "$1/"
