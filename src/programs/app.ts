import { Container, File, func, object, Secret } from "@dagger.io/dagger";
import { pushIndex, tarball } from "../../dagger/images/publish.js";
import { checkLogin, parseAddress } from "../images/tags.js";
import { parsePlatform } from "../request/platform.js";
import { checkAppTags } from "./program.js";

/** The image of a program that runs on Deno, for one or several platforms. */
@object()
export class App {
  // Without a constructor, whose arguments would be a part of the API: app fills them in.
  platforms: string[] = [];
  images: Container[] = [];

  /**
   * The image of one platform. An error if app was not asked for it.
   *
   * Example: `dagger call app --source=. --entrypoint=main.ts container --platform=linux/amd64 as-tarball -o app.tar`
   */
  @func({ cache: "5m" })
  container(
    /** linux/arm64 or linux/amd64, one of those that app was given */
    platform: string = "linux/arm64",
  ): Container {
    const target = parsePlatform(platform);
    const image = this.images[this.platforms.indexOf(target.platform)];
    if (image) return image;
    throw new Error(`platform: ${target.platform} is none of those of app: ${this.platforms.join(", ")}`);
  }

  /**
   * Pushes one index with the image of each platform for each tag, and gives the references with their digests.
   *
   * Example: `dagger call app --source=. --entrypoint=main.ts publish --address=ghcr.io/me/app --username=me --password=env:TOKEN`
   */
  @func({ cache: "never" })
  async publish(
    /** Registry and name, without a tag: ghcr.io/me/app */
    address: string,
    /** The tags as they are, one or more. Example: --tags=1.0,latest */
    tags: string[] = ["latest"],
    /** User name at the registry */
    username: string = "",
    /** Password or token at the registry */
    password?: Secret,
  ): Promise<string[]> {
    const to = parseAddress(address);
    checkAppTags(tags);
    checkLogin(username, password !== undefined);
    const credentials = password ? { username, password } : null;
    return pushIndex({ address: to, tags, images: this.images, credentials });
  }

  /**
   * The same index as an OCI archive, for where no registry is; skopeo calls such a file oci-archive:app.tar.
   *
   * Example: `dagger call app --source=. --entrypoint=main.ts tarball -o app.tar`
   */
  @func({ cache: "5m" })
  tarball(): File {
    return tarball(this.images);
  }
}
