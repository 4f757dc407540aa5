import type { Container } from "@dagger.io/dagger";
import { script } from "../engine/script.js";

/** How lld links a program, where equal functions are put together. */
export interface LinkOptions {
  /** the tree's folder of tools that see the order in which a start calls functions; null: they stay in the linker's order */
  startupOrder: string | null;
  /** whether the tables are kept by which a stack is unwound */
  unwindTables: boolean;
}

const linker = script(import.meta.url, "link/link.sh");

const withoutUnwindTables = script(import.meta.url, "link/without-unwind-tables.ld");

/** The container with what build.sh and the linker are told: words that say how a program is linked, empty for as it is. */
export function withLink(container: Container, link: LinkOptions | null): Container {
  if (!link) return container.withEnvVariable("LINK", "");
  const { startupOrder, unwindTables } = link;
  const place = "/opt/deno-from-source/link";
  const words = [
    "lld",
    ...(unwindTables ? [] : ["without-unwind-tables"]),
    // The last, which link.sh counts on.
    ...(startupOrder ? ["startup-order"] : []),
  ];
  const ready = container
    .withEnvVariable("LINK", words.join(" "))
    .withNewFile(`${place}/linker`, linker, { permissions: 0o755 })
    .withEnvVariable("LINKER", `${place}/linker`)
    .withEnvVariable("STARTUP_ORDER", startupOrder ?? "");
  if (unwindTables) return ready;
  return ready
    .withNewFile(`${place}/without-unwind-tables.ld`, withoutUnwindTables)
    .withEnvVariable("UNWIND_TABLES", `${place}/without-unwind-tables.ld`);
}
