#!/bin/sh
# Runs a command that downloads, behind a site's mirrors, proxy and certificate authority: enter.sh COMMAND…
# Nothing of them stays in the container: what is written here is in this script's own folder, which is mounted for the one
# command, and apt's sources are put back as they were.
set -eu
network=$(dirname "$0")
for name in http_proxy https_proxy; do
  # Its value is not repeated: it may hold a password.
  case $(printenv "$name" || true) in
    '' | http://?* | https://?*) ;;
    *) echo "proxy: expected http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT; what was given is none" >&2; exit 64 ;;
  esac
done
# shellcheck source=/dev/null
. "$network/environment"
# V8's scripts download with Python, each by a URL of its own.
export PYTHONPATH="$network/python${PYTHONPATH:+:$PYTHONPATH}"
if [ -e "$network/authority.pem" ]; then
  bundle=$network/certificates.pem
  { cat /etc/ssl/certs/ca-certificates.crt 2>/dev/null || true; echo; cat "$network/authority.pem"; } >"$bundle"
  # OpenSSL, with it Python and rustup; curl; git; cargo; Node and npm; Deno. apt has a setting in place of a variable.
  export SSL_CERT_FILE="$bundle" CURL_CA_BUNDLE="$bundle" GIT_SSL_CAINFO="$bundle" CARGO_HTTP_CAINFO="$bundle"
  export NODE_EXTRA_CA_CERTS="$bundle" DENO_CERT="$bundle"
  echo "Acquire::https::CAInfo \"$bundle\";" >"$network/apt.conf"
  export APT_CONFIG="$network/apt.conf"
fi
sources=
if [ -e "$network/apt.sed" ]; then sources=$(cd / && ls etc/apt/sources.list etc/apt/sources.list.d/* 2>/dev/null || true); fi
if [ -n "$sources" ]; then
  (cd / && tar -cf "$network/sources.tar" $sources && sed -i -f "$network/apt.sed" $sources)
fi
code=0
"$@" || code=$?
if [ -n "$sources" ]; then tar -C / -xf "$network/sources.tar"; fi
exit "$code"
