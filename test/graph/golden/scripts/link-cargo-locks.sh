set -eu
mkdir -p "$1"
ln -sf registry/.package-cache registry/.package-cache-mutate "$1/"