// A source's connections are shared in turns, as the gateway's places are (law 13): one agreement whose lists are slow
// never holds them all, so that another's statement finds one free.
import { LRUCache } from "lru-cache";
import { NotAsked, SourceFailure, type FetchBounds, type Source } from "../sources/index.js";
import { createAdmission, Overloaded, type Admission } from "./admission.js";
import type { TenantServices } from "./known-request.js";

/** An operation's calls of one level go out at once: this many for each request worked on may wait. */
const callsPerRequest = 64;

/**
 * The gate of one source: as many calls at once as it has connections, all of them but one for one agreement. One is
 * enough for the others to go on, and an agreement that is alone loses least; two slow agreements wait in turns.
 */
export function sourceGate(poolSize: number, inFlight: number): Admission {
  return createAdmission({
    inFlight: poolSize,
    perGroup: Math.max(1, poolSize - 1),
    queued: inFlight * callsPerRequest,
  });
}

/**
 * Same contract; each call that reads rows waits for its turn first.
 * @param group Whose turn it takes: the agreement.
 * @param ended For figures: how long the call took once it had its turn.
 */
export function gatedSource(
  source: Source,
  gate: Admission,
  group: string,
  ended: TenantServices["callEnded"] = () => undefined,
): Source {
  const through = async <T>(bounds: FetchBounds, call: (bounds: FetchBounds) => Promise<T>): Promise<T> => {
    const { signal, maxRows, keep, afterUse } = bounds;
    // Where a place is free nothing is waited for.
    const leave =
      (signal.aborted ? null : gate.enterNow(group)) ??
      (await gate.enter(group, signal).catch((error: unknown) => {
        throw notAdmitted(source.name, signal, error);
      }));
    const began = performance.now();
    let answered = false;
    try {
      const rows = await call({ signal, maxRows, keep, afterUse, turn: group });
      answered = true;
      return rows;
    } finally {
      leave();
      ended(source.name, (performance.now() - began) / 1000, answered);
    }
  };
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) => through(bounds, (mine) => source.page(request, mine)),
    byKeys: (request, bounds) => through(bounds, (mine) => source.byKeys(request, mine)),
    count: (request, bounds) => through(bounds, (mine) => source.count(request, mine)),
    describe: (from, bounds) => source.describe(from, bounds),
    close: () => source.close(),
  };
}

/** Agreements of one tenant whose sources are kept as they are. */
const mostGroups = 1_000;
const ofTenants = new WeakMap<TenantServices, LRUCache<string, ReadonlyMap<string, Source>>>();

/**
 * A tenant's sources for one agreement, made once. A source without a gate is left out, and so fails by itself. Law 12:
 * they hold nothing of a request, nor of what the agreement may read.
 */
export function gatedSources(tenant: TenantServices, group: string): ReadonlyMap<string, Source> {
  let known = ofTenants.get(tenant);
  if (known === undefined) ofTenants.set(tenant, (known = new LRUCache({ max: mostGroups })));
  let gated = known.get(group);
  if (gated === undefined) known.set(group, (gated = made(tenant, group)));
  return gated;
}

function made({ sources, gates, callEnded }: TenantServices, group: string): ReadonlyMap<string, Source> {
  const gated = new Map<string, Source>();
  for (const [name, source] of sources) {
    const gate = gates.get(name);
    if (gate !== undefined) gated.set(name, gatedSource(source, gate, group, callEnded));
  }
  return gated;
}

function notAdmitted(source: string, signal: AbortSignal, error: unknown): unknown {
  const reason: unknown = signal.reason;
  if (signal.aborted)
    return reason instanceof Error && reason.name === "TimeoutError"
      ? new SourceFailure(source, "timeout", "no turn in time")
      : new SourceFailure(source, "cancelled", "the request has ended");
  return error instanceof Overloaded ? new NotAsked(source, "busy") : error;
}
