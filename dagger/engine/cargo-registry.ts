import { type Container, dag } from "@dagger.io/dagger";
import { script } from "./script.js";

const linkLocks = script(import.meta.url, "link-cargo-locks.sh");

/** Where a container's cargo keeps what it downloads: https://doc.rust-lang.org/cargo/guide/cargo-home.html */
export async function cargoHome(container: Container): Promise<string> {
  return (await container.envVariable("CARGO_HOME")) || "/root/.cargo";
}

/** The container with the crates that any build has downloaded, wherever its cargo keeps them. */
export async function withCargoRegistry(container: Container): Promise<Container> {
  const home = await cargoHome(container);
  return (
    container
      .withExec(["sh", "-c", linkLocks, "link-cargo-locks", home])
      // Not the name that this volume had when each container locked for itself.
      .withMountedCache(`${home}/registry`, dag.cacheVolume("cargo-registry-and-locks"))
  );
}
