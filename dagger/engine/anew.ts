import type { Container } from "@dagger.io/dagger";

const now = new Date().toISOString();

/** A container whose next commands are run anew by each call: the engine would remember an answer that may be another now. */
export function anew(container: Container): Container {
  return container.withEnvVariable("ASKED_AT", now);
}
