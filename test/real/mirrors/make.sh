#!/bin/bash
# Makes what serve.ts serves of Chromium's hosts, where these are out of reach: real tools, in the archives' own layouts and
# under the very names that a V8 asks for.
#
#   test/real/mirrors/make.sh CONTENT TOOLCHAIN V8
#   test/real/mirrors/make.sh /tmp/mirrors nightly-2026-04-10 /tmp/rehearse/v8-150.4.0
#
# CONTENT takes a folder for each host. TOOLCHAIN is a nightly of rustup, which stands for Chromium's Rust; V8's GN files
# compile its standard library and name every file of it, so it must be of the very week of V8's. clang 22, GN, Ninja
# and bindgen are Debian sid's, for amd64, and run on Debian 13 and newer. V8 is an unpacked crate `v8`.
# Runs on a Debian machine with xz, patchelf, rustup and python3: minutes, and 3 GiB of disk.
#
# What is not Chromium's: clang is older, so a wrapper leaves out the flags that it does not know, as the module's own does
# for a toolchain that was given. Checksums are not in question: V8's scripts verify none.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 2; }
content=$(mkdir -p "$1" && cd "$1" && pwd) toolchain=$2 v8=$(cd "$3" && pwd)
repository=$(cd "$(dirname "$0")/../../.." && pwd)
work=$content/work
bucket=$content/commondatastorage.googleapis.com/chromium-browser-clang/Linux_x64
storage=$content/storage.googleapis.com
mkdir -p "$work/debs" "$bucket" "$storage/chromium-browser-clang" "$storage/chrome-infra-packages"

# --- packages of sid and, of the libraries that ask for a newer C library there, trixie
lists() {
  mkdir -p "$work/apt-$1/lists/partial" "$work/apt-$1/archives/partial"
  : >"$work/apt-$1/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $1 main" >"$work/apt-$1/sources.list"
  options=(-o "Dir::Etc::SourceList=$work/apt-$1/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/apt-$1/lists" -o "Dir::State::status=$work/apt-$1/status" -o "Dir::Cache=$work/apt-$1"
    -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false -o APT::Architecture=amd64 -o APT::Architectures::=amd64)
}
take() {
  local suite=$1
  shift
  lists "$suite"
  apt-get "${options[@]}" update -qq
  (cd "$work/debs" && apt-get "${options[@]}" download -qq "$@")
}
if [ ! -d "$work/root" ]; then
  take sid clang-22 libclang1-22 libclang-cpp22 libllvm22 libclang-common-22-dev libclang-rt-22-dev lld-22 llvm-22 llvm-22-linker-tools \
    libxml2-16 bindgen generate-ninja ninja-build
  take trixie libedit2 libbsd0 libmd0 libffi8 libz3-4 libpfm4 libtinfo6 libzstd1 zlib1g
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
fi
root=$work/root
llvm=$root/usr/lib/llvm-22

# --- clang: bin, lib/clang/VERSION, and the libraries that it is linked with beside them
revision=$(sed -n "s/^CLANG_REVISION = '\(.*\)'/\1/p" "$v8/tools/clang/scripts/update.py")
sub=$(sed -n 's/^CLANG_SUB_REVISION = //p' "$v8/tools/clang/scripts/update.py")
release=$(sed -n "s/^RELEASE_VERSION = '\(.*\)'/\1/p" "$v8/tools/clang/scripts/update.py")
clang=$work/clang
rm -rf "$clang"
mkdir -p "$clang/bin" "$clang/lib/clang"
copy_libraries() {
  local library
  for library in "$root"/usr/lib/x86_64-linux-gnu/lib{LLVM,clang-cpp,clang-22,xml2,edit,bsd,md,ffi,z3,pfm,tinfo,zstd,z}.so*; do
    [ -e "$library" ] || continue
    cp -L "$library" "$1/"
    patchelf --set-rpath "\$ORIGIN" "$1/$(basename "$library")"
  done
}
copy_libraries "$clang/lib"
for tool in clang lld llvm-ar llvm-nm llvm-objcopy llvm-objdump llvm-readobj llvm-symbolizer; do
  cp -L "$llvm/bin/$tool" "$clang/bin/$tool"
  patchelf --set-rpath "\$ORIGIN/../lib" "$clang/bin/$tool"
done
for name in ld.lld ld64.lld lld-link wasm-ld; do ln -s lld "$clang/bin/$name"; done
for name in llvm-ranlib llvm-lib; do ln -s llvm-ar "$clang/bin/$name"; done
ln -s llvm-objcopy "$clang/bin/llvm-strip"
ln -s llvm-readobj "$clang/bin/llvm-readelf"
cp -rL "$llvm/lib/clang/22" "$clang/lib/clang/$release"
ln -s "$release" "$clang/lib/clang/22"
for machine in x86_64 aarch64; do
  builtins=$clang/lib/clang/$release/lib/linux/libclang_rt.builtins-$machine.a
  [ -e "$builtins" ] || continue
  mkdir -p "$clang/lib/clang/$release/lib/$machine-unknown-linux-gnu"
  cp "$builtins" "$clang/lib/clang/$release/lib/$machine-unknown-linux-gnu/libclang_rt.builtins.a"
done
mv "$clang/bin/clang" "$clang/bin/clang-22"
# The flags that the module leaves out for the same clang: src/plan/recipe.ts.
unknown=$(sed -n '/^    unknownFlags: \[$/,/^    \],$/s/^ *"\(.*\)",$/\1*/p' "$repository/src/plan/recipe.ts" | paste -sd '|')
[ -n "$unknown" ] || { echo "src/plan/recipe.ts names no flag that clang 22 does not know" >&2; exit 1; }
# A program PATH that hands all other flags on to NAME beside it: leave_out PATH NAME [FLAG].
leave_out() {
  {
    printf '#!/bin/sh\nfor flag do\n  shift\n  case $flag in\n    %s) ;;\n    *) set -- "$@" "$flag" ;;\n  esac\ndone\n' "$unknown"
    # Warnings that it does not know are no errors, as they are none for a toolchain that was given.
    printf 'exec "$(dirname "$(readlink -f "$0")")/%s" %s "$@" -Wno-unknown-warning-option\n' "$2" "${3-}"
  } >"$1"
  chmod 755 "$1"
}
leave_out "$clang/bin/clang" clang-22
leave_out "$clang/bin/clang++" clang-22 --driver-mode=g++
tar -C "$clang" -cf - . | xz -T0 -0 >"$bucket/clang-$revision-$sub.tar.xz"

# --- Rust, with bindgen and the libclang that it loads
home=$work/rustup
RUSTUP_HOME=$home rustup toolchain install "$toolchain" --no-self-update --profile minimal -c rustfmt -c rust-src
from=$(echo "$home/toolchains/$toolchain"-*)
object=$(cd "$v8" && PYTHONPATH=tools python3 -B -c '
from v8_deps import deps
print(next(it["object_name"] for it in deps["third_party/rust-toolchain"]["objects"] if "linux" in it["condition"]))')
rust=$work/rust-toolchain
rm -rf "$rust"
cp -r "$from" "$rust"
cp "$root/usr/bin/bindgen" "$rust/bin/bindgen-0.72"
leave_out "$rust/bin/bindgen" bindgen-0.72
copy_libraries "$rust/lib"
ln -sf "$(cd "$rust/lib" && ls libclang-22.so* | head -n 1)" "$rust/lib/libclang.so"
# The crates of the standard library, which rust-src leaves out.
library=$rust/lib/rustlib/src/rust/library
(cd "$library" && RUSTUP_HOME=$home RUSTUP_TOOLCHAIN=$toolchain cargo vendor --quiet --locked --versioned-dirs vendor >/dev/null)
lacking=$(sed -n 's/.*"\/\/third_party\/rust-toolchain\/\([^"]*\)".*/\1/p' "$v8/build/rust/std/rules/BUILD.gn" | sort -u |
  while read -r path; do [ -e "$rust/$path" ] || echo "$path"; done)
[ -z "$lacking" ] || { echo "$toolchain is not V8's: it lacks $(echo "$lacking" | wc -l) files, such as $(echo "$lacking" | head -n 1)" >&2; exit 1; }
"$rust/bin/rustc" -V >"$rust/VERSION"
mkdir -p "$storage/chromium-browser-clang/$(dirname "$object")"
tar -C "$rust" -cf - . | xz -T0 -0 >"$storage/chromium-browser-clang/$object"

# --- GN and Ninja, as CIPD's packages
pack() {
  python3 -c '
import sys, zipfile
path, name, out = sys.argv[1:]
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o755 << 16
    file.writestr(entry, open(path, "rb").read())' "$@"
}
pack "$root/usr/bin/gn" gn "$storage/chrome-infra-packages/gn"
pack "$root/usr/bin/ninja" ninja "$storage/chrome-infra-packages/ninja"
find "$bucket" "$storage" -type f -exec ls -l {} +
