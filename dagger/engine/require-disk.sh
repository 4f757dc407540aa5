#!/bin/sh
# Refuses to begin where the disk would be full before the work ends. What the cache volume holds already counts, so work that
# was interrupted goes on; it is measured only where it matters, for there are some ten thousand files in it.
#
#   sh require-disk.sh MEBIBYTES WHAT [AFTER]
#
# AFTER are MiB that later stages need in volumes of their own. They count where this volume is empty: where something is
# in it, theirs may have something, too.
#
# Exit status 78 is sysexits.h's for what is to be configured otherwise.
set -eu
needed=$1 what=$2 after=${3:-0}
free=$(df -P -k /cache | awk 'NR == 2 { print int($4 / 1024) }')
if [ "$free" -ge "$((needed + after))" ]; then exit 0; fi
kept=$(du -s -k /cache | awk '{ print int($1 / 1024) }')
if [ "$kept" -ge 10 ]; then after=0; fi
if [ "$((free + kept))" -ge "$((needed + after))" ]; then exit 0; fi
if [ "$after" -gt 0 ]; then what="$what with what comes after it" needed=$((needed + after)); fi
echo "disk: $what takes $needed MiB in the engine's cache; $free MiB are free there, and $kept MiB are done. Make room on" \
  "that disk, or go on anyway with --ignore-resources" >&2
exit 78
