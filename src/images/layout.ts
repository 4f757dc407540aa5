import { UBUNTU } from "../request/base.js";
import type { Variant } from "../request/enums.js";
import { fullVersion, type Identity } from "../request/identity.js";

/**
 * Image indexes with linux/amd64 and linux/arm64, of 2026. Their C libraries are as new as the default base's, which a
 * binary needs that is compiled against it: Ubuntu 24.04 has 2.39, Debian 13 has 2.41.
 */
const BASES: Record<Variant, string | null> = {
  UBUNTU,
  DEBIAN: "debian:trixie-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f",
  DISTROLESS: "gcr.io/distroless/cc-debian13@sha256:4594d59540d1948417f6ca2829ddd9294493a7c68b7528f4dd459de7f203a750",
  BIN: null,
};

/** The address of the image below; null: nothing is below. */
export function baseImage(variant: Variant, own: string): string | null {
  if (variant === "BIN" && own)
    throw new Error("image-base: given for the variant BIN, which is the binary and nothing else");
  return own || BASES[variant];
}

/** The user's name, and the number of the user and its group: https://github.com/denoland/deno_docker/blob/main/ubuntu.dockerfile */
const USER = "deno";
const ID = 1993;
export const OWNER = `${ID}:${ID}`;

/** The variables of https://github.com/denoland/deno_docker, which Dockerfiles and scripts rely on. */
export function environment(variant: Variant, identity: Identity): Record<string, string> {
  const version = { DENO_VERSION: fullVersion(identity) };
  if (variant === "BIN") return version;
  return { DENO_USE_CGROUPS: "1", DENO_DIR: "/deno-dir/", DENO_INSTALL_ROOT: "/usr/local", ...version };
}

const NAMES: Record<Variant, string> = {
  UBUNTU: "Ubuntu",
  DEBIAN: "Debian",
  DISTROLESS: "Distroless",
  BIN: "binary only",
};

/** Every name that {@link labels} gives one. */
export const LABELS = ["title", "description", "version", "source", "licenses", "revision", "created"].map(
  (name) => `org.opencontainers.image.${name}`,
);

/** Labels and annotations: https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
export function labels(variant: Variant, identity: Identity, repository: string): Record<string, string> {
  const { commit, created } = identity;
  const of = (name: string) => `org.opencontainers.image.${name}`;
  return {
    [of("title")]: "Deno",
    [of("description")]: `Deno (${NAMES[variant]})`,
    [of("version")]: fullVersion(identity),
    [of("source")]: repository,
    [of("licenses")]: "MIT",
    ...(commit && { [of("revision")]: commit }),
    ...(created !== null && { [of("created")]: new Date(created * 1000).toISOString().replace(".000Z", "Z") }),
  };
}

export const COMMAND = ["eval", "console.log('Welcome to Deno!')"];

/** PID 1 hands signals on and reaps what is left behind, which Deno does not. */
export function entrypoint(variant: Variant): string[] | null {
  if (variant === "BIN") return null;
  return ["/tini", "--", variant === "DISTROLESS" ? "/bin/deno" : SCRIPT];
}

/** Where dagger/images/in-image/docker-entrypoint.sh is; absolute, for a base image need not set PATH. */
export const SCRIPT = "/usr/local/bin/docker-entrypoint.sh";

/** The files that name users and groups; null: the image below has no such file. */
export interface Accounts {
  passwd: string | null;
  group: string | null;
  shadow: string | null;
  gshadow: string | null;
}

export const ACCOUNT_FILES = ["passwd", "group", "shadow", "gshadow"] as const;

/** A line for the user in a file of lines `name:…`, with the number in the third field; a line that agrees is left. */
function withLine(file: string, text: string, line: string, numbered: boolean): string {
  for (const other of text.split("\n").filter(Boolean)) {
    const [name, , number] = other.split(":");
    const sameName = name === USER;
    const sameNumber = numbered && number === String(ID);
    if (sameName && (sameNumber || !numbered)) return text;
    if (sameName || sameNumber) {
      throw new Error(
        `image-base: its ${file} has ${JSON.stringify(other)}, in the way of user and group ${USER} ${ID}`,
      );
    }
  }
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
}

/**
 * The user and group deno as useradd would make them, written into the files, for no program of another architecture
 * runs. The password is locked; the day of its last change is left out, so that the image does not depend on a day.
 */
export function withUser({ passwd, group, shadow, gshadow }: Accounts): Accounts {
  const shell = "/bin/sh";
  return {
    passwd: withLine("/etc/passwd", passwd ?? "", `${USER}:x:${ID}:${ID}::/home/${USER}:${shell}`, true),
    group: withLine("/etc/group", group ?? "", `${USER}:x:${ID}:`, true),
    shadow: shadow === null ? null : withLine("/etc/shadow", shadow, `${USER}:!::0:99999:7:::`, false),
    gshadow: gshadow === null ? null : withLine("/etc/gshadow", gshadow, `${USER}:!::`, false),
  };
}

/** The number of the group that may read /etc/shadow; root's where there is none. */
export function shadowGroup(group: string | null): string {
  return /^shadow:[^:]*:(\d+):/m.exec(group ?? "")?.[1] ?? "0";
}

/** tini v0.19.0: https://github.com/krallin/tini/releases/tag/v0.19.0; static, for distroless images and others. */
export const TINI = {
  url: (debian: string) => `https://github.com/krallin/tini/releases/download/v0.19.0/tini-static-${debian}`,
  checksums: {
    amd64: "sha256:c5b0666b4cb676901f90dfcb37106783c5fe2077b04590973b885950611b30ee",
    arm64: "sha256:eae1d3aa50c48fb23b8cbdf4e369d0910dfc538566bfd09df89a774aa84a48b9",
  },
};
