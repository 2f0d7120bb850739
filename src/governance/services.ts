// What the governance API is given: each part by the room that owns it, or by the start, which knows them all.
import type { AccessLog, AccessSearch, EvidenceOptions, RetentionTerms, VerifierKey } from "../accesslog/index.js";
import type { ConsentEvent } from "../consent/index.js";
import type { AgreementView, ApplicationView } from "../identity/index.js";
import type { PolicyVersion, StaffRole, VersionContent } from "../policy/index.js";
import type { PolicyVersionId, SubjectTokens, TenantName, Value } from "../terms/index.js";
import type { PeopleFinder } from "./people-finder.js";
import type { RecordWatch } from "./record-watch.js";
import type { TownFacts } from "./town-facts.js";

/** One of a town's people, as gateway.yaml has them. */
export interface StaffMember {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly StaffRole[];
}

export type GovernanceLog = AccessSearch &
  Pick<
    AccessLog,
    | "append"
    | "state"
    | "search"
    | "read"
    | "operationText"
    | "proof"
    | "counters"
    | "witnesses"
    | "lag"
    | "timestamps"
    | "searchEntries"
    | "checkpoint"
    | "evidence"
    | "retentionState"
  >;

export interface GovernanceServices {
  readonly towns: ReadonlyMap<TenantName, TownFacts>;
  /** As gateway.yaml says now: whoever was taken out of it has no right at the next request (law 6). */
  people(): Promise<ReadonlyMap<TenantName, readonly StaffMember[]>>;
  readonly log: GovernanceLog;
  /** That a checkpoint of the tenant's log may be signed with. */
  logKeys(tenant: TenantName): readonly VerifierKey[];
  agreements(tenant: TenantName): Promise<readonly AgreementView[]>;
  applications(tenant: TenantName): Promise<readonly ApplicationView[]>;
  /** The version in force; null where there is none, or it is not understood. */
  inForce(tenant: TenantName): Promise<PolicyVersion | null>;
  /** A version's files, for the text of its rules; null where they cannot be read. */
  version(tenant: TenantName, id: PolicyVersionId): Promise<VersionContent | null>;
  /** The public keys that stand in evidence, each with the day from which it signs. */
  evidenceKeys(tenant: TenantName): EvidenceOptions["keys"];
  readonly tokens: SubjectTokens;
  /** All that a person of a register has decided. */
  decisions(tenant: TenantName, scheme: string, key: NonNullable<Value>): Promise<readonly ConsentEvent[]>;
  readonly finder: PeopleFinder;
  /** Looks at the record all the time. */
  readonly watch: Pick<RecordWatch, "last">;
  /** How long the record is kept, as gateway.yaml says. */
  retention(tenant: TenantName): RetentionTerms;
  /** Names of the tenant's sources. */
  sources(tenant: TenantName): ReadonlySet<string>;
  /** The tenant's test files in the town folder, by path. */
  policyTests(tenant: TenantName): Promise<ReadonlyMap<string, string>>;
  readonly now: () => Date;
}
