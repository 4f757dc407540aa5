import { parseAddress } from "./tags.js";

/** An image's repository in a registry. */
export interface ImageName {
  /** the registry's URL without a slash at its end */
  registry: string;
  name: string;
}

/**
 * Where an image's list of tags is. A registry on localhost speaks HTTP, as the engine and Docker take it; Docker Hub's
 * API has another host than its name: https://distribution.github.io/distribution/spec/api/
 */
export function parseImageName(address: string): ImageName {
  const [host = "", ...path] = parseAddress(address).split("/");
  const name = path.join("/");
  if (host === "docker.io" || host === "index.docker.io") {
    return { registry: "https://registry-1.docker.io", name: path.length === 1 ? `library/${name}` : name };
  }
  const scheme = /^(localhost|127\.0\.0\.1)(:|$)/.test(host) ? "http" : "https";
  return { registry: `${scheme}://${host}`, name };
}
