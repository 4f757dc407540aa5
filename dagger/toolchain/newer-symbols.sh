#!/bin/sh
# Names what a static library wants of a newer C library than the target's root has: symbols that this container's own
# offers and that root does not. A container whose own is as old finds none.
#
#   sh newer-symbols.sh NM LIBRARY
set -eu
nm=$1 library=$2
# 78 as in require-disk.sh, whose last line is the error that people see.
unreadable() {
  echo "V8's archive ${2##*/} cannot be read by $1; give one that is whole" >&2
  exit 78
}
case $library in
  *.gz)
    gzip -d -c "$library" >/tmp/library.a || unreadable gzip "$2"
    library=/tmp/library.a
    ;;
esac
# Libraries that glibc 2.34 made one of were apart before, and of some symbols it is a static one that is linked.
offered() {
  for file in "$1"/lib/*/lib*.so.[0-9]* "$1"/usr/lib/*/lib*.so.[0-9]*; do
    case ${file##*/} in libc.so.6 | libm.so.6 | libpthread.so.0 | libdl.so.2 | librt.so.1) "$nm" -D -j --defined-only "$file" ;; esac
  done
  for file in "$1"/usr/lib/*/lib*_nonshared.a; do
    [ ! -e "$file" ] || "$nm" -j --defined-only "$file"
  done
}
offered "" | sed 's/@.*//' | sort -u >/tmp/own
offered /sysroot | sed 's/@.*//' | sort -u >/tmp/given
[ -s /tmp/given ] || { echo "newer-symbols: /sysroot has no C library" >&2; exit 1; }
# By itself, for a shell does not see that the first of several programs in a line failed.
"$nm" -j -u "$library" >/tmp/symbols || unreadable nm "$2"
sort -u /tmp/symbols | comm -12 - /tmp/own | comm -23 - /tmp/given
