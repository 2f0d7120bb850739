// What is asked of the thread behind the log, and held against the tables before it is believed.
import type { SearchPool } from "../append-connection.js";
import { headsNotReached, notReached } from "../indexer.js";
import { newestCheckpoint } from "../merkle/published-log.js";
import { verifierText, type VerifierKey } from "../merkle/signed-note.js";
import type { LogLook } from "../merkle/verify-log.js";
import { EndedBehind, type Behind } from "./behind.js";

/**
 * Until everything that was committed before the call can be found.
 * @param until Date.now() @returns false when that came first
 */
export async function catchUp(
  pool: SearchPool,
  behind: Behind,
  until: number,
  tenant: string | null = null,
): Promise<boolean> {
  const heads = await headsNotReached(pool, tenant);
  if (heads.length === 0) return true;
  // A search leaves nothing out in silence, also where the thread is wrong about how far it came.
  return (await behind.catchUp(heads, until)) && (await notReached(pool, heads)).length === 0;
}

export interface OwnedLook extends LogLook {
  /** Nobody looks any more: what is under way fails, and what was remembered is let go. */
  end(): void;
}

let begun = 0;

/** @throws as the database does, EndedBehind */
export function lookBehind(pool: SearchPool, behind: Behind, tenant: string, keys: readonly VerifierKey[]): OwnedLook {
  const look = ++begun;
  return {
    goOn: async () => {
      const signed = await newestCheckpoint(pool, tenant);
      const report = await behind.look(look, tenant, keys.map(verifierText));
      // It must have seen at least what was signed before it was asked, or say what is wrong with it.
      if (signed !== null && report.faults.length === 0 && (report.size < signed.size || report.checkpoints === 0)) {
        behind.distrust();
        throw new EndedBehind();
      }
      return report;
    },
    end: () => {
      behind.endLook(look);
    },
  };
}
