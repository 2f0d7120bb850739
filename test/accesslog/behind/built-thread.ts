// The thread behind the log from TypeScript sources: bundled once, as a file that a Worker can load.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

export function buildThread(): { file: URL; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-thread-"));
  const outfile = join(folder, "thread.cjs");
  buildSync({
    entryPoints: [join(import.meta.dirname, "../../../src/accesslog/behind/thread.ts")],
    ...{ outfile, bundle: true, platform: "node", format: "cjs", external: ["pg-native"], logLevel: "error" },
  });
  return { file: pathToFileURL(outfile), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
