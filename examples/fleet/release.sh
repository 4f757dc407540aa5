#!/bin/bash
# Makes one release on several engines at once, each of them its own platforms:
#
#   release.sh VERSION FOLDER PLATFORMS=ENGINE… [-- OPTION…]
#   release.sh 2.9.5 dist linux/amd64=tcp://amd64.example:1234 linux/arm64=tcp://arm64.example:1234 -- --profile=release-lite
#
# ENGINE is what _EXPERIMENTAL_DAGGER_RUNNER_HOST takes: tcp://HOST:PORT, unix:///PATH, container://NAME, kube-pod://POD. OPTIONs
# are the module's own, before its function. FOLDER has the files of all platforms at the end, for `upload --files`; what
# each engine said is in FOLDER.log. An engine that fails does not stop the others, and the same line goes on where it
# stopped. MODULE names the module, by default this checkout.
set -euo pipefail
usage() { sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 3 ] || usage
version=$1 folder=$2
shift 2
module=${MODULE:-$(cd "$(dirname "$0")/../.." && pwd)}
parts=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  [[ $1 == linux/*=?* ]] || usage
  parts+=("$1")
  shift
done
[ ${#parts[@]} -gt 0 ] || usage
[ $# -eq 0 ] || shift

mkdir -p "$folder" "$folder.log"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
jobs=()
for part in "${parts[@]}"; do
  platforms=${part%%=*} engine=${part#*=}
  name=${platforms//[\/,]/-}
  _EXPERIMENTAL_DAGGER_RUNNER_HOST=$engine dagger call --progress=plain -m "$module" "$@" \
    release --version="$version" --platforms="$platforms" export --path="$made/$name" >"$folder.log/$name" 2>&1 &
  jobs+=($!)
  echo "$platforms: begun on $engine"
done

failed=0
for index in "${!parts[@]}"; do
  platforms=${parts[$index]%%=*}
  name=${platforms//[\/,]/-}
  if ! wait "${jobs[$index]}"; then
    echo "$platforms: FAILED, see $folder.log/$name: $(sed -n 's/^Error: //p' "$folder.log/$name" | tail -n 1)" >&2
    failed=1
    continue
  fi
  # Of both platforms there is the source: of one commit it is the same, byte for byte.
  if [ -e "$folder/deno_src.tar.gz" ] && ! cmp -s "$folder/deno_src.tar.gz" "$made/$name/deno_src.tar.gz"; then
    echo "$platforms: FAILED: its source is another than that in $folder; give an empty folder" >&2
    failed=1
    continue
  fi
  cp -R "$made/$name/." "$folder/"
  echo "$platforms: done"
done
exit "$failed"
