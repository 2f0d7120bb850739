// What the governance API is given: each part by the room that owns it, or by the start, which knows them all.
import type { AccessLog } from "../accesslog/index.js";
import type { StaffRole } from "../policy/index.js";
import type { TenantName } from "../terms/index.js";

export interface GovernedTown {
  readonly name: TenantName;
  readonly displayName: string;
  readonly contact: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** One of a town's people, as gateway.yaml has them. */
export interface StaffMember {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly StaffRole[];
}

export interface GovernanceServices {
  readonly towns: ReadonlyMap<TenantName, GovernedTown>;
  /** As gateway.yaml says now: whoever was taken out of it has no right at the next request (law 6). */
  people(): Promise<ReadonlyMap<TenantName, readonly StaffMember[]>>;
  readonly log: Pick<AccessLog, "append" | "state">;
  readonly now: () => Date;
}
