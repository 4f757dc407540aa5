#!/bin/sh
# What docker run IMAGE words means: no words, an option or a command of Deno is for Deno; the name of a program in the
# image is that program; anything else, such as a file, a URL or a command of a newer Deno, is for Deno again.
# The commands are those up to 2.9.5, as `deno completions bash` lists them, and their aliases. Some are also programs of
# a base image (fmt, install, link, test), so they are looked at first.
set -eu
case "${1-}" in
  '' | -* | add | approve-scripts | audit | bench | bump-version | bundle | cache | check | ci | clean | compile | \
    completions | coverage | create | deploy | desktop | doc | eval | fmt | help | i | info | init | install | \
    json_reference | jupyter | link | lint | list | lsp | outdated | pack | publish | remove | repl | run | sandbox \
    | serve | task | test | transpile | types | uninstall | unlink | update | upgrade | vendor | watch | why | x) exec deno "$@" ;;
esac
case "$1" in
  */*) if [ -f "$1" ] && [ -x "$1" ]; then exec "$@"; fi ;;
  *) if command -v -- "$1" >/dev/null; then exec "$@"; fi ;;
esac
exec deno "$@"
