import {
  type Container,
  type ContainerWithExecOpts,
  type Directory,
  dag,
  type File,
  type Secret,
} from "@dagger.io/dagger";
import { anew } from "./anew.js";
import { attempt } from "./attempt.js";
import { lastLines } from "./check.js";
import { script } from "./script.js";

/** What is between a site and the hosts that are downloaded from. */
export interface Network {
  /** by host, the URL that is asked in its place, without a slash at its end */
  mirrors: Record<string, string>;
  /** the URL of an HTTP proxy */
  proxy?: Secret;
  /** hosts that are asked without it */
  noProxy: string[];
  /** certificates in PEM that are trusted beside a container's own */
  authority?: File;
  /** makes a container with python3, for downloads that the engine itself would do past proxy and authority */
  python(): Promise<Container>;
}

const FOLDER = "/opt/network";
const enter = script(import.meta.url, "network/enter.sh");
const sitecustomize = script(import.meta.url, "network/sitecustomize.py");
const download = script(import.meta.url, "network/download.py");
const ask = script(import.meta.url, "network/ask.py");

/** The address that is asked for what a URL names. */
export function mirrored(network: Network | undefined, url: string): string {
  const { host, protocol } = new URL(url);
  const mirror = network?.mirrors[host];
  return mirror ? mirror + url.slice(`${protocol}//${host}`.length) : url;
}

/** Where cargo is told of a mirror: in a folder above every other, so that a tree's and a home's own settings stay. */
const CARGO = "/.cargo/config.toml";

/** What cargo is told of a mirror of crates.io; null: nothing. https://doc.rust-lang.org/cargo/reference/source-replacement.html */
function cargoSettings({ mirrors }: Network): string | null {
  const index = mirrors["index.crates.io"];
  return index
    ? `[source.crates-io]\nreplace-with = "mirror"\n\n[source.mirror]\nregistry = "sparse+${index}/"\n`
    : null;
}

/** Variables for a shell to read. Nothing in them needs a quote: src/request/network.ts matches all against patterns. */
function environment({ mirrors, noProxy }: Network): string {
  const rust = mirrors["static.rust-lang.org"];
  return [
    ...(rust ? [`export RUSTUP_DIST_SERVER='${rust}' RUSTUP_UPDATE_ROOT='${rust}/rustup'`] : []),
    ...(noProxy.length > 0 ? [`export no_proxy='${noProxy.join(",")}'`] : []),
    "",
  ].join("\n");
}

/** What enter.sh reads. */
function settingsFolder(network: Network): Directory {
  const hosts = Object.entries(network.mirrors);
  const lines = (line: (host: string, url: string) => string) =>
    hosts.map(([host, url]) => `${line(host, url)}\n`).join("");
  let folder = dag
    .directory()
    .withNewFile("enter.sh", enter)
    .withNewFile("environment", environment(network))
    .withNewFile(
      "mirrors",
      lines((host, url) => `${host} ${url}`),
    )
    .withNewFile("python/sitecustomize.py", sitecustomize);
  if (hosts.length > 0) {
    const pattern = (host: string) => host.replaceAll(".", "\\.");
    folder = folder.withNewFile(
      "apt.sed",
      lines((host, url) => `s#https\\{0,1\\}://${pattern(host)}/#${url}/#g`),
    );
  }
  return network.authority ? folder.withFile("authority.pem", network.authority) : folder;
}

/** A command that downloads, run behind what the site has; the container that comes of it has nothing of that. */
export function withDownloads(
  container: Container,
  network: Network | undefined,
  command: string[],
  options?: ContainerWithExecOpts,
): Container {
  if (!network) return container.withExec(command, options);
  const { proxy } = network;
  const cargo = cargoSettings(network);
  let ready = container.withMountedDirectory(FOLDER, settingsFolder(network));
  if (cargo)
    ready = ready.withMountedFile(CARGO, dag.directory().withNewFile("config.toml", cargo).file("config.toml"));
  if (proxy) ready = ready.withSecretVariable("http_proxy", proxy).withSecretVariable("https_proxy", proxy);
  let done = ready.withExec(["sh", `${FOLDER}/enter.sh`, ...command], options);
  if (proxy) done = done.withoutSecretVariable("https_proxy").withoutSecretVariable("http_proxy");
  if (cargo) done = done.withoutMount(CARGO);
  return done.withoutMount(FOLDER);
}

/** Arguments for a command of cargo that looks for settings at home alone, as `cargo install` does. */
export function cargoMirror(network: Network | undefined): string[] {
  return network && cargoSettings(network) ? ["--config", CARGO] : [];
}

/** Whether the engine's own downloads, and this process's, would go past what the site has. */
export function isApart(network: Network | undefined): network is Network {
  return network?.proxy !== undefined || network?.authority !== undefined;
}

/** A download in a container, with the checks of the engine's own. */
export async function downloadApart(network: Network, url: string, checksum = "", permissions = 0o600): Promise<File> {
  const command = ["python3", "-c", download, url, checksum, permissions.toString(8)];
  return withDownloads(await network.python(), network, command)
    .file("/out/file")
    .sync();
}

/** The status that a host answers a container with. */
export async function answersApart(network: Network, url: string): Promise<number> {
  // Anew: a host that answered once may not do so now.
  const asking = anew(await network.python());
  const { code, out, err } = await attempt(withDownloads(asking, network, ["python3", "-c", ask, url]));
  if (code === 0) return Number(out);
  throw new Error(`${url} does not answer: ${lastLines(err)}. Check --proxy, --no-proxy and --certificate-authority`);
}
