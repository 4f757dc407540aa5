import { quote } from "../request/text.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * The numbers of a trace: each in digits of five bits, the low ones first, where 32 says that more follow, and the lowest
 * bit of the number is its sign. https://docs.rs/crate/deno_panic/0.2.1/source/src/vlq.rs
 */
function decode(trace: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let weight = 1;
  for (const character of trace) {
    const digit = DIGITS.indexOf(character);
    value += (digit % 32) * weight;
    weight *= 32;
    if (digit >= 32) continue;
    numbers.push(Math.floor(value / 2) * (value % 2 === 1 ? -1 : 1));
    value = 0;
    weight = 1;
  }
  return weight === 1 ? numbers : [];
}

/**
 * The addresses in the link that a deno prints when it panics, the innermost frame first: each lies in the instruction that
 * calls, and counts from where the program is loaded. https://github.com/denoland/deno/blob/v2.9.5/cli/lib.rs#L672
 */
export function panicAddresses(link: string): number[] {
  const [, trace = ""] = /^(?:https?:\/\/[^/\s]+\/v[^/\s]+\/[\w-]+\/)?([\w-]+)$/.exec(link) ?? [];
  const addresses = decode(trace);
  if (addresses.length > 0 && addresses.every((address) => address > 0)) return addresses;
  throw new Error(
    "link: expected what a deno of --features=deno/panic-trace-frame-pointer prints when it panics, " +
      `https://panic.deno.com/v<version>/<triple>/<trace>, or the trace alone; given: ${quote(link)}`,
  );
}
