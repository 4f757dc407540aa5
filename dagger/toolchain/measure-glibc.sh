#!/bin/sh
# Symbol versions such as GLIBC_2.34 stand in the dynamic symbol tables of programs and of the C library itself.
set -eu
newest() { "$1" -T "$2" | grep -o 'GLIBC_[0-9.]*' | sort -V | tail -n 1; }
newest "$1" /measured
newest "$1" "$(ls /sysroot/lib/*/libc.so.6 /sysroot/usr/lib/*/libc.so.6 2>/dev/null | head -n 1)"
