import type { Container, File, Secret } from "@dagger.io/dagger";
import { fetched } from "../../dagger/engine/remote.js";
import { baseContainer, binFolder, type Entry, entrypointScript, image, textIn } from "../../dagger/images/image.js";
import { publish } from "../../dagger/images/publish.js";
import * as upstream from "../../dagger/upstream/git.js";
import { finishedBinary, unpackedFor } from "../binaries/finished.js";
import { checkRelease, checkRequest, originOf } from "../binaries/origin.js";
import { binaryOf, prepareBinary } from "../deno/build.js";
import { decide, engineFor, inTurn } from "../plan/work.js";
import type { Variant } from "../request/enums.js";
import type { Settings } from "../request/options.js";
import type { Target } from "../request/platform.js";
import { channelOf, newest, type VersionRequest } from "../request/version.js";
import { gitContainer } from "../toolchain/toolchains.js";
import { resolve, type Tree } from "../upstream/source.js";
import {
  ACCOUNT_FILES,
  type Accounts,
  baseImage,
  COMMAND,
  entrypoint,
  environment,
  type Identity,
  labels,
  OWNER,
  SCRIPT,
  shadowGroup,
  TINI,
  withUser,
} from "./layout.js";
import { checkLogin, checkTags, imageTags } from "./tags.js";

/** The oldest date that a zip can hold, for files whose source's date is not known. */
const NO_DATE = 315532800;

/** The date of every file of an image: its commit's, so that equal input gives an equal layer. */
export function dateOf({ created }: Identity): number {
  return created ?? NO_DATE;
}

/** A Deno, and the tree to build it from; no tree where the binary is finished. */
export interface Subject {
  identity: Identity;
  tree: Tree | null;
}

/** Which Deno a version means. For a finished binary of a release no tree is read, and for 2.9.5 not even tags. */
export async function identify(settings: Settings, request: VersionRequest): Promise<Subject> {
  const origin = originOf(settings.binaries !== undefined, settings.binaryOrigin);
  checkRequest(origin, request);
  if (origin !== "source" && (request.kind === "release" || request.kind === "line" || request.kind === "latest")) {
    const version =
      request.kind === "release" ? request.version : newest(await upstream.releaseTags(settings.repository), request);
    checkRelease(origin, version);
    return { identity: { version, channel: channelOf(request), commit: null, created: null }, tree: null };
  }
  const tree = await resolve(settings, request);
  const created = tree.commit ? await upstream.commitTime(await gitContainer(settings), tree.directory) : null;
  const { version, channel, commit } = tree;
  return { identity: { version, channel, commit, created }, tree: origin === "source" ? tree : null };
}

/** The deno of a platform, from wherever the options say. */
export async function binaryFor(settings: Settings, { identity, tree }: Subject, target: Target): Promise<File> {
  return tree ? binaryOf(await decide(settings, tree, target)) : finishedBinary(settings, identity.version, target);
}

const tiniRemote = { argument: "tini", instead: "the programs with --tini" };

async function tiniFor(settings: Settings, target: Target): Promise<File> {
  const { tini } = settings;
  const name = `tini-${target.debian}`;
  if (!tini) return fetched(TINI.url(target.debian), tiniRemote, TINI.checksums[target.debian]);
  if (!(await tini.exists(name))) throw new Error(`tini: ${name} is missing, for ${target.platform}`);
  const from = { file: tini.file(name), packing: "bare", sha512: null, name: `tini: ${name}` } as const;
  return unpackedFor(settings, from, target);
}

/** The files of the user and group deno, edited from what the image below has. */
async function accountFiles(base: Container): Promise<Entry[]> {
  const read = async (name: string) => [name, await textIn(base, `etc/${name}`)] as const;
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
export async function imageOf(
  settings: Settings,
  subject: Subject,
  target: Target,
  variant: Variant,
): Promise<Container> {
  const { identity } = subject;
  const base = await baseContainer(target.platform, baseImage(variant, settings.imageBase));
  const common = {
    base,
    date: dateOf(identity),
    environment: environment(variant, identity),
    labels: labels(variant, identity, settings.repository),
    entrypoint: entrypoint(variant),
  };
  const binary = await binaryFor(settings, subject, target);
  if (variant === "BIN") {
    return image({
      ...common,
      files: [{ path: "deno", content: binary, mode: 0o755 }],
      folders: [],
      command: null,
    }).sync();
  }
  const script: Entry = { path: SCRIPT.slice(1), content: entrypointScript, mode: 0o755 };
  const files: Entry[] = [
    { path: `${await binFolder(base)}/deno`, content: binary, mode: 0o755 },
    { path: "tini", content: await tiniFor(settings, target), mode: 0o755 },
    ...(variant === "DISTROLESS" ? [] : [script]),
    ...(await accountFiles(base)),
  ];
  return image({ ...common, files, folders: [{ path: "deno-dir", owner: OWNER }], command: COMMAND }).sync();
}

/** Refuses what cannot be compiled, before any source is read; finished binaries need no engine that compiles. */
export async function checkEngine(settings: Settings, targets: Target[]): Promise<void> {
  if (originOf(settings.binaries !== undefined, settings.binaryOrigin) === "source") await engineFor(settings, targets);
}

/**
 * Does what begins with an image of each platform: side by side, but one after the other where Deno is compiled for it.
 * What is wrong with the last one's parts is refused before the first one is compiled.
 */
export async function forEachImage<T>(
  settings: Settings,
  { tree }: Subject,
  targets: Target[],
  work: (target: Target) => Promise<T>,
): Promise<T[]> {
  if (!tree) return Promise.all(targets.map(work));
  await Promise.all(targets.map(async (target) => prepareBinary(await decide(settings, tree, target))));
  return inTurn(targets, work);
}

/** What is pushed, and where to. */
export interface Publication {
  /** REGISTRY/NAME */
  address: string;
  request: VersionRequest;
  targets: Target[];
  variant: Variant;
  tags: string[];
  username: string;
  password?: Secret;
}

/** Checks every argument, makes every image, and pushes last. */
export async function publishImages(settings: Settings, wanted: Publication): Promise<string[]> {
  const { address, request, targets, variant, username, password } = wanted;
  checkTags(wanted.tags, channelOf(request));
  baseImage(variant, settings.imageBase);
  checkLogin(username, password !== undefined);
  await checkEngine(settings, targets);
  const subject = await identify(settings, request);
  // Again, since only a tree that was given says whether it is a prerelease.
  checkTags(wanted.tags, subject.identity.channel);
  // The version's last, whatever the order that was given: it says that the version is published, with all its tags.
  const kinds = [...wanted.tags].sort((one, other) => Number(one === "version") - Number(other === "version"));
  const tags = imageTags(kinds, subject.identity, variant);
  const images = await forEachImage(settings, subject, targets, (target) =>
    imageOf(settings, subject, target, variant),
  );
  const pushed = await publish({ address, tags, images, credentials: password ? { username, password } : null });
  return imageTags(wanted.tags, subject.identity, variant).flatMap(
    (tag) => pushed.find((reference) => reference.startsWith(`${address}:${tag}@`)) ?? [],
  );
}
