import type { Container } from "@dagger.io/dagger";
import { parsePlatform, type Target } from "./platform.js";

/** The given toolchain for a platform; undefined: none were given at all, and the default is made. */
export async function ownToolchain(
  { toolchains }: { toolchains: Container[] },
  target: Target,
  purpose: string,
): Promise<Container | undefined> {
  if (toolchains.length === 0) return undefined;
  const platforms = await Promise.all(toolchains.map(async (it) => parsePlatform(await it.platform(), "toolchains")));
  const index = platforms.indexOf(target);
  if (index < 0) {
    throw new Error(
      `toolchains: none is for ${target.platform}, where ${purpose}; ` +
        `given: ${platforms.map(({ platform }) => platform).join(", ")}`,
    );
  }
  return toolchains[index];
}
