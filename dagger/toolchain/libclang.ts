import type { Container } from "@dagger.io/dagger";
import { script } from "../engine/script.js";

/** Where {@link withLibclang} writes `variables` for bindgen, for a shell to read, if it has to choose a libclang. */
export const libclang = "/opt/libclang";

const choose = script(import.meta.url, "choose-libclang.sh");

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
