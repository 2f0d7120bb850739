// What a failing service costs whom: the requests of each agreement that lost fields by it, as this node has seen them.
// Bounded (law 13): agreements and fields are the town's own names, and of each so many are kept; the rest is counted.
import type { AgreementRef, Coordinate, TenantName } from "../terms/index.js";
import type { SourceHealth } from "../sources/index.js";
import type { LostFields } from "./lost-fields.js";
import type { AgreementLoss, Outage } from "./status.js";

export interface Outages {
  /** A request was answered, and lacked these fields. */
  lost(tenant: TenantName, agreement: AgreementRef, lost: readonly LostFields[]): void;
  /** The outage that goes on, or else the last one; null where nothing was lost since the start. */
  of(tenant: TenantName, source: string): Outage | null;
  /** Requests since the start that lost fields by the source. */
  requests(tenant: TenantName, source: string): number;
}

export interface OutageOptions {
  /** Null for a source that is not there. */
  readonly health: (tenant: TenantName, source: string) => SourceHealth | null;
  readonly now?: () => Date;
  /** Agreements told by name, for each source; 200. */
  readonly maxAgreements?: number;
  /** Fields told by name, for each agreement; 100. */
  readonly maxFields?: number;
}

interface Losses {
  readonly since: Date;
  lastAt: Date;
  /** Calls that the source had answered when a request last lost fields: one more, and it has healed. */
  answered: number;
  requests: number;
  readonly agreements: Map<
    AgreementRef,
    { requests: number; reasons: Set<string>; fields: Set<Coordinate>; cut: boolean }
  >;
  /** Requests of agreements beyond the bound. */
  others: number;
}

/** Losses that are no more than this apart are one outage, though a call was answered in between. */
const sameOutageMs = 60_000;

export function createOutages(options: OutageOptions): Outages {
  const { health, now = () => new Date(), maxAgreements = 200, maxFields = 100 } = options;
  const known = new Map<string, Losses>();
  const totals = new Map<string, number>();
  const keyOf = (tenant: TenantName, source: string): string => `${tenant} ${source}`;

  const healedAt = (tenant: TenantName, source: string, losses: Losses): Date | null => {
    const seen = health(tenant, source);
    if (seen?.state !== "up" || seen.calls.answered <= losses.answered) return null;
    return seen.since > losses.lastAt ? seen.since : losses.lastAt;
  };

  const open = (tenant: TenantName, source: string, at: Date): Losses => {
    const before = known.get(keyOf(tenant, source));
    const goesOn =
      before !== undefined &&
      (healedAt(tenant, source, before) === null || at.getTime() - before.lastAt.getTime() <= sameOutageMs);
    if (goesOn) return before;
    const opened: Losses = { since: at, lastAt: at, answered: 0, requests: 0, agreements: new Map(), others: 0 };
    known.set(keyOf(tenant, source), opened);
    return opened;
  };

  const add = (losses: Losses, agreement: AgreementRef, { reasons, fields }: LostFields): void => {
    losses.requests++;
    let of = losses.agreements.get(agreement);
    if (of === undefined) {
      if (losses.agreements.size >= maxAgreements) return void losses.others++;
      of = { requests: 0, reasons: new Set(), fields: new Set(), cut: false };
      losses.agreements.set(agreement, of);
    }
    of.requests++;
    for (const reason of reasons) of.reasons.add(reason);
    for (const field of fields) {
      if (of.fields.size < maxFields || of.fields.has(field)) of.fields.add(field);
      else of.cut = true;
    }
  };

  return {
    lost(tenant, agreement, all) {
      for (const each of all) {
        const at = now();
        const losses = open(tenant, each.source, at);
        losses.lastAt = at;
        losses.answered = health(tenant, each.source)?.calls.answered ?? 0;
        add(losses, agreement, each);
        totals.set(keyOf(tenant, each.source), (totals.get(keyOf(tenant, each.source)) ?? 0) + 1);
      }
    },
    of(tenant, source) {
      const losses = known.get(keyOf(tenant, source));
      if (losses === undefined) return null;
      const until = healedAt(tenant, source, losses);
      return {
        since: losses.since.toISOString(),
        until: until === null ? null : until.toISOString(),
        requests: losses.requests,
        agreements: [...losses.agreements].map(told).sort((a, b) => b.requests - a.requests),
        otherAgreements: losses.others,
      };
    },
    requests: (tenant, source) => totals.get(keyOf(tenant, source)) ?? 0,
  };
}

const told = ([agreement, { requests, reasons, fields, cut }]: [
  AgreementRef,
  { requests: number; reasons: Set<string>; fields: Set<Coordinate>; cut: boolean },
]): AgreementLoss => ({
  agreement,
  requests,
  reasons: [...reasons].sort(),
  fields: [...fields].sort(),
  moreFields: cut,
});
