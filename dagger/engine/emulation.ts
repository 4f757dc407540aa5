import { dag, type Platform } from "@dagger.io/dagger";
import { anew } from "./anew.js";
import { attempt } from "./attempt.js";
import { fromRemote } from "./remote.js";

/** Fails when the engine cannot run programs of the platform, before anything long is begun. */
export async function assertRuns(base: string, platform: Platform): Promise<void> {
  const remote = {
    argument: "base",
    address: base,
    wanted: `the image for ${platform}`,
    instead: "another with --base",
  };
  const probe = await fromRemote(remote, () => dag.container({ platform }).from(base).sync());
  // Anew: what QEMU's installation once added to the kernel is gone after the machine was started again.
  const said = await attempt(anew(probe).withExec(["uname", "-m"])).catch((error) => ({
    code: -1,
    out: "",
    err: String(error),
  }));
  if (said.code === 0) return;
  const cause = said.err.trim().split("\n").at(-1);
  const help = /exec format error/i.test(said.err)
    ? "; it needs QEMU: on the engine's host run `docker run --privileged --rm tonistiigi/binfmt --install all`, or " +
      "install Debian's or Ubuntu's package qemu-user-static"
    : "";
  throw new Error(`platform: the engine cannot run programs of ${platform} (${cause})${help}`);
}
