// vitest's globalSetup: one PostgreSQL server for a run of tests, in a folder that goes with it.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { build } from "../../scripts/build.mjs";
import { startEmbedded } from "../../src/store/embedded-postgres.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Superuser, database `postgres`. */
    postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Once, before the workers: two that build at the same time would each run what the other is writing.
  build();
  const dir = mkdtempSync(join(tmpdir(), "passerelle-test-"));
  chmodSync(dir, 0o755);
  const server = await startEmbedded({ dir, durable: false, maxConnections: 200 });
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
