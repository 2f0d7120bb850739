// What people see of applications, agreements and keys.
import { agreementRef, type AgreementId, type AgreementRef, type KeyId } from "../terms/index.js";
import type { Snapshot, Standing } from "./agreement.js";
import type { VersionState } from "./agreement-version.entity.js";
import type { AgreementRow } from "./agreement.entity.js";
import type { ApiKeyRow } from "./api-key.entity.js";
import { readSnapshot } from "./snapshot.js";
import { standingOf } from "./standing.js";

export interface ApplicationView {
  readonly name: string;
  readonly title: string;
  readonly contact: string;
  readonly createdAt: Date;
}

export interface VersionView {
  readonly number: number;
  readonly state: VersionState;
  readonly snapshot: Snapshot;
  readonly draftedBy: string;
  readonly draftedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionNote: string | null;
}

export interface AgreementView {
  readonly id: AgreementId;
  readonly ref: AgreementRef;
  readonly application: string;
  readonly purpose: string;
  readonly suspendedAt: Date | null;
  readonly suspendedReason: string | null;
  /** The newest approved version, which requests are answered under; null before the first approval. */
  readonly approved: VersionView | null;
  /** Of `approved`, at the moment asked; null without one. */
  readonly standing: Standing | null;
  /** Ascending. */
  readonly versions: readonly VersionView[];
}

export interface KeyView {
  readonly publicId: KeyId;
  readonly agreement: AgreementRef;
  readonly label: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export function describeAgreement(row: AgreementRow, timeZone: string, now: Date): AgreementView {
  const versions = row.versions.map(
    ({ number, state, snapshot, draftedBy, draftedAt, decidedBy, decidedAt, decisionNote }): VersionView => ({
      number,
      state,
      snapshot: readSnapshot(snapshot),
      draftedBy,
      draftedAt,
      decidedBy,
      decidedAt,
      decisionNote,
    }),
  );
  const approved = versions.findLast(({ state }) => state === "approved") ?? null;
  const suspendedAt = row.suspendedAt?.toISOString() ?? null;
  return {
    id: row.id as AgreementId,
    ref: agreementRef(row.application, row.purpose),
    application: row.application,
    purpose: row.purpose,
    suspendedAt: row.suspendedAt,
    suspendedReason: row.suspendedReason,
    approved,
    standing: approved === null ? null : standingOf({ snapshot: approved.snapshot, suspendedAt }, timeZone, now),
    versions,
  };
}

export const describeKey = (row: ApiKeyRow): KeyView => ({
  publicId: row.publicId as KeyId,
  agreement: agreementRef(row.of.application, row.of.purpose),
  label: row.label,
  createdAt: row.createdAt,
  revokedAt: row.revokedAt,
});
