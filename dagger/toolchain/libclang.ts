import type { Container } from "@dagger.io/dagger";

/** Where {@link withLibclang} writes `variables` for bindgen, for a shell to read, if it has to choose a libclang. */
export const libclang = "/opt/libclang";

const choose = `set -eu
least=$1 most=$2 best=0 seen=
for folder in /usr/lib/llvm-*/lib; do
  major=\${folder#/usr/lib/llvm-}
  major=\${major%/lib}
  case $major in *[!0-9]*) continue ;; esac
  if [ ! -e "$folder/libclang.so.1" ] && [ ! -e "$folder/libclang.so" ]; then continue; fi
  seen="$seen $major"
  if [ "$major" -ge "$least" ] && [ "$major" -le "$most" ] && [ "$major" -gt "$best" ]; then best=$major; fi
done
if [ "$best" = 0 ]; then
  # Elsewhere, or none, which nothing may need.
  if [ -z "$seen" ]; then exit 0; fi
  echo "toolchain: its libclang is$seen; bindgen needs one of$3" >&2
  exit 1
fi
root=/usr/lib/llvm-$best
clang=$root/bin/clang
mkdir -p ${libclang}
# rusty_v8's build.rs asks the clang beside it for the folder of its headers, and nothing else:
# https://github.com/denoland/rusty_v8/blob/v147.4.0/build.rs#L202
if [ ! -e "$clang" ]; then
  mkdir -p "$root/bin"
  printf '#!/bin/sh\\necho %s\\n' "$(ls -d "$root/lib/clang/$best"* | head -n 1)" >"$clang"
  chmod 755 "$clang"
fi
# bindgen asks a clang for its folders of headers too, the first one on PATH unless it is told of one. Those of two
# versions do not go together: their stdint.h includes the other's, and not the C library's.
# https://github.com/KyleMayes/clang-sys/blob/v1.8.1/src/support.rs
echo "export LIBCLANG_PATH=$root/lib CLANG_PATH=$clang" >${libclang}/variables
`;

/** The versions of libclang that will do, both ends among them; null: no bound. */
export interface LibclangRange {
  /** of V8's headers: what its libc++ asks of a clang */
  least: number | null;
  /** of the bindgen in Cargo.lock: the newest that it reads rightly */
  most: number | null;
}

const NO_BOUND = 9999;

/**
 * The container with a libclang of `range` where it can be found, of those that a distribution has installed. With one that
 * is too new, an old bindgen gives structures without fields: some fail to compile, hours later; others would not.
 */
export function withLibclang(container: Container, { least, most }: LibclangRange): Container {
  if (least === null && most === null) return container;
  const needs = [
    ...(least === null
      ? []
      : [` ${least} or newer, for V8's libc++ (install libclang-${most ?? least}-dev beside it)`]),
    ...(most === null
      ? []
      : [
          ` ${most} or older, for a bindgen in Cargo.lock is older than 0.72.1 and reads types wrongly with 22 and newer (install libclang-${most}-dev beside it)`,
        ]),
  ].join(", and");
  return container.withExec(["sh", "-c", choose, "choose", String(least ?? 0), String(most ?? NO_BOUND), needs]);
}
