import { type Container, type Directory, dag, ExistsType, type File, type Platform } from "@dagger.io/dagger";
import { fromRemote } from "../engine/remote.js";
import { script } from "../engine/script.js";

/** One file of the image. */
export interface ImageFile {
  /** from the root, without a slash before it */
  path: string;
  content: File | string;
  mode: number;
  /** user:group as numbers, when it is not root's */
  owner?: string;
}

/** What an image is made of; nothing of it is run. */
export interface ImageBuild {
  /** what is below: {@link baseContainer} */
  base: Container;
  files: ImageFile[];
  /** empty folders with their owner */
  folders: { path: string; owner: string }[];
  /** the date of every file, in seconds since 1970 */
  date: number;
  environment: Record<string, string>;
  labels: Record<string, string>;
  entrypoint: string[] | null;
  command: string[] | null;
}

/** The program that an image starts with, behind tini. */
export const entrypointScript = script(import.meta.url, "in-image/docker-entrypoint.sh");

/** The image below, or an empty one. */
export async function baseContainer(
  platform: string,
  address: string | null,
  argument = "image-base",
): Promise<Container> {
  const empty = dag.container({ platform: platform as Platform });
  if (address === null) return empty;
  const remote = {
    argument,
    address,
    wanted: `the image for ${platform}`,
    instead: `another image with --${argument}`,
  };
  return fromRemote(remote, () => empty.from(address).sync());
}

/** Where a file of /bin is to be put: in most distributions /bin is a link to /usr/bin, which must stay one. */
export async function binFolder(base: Container): Promise<string> {
  const options = { expectedType: ExistsType.SymlinkType, doNotFollowSymlinks: true };
  return (await base.rootfs().exists("bin", options)) ? "usr/bin" : "bin";
}

/** A text file of the image below; null when there is none. */
export async function readBaseText(base: Container, path: string): Promise<string | null> {
  return (await base.rootfs().exists(path)) ? base.file(`/${path}`).contents() : null;
}

/**
 * The image of one platform. All that is added is one layer, in which every file and folder has the same date: equal
 * input gives an equal layer. Files that are added to a container one by one leave the clock's time in their folders.
 */
export function assembleImage({
  base,
  files,
  folders,
  date,
  environment,
  labels,
  entrypoint,
  command,
}: ImageBuild): Container {
  let tree: Directory = dag.directory();
  for (const { path, content, mode, owner } of files) {
    const options = { permissions: mode };
    tree =
      typeof content === "string" ? tree.withNewFile(path, content, options) : tree.withFile(path, content, options);
    tree = tree.chown(path, owner ?? "0:0");
  }
  for (const { path, owner } of folders) tree = tree.withNewDirectory(path, { permissions: 0o755 }).chown(path, owner);
  // The name that a distribution gave its own image.
  let container = base.withDirectory("/", tree.withTimestamps(date)).withoutLabel("org.opencontainers.image.ref.name");
  for (const [name, value] of Object.entries(environment)) container = container.withEnvVariable(name, value);
  for (const [name, value] of Object.entries(labels)) {
    container = container.withLabel(name, value).withAnnotation(name, value);
  }
  if (entrypoint) container = container.withEntrypoint(entrypoint);
  return command ? container.withDefaultArgs(command) : container;
}
