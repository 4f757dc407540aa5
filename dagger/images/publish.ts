import { type Container, dag, type File, type Secret } from "@dagger.io/dagger";
import { messageOf } from "../engine/message.js";

/** What is pushed: one index of all images for each tag. */
export interface Push {
  /** without a tag */
  address: string;
  tags: string[];
  images: Container[];
  credentials: { username: string; password: Secret } | null;
}

/** What registries say when they do not let somebody in. */
const REFUSED = /\b(401|403)\b|unauthorized|authorization failed|authentication required|forbidden|denied/i;

function explainFailure(error: unknown, credentials: Push["credentials"]): string {
  const message = messageOf(error);
  if (!REFUSED.test(message)) return message;
  const who = credentials ? "does not accept the user name and password that were given" : "asks for a login";
  return `the registry ${who}, or does not allow this push (${message})`;
}

/**
 * Pushes under one tag after the other, and gives the references with their digests. It is called on an empty
 * container, which is no part of the index: https://github.com/dagger/dagger/blob/v0.21.7/core/container.go#L6427
 */
export async function pushIndex({ address, tags, images, credentials }: Push): Promise<string[]> {
  const pushed: string[] = [];
  for (const tag of tags) {
    let container = dag.container();
    if (credentials) container = container.withRegistryAuth(address, credentials.username, credentials.password);
    try {
      pushed.push(await container.publish(`${address}:${tag}`, { platformVariants: images }));
    } catch (error) {
      const before = pushed.length > 0 ? `; pushed before it: ${pushed.join(", ")}` : "";
      throw new Error(`publish: ${address}:${tag} was not pushed: ${explainFailure(error, credentials)}${before}`);
    }
  }
  return pushed;
}

/** The index of all images as an OCI archive. */
export function tarball(images: Container[]): File {
  return dag.container().asTarball({ platformVariants: images });
}
