// A version beside the one in force: what it would have decided otherwise on the requests that really come. It is asked
// after an answer is on its way, with what time is left over, and nothing of it reaches an answer or an entry: it plans,
// and no plan of it is ever fetched. Its failures are counted and told, never felt.
import type { Caller, DerivedKeys } from "../identity/index.js";
import type { ShadowCounts, ShadowDifference } from "../policy/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";
import type { CurrentVersion } from "./current.js";
import type { Known } from "./known-request.js";
import type { Plan } from "./plan.js";
import type { RequestLimits } from "./request.js";
import { Seals } from "./seals.js";
import { ShadowTally, type LookedAt } from "./shadow-counts.js";
import { decidedBy, decideUnder, differencesOf, viewUnder, type Asked, type Decided } from "./shadow-differences.js";

export interface ShadowOptions {
  /** Of versions held for the shadow alone: it never pushes out one that serves (law 12). */
  readonly version: (tenant: TenantName, id: PolicyVersionId) => Promise<CurrentVersion>;
  readonly write: (counts: ShadowCounts) => Promise<void>;
  readonly derived: DerivedKeys;
  readonly limits: RequestLimits;
  /** For the operator: an event's name, never a value. */
  readonly report: (event: string) => void;
  /** The shadow's part of the node's time; a request that finds it used up is counted and not looked at. */
  readonly share?: number;
  /** Requests that wait to be looked at. */
  readonly waiting?: number;
  /** Milliseconds between writes; 0: only at `flush` and `close`. */
  readonly writeEveryMs?: number;
}

export interface Shadow {
  /** Takes note of a request that was answered. Never throws, never waits. */
  look(known: Known): void;
  /** Resolves when all that waits was looked at and counted, and written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What of a request is kept until it is looked at: not its body, its headers or its answer. */
interface Waiting {
  readonly at: LookedAt;
  readonly caller: Caller;
  /** A citizen was signed in. A shadow has no people: it compares decisions, not rows. */
  readonly citizen: boolean;
  readonly served: Known["current"];
  readonly decided: Decided;
  readonly asked: Omit<Asked, "seals">;
}

/** Milliseconds at a stretch; other work of the node comes between. */
const stretchMs = 2;

export function createShadow(options: ShadowOptions): Shadow {
  const tally = new ShadowTally(options.write, options.report, Date.now);
  const line: Waiting[] = [];
  const most = options.waiting ?? 200;
  let closed = false;
  let running: Promise<void> | null = null;
  /** Milliseconds that are the requests'. */
  let owed = 0;
  const every = options.writeEveryMs ?? 5_000;
  const timer = every === 0 ? null : setInterval(() => void tally.flush(), every);
  timer?.unref();

  const work = async (): Promise<void> => {
    // After whatever is ready now, the answer of this request among it.
    await later(0);
    while (line.length > 0 && !closed) {
      const started = performance.now();
      do {
        const next = line.shift();
        if (next !== undefined) await lookAt(options, tally, next);
      } while (line.length > 0 && performance.now() - started < stretchMs);
      // Also where nobody waits any more: what was used is paid before the next request is looked at.
      owed += (performance.now() - started) * (1 / (options.share ?? 0.05) - 1);
      const pause = owed < 1 ? 0 : owed;
      owed -= pause;
      await later(pause);
    }
    running = null;
  };
  const take = (known: Known): void => {
    const waiting = waitingOf(known, options);
    if (waiting === null || closed) return;
    if (line.length >= most) return tally.looked(waiting.at, "skipped");
    line.push(waiting);
    running ??= work();
  };
  const flush = async (): Promise<void> => {
    while (running !== null) await running;
    await tally.flush();
  };
  return {
    look(known) {
      try {
        take(known);
      } catch (error) {
        options.report(`shadow: not looked (${error instanceof Error ? error.name : "unknown"})`);
      }
    },
    flush,
    close: async () => {
      closed = true;
      clearInterval(timer ?? undefined);
      await tally.flush();
    },
  };
}

const later = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    if (ms < 1) setImmediate(resolve);
    else setTimeout(resolve, ms).unref();
  });

/** Null where there is no shadow, or nothing that could be decided. */
function waitingOf({ current, caller, citizen, note, request, tenant }: Known, options: ShadowOptions): Waiting | null {
  const { shadow, policy } = current;
  if (shadow === null || shadow === policy.id || note.asked === null) return null;
  const decided = decidedBy(note);
  if (decided === null) return null;
  return {
    at: { tenant: request.tenant, shadow, inForce: policy.id, agreement: caller.agreement.ref },
    caller,
    citizen: citizen !== null,
    served: current,
    decided,
    asked: { ...note.asked, limits: options.limits, contact: tenant.contact },
  };
}

/** A plan stands for its document, variables, agreement and version: what is found once is found for all that share it. */
const found = new WeakMap<
  Plan,
  { readonly shadow: PolicyVersionId; readonly differences: readonly ShadowDifference[] }
>();

async function lookAt(options: ShadowOptions, tally: ShadowTally, waiting: Waiting): Promise<void> {
  try {
    tally.looked(waiting.at, "looked", await differences(options, waiting));
  } catch (error) {
    tally.looked(waiting.at, "failed");
    options.report(`shadow: not decided (${error instanceof Error ? error.name : "unknown"})`);
  }
}

async function differences(options: ShadowOptions, waiting: Waiting): Promise<readonly ShadowDifference[]> {
  const { at, caller, citizen, served, decided, asked } = waiting;
  const plan = decided.kind === "planned" ? decided.plan : null;
  const known = plan === null ? undefined : found.get(plan);
  if (known?.shadow === at.shadow) return known.differences;
  const version = await options.version(at.tenant, at.shadow);
  const view = viewUnder(version, caller, citizen);
  const seals = new Seals(options.derived, caller.agreement);
  const after = { decided: decideUnder(version, view, { ...asked, seals }), view, api: version.api };
  const before = { decided, view: viewUnder(served, caller, citizen), api: served.api };
  const made = differencesOf(before, after, asked.document);
  if (plan !== null) found.set(plan, { shadow: at.shadow, differences: made });
  return made;
}
