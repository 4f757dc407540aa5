import { execFileSync } from "node:child_process";
import { folder, machines, program } from "./finished.js";
import { base } from "./toolchain.js";

export const certificate = "-----BEGIN CERTIFICATE-----\nof nobody\n-----END CERTIFICATE-----\n";

/** What the organisation of the examples brings, and tini, which is not run either. */
export const own = async () => {
  const directory = await folder({
    "ca.pem": Buffer.from(certificate),
    "main.ts": Buffer.from("console.log(1);\n"),
    "tini-amd64": program(machines.amd64),
    "tini-arm64": program(machines.arm64),
  });
  return { directory, options: [`--base=${base}`, `--image-base=${base}`, `--tini=${directory}`] };
};

/** Architecture and version of each image in an archive. In the engine's order, which is not that of the list: sorted. */
export function carried(archive: string): string[][] {
  // https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
  const read = (name: string) => JSON.parse(execFileSync("tar", ["-xOf", archive, name], { encoding: "utf8" }));
  const blob = ({ digest }: { digest: string }) => read(`blobs/${digest.replace(":", "/")}`);
  const { manifests } = blob(read("index.json").manifests[0]);
  const images = manifests.map((manifest: { digest: string }) => blob(blob(manifest).config));
  return images
    .map((image: { architecture: string; config: { Labels: Record<string, string> } }) => [
      image.architecture,
      image.config.Labels["org.opencontainers.image.version"],
    ])
    .sort();
}
