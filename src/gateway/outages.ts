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

interface AgreementLosses {
  requests: number;
  readonly reasons: Set<string>;
  readonly fields: Set<Coordinate>;
  cut: boolean;
}

interface Losses {
  readonly since: Date;
  lastAt: Date;
  /** Calls that the source had answered when a request last lost fields: one more, and it has healed. */
  answered: number;
  requests: number;
  readonly agreements: Map<AgreementRef, AgreementLosses>;
  /** Requests of agreements beyond the bound. */
  others: number;
}

/** Losses that are no more than this apart are one outage, though a call was answered in between. */
const sameOutageMs = 60_000;

export function createOutages(options: OutageOptions): Outages {
  return new OutageTally(options);
}

class OutageTally implements Outages {
  readonly #known = new Map<string, Losses>();
  readonly #totals = new Map<string, number>();
  constructor(readonly options: OutageOptions) {}

  lost(tenant: TenantName, agreement: AgreementRef, all: readonly LostFields[]): void {
    for (const each of all) {
      const at = this.options.now?.() ?? new Date();
      const losses = this.#open(tenant, each.source, at);
      losses.lastAt = at;
      losses.answered = this.options.health(tenant, each.source)?.calls.answered ?? 0;
      this.#add(losses, agreement, each);
      this.#totals.set(keyOf(tenant, each.source), this.requests(tenant, each.source) + 1);
    }
  }

  of(tenant: TenantName, source: string): Outage | null {
    const losses = this.#known.get(keyOf(tenant, source));
    if (losses === undefined) return null;
    return {
      since: losses.since.toISOString(),
      until: this.#healedAt(tenant, source, losses)?.toISOString() ?? null,
      requests: losses.requests,
      agreements: [...losses.agreements].map(told).sort((a, b) => b.requests - a.requests),
      otherAgreements: losses.others,
    };
  }

  requests(tenant: TenantName, source: string): number {
    return this.#totals.get(keyOf(tenant, source)) ?? 0;
  }

  #healedAt(tenant: TenantName, source: string, losses: Losses): Date | null {
    const seen = this.options.health(tenant, source);
    if (seen?.state !== "up" || seen.calls.answered <= losses.answered) return null;
    return seen.since > losses.lastAt ? seen.since : losses.lastAt;
  }

  #open(tenant: TenantName, source: string, at: Date): Losses {
    const before = this.#known.get(keyOf(tenant, source));
    const goesOn =
      before !== undefined &&
      (this.#healedAt(tenant, source, before) === null || at.getTime() - before.lastAt.getTime() <= sameOutageMs);
    if (goesOn) return before;
    const opened: Losses = { since: at, lastAt: at, answered: 0, requests: 0, agreements: new Map(), others: 0 };
    this.#known.set(keyOf(tenant, source), opened);
    return opened;
  }

  #add(losses: Losses, agreement: AgreementRef, { reasons, fields }: LostFields): void {
    const { maxAgreements = 200, maxFields = 100 } = this.options;
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
  }
}

const keyOf = (tenant: TenantName, source: string): string => `${tenant} ${source}`;

const told = ([agreement, { requests, reasons, fields, cut }]: readonly [
  AgreementRef,
  AgreementLosses,
]): AgreementLoss => ({
  agreement,
  requests,
  reasons: [...reasons].sort(),
  fields: [...fields].sort(),
  moreFields: cut,
});
