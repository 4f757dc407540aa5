import { type Container, type Directory, dag, type Platform } from "@dagger.io/dagger";
import { BinaryOrigin } from "../../../src/request/enums.js";
import { denoFromSource, type Options } from "../../support/module.js";
import { base } from "./toolchain.js";

/** Deno's own release as published on npm for both platforms. */
export const official = "2.9.5";
export const platforms = ["linux/amd64", "linux/arm64"] as const;

const debs = `set -eu
for name in amd64 arm64; do
  if [ "$name" != "$(dpkg --print-architecture)" ]; then dpkg --add-architecture "$name"; fi
done
apt-get update
cd /tmp
mkdir /out
for name in amd64 arm64; do
  apt-get download "tini:$name"
  dpkg-deb -x tini_*_"$name".deb "$name"
  cp "$name/usr/bin/tini-static" "/out/tini-$name"
done`;

/** Debian's own tini for both platforms, unpacked and not run; for a machine that does not reach GitHub. */
export const tini = (): Directory => dag.container().from(base).withExec(["sh", "-c", debs]).directory("/out");

/** The module with npm's binaries and Debian's tini. */
export const imageModule = (options: Partial<Options> = {}) =>
  denoFromSource({ base, imageBase: base, tini: tini(), binaryOrigin: BinaryOrigin.REGISTRY, ...options });

/** What docker run IMAGE words prints; tini is process 1. */
export const docker = (image: Container, words: string[] | null, user = "") =>
  image
    .withUser(user)
    .withExec(words ?? [], { useEntrypoint: true, noInit: true })
    .stdout();

/** What a tree's files are, seen from a container of the engine's platform. */
export const look = (image: Container, command: string) =>
  dag
    .container()
    .from(base)
    .withMountedDirectory("/image", image.rootfs())
    .withWorkdir("/image")
    .withExec(["sh", "-c", command])
    .stdout();

/** The base image of a platform without a shell, links in /, or /etc/shadow: what distroless images are like. */
export const bare = (platform: string): Container => {
  const from = dag
    .container({ platform: platform as Platform })
    .from(base)
    .rootfs();
  const triple = platform === "linux/arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  const loader = platform === "linux/arm64" ? "lib/ld-linux-aarch64.so.1" : "lib64/ld-linux-x86-64.so.2";
  return dag
    .container({ platform: platform as Platform })
    .withDirectory(`/usr/lib/${triple}`, from.directory(`usr/lib/${triple}`), { include: ["*.so*"] })
    .withFile(`/${loader}`, from.file(loader))
    .withNewFile("/etc/passwd", "root:x:0:0:root:/root:/sbin/nologin\n");
};
