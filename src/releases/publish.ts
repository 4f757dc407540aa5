import type { Secret } from "@dagger.io/dagger";
import { pushIndex } from "../../dagger/images/publish.js";
import { forEachTarget, type Supply } from "../binaries/supply.js";
import { makeImage } from "../images/image.js";
import { baseImage } from "../images/layout.js";
import { checkLogin, checkTags, imageTags } from "../images/tags.js";
import type { Variant } from "../request/enums.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import { requestChannel, type VersionRequest } from "../request/version.js";

/** What is pushed, and where to. */
export interface Publication {
  /** REGISTRY/NAME */
  address: string;
  request: VersionRequest;
  targets: Target[];
  variant: Variant;
  tags: string[];
  username: string;
  password?: Secret;
}

/** Checks every argument, makes every image, and pushes last. */
export async function publishImages(
  settings: Settings,
  supply: () => Promise<Supply>,
  wanted: Publication,
): Promise<string[]> {
  const { address, request, targets, variant, username, password } = wanted;
  checkTags(wanted.tags, requestChannel(request));
  baseImage(variant, settings.imageBase);
  checkLogin(username, password !== undefined);
  const deno = await supply();
  // Again, since only a tree that was given says whether it is a prerelease.
  checkTags(wanted.tags, deno.identity.channel);
  // The version's last, whatever the order that was given: it says that the version is published, with all its tags.
  const kinds = [...wanted.tags].sort((one, other) => Number(one === "version") - Number(other === "version"));
  const tags = imageTags(kinds, deno.identity, variant);
  const images = await forEachTarget(deno, targets, (target) => makeImage(settings, deno, target, variant));
  const pushed = await pushIndex({ address, tags, images, credentials: password ? { username, password } : null });
  return imageTags(wanted.tags, deno.identity, variant).flatMap(
    (tag) => pushed.find((reference) => reference.startsWith(`${address}:${tag}@`)) ?? [],
  );
}
