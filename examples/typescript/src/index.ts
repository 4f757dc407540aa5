/**
 * How other modules use deno-from-source: a patched binary for servers, an organisation's own image for two platforms,
 * an archive of images from binaries that two machines made, several Denos on one V8.
 *
 * On a site without the internet the options of this module name what is there: base images, toolchains, finished
 * binaries. They stand before the function, as those of deno-from-source do.
 */
// The types of dag.denoFromSource are made by `dagger develop` in this folder, into sdk/, which is not committed; after
// that `npx tsc --noEmit -p .` checks this file. The repository's own type check leaves it out, for npm's SDK has no
// bindings of modules.
import { Container, Directory, dag, File, func, object, Secret } from "@dagger.io/dagger";

const DENO = "2.9.5";

/** Debian and Ubuntu; a list of packages that is kept in an image only makes it bigger. */
const INSTALL = `set -eu
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/*`;

/**
 * Options, of which none is needed. Dagger's TypeScript bindings leave out the question mark where an argument has a
 * default: https://github.com/dagger/dagger/blob/v0.21.7/cmd/codegen/generator/typescript/templates/src/args.ts.gtpl
 */
const some = <Options>(options: NoInfer<Partial<Options>>) => options as Options;

/** How other modules use deno-from-source. */
@object()
export class Examples {
  source?: Directory;
  librarySource?: Directory;
  toolchains: Container[];
  base?: string;
  binaries?: Directory;
  imageBase?: string;
  tini?: Directory;

  constructor(
    /** Deno's source tree, where its Git server is not reachable. Example: --source=../deno */
    source?: Directory,
    /** rusty_v8's source, likewise. Example: --library-source=../rusty_v8 */
    librarySource?: Directory,
    /** Containers with compilers, where upstream's are not reachable. Example: --toolchains=registry.example/sid:latest */
    toolchains: Container[] = [],
    /** Base image of what is compiled. Example: --base=registry.example/debian:bookworm */
    base?: string,
    /** Finished binaries or release zips, to compile nothing. Example: --binaries=./dist */
    binaries?: Directory,
    /** The organisation's base image, Debian or Ubuntu. Example: --image-base=registry.example/base:2026 */
    imageBase?: string,
    /** Static binaries of tini, where GitHub is not reachable. Example: --tini=./tini */
    tini?: Directory,
  ) {
    this.source = source;
    this.librarySource = librarySource;
    this.toolchains = toolchains;
    this.base = base;
    this.binaries = binaries;
    this.imageBase = imageBase;
    this.tini = tini;
  }

  /**
   * A Deno for servers: with the organisation's patches, without `deno upgrade`, with the cheaper profile.
   *
   * Example: `dagger call deno-from-source-build-server --patches=./patches -o deno`
   */
  @func()
  denoFromSourceBuild_server(
    /** A directory of *.patch files */
    patches: Directory,
    /** Deno's version */
    version: string = DENO,
    /** linux/arm64 or linux/amd64 */
    platform: string = "linux/amd64",
  ): File {
    return dag
      .denoFromSource(some({ ...this.compiling(), patches, profile: "release-lite", upgrade: false }))
      .build({ version, platform });
  }

  /**
   * Several Denos on one V8, which takes the hours: a folder of patches for each, and one that is as upstream wrote it.
   *
   * Example: `dagger call deno-from-source-flavours --flavours=./flavours -o dist`
   */
  @func()
  async denoFromSource_flavours(
    /** A directory with a folder of *.patch files for each flavour */
    flavours: Directory,
    /** Deno's version; patches for V8 would be library-patches, and make another V8 */
    version: string = DENO,
    /** linux/arm64 or linux/amd64 */
    platform: string = "linux/amd64",
  ): Promise<Directory> {
    const prebuilt = dag.denoFromSource(some(this.compiling())).mirror({ version, platforms: [platform] });
    const options = { ...this.compiling(), librarySource: undefined, prebuilt };
    const build = (patches?: Directory) =>
      dag.denoFromSource(some({ ...options, patches })).build({ version, platform });
    const names = (await flavours.entries()).map((name) => name.replace(/\/$/, ""));
    return names.reduce(
      (all, name) => all.withFile(`${name}/deno`, build(flavours.directory(name))),
      dag.directory().withFile("upstream/deno", build()),
    );
  }

  /**
   * The organisation's image: its own base image, certificate authority, packages and files around Deno, as user deno.
   *
   * Example: `dagger call --image-base=registry.example/base:2026 deno-from-source-image-company --certificate=ca.pem`
   */
  @func()
  denoFromSourceImage_company(
    /** The certificate authority that the organisation's servers are signed by, as PEM */
    certificate: File,
    /** Packages of the base image's distribution; for another platform than the engine's apt-get runs under QEMU */
    packages: string[] = [],
    /** What is put into /app */
    files?: Directory,
    /** Deno's version */
    version: string = DENO,
    /** linux/arm64 or linux/amd64 */
    platform: string = "linux/amd64",
  ): Container {
    const { binaries, imageBase, tini } = this;
    const deno = dag.denoFromSource(some({ ...this.compiling(), binaries, imageBase, tini }));
    const image = deno.image(some({ version, platform }));
    const installed = packages.length > 0 ? image.withExec(["sh", "-c", INSTALL, "install", ...packages]) : image;
    return (
      installed
        // Deno reads it beside its own list: https://docs.deno.com/runtime/reference/env_variables/
        // Nothing has to be run for it, as update-ca-certificates would, so both platforms cost the same.
        .withFile("/etc/ssl/company.pem", certificate, { permissions: 0o644 })
        .withEnvVariable("DENO_CERT", "/etc/ssl/company.pem")
        .withDirectory("/app", files ?? dag.directory(), { owner: "deno:deno" })
        .withWorkdir("/app")
        .withUser("deno")
        .withLabel("org.opencontainers.image.vendor", "Example Ltd.")
    );
  }

  /**
   * The same image for several platforms under one tag, pushed; gives the reference with its digest.
   *
   * Example: `dagger call deno-from-source-publish-company --address=registry.example/deno:2.9.5 --certificate=ca.pem`
   */
  // What is pushed is not looked at before the result of an earlier call is taken: so no result is kept.
  @func({ cache: "never" })
  async denoFromSourcePublish_company(
    /** Registry, name and tag */
    address: string,
    /** As for the image */
    certificate: File,
    /** As for the image */
    packages: string[] = [],
    /** As for the image */
    files?: Directory,
    /** Deno's version */
    version: string = DENO,
    /** As for deno-from-source's publish */
    platforms: string[] = ["linux/arm64", "linux/amd64"],
    /** User name at the registry */
    username: string = "",
    /** Password at the registry. Example: env:REGISTRY_PASSWORD */
    password?: Secret,
  ): Promise<string> {
    const platformVariants = platforms.map((platform) =>
      this.denoFromSourceImage_company(certificate, packages, files, version, platform),
    );
    const pushing = password ? dag.container().withRegistryAuth(address, username, password) : dag.container();
    return pushing.publish(address, { platformVariants });
  }

  /**
   * One archive with the images of both platforms, to be carried to where there is no registry, from the folders that an
   * arm64 and an amd64 machine each made natively by `release`.
   *
   * Example: `dagger call deno-from-source-image-carried --arm=./dist-arm --intel=./dist-intel -o deno.tar`
   */
  @func()
  denoFromSourceImage_carried(
    /** The folder that release --platforms=linux/arm64 made */
    arm: Directory,
    /** The folder that release --platforms=linux/amd64 made */
    intel: Directory,
    /** The version that they were built as; it is not read from the binaries */
    version: string = DENO,
  ): File {
    const { base, toolchains, imageBase, tini } = this;
    const binaries = arm.withDirectory(".", intel);
    const deno = dag.denoFromSource(some({ base, toolchains, binaries, imageBase, tini }));
    const platformVariants = ["linux/arm64", "linux/amd64"].map((platform) => deno.image(some({ version, platform })));
    return dag.container().asTarball({ platformVariants });
  }

  /** What a site without the internet names for compiling. */
  private compiling() {
    const { source, librarySource, toolchains, base } = this;
    return { source, librarySource, toolchains, base };
  }
}
