#!/bin/sh
# Refuses to begin where the disk would be full before the work ends. What the cache volume holds already counts, so work that
# was interrupted goes on; it is measured only where it matters, for there are some ten thousand files in it.
#
#   sh require-disk.sh MEBIBYTES WHAT
#
# Exit status 78 is sysexits.h's for what is to be configured otherwise.
set -eu
needed=$1 what=$2
free=$(df -P -k /cache | awk 'NR == 2 { print int($4 / 1024) }')
if [ "$free" -ge "$needed" ]; then exit 0; fi
kept=$(du -s -k /cache | awk '{ print int($1 / 1024) }')
if [ "$((free + kept))" -ge "$needed" ]; then exit 0; fi
echo "disk: $what takes $needed MiB in the engine's cache; $free MiB are free there, and $kept MiB are done. Make room on" \
  "that disk, or go on anyway with --ignore-resources" >&2
exit 78
