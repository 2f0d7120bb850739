// What the operator is told of a gateway and its services: JSON of the operations port, read by `passerelle status`.
// Names of the town, figures and our own words; nothing of a row, a request's text or a person (law 11).

/** Grows when a reader of the form before would misread it. */
export const statusForm = 1;

export interface GatewayStatus {
  readonly form: typeof statusForm;
  /** Of Passerelle. */
  readonly version: string;
  /** `townMark` of the folder that is served. */
  readonly town: string;
  /** Where applications ask: `http://127.0.0.1:4000`. */
  readonly address: string;
  readonly mode: string;
  /** All moments are RFC 3339 in UTC. */
  readonly now: string;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly tenants: readonly TenantStatus[];
  readonly accessLog: AccessLogStatus;
  readonly requests: RequestsStatus;
  /** Connections to our own PostgreSQL on which requests are decided; null where they cannot be counted. */
  readonly database: { readonly used: number; readonly idle: number; readonly waiting: number } | null;
  readonly room: RoomStatus;
}

export interface TenantStatus {
  readonly name: string;
  readonly displayName: string;
  /** IANA name, for people's moments. */
  readonly timeZone: string;
  /** Null: ready. Else a sentence that says why nothing is served, and what to do. */
  readonly notReady: string | null;
  /** The policy version in force, as last read; null where there is none. */
  readonly policyVersion: string | null;
  /** When it was applied; null where that cannot be read. */
  readonly inForceSince: string | null;
  /** Saved files that have faults, while the version before stays in force; null where the last ones had none. */
  readonly refusedFiles: { readonly at: string; readonly faults: number } | null;
  readonly sources: readonly SourceStatus[];
  /** What follows the appends of its access log; null where that cannot be read now. */
  readonly record: RecordStatus | null;
}

export interface RecordStatus {
  /** Entries in all; of them, those that a signed checkpoint holds, and those that a search finds. */
  readonly entries: number;
  readonly signed: number;
  readonly indexed: number;
  /** Milliseconds: age of the oldest entry that is not signed yet, and of the oldest that no search finds. 0: none. */
  readonly signedBehindMs: number;
  readonly indexedBehindMs: number;
  /** What each witness has seen last. */
  readonly witnesses: readonly { readonly name: string; readonly size: number; readonly at: string }[];
  /** When an authority has last dated a checkpoint; null: none has. */
  readonly timestampedAt: string | null;
  readonly retention: {
    readonly lastRun: string | null;
    /** Why nothing is removed; null: nothing is in the way. */
    readonly hindered: string | null;
  };
  /** What is wrong with it, each in a few words. */
  readonly troubles: readonly string[];
}

/** Room for our own PostgreSQL's data. */
export interface RoomStatus {
  /** Bytes of the database. Null: not read. */
  readonly database: number | null;
  /** As gateway.yaml bounds it; null: it does not. */
  readonly bound: number | null;
  /** Bytes of the disk on which the embedded server's data lies; null on a real server. */
  readonly disk: { readonly free: number; readonly of: number } | null;
  /** What is wrong; null: there is enough. */
  readonly trouble: string | null;
}

export interface SourceStatus {
  readonly name: string;
  readonly kind: string;
  readonly state: "untried" | "up" | "failing" | "open";
  readonly since: string;
  readonly lastFailure: { readonly at: string; readonly reason: string; readonly detail: string } | null;
  readonly calls: {
    readonly answered: number;
    readonly failed: number;
    readonly retries: number;
    readonly refused: number;
    readonly stale: number;
  };
  /** Milliseconds of the last answered calls; null before the first one. */
  readonly durations: { readonly median: number; readonly p95: number; readonly of: number } | null;
  /** Calls that wait for their turn. */
  readonly waiting: number;
  /** What people can mend in what the source reads (files): how many faults. */
  readonly problems: number;
  /** Requests since the start that lost fields because it failed. */
  readonly lostRequests: number;
  /** The outage that goes on (`until` null), or the last one. */
  readonly outage: Outage | null;
}

export interface Outage {
  /** The first request that lost fields. */
  readonly since: string;
  /** Null: it goes on. */
  readonly until: string | null;
  readonly requests: number;
  /** The most requests first. */
  readonly agreements: readonly AgreementLoss[];
  /** Requests of agreements beyond those told by name. */
  readonly otherAgreements: number;
}

export interface AgreementLoss {
  readonly agreement: string;
  readonly requests: number;
  readonly reasons: readonly string[];
  /** Coordinates that were null. */
  readonly fields: readonly string[];
  /** There are more than are told. */
  readonly moreFields: boolean;
}

export interface AccessLogStatus {
  readonly state: "untried" | "writing" | "failing";
  readonly lastCommit: string | null;
  /** Entries that wait for their commit. */
  readonly waiting: number;
  readonly committed: number;
  readonly failed: number;
  /** Null unless it fails. */
  readonly failing: { readonly since: string; readonly reason: string } | null;
}

export interface RequestsStatus {
  readonly inFlight: number;
  readonly waiting: number;
  /** Since the start, by how they ended. */
  readonly ended: Readonly<Record<string, number>>;
}
