import type { Target } from "../request/platform.js";

/** e_machine of the architectures that people have: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINES: Record<number, string> = { 3: "i386", 40: "32-bit ARM", 62: "x86_64", 183: "aarch64", 243: "riscv64" };

/** Refuses a program of another architecture, by the first 20 bytes of its ELF header, in hex. */
export function checkHeader(header: string, name: string, { platform, machine }: Target): void {
  const bytes = Buffer.from(header, "hex");
  const elf = bytes.length >= 20 && bytes.toString("latin1", 0, 4) === "\x7fELF";
  // Byte 5 says which end a number begins with; what people have begins with the low one.
  const found = elf ? (MACHINES[bytes.readUInt16LE(18)] ?? `machine ${bytes.readUInt16LE(18)}`) : null;
  if (found === machine) return;
  const what = found ? `a program for ${found}` : "not an ELF program";
  throw new Error(`${name}: it is ${what}; ${platform} needs one for ${machine}`);
}
