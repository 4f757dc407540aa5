import { CacheSharingMode, type Container, dag } from "@dagger.io/dagger";

/** What a shell says where the volume `key` is mounted at /cache: asked anew at each call, for what is in it changes. */
export function lookInVolume(container: Container, key: string | undefined, command: string): Promise<string> {
  return container
    .withEnvVariable("NOW", String(Date.now()))
    .withMountedCache("/cache", dag.cacheVolume(key as string), { sharing: CacheSharingMode.Locked })
    .withExec(["sh", "-c", command])
    .stdout();
}

/** V8's cache volumes among those that a spied `dag.cacheVolume` was asked for. */
export function libraryVolumes({ mock }: { mock: { calls: [name: string, ...rest: unknown[]][] } }): string[] {
  return mock.calls.map(([name]) => name).filter((name) => name.startsWith("rusty-v8-"));
}
