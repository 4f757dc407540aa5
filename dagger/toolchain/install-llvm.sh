#!/bin/sh
# The key's fingerprint is the one that https://apt.llvm.org names; apt checks every package against it.
set -eu
export DEBIAN_FRONTEND=noninteractive
. /etc/os-release
apt-get update
apt-get install -y --no-install-recommends ca-certificates curl gnupg
curl -fsSL https://apt.llvm.org/llvm-snapshot.gpg.key -o /usr/share/keyrings/apt.llvm.org.asc
keys=$(gpg --show-keys --with-colons /usr/share/keyrings/apt.llvm.org.asc | grep -A 1 '^pub:' | grep '^fpr:' | cut -d : -f 10)
[ "$keys" = 6084F3CF814B57C1CF12EFD515CF4D18AF4F7421 ] ||
  { echo 'apt.llvm.org: the signing key is not the one that is known' >&2; exit 1; }
# A repository for each major version; the packages' names say which.
for version in $(printf '%s\n' "$@" | grep -o '[0-9][0-9]*' | sort -u); do
  echo "deb [signed-by=/usr/share/keyrings/apt.llvm.org.asc] https://apt.llvm.org/$VERSION_CODENAME/ llvm-toolchain-$VERSION_CODENAME-$version main"
done >/etc/apt/sources.list.d/llvm.list
apt-get update
apt-get install -y --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/*
