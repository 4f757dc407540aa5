#!/bin/sh
# What the engine has for a build, a number in MiB to a line: its containers see the machine's memory, and the disk that its
# cache is on.
set -eu
mebibytes() { echo "$1 $(($(sed -n "s/^$2: *\([0-9]*\) kB/\1/p" /proc/meminfo) / 1024))"; }
echo "cores $(nproc)"
mebibytes memory MemTotal
mebibytes available MemAvailable
mebibytes swap SwapTotal
echo "disk $(df -P -k / | awk 'NR == 2 { print int($4 / 1024) }')"
