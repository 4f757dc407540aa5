import { execFileSync } from "node:child_process";
import { type Container, dag } from "@dagger.io/dagger";
import { beforeAll, describe, expect, it } from "vitest";
import { ImageVariant } from "../../../src/request/enums.js";
import { describeEngine } from "../../support/engine.js";
import { folder, machines, names, program } from "../support/finished.js";
import { copyOfDeno, library, version } from "../support/fixture.js";
import { commitAll, serve } from "../support/git.js";
import { bare, docker, imageModule, look, official, platforms } from "../support/image.js";
import { useSession } from "../support/session.js";
import { registry, toolchain } from "../support/toolchain.js";

describeEngine("an image on a real engine", () => {
  useSession();

  describe.each(platforms)("of %s", (platform) => {
    let image: Container;
    beforeAll(async () => {
      image = await imageModule().image(official, platform);
    });

    it("has Deno, tini, the user and Deno's folder where they are looked for", async () => {
      const files = "bin/deno tini usr/local/bin/docker-entrypoint.sh deno-dir etc/passwd etc/shadow";
      expect((await look(image, `stat -c '%n %F %a %u:%g %Y' ${files}`)).split("\n")).toEqual([
        "bin/deno regular file 755 0:0 315532800",
        "tini regular file 755 0:0 315532800",
        "usr/local/bin/docker-entrypoint.sh regular file 755 0:0 315532800",
        "deno-dir directory 755 1993:1993 315532800",
        "etc/passwd regular file 644 0:0 315532800",
        "etc/shadow regular file 640 0:42 315532800",
        "",
      ]);
      expect(await look(image, "readlink bin; grep -h deno etc/passwd etc/group etc/shadow etc/gshadow")).toBe(
        "usr/bin\ndeno:x:1993:1993::/home/deno:/bin/sh\ndeno:x:1993:\ndeno:!::0:99999:7:::\ndeno:!::\n",
      );
    });

    it("says what it is", async () => {
      expect(await image.platform()).toBe(platform);
      expect(await image.label("org.opencontainers.image.version")).toBe(official);
      expect(await image.label("org.opencontainers.image.source")).toBe("https://github.com/denoland/deno");
      const names = ["DENO_DIR", "DENO_INSTALL_ROOT", "DENO_VERSION", "DENO_USE_CGROUPS"];
      expect(await Promise.all(names.map((name) => image.envVariable(name)))).toEqual([
        "/deno-dir/",
        "/usr/local",
        official,
        "1",
      ]);
    });

    it("does what docker run IMAGE words means", async () => {
      expect(await docker(image, null)).toBe("Welcome to Deno!\n");
      expect(await docker(image, ["eval", "console.log(Deno.version.deno, Deno.build.arch)"])).toBe(
        `${official} ${platform === "linux/arm64" ? "aarch64" : "x86_64"}\n`,
      );
      expect(await docker(image, ["--version"])).toContain(`deno ${official} (stable, release`);
      expect(await docker(image, ["bash", "-c", "echo $0: $(cat /proc/1/comm)"])).toBe("bash: tini\n");
      const written = image.withNewFile("/app/x.ts", "console.log(Deno.args)");
      expect(await docker(written, ["run", "/app/x.ts", "a b"])).toBe('[ "a b" ]\n');
      expect(await docker(written, ["/app/x.ts"])).toBe("[]\n");
    });

    it("works as user deno, who may write to Deno's folder", async () => {
      expect(await docker(image, ["id"], "deno")).toBe("uid=1993(deno) gid=1993(deno) groups=1993(deno)\n");
      const script =
        "Deno.writeTextFileSync('/deno-dir/x', String(Deno.uid())); Deno.stdout.writeSync(Deno.readFileSync('/deno-dir/x'))";
      expect(await docker(image, ["eval", script], "deno")).toBe("1993");
    });
  });

  it("of a Deno that is compiled from a checkout carries its commit and date", async () => {
    const directory = await copyOfDeno();
    const git = (...args: string[]) => execFileSync("git", ["-C", directory, ...args], { encoding: "utf8" }).trim();
    git("init", "-q");
    git("add", "-A");
    const author = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"];
    execFileSync("git", ["-C", directory, ...author, "commit", "-qm", "release"], {
      env: { ...process.env, GIT_COMMITTER_DATE: "2026-08-25T09:01:31Z" },
    });
    const compiled = imageModule({
      binaryOrigin: undefined,
      source: dag.host().directory(directory),
      librarySource: library(),
      toolchains: [toolchain("linux/amd64", true)],
    });
    const image = await compiled.image(version, "linux/amd64");
    const label = (name: string) => image.label(`org.opencontainers.image.${name}`);
    expect(await Promise.all(["version", "revision", "created"].map(label))).toEqual([
      version,
      git("rev-parse", "HEAD"),
      "2026-08-25T09:01:31Z",
    ]);
    expect(await look(image, "TZ=UTC stat -c %y bin/deno")).toContain("2026-08-25 09:01:31");
    expect(await docker(image, ["eval", "console.log(6*7)"], "deno")).toBe("42\n");
  });

  it("of a binary that was given looks up latest and canary in the repository", async () => {
    const directory = await copyOfDeno();
    const git = commitAll(directory);
    git("tag", `v${version}`);
    git("tag", "v2.8.3");
    const hash = git("rev-parse", "HEAD");
    const binaries = dag.host().directory(await folder({ [names.amd64]: program(machines.amd64) }));
    const repository = await serve(directory);
    const given = imageModule({ binaries, binaryOrigin: undefined, imageBase: "", tini: undefined, repository });
    const says = async (asked: string) => {
      const image = await given.image(asked, "linux/amd64", ImageVariant.BIN);
      return Promise.all(["version", "revision"].map((name) => image.label(`org.opencontainers.image.${name}`)));
    };
    expect(await says("latest")).toEqual([version, null]);
    expect(await says("canary")).toEqual([`${version}+${hash.slice(0, 7)}`, hash]);
  });

  it("of the variant BIN is /deno and nothing else", async () => {
    const image = await imageModule()
      .image(official, "linux/arm64", ImageVariant.BIN)
      .catch((error) => error);
    expect(String(image)).toContain("image-base: given for the variant BIN");
    const alone = await imageModule({ imageBase: "" }).image(official, "linux/arm64", ImageVariant.BIN);
    expect(await look(alone, "find . -mindepth 1 -printf '%P %m %U:%G\\n'")).toBe("deno 755 0:0\n");
    expect(await alone.entrypoint()).toEqual([]);
  });

  it("of the variant DISTROLESS needs no shell, and gives every word to Deno", async () => {
    const address = `${registry}/deno-from-source/bare:test`;
    await dag.container().publish(address, { platformVariants: platforms.map(bare) });
    for (const platform of platforms) {
      const image = await imageModule({ imageBase: address }).image(official, platform, ImageVariant.DISTROLESS);
      expect(await look(image, "ls bin/sh usr/local etc/shadow 2>/dev/null; cat etc/group")).toBe("deno:x:1993:\n");
      expect(await docker(image, null, "deno")).toBe("Welcome to Deno!\n");
      expect(await docker(image, ["eval", "console.log(Deno.uid())"], "1993:1993")).toBe("1993\n");
    }
  });
});
