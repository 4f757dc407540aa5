/** Ubuntu 24.04 as of 2026-07, an image index with linux/amd64 and linux/arm64: glibc 2.39. */
export const UBUNTU = "ubuntu:24.04@sha256:4fbb8e6a8395de5a7550b33509421a2bafbc0aab6c06ba2cef9ebffbc7092d90";

/**
 * Ubuntu 18.04, the last image index that Docker Hub had of it, with linux/amd64 and linux/arm64: glibc 2.27, which upstream's
 * releases need (docs/binary.md). Ubuntu's servers keep its packages, where Debian's of that age have moved to an archive.
 */
export const UPSTREAM_FLOOR = "ubuntu:18.04@sha256:152dc042452c496007f07ca9127571cb9c29697f42acbfad72324b2bb2e43c98";

/** What a person calls the image of the C library, empty for the base image: without its digest. */
export function sysrootName(image: string): string {
  return image.replace(/@.*/, "") || "the base image";
}
