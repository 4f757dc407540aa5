#!/bin/sh
# Compiles a C file and a Rust program with the compilers that crates and cargo are pointed at for a triple, and links both.
set -eu
triple=$1
suffix=$(echo "$triple" | tr - _)
# By the names that the cc crate and cargo look for: dagger/toolchain/cross.ts sets them.
cc=$(printenv "CC_$suffix" || echo cc)
linker=$(printenv "CARGO_TARGET_$(echo "$suffix" | tr '[:lower:]' '[:upper:]')_LINKER" || echo cc)
rm -rf /out && mkdir /out && cd /out
cat >answer.c <<'C'
#include <stdlib.h>
int answer(void) { return atoi("42"); }
C
cat >main.rs <<'RUST'
extern "C" { fn answer() -> i32; }
fn main() { println!("{} {}", std::env::consts::ARCH, unsafe { answer() }); }
RUST
"$cc" -O1 -c answer.c -o answer.o
rustc --edition=2021 --target "$triple" -C linker="$linker" -C link-arg=answer.o main.rs -o rehearsed
