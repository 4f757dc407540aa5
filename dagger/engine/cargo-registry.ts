import { type Container, dag } from "@dagger.io/dagger";

/**
 * cargo locks its registry by files beside it, in a folder that each container has of its own: two builds that fill one
 * registry at once would get in each other's way ("File exists", https://github.com/rust-lang/cargo/issues/11376). So
 * the lock files are links to files in the volume, and the lock is the volume's:
 * https://github.com/rust-lang/cargo/blob/0.96.0/src/cargo/util/cache_lock.rs
 */
const linkLocks = `set -eu
mkdir -p "$1"
ln -sf registry/.package-cache registry/.package-cache-mutate "$1/"`;

/** The container with the crates that any build has downloaded, wherever its cargo keeps them. */
export async function withCargoRegistry(container: Container): Promise<Container> {
  const home = (await container.envVariable("CARGO_HOME")) || "/root/.cargo";
  return (
    container
      .withExec(["sh", "-c", linkLocks, "link-cargo-locks", home])
      // Not the name that this volume had when each container locked for itself.
      .withMountedCache(`${home}/registry`, dag.cacheVolume("cargo-registry-and-locks"))
  );
}
