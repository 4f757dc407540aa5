import { getTracer } from "@dagger.io/dagger/telemetry";

/** Shows long work as a span with a name of its own, so that hours of compiling can be told apart. */
export function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  return getTracer("deno-from-source").startActiveSpan(name, work);
}
