// What one version changes against another for everybody who may ask: each agreement in force, and requests without a key.
import { agreedFields, openFields, reboundFields, type AgreementView, type Snapshot } from "../identity/index.js";
import {
  changeWords,
  compareCatalogues,
  compareGrants,
  openData,
  type DecisionChange,
  type Grant,
  type PolicyVersion,
  type SchemaChange,
} from "../policy/index.js";
import {
  agreementRef,
  type AgreementRef,
  type ApplicationName,
  type Coordinate,
  type PurposeName,
} from "../terms/index.js";

export interface AgreementChanges {
  readonly ref: AgreementRef;
  readonly application: ApplicationName;
  readonly purpose: PurposeName;
  /** Its approved version; null: the built-in `open-data`. */
  readonly version: number | null;
  readonly basis: Snapshot["basis"];
  /** A refused field refuses the whole request. */
  readonly rejects: boolean;
  /** Fields that it lists and that schema.graphql binds to something else than was approved. */
  readonly rebound: ReadonlySet<Coordinate>;
  readonly before: Grant | null;
  readonly after: Grant;
  /** Null: in force. Else what is answered under it later gets what these rules open: ` (suspended)`. */
  readonly later: string | null;
  /** Empty: the version changes nothing for it. */
  readonly changes: readonly DecisionChange[];
}

export interface VersionChanges {
  readonly schema: readonly SchemaChange[];
  /** All that were compared. */
  readonly agreements: readonly AgreementChanges[];
  /** Approved, but over: nothing will be answered under them again. */
  readonly ended: readonly AgreementRef[];
}

/** @param before null: nothing is in force @throws PolicyNotUnderstood when Casbin and we read a rule differently */
export function compareVersions(
  agreements: readonly AgreementView[],
  before: PolicyVersion | null,
  after: PolicyVersion,
): VersionChanges {
  const approved = agreements.filter((each) => each.approved !== null);
  // One that begins later, or is suspended, gets what these rules open without anybody looking again.
  const ended = approved.filter(({ standing }) => standing?.inForce === false && standing.why === "expired");
  const compared = approved.filter((each) => !ended.includes(each));
  return {
    schema: before === null ? [] : compareCatalogues(before.catalogue, after.catalogue),
    agreements: [compareOpenData(before, after), ...compared.flatMap((each) => compareAgreement(each, before, after))],
    ended: ended.map(({ ref }) => ref),
  };
}

function compareAgreement(view: AgreementView, before: PolicyVersion | null, after: PolicyVersion): AgreementChanges[] {
  const { approved, ref } = view;
  if (approved === null) return [];
  const { snapshot } = approved;
  const application = view.application as ApplicationName;
  const grant = (version: PolicyVersion): Grant => {
    const fields = agreedFields(snapshot, version.catalogue);
    return version.grant({ agreement: ref, application, purpose: snapshot.purpose, fields });
  };
  const [was, is] = [before === null ? null : grant(before), grant(after)];
  const { purpose, basis, refusal } = snapshot;
  const rebound = new Set(reboundFields(snapshot, after.catalogue));
  const later = laterWords(view.standing);
  const own = { version: approved.number, basis, rejects: refusal === "reject", rebound, later };
  return [{ ref, application, purpose, ...own, before: was, after: is, changes: compareGrants(was, is) }];
}

/** The built-in agreement lists whatever is open in each version. */
function compareOpenData(before: PolicyVersion | null, after: PolicyVersion): AgreementChanges {
  const names = { application: openData as ApplicationName, purpose: openData as PurposeName };
  const ref = agreementRef(openData, openData);
  const grant = (version: PolicyVersion): Grant =>
    version.grant({ agreement: ref, ...names, fields: new Set(openFields(version.catalogue)) });
  const [was, is] = [before === null ? null : grant(before), grant(after)];
  const own = { version: null, basis: "open" as const, rejects: false, rebound: new Set<Coordinate>(), later: null };
  return { ref, ...names, ...own, before: was, after: is, changes: compareGrants(was, is) };
}

const basisWords: Readonly<Record<Snapshot["basis"], string>> = {
  consent: "on consent",
  "public-task": "on a public task",
  "legal-obligation": "on a legal obligation",
  "vital-interest": "on a vital interest",
  contract: "on a contract",
  open: "as open data",
};

/** One sentence for a change of an agreement. */
export function wordsOf(of: AgreementChanges, change: DecisionChange): string {
  const { application, purpose, basis, rebound, later } = of;
  const about = { application, purpose, basis: basisWords[basis], rebound: rebound.has(change.coordinate) };
  return `${changeWords(change, about)}${later ?? ""}`;
}

function laterWords(standing: AgreementView["standing"]): string | null {
  if (standing === null || standing.inForce) return null;
  return standing.why === "not-yet" ? ` (its agreement begins on ${standing.date})` : " (its agreement is suspended)";
}

/** Everything that changes, each with how it changes what can leave. */
export const changesNothing = ({ schema, agreements }: VersionChanges): boolean =>
  schema.length === 0 && agreements.every(({ changes }) => changes.length === 0);
