import { dag, type File } from "@dagger.io/dagger";
import { downloadApart, isApart, mirrored, type Network } from "./network.js";

/** Something that another machine has. */
export interface Remote {
  /** the option or argument that says where it is */
  argument: string;
  address: string;
  /** what is wanted of it */
  wanted: string;
  /** what to give when it cannot be had from there */
  instead: string;
}

/** A failure in the words of the engine and of the program that it ran. */
function readReason(error: unknown): string {
  const { message, stderr } = error as { message?: string; stderr?: string };
  return [message ?? String(error), stderr?.trim().split("\n").slice(-3).join("\n")].filter(Boolean).join(": ");
}

/** The error for what another machine did not give: which machine, what was wanted, why not, and what can be done. */
export function notGiven({ argument, address, wanted, instead }: Remote, why: string, cause?: unknown): Error {
  const reason = why.trim() || "it did not say why";
  return new Error(
    `${argument}: ${address} did not give ${wanted}: ${reason}. Check the address, and the engine's network and proxy, ` +
      `or give ${instead}`,
    { cause },
  );
}

/** Does what needs another machine. A failure, which is `exit status 128` in the engine's words, is told as {@link notGiven}. */
export async function fromRemote<T>(remote: Remote, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw notGiven(remote, readReason(error), error);
  }
}

/** A download, of its host or of the mirror that stands for it. With a checksum, other content is an error too. */
export function fetchFile(
  url: string,
  remote: Omit<Remote, "address" | "wanted">,
  network: Network | undefined,
  checksum?: string,
  permissions?: number,
): Promise<File> {
  const address = mirrored(network, url);
  const wanted = { ...remote, argument: address === url ? remote.argument : "mirrors", address, wanted: "the file" };
  return fromRemote(wanted, () =>
    isApart(network)
      ? downloadApart(network, address, checksum, permissions)
      : dag.http(address, { checksum, permissions }).sync(),
  );
}
