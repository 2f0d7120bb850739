import { unwatchFile, watchFile } from "node:fs";
import { join } from "node:path";
import { loadSettings } from "../config.js";
import { formatFault, hasFault } from "../terms/index.js";

/** gateway.yaml is read at the start alone: a change is said, with its faults, so that nobody waits for its effect. */
export function watchSettings(folder: string, report: (line: string) => void): () => Promise<void> {
  const file = join(folder, "gateway.yaml");
  const changed = (): void => {
    const { faults } = loadSettings(folder);
    for (const fault of faults) report(formatFault(fault));
    report(
      hasFault(faults)
        ? "gateway.yaml has faults; what was read at the start counts"
        : "gateway.yaml changed: `people` count from the next request on, everything else from the next start",
    );
  };
  watchFile(file, { interval: 1_000, persistent: false }, changed);
  return () => Promise.resolve(unwatchFile(file, changed));
}
