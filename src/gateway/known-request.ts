import type { Caller } from "../identity/index.js";
import type { Source } from "../sources/index.js";
import type { Citizen } from "../terms/index.js";
import type { Admission } from "./admission.js";
import type { CostBudget } from "./cost-buckets.js";
import type { Current } from "./current.js";
import type { OperationNote } from "./execute.js";
import type { IncomingRequest } from "./request.js";

export interface TenantServices {
  /** Where to ask for a field. */
  readonly contact: string;
  /** IANA name: what day it is there. */
  readonly timeZone: string;
  /** What each agreement may spend, by `application/purpose` (or `open-data`); those that are not there: the usual. */
  readonly budgets: ReadonlyMap<string, CostBudget>;
  readonly sources: ReadonlyMap<string, Source>;
  /** Of each source, by its name: `sourceGate`. */
  readonly gates: ReadonlyMap<string, Admission>;
  /** A call that reads rows ended, by its source and how; its wait for a turn is not in it. Must not throw. */
  readonly callEnded?: (source: string, seconds: number, answered: boolean) => void;
}

/** A request whose caller is known: from here on, whatever its end, it is recorded. */
export interface Known {
  readonly request: IncomingRequest;
  readonly tenant: TenantServices;
  readonly current: Current;
  readonly caller: Caller;
  /** Whom the application acts for; null until it is known, and where nobody is signed in. */
  citizen: Citizen | null;
  /** Its answer depends on what people have decided. */
  askedPeople: boolean;
  readonly note: OperationNote;
  /** Seconds, where it was shed. */
  retryAfter: number;
}
