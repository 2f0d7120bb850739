// What the handler of requests works with; wired in start.
import type { AccessLogWriter } from "../accesslog/index.js";
import type { ConsentReader } from "../consent/index.js";
import type { DerivedKeys, Identity } from "../identity/index.js";
import type { TenantName } from "../terms/index.js";
import type { Admission } from "./admission.js";
import type { CitizenOfRequest } from "./citizen-of-request.js";
import type { CostBuckets } from "./cost-buckets.js";
import type { CurrentVersions } from "./current.js";
import type { OperationContext } from "./execute.js";
import type { Known, TenantServices } from "./known-request.js";
import type { Rate } from "./rate.js";
import type { RequestEnd } from "./request-end.js";
import type { RequestTrace } from "./request-trace.js";
import type { GraphQLServer, RequestLimits } from "./request.js";

export interface GatewayServices {
  readonly tenants: ReadonlyMap<TenantName, TenantServices>;
  readonly versions: CurrentVersions;
  readonly identity: Pick<Identity, "authenticate" | "openData">;
  readonly derived: DerivedKeys;
  readonly log: AccessLogWriter;
  readonly admission: Admission;
  /** Without a key, by tenant. */
  readonly rate: Rate;
  /** By agreement. */
  readonly keyRate: Rate;
  /** What agreements may still spend, on this node. */
  readonly costs: CostBuckets;
  readonly limits: RequestLimits;
  readonly server: GraphQLServer<OperationContext>;
  /** What people have decided. */
  readonly consent: ConsentReader;
  /** Who is signed in behind a request. Absent: nobody can be, and whoever sends a token is refused. */
  readonly citizen?: CitizenOfRequest;
  /** For the operator: an event's name, never a value. */
  readonly report: (event: string) => void;
  /** For figures, after the entry is committed and before the answer leaves. Must not throw. Absent: nobody counts. */
  readonly ended?: (end: RequestEnd) => void;
  /** For traces, likewise. Must neither throw nor wait. Absent: none are made. */
  readonly traced?: (request: RequestTrace) => void;
  /** Looks at what was asked of a known caller, after all of the above. Must neither throw nor wait. Absent: no shadow. */
  readonly shadow?: (known: Known) => void;
}
