import { expect, it } from "vitest";
import { panicAddresses } from "../../../src/deno/panic-link.js";

const site = "https://panic.deno.com/v2.9.5/x86_64-unknown-linux-gnu/";

it.each<[string, number[]]>([
  ["C", [1]],
  ["gB", [16]],
  ["CgBkB", [1, 16, 18]],
  ["-____B", [0x1ffffff]],
])("the trace %s has its numbers", (trace, numbers) => {
  expect(panicAddresses(trace)).toEqual(numbers);
  expect(panicAddresses(`${site}${trace}`)).toEqual(numbers);
  expect(panicAddresses(`https://panic.deno.com/v2.9.5+0123456/aarch64-unknown-linux-gnu/${trace}`)).toEqual(numbers);
});

it.each(["", site, `${site}g`, `${site}A`, `${site}D`, `${site}C C`, "file:///v1/x/C", `${site}C/../C`])(
  "what is no trace is refused with what one looks like: %j",
  (link) => {
    expect(() => panicAddresses(link)).toThrow(/^link: expected .*panic-trace-frame-pointer.*; given: "/);
  },
);
