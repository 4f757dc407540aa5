import type { File } from "@dagger.io/dagger";
import { fetchTarball } from "../binaries/finished.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import { unpackBinary } from "../toolchain/unpack.js";

/**
 * A small prebuilt Node-API addon, by its SHA-512 as the registry published it:
 * https://www.npmjs.com/package/@node-rs/crc32?activeTab=versions
 */
const ADDON = {
  version: "1.10.8",
  integrity: {
    x64: "DFd0eV47MAykz4PQDcBSlEvY3CtXqPt2gkBpvPngCpOUoIJgEk9tKtPjEgUwLatMkvsy4fEvAg7gckGickOyEw==",
    arm64: "Vr1P3+WF+RsUVI8CNLiunl1vuzdpgTR1sf9PxgQFr3o//hh2KdqJeU4zZsFVTn+GbGZtqvRoba0wi8nKMzRLeg==",
  },
};

/** The addon for a platform, verified. The registry says where the tarball is; what is in it is known here. */
export async function fetchAddon(settings: Settings, target: Target): Promise<File> {
  const { version, integrity } = ADDON;
  const name = `crc32-linux-${target.cpu}-gnu`;
  const from = {
    ...(await fetchTarball(settings, `@node-rs/${name}`, version)),
    sha512: Buffer.from(integrity[target.cpu], "base64").toString("hex"),
    member: `crc32.linux-${target.cpu}-gnu.node`,
  };
  return unpackBinary(settings, from, target);
}
