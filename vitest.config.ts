import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const require = createRequire(import.meta.url);
// One realm of graphql: without the alias vitest loads its ESM build beside the CommonJS one.
const resolve = { alias: [{ find: /^graphql$/, replacement: require.resolve("graphql") }] };

const drawn = {
  setupFiles: ["test/support/property-seed.ts"],
  env: { PROPERTY_SEED: process.env["PROPERTY_SEED"] ?? "100924530" },
};

// Timeouts only end what hangs; no test measures time. They leave room for a busy machine.
export default defineConfig({
  test: {
    // On two cores vitest would take one worker, and the tests that wait for PostgreSQL leave half of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve,
        test: {
          ...drawn,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.services.test.ts", "test/**/*.long.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          ...drawn,
          name: "services",
          include: ["test/**/*.services.test.ts"],
          globalSetup: ["test/support/postgres-server.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          ...drawn,
          name: "long",
          include: ["test/**/*.long.test.ts"],
          globalSetup: ["test/support/postgres-server.ts"],
          testTimeout: 900_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
