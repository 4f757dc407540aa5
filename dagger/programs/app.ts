import { type Container, type Directory, dag } from "@dagger.io/dagger";
import { attempt } from "../engine/attempt.js";
import { lastWords } from "./program.js";

/** What the image of a program is made of; all of it is decided before. */
export interface AppBuild {
  /** Deno's image of that platform */
  image: Container;
  platform: string;
  source: Directory;
  /** where the source is put; an absolute path */
  folder: string;
  /** an absolute path in that folder, so that it is no option */
  module: string;
  /** options of deno cache */
  options: string[];
  /** user:group that the program runs as, in numbers */
  user: string;
  /** the date of every file, in seconds since 1970 */
  date: number;
  /** labels and annotations of Deno's image that are not true of the program's */
  labels: string[];
  entrypoint: string[];
}

/** DENO_DIR of Deno's image. */
const CACHE = "/deno-dir";

/** The source with what Deno put beside it, such as node_modules and deno.lock, and what it downloaded. */
interface Cached {
  files: Directory;
  downloads: Directory;
}

/**
 * Runs the platform's own Deno in a container that is thrown away, for npm packages may be of a platform. Nothing but
 * Deno runs: `deno cache` runs neither the program nor, without --allow-scripts, the scripts of npm packages.
 */
async function cacheImports({ image, platform, source, folder, module, options }: AppBuild): Promise<Cached> {
  const done = image
    .withDirectory(folder, source)
    .withWorkdir(folder)
    .withEnvVariable("DENO_NO_UPDATE_CHECK", "1")
    .withEnvVariable("NO_COLOR", "1")
    .withExec(["/bin/deno", "cache", ...options, module]);
  const { code, err } = await attempt(done);
  if (code !== 0) {
    throw new Error(`app: deno cache of ${module} for ${platform} ended with ${code}: ${lastWords(err)}`);
  }
  return { files: done.directory(folder), downloads: done.directory(CACHE) };
}

/** The image of a program: Deno's, and one layer on it. No command is run in it. */
export async function buildApp(input: AppBuild): Promise<Container> {
  const { image, folder, user, date, labels, entrypoint } = input;
  const { files, downloads } = await cacheImports(input);
  const layer = dag
    .directory()
    .withDirectory(folder.slice(1), files, { owner: "0:0" })
    .withDirectory(CACHE.slice(1), downloads, { owner: user })
    .withTimestamps(date);
  let container = image.withDirectory("/", layer);
  for (const name of labels) container = container.withoutLabel(name).withoutAnnotation(name);
  return (
    container
      .withWorkdir(folder)
      // In numbers: Kubernetes' runAsNonRoot does not look a name up.
      // https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
      .withUser(user)
      // A program that is served does not ask dl.deno.land whether there is a newer Deno.
      .withEnvVariable("DENO_NO_UPDATE_CHECK", "1")
      .withEntrypoint(entrypoint)
      .withoutDefaultArgs()
      .sync()
  );
}
