import type { SearchPool } from "../append-connection.js";
import { newestCheckpoint } from "../merkle/published-log.js";
import { storedTile } from "../merkle/stored-tile.js";
import { rawEntries } from "./raw-entries.js";
import type { EvidenceSource } from "./write.js";

/** @param guarded turns what the database throws into the log's own error */
export const evidenceSource = (
  pool: SearchPool,
  tenant: string,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): EvidenceSource => ({
  checkpoint: () => guarded(async () => (await newestCheckpoint(pool, tenant))?.note ?? null),
  tile: (tile) =>
    guarded(async () => {
      const data = await storedTile(pool, tenant, tile);
      if (data === null) throw new RangeError("a tile of the access log is not there");
      return data;
    }),
  entries: (indexes, people) => guarded(() => rawEntries(pool, tenant, indexes, people)),
  seen: () => Promise.resolve([]),
});
