// The proof of one entry for the application that made it: its hash and its place, nothing of what it says.
import type { AgreementRef } from "../../terms/index.js";
import type { SearchPool } from "../append-connection.js";
import { leafHash } from "../entry-format.js";
import { readTile } from "../merkle/integrator.js";
import { nodesOfTiles } from "../merkle/tiles.js";
import { inclusionProof } from "../merkle/tree.js";
import { readBody } from "../stored-entry.js";
import type { EntryProof } from "./tlog-proof.js";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Null: no such entry under this agreement; whether there is one under another is not told. An entry whose content was
 * removed at the end of its retention, or altered, is nobody's any more. not-yet: no signed checkpoint holds it so far.
 */
export async function entryProofFor(
  pool: SearchPool,
  tenant: string,
  agreement: AgreementRef,
  entry: string,
): Promise<EntryProof | "not-yet" | null> {
  if (!uuid.test(entry)) return null;
  const { rows } = await pool.query<{ index: string; hash: Buffer; body: string }>(
    `SELECT l.index, l.hash, e.body FROM access_leaf l
       JOIN access_entry e ON e.tenant = l.tenant AND e.index = l.index AND e.id = l.entry_id
      WHERE l.tenant = $1 AND l.entry_id = $2`,
    [tenant, entry],
  );
  const [row] = rows;
  if (row === undefined || !leafHash(row.body).equals(row.hash)) return null;
  if (readBody(row.body)?.agreement !== agreement) return null;
  const index = Number(row.index);
  const head = await headOver(pool, tenant, index);
  if (head === null) return "not-yet";
  const read = nodesOfTiles((tile) => readTile(pool, tenant, tile), head.size);
  const proof = await inclusionProof(read, index, head.size);
  // As it was signed: the tree, not the table of leaves, is what the checkpoint is about.
  return { entry, index, leaf: await read(0, index), proof, checkpoint: head.note };
}

/** The newest head that a witness has seen too, where it holds the entry; else the newest. */
async function headOver(
  pool: SearchPool,
  tenant: string,
  index: number,
): Promise<{ readonly note: string; readonly size: number } | null> {
  const { rows } = await pool.query<{ note: string; size: string; lines: string | null }>(
    `SELECT c.note, c.size, (SELECT string_agg(line, '' ORDER BY witness, key_id) FROM log_cosignature s
         WHERE s.tenant = c.tenant AND s.size = c.size) AS lines
       FROM log_checkpoint c
      WHERE c.tenant = $1 AND c.size > $2 AND c.size = coalesce(
        (SELECT max(size) FROM log_cosignature WHERE tenant = $1 AND size > $2),
        (SELECT max(size) FROM log_checkpoint WHERE tenant = $1))`,
    [tenant, index],
  );
  const [row] = rows;
  return row === undefined ? null : { note: `${row.note}${row.lines ?? ""}`, size: Number(row.size) };
}
