import { defineConfig } from "vitest/config";

/** One project a tier: `npx vitest run --project unit` runs one. What each proves is said in CONTRIBUTING.md. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      // Importing Dagger's SDK takes seconds on a busy machine.
      { test: { name: "graph", include: ["test/graph/**/*.test.ts"], testTimeout: 60_000 } },
      {
        test: { name: "contract", include: ["test/contract/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          globalSetup: "test/support/engine.ts",
          // One at a time: each has the whole machine, and what it prints can be read.
          fileParallelism: false,
          testTimeout: 30 * 60_000,
          hookTimeout: 30 * 60_000,
        },
      },
    ],
  },
});
