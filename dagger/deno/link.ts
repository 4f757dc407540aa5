import type { Container } from "@dagger.io/dagger";
import { script } from "../engine/script.js";

/** How lld links a program, where equal functions are put together. */
export interface LinkOptions {
  /** the tree's folder of tools that see the order in which a start calls functions; null: they stay in the linker's order */
  startupOrder: string | null;
  /** whether that order was asked for, so that it is an error where it cannot be seen; else it is left out there */
  orderAsked: boolean;
  /** whether the tables are kept by which a stack is unwound */
  unwindTables: boolean;
  /** whether the table that says where a start writes addresses is packed */
  packedRelocations: boolean;
}

const linker = script(import.meta.url, "link/link.sh");

const takesBreakpoints = script(import.meta.url, "link/takes-breakpoints.c");

const relocate = script(import.meta.url, "link/relocate.c");

const arrangeLinker = script(import.meta.url, "link/arrange-linker.sh");

const withoutUnwindTables = script(import.meta.url, "link/without-unwind-tables.ld");

/** The container with what build.sh and the linker are told: words that say how a program is linked, empty for as it is. */
export function withLink(container: Container, link: LinkOptions | null): Container {
  if (!link) return container.withEnvVariable("LINK", "");
  const { startupOrder, orderAsked, unwindTables, packedRelocations } = link;
  const place = "/opt/deno-from-source/link";
  const words = [
    "lld",
    ...(unwindTables ? [] : ["without-unwind-tables"]),
    ...(packedRelocations ? ["packed-relocations"] : []),
    // The last, which link.sh counts on.
    ...(startupOrder ? ["startup-order"] : []),
  ];
  let ready = container
    .withEnvVariable("LINK", words.join(" "))
    .withEnvVariable("STARTUP_ORDER", startupOrder ?? "")
    .withEnvVariable("STARTUP_ORDER_ASKED", orderAsked ? "1" : "")
    .withNewFile(`${place}/arrange-linker.sh`, arrangeLinker);
  const named = (variable: string, name: string, contents: string, permissions = 0o644) => {
    const path = `${place}/${name}`;
    ready = ready.withNewFile(path, contents, { permissions }).withEnvVariable(variable, path);
  };
  named("LINKER", "linker", linker, 0o755);
  if (!unwindTables) named("UNWIND_TABLES", "without-unwind-tables.ld", withoutUnwindTables);
  if (startupOrder) named("TAKES_BREAKPOINTS", "takes-breakpoints.c", takesBreakpoints);
  if (packedRelocations) named("RELOCATE", "relocate.c", relocate);
  return ready;
}
