// Where evidence is read from. What witnesses and time-stamping authorities have said is told for the newest checkpoint
// that each of them has seen: the file's own head is younger than most of that.
import type { SearchPool } from "../append-connection.js";
import { storedTile } from "../merkle/stored-tile.js";
import { cosignedCheckpoint } from "../witness/cosignatures.js";
import { rawEntries } from "./raw-entries.js";
import type { EvidenceSource, SeenHead } from "./write.js";

/** @param guarded turns what the database throws into the log's own error */
export const evidenceSource = (
  pool: SearchPool,
  tenant: string,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): EvidenceSource => ({
  checkpoint: () => guarded(() => cosignedCheckpoint(pool, tenant)),
  tile: (tile) =>
    guarded(async () => {
      const data = await storedTile(pool, tenant, tile);
      if (data === null) throw new RangeError("a tile of the access log is not there");
      return data;
    }),
  entries: (indexes, people) => guarded(() => rawEntries(pool, tenant, indexes, people)),
  seen: (size) => guarded(async () => [...(await cosigned(pool, tenant, size)), ...(await dated(pool, tenant, size))]),
});

/** Below the head's size: what was said of the head itself stands in its own note. */
async function cosigned(pool: SearchPool, tenant: string, size: number): Promise<SeenHead[]> {
  const { rows } = await pool.query<{ note: string; lines: string }>(
    `SELECT c.note, string_agg(newest.line, '' ORDER BY newest.line) AS lines
       FROM (SELECT DISTINCT ON (witness, key_id) size, line FROM log_cosignature
              WHERE tenant = $1 AND size < $2 ORDER BY witness, key_id, size DESC) AS newest
       JOIN log_checkpoint c ON c.tenant = $1 AND c.size = newest.size
      GROUP BY c.size, c.note ORDER BY c.size DESC LIMIT 50`,
    [tenant, size],
  );
  return rows.map(({ note, lines }) => ({ note: `${note}${lines}`, timestamp: null }));
}

async function dated(pool: SearchPool, tenant: string, size: number): Promise<SeenHead[]> {
  const { rows } = await pool.query<{ note: string; token: Buffer }>(
    `SELECT c.note, t.token FROM log_timestamp t JOIN log_checkpoint c ON c.tenant = t.tenant AND c.size = t.size
      WHERE t.tenant = $1 AND t.size <= $2 ORDER BY t.size DESC LIMIT 1`,
    [tenant, size],
  );
  return rows.map(({ note, token }) => ({ note, timestamp: token }));
}
