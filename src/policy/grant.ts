// What policy answers: decisions, and all of one agreement's decisions together.
import type { AgreementRef, ApplicationName, Coordinate, PolicyVersionId, PurposeName } from "../terms/index.js";

/** A line of a policy file. `text` is the line as written, trimmed. */
export interface RuleRef {
  /** `policies/rivemont/canteen.csv` */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** `all`; `own` and named filters are refused by the loader until consent lands. */
export type RowRule = "all";
export type Mask = "-" | "year" | "redact";

export type Decision =
  | {
      readonly coordinate: Coordinate;
      readonly shared: true;
      readonly rows: RowRule;
      readonly mask: Mask;
      readonly rule: RuleRef;
    }
  | {
      readonly coordinate: Coordinate;
      readonly shared: false;
      /** denied: by `rule`; no-rule: nothing opens it; not-in-agreement: `rule` opens it, the agreement does not list it. */
      readonly reason: "denied" | "no-rule" | "not-in-agreement";
      readonly rule: RuleRef | null;
    };

/** Whom a grant is for: what policy needs to know of an agreement. */
export interface GrantSubject {
  readonly agreement: AgreementRef;
  readonly application: ApplicationName;
  readonly purpose: PurposeName;
  /** The approved snapshot's coordinates, resolved. */
  readonly fields: ReadonlySet<Coordinate>;
}

/** All decisions of one agreement under one policy version. Immutable; a coordinate that it does not hold is refused. */
export interface Grant {
  readonly agreement: AgreementRef;
  readonly purpose: PurposeName;
  readonly policyVersion: PolicyVersionId;
  /** One per coordinate of the version's SHARED datasets. */
  readonly decisions: ReadonlyMap<Coordinate, Decision>;
  /** SHA-256 over what decides an answer (coordinates shared, rows, masks): equal grants share pruned schemas. */
  readonly fingerprint: string;
}
