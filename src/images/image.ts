import type { Container, File } from "@dagger.io/dagger";
import { NO_DATE } from "../../dagger/engine/date.js";
import { fetchFile } from "../../dagger/engine/remote.js";
import {
  assembleImage,
  baseContainer,
  binFolder,
  entrypointScript,
  type ImageFile,
  readBaseText,
} from "../../dagger/images/image.js";
import type { Variant } from "../request/enums.js";
import type { Identity } from "../request/identity.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import { openNetwork } from "../toolchain/toolchains.js";
import { unpackBinary } from "../toolchain/unpack.js";
import {
  ACCOUNT_FILES,
  type Accounts,
  baseImage,
  COMMAND,
  entrypoint,
  environment,
  labels,
  OWNER,
  SCRIPT,
  shadowGroup,
  TINI,
  withUser,
} from "./layout.js";

/** The date of every file of an image: its commit's, so that equal input gives an equal layer. */
export function fileDate({ created }: Identity): number {
  return created ?? NO_DATE;
}

/** The Deno that an image is made of. */
export interface Contents {
  identity: Identity;
  deno(target: Target): Promise<File>;
}

const tiniRemote = { argument: "tini", instead: "the programs with --tini" };

async function findTini(settings: Settings, target: Target): Promise<File> {
  const { tini } = settings;
  const name = `tini-${target.debian}`;
  if (!tini) {
    return fetchFile(TINI.url(target.debian), tiniRemote, openNetwork(settings), TINI.checksums[target.debian]);
  }
  if (!(await tini.exists(name))) throw new Error(`tini: ${name} is missing, for ${target.platform}`);
  const from = { file: tini.file(name), packing: "bare", sha512: null, name: `tini: ${name}` } as const;
  return unpackBinary(settings, from, target);
}

/** The files of the user and group deno, edited from what the image below has. */
async function accountFiles(base: Container): Promise<ImageFile[]> {
  const read = async (name: string) => [name, await readBaseText(base, `etc/${name}`)] as const;
  const accounts = Object.fromEntries(await Promise.all(ACCOUNT_FILES.map(read))) as unknown as Accounts;
  const edited = withUser(accounts);
  const secret = { mode: 0o640, owner: `0:${shadowGroup(accounts.group)}` };
  return ACCOUNT_FILES.flatMap((name) => {
    const content = edited[name];
    if (content === null) return [];
    return { path: `etc/${name}`, content, ...(name.endsWith("shadow") ? secret : { mode: 0o644 }) };
  });
}

/** The image of one platform, whole: whatever is wrong with its parts is an error here, before anything is pushed. */
export async function makeImage(
  settings: Settings,
  contents: Contents,
  target: Target,
  variant: Variant,
): Promise<Container> {
  const { identity } = contents;
  const base = await baseContainer(target.platform, baseImage(variant, settings.imageBase));
  const common = {
    base,
    date: fileDate(identity),
    environment: environment(variant, identity),
    labels: labels(variant, identity, settings.repository),
    entrypoint: entrypoint(variant),
  };
  const binary = await contents.deno(target);
  if (variant === "BIN") {
    return assembleImage({
      ...common,
      files: [{ path: "deno", content: binary, mode: 0o755 }],
      folders: [],
      command: null,
    }).sync();
  }
  const script: ImageFile = { path: SCRIPT.slice(1), content: entrypointScript, mode: 0o755 };
  const files: ImageFile[] = [
    { path: `${await binFolder(base)}/deno`, content: binary, mode: 0o755 },
    { path: "tini", content: await findTini(settings, target), mode: 0o755 },
    ...(variant === "DISTROLESS" ? [] : [script]),
    ...(await accountFiles(base)),
  ];
  return assembleImage({ ...common, files, folders: [{ path: "deno-dir", owner: OWNER }], command: COMMAND }).sync();
}
