import { type Container, dag } from "@dagger.io/dagger";

/** The container with the crates that any build has downloaded, wherever its cargo keeps them. */
export async function withCargoRegistry(container: Container): Promise<Container> {
  const home = (await container.envVariable("CARGO_HOME")) || "/root/.cargo";
  return container.withMountedCache(`${home}/registry`, dag.cacheVolume("cargo-registry"));
}
