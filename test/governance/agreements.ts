// Agreements as identity shows them, for tests of what is made of them.
import type { AgreementView, Snapshot, VersionView } from "../../src/identity/index.js";
import { agreementRef, type AgreementId, type Coordinate, type PurposeName } from "../../src/terms/index.js";

export const snapshotOf = (purpose: string, over: Partial<Snapshot> = {}): Snapshot => ({
  fields: [],
  bindings: null,
  purpose: purpose as PurposeName,
  basis: "public-task",
  basisNote: null,
  recipient: { name: "Cantine Plus SAS", contact: "dpo@cantine-plus.example", role: "processor", basis: "contract" },
  from: "2026-01-01",
  until: "2027-12-31",
  volumePerDay: null,
  retention: "P1Y",
  refusal: "null",
  units: [],
  informationSociety: false,
  hidden: null,
  ...over,
});

export function versionOf(number: number, snapshot: Snapshot, over: Partial<VersionView> = {}): VersionView {
  const decidedAt = new Date(`${snapshot.from}T09:00:00Z`);
  const people = { draftedBy: "informatique@rivemont.example", decidedBy: "dpo@rivemont.example" };
  return {
    number,
    state: "approved",
    snapshot,
    ...people,
    draftedAt: decidedAt,
    decidedAt,
    decisionNote: null,
    ...over,
  };
}

/** In force, with one version unless more are given (the last of them counts). */
export function agreementOf(
  ref: string,
  over: Partial<Omit<Snapshot, "fields">> & { readonly fields?: readonly string[] } = {},
  view: Partial<AgreementView> = {},
): AgreementView {
  const [application = "", purpose = ""] = ref.split("/");
  const snapshot = snapshotOf(purpose, { ...over, fields: (over.fields ?? []) as Coordinate[] });
  const versions = view.versions ?? [versionOf(1, snapshot)];
  return {
    id: `00000000-0000-4000-8000-${String(ref.length).padStart(12, "0")}` as AgreementId,
    ref: agreementRef(application, purpose),
    application,
    purpose,
    suspendedAt: null,
    suspendedReason: null,
    approved: versions.at(-1) ?? null,
    standing: { inForce: true },
    ...view,
    versions,
  };
}
