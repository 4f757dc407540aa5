import type { Directory } from "@dagger.io/dagger";
import { nameAddresses } from "../../dagger/deno/panic-trace.js";
import { withSystemCompilers } from "../../dagger/toolchain/compilers.js";
import { withSymbolizer } from "../../dagger/toolchain/toolchain.js";
import { enginePlatform, openNetwork, ownToolchain, type ToolchainOptions } from "../toolchain/toolchains.js";
import { panicAddresses } from "./panic-link.js";

/** A panic's frames, named by the debug files of the deno that panicked: one frame a line, its inlined functions below it. */
export async function namePanic(settings: ToolchainOptions, link: string, files: Directory): Promise<string> {
  const addresses = panicAddresses(link);
  const names = await files.entries();
  if (!names.includes("deno.debug")) {
    throw new Error(
      "debug-files: there is no deno.debug in them; give what debug-files made with that deno, or what is in its " +
        `deno-<triple>.debug.zip; found: ${names.slice(0, 5).join(", ") || "nothing"}`,
    );
  }
  const own = await ownToolchain(settings, await enginePlatform(), "a panic's frames are named");
  const tools = own ? withSystemCompilers(own, []) : withSymbolizer(settings.base, openNetwork(settings));
  const split = names.includes("deno.dwp") ? files.file("deno.dwp") : null;
  const frames = await nameAddresses(tools, { symbols: files.file("deno.debug"), split }, addresses);
  if (frames.every((frame) => frame.startsWith("??"))) {
    throw new Error(
      `debug-files: they name none of the ${addresses.length} frames in link: they are of another build, which may lie ` +
        "elsewhere in each",
    );
  }
  return frames.map((frame, index) => `${String(index).padStart(3)}: ${frame.replaceAll("\n", "\n    ")}\n`).join("");
}
