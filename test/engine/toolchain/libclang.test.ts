import { dag } from "@dagger.io/dagger";
import { expect, it } from "vitest";
import { libclang, withLibclang } from "../../../dagger/toolchain/libclang.js";
import { describeEngine } from "../../support/engine.js";
import { useSession } from "../support/session.js";
import { base } from "../support/toolchain.js";

describeEngine("libclang for a bindgen that misreads newer ones", () => {
  useSession();

  /** A distribution with these LLVMs, as Debian lays them out; nothing of them is loaded. */
  const having = (...majors: string[]) =>
    majors.reduce(
      (container, major) =>
        container
          .withNewFile(`/usr/lib/llvm-${major}/lib/libclang.so`, "")
          .withNewFile(`/usr/lib/llvm-${major}/lib/clang/${major}/include/stdint.h`, ""),
      dag.container().from(base),
    );
  const ask = ["sh", "-c", `. ${libclang}/variables && echo $LIBCLANG_PATH && "$CLANG_PATH" -print-resource-dir`];

  it("is the newest that is old enough, with a clang that names its folder of headers", async () => {
    const said = await withLibclang(having("3.9", "14", "19", "21", "22"), { least: null, most: 21 })
      .withExec(ask)
      .stdout();
    expect(said).toBe("/usr/lib/llvm-21/lib\n/usr/lib/llvm-21/lib/clang/21\n");
  });

  it("leaves the clang that is beside it", async () => {
    const clang = "#!/bin/sh\necho its own\n";
    const container = having("19", "22").withNewFile("/usr/lib/llvm-19/bin/clang", clang, { permissions: 0o755 });
    expect(await withLibclang(container, { least: null, most: 21 }).withExec(ask).stdout()).toBe(
      "/usr/lib/llvm-19/lib\nits own\n",
    );
  });

  it("is not chosen where all are good, nor where there is none", async () => {
    const look = ["sh", "-c", `test -e ${libclang} || echo none`];
    expect(await withLibclang(having("22"), { least: null, most: null }).withExec(look).stdout()).toBe("none\n");
    expect(await withLibclang(having(), { least: null, most: 21 }).withExec(look).stdout()).toBe("none\n");
  });

  it("is old enough for bindgen and new enough for V8's libc++", async () => {
    const said = await withLibclang(having("19", "21", "22"), { least: 21, most: 21 })
      .withExec(ask)
      .stdout();
    expect(said).toBe("/usr/lib/llvm-21/lib\n/usr/lib/llvm-21/lib/clang/21\n");
  });

  it("is an error where all are too old for V8's libc++", async () => {
    const failure = await withLibclang(having("19", "22"), { least: 21, most: 21 })
      .sync()
      .catch((error) => error);
    expect(failure.stderr).toMatch(
      /^toolchain: its libclang is 19 22; bindgen needs one of 21 or newer, .* and 21 or older/,
    );
  });

  it("is an error where all are too new, before anything is compiled", async () => {
    const failure = await withLibclang(having("22", "23"), { least: null, most: 21 })
      .sync()
      .catch((error) => error);
    expect(failure.stderr).toMatch(
      /^toolchain: its libclang is 22 23; .* 21 or older, .*install libclang-21-dev beside it/,
    );
  });
});
