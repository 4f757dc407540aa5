#!/bin/sh
# What the engine has for a build: its containers see the machine's memory, and the disk that its cache is on.
set -eu
value() { sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo; }
gib() { echo "$(($1 / 1048576)) GiB"; }
echo "$(nproc) cores, $(gib "$(value MemTotal)") of memory, $(gib "$(value MemAvailable)") of it available, $(gib "$(df -P -k / | awk 'NR == 2 { print $4 }')") of disk free"
