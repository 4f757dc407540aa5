import { describe, expect, it } from "vitest";
import { parsePlatform } from "../../../src/request/platform.js";
import { checkHeader } from "../../../src/toolchain/elf.js";

const arm = parsePlatform("linux/arm64");
const amd = parsePlatform("linux/amd64");

/** An ELF header's first 20 bytes: 64 bits, low end first, a position-independent program. */
const elf = (machine: number) => `7f454c46020101000000000000000000${"0300"}${machine.toString(16)}00`;

describe("a binary's ELF header", () => {
  it("is of the platform's architecture", () => {
    expect(() => checkHeader(elf(183), "x", arm)).not.toThrow();
    expect(() => checkHeader(elf(62), "x", amd)).not.toThrow();
  });

  it.each([
    [elf(62), arm, "binaries: x: it is a program for x86_64; linux/arm64 needs one for aarch64"],
    [elf(183), amd, "binaries: x: it is a program for aarch64; linux/amd64 needs one for x86_64"],
    [elf(40), arm, "a program for 32-bit ARM"],
    [elf(0x15), arm, "a program for machine 21"],
    ["", arm, "not an ELF program"],
    ["7f454c46", arm, "not an ELF program"],
    [Buffer.from("#!/bin/sh\necho I am deno").toString("hex"), amd, "not an ELF program; linux/amd64 needs"],
  ] as const)("%s is refused", (header, target, message) => {
    expect(() => checkHeader(header, "binaries: x", target)).toThrow(message);
  });
});
