// What others say of the log: witnesses that see its checkpoints, authorities that date them; and the whole of the record
// held against that.
import type { TenantName } from "../terms/index.js";
import type { SearchPool } from "./append-connection.js";
import { lookBehind, type OwnedLook } from "./behind/asked-behind.js";
import type { Behind } from "./behind/behind.js";
import type { VerifierKey } from "./merkle/signed-note.js";
import { verifyLog, type LogReport, type VerifyOptions } from "./merkle/verify-log.js";
import { answering } from "./search.js";
import { TimestampRounds } from "./timestamp/timestamp-rounds.js";
import {
  timestampState,
  verifyTimestamps,
  type TimestampPolicy,
  type TimestampReport,
  type TimestampState,
} from "./timestamp/timestamps.js";
import { handIn, witnessSights, type HandedIn, type LogWitness, type WitnessSight } from "./witness/cosignatures.js";
import { WitnessRounds } from "./witness/witness-rounds.js";

export interface OutsideOptions {
  /** Who sees a tenant's checkpoints. Absent: nobody does. */
  readonly witnesses?: (tenant: string) => readonly LogWitness[];
  /** Who dates a tenant's checkpoints; null, or absent: nobody does. */
  readonly timestamps?: (tenant: string) => TimestampPolicy | null;
  /** Milliseconds between two looks whether a witness or a timestamping authority is to be asked; 0: here none is. 0. */
  readonly showEveryMs?: number;
}

export interface OutsideLog {
  /** Holds the whole record against its entries, tiles, checkpoints and timestamps. @throws AccessLogUnavailable */
  verify(tenant: TenantName, options: VerifyOptions): Promise<LogReport & { readonly timestamps: TimestampReport }>;
  /**
   * The same, timestamps aside, for who looks again and again: `goOn` looks at what has come since, beside the requests.
   * It throws AccessLogUnavailable; of what it had begun nothing is known then.
   */
  look(tenant: TenantName, keys: readonly VerifierKey[]): OwnedLook;
  /** What each witness has seen last, the newest first. */
  witnesses(tenant: TenantName): Promise<readonly WitnessSight[]>;
  /** A checkpoint with a witness's signature, from a witness that came for it by itself. */
  handIn(tenant: TenantName, note: string): Promise<HandedIn>;
  /** Whether its checkpoints are dated as the town wants it; `behind` with mode `required` is an alarm. */
  timestamps(tenant: TenantName): Promise<TimestampState>;
}

export interface Outside {
  readonly log: OutsideLog;
  /** Chores, off the hot path. */
  showWitnesses(): Promise<void>;
  askAuthorities(): Promise<void>;
  /** Nobody is asked any more. */
  end(): void;
}

export function openOutside(
  pool: SearchPool,
  behind: Behind,
  options: OutsideOptions,
  report: (line: string) => void,
): Outside {
  const { witnesses = () => [], timestamps = () => null } = options;
  const rounds = new WitnessRounds({ pool, witnesses, report });
  const dating = new TimestampRounds({ pool, policies: timestamps, report });
  const log: OutsideLog = {
    verify: (tenant, asked) =>
      answering(async () => {
        const found = await verifyLog(pool, tenant, asked);
        const { faults, ...dated } = await verifyTimestamps(pool, tenant, timestamps(tenant), new Date());
        return { ...found, faults: [...found.faults, ...faults], timestamps: dated };
      }),
    look: (tenant, keys) => {
      const looking = lookBehind(pool, behind, tenant, keys);
      return { goOn: () => answering(() => looking.goOn()), end: () => looking.end() };
    },
    witnesses: (tenant) => answering(() => witnessSights(pool, tenant, witnesses(tenant))),
    handIn: (tenant, note) =>
      answering(async () => {
        const { outcome, witness, size } = await handIn(pool, tenant, note, witnesses(tenant));
        if (outcome === "not-here")
          report(
            `access log: ALARM: witness "${String(witness)}" has seen a checkpoint of ${size} entries of ${tenant} that this log does not have; look into it with: npx passerelle log verify`,
          );
        return outcome;
      }),
    timestamps: (tenant) => answering(() => timestampState(pool, tenant, timestamps(tenant), new Date())),
  };
  return {
    log,
    showWitnesses: () => rounds.tick(),
    askAuthorities: () => dating.tick(),
    end: () => {
      rounds.end();
      dating.end();
    },
  };
}
