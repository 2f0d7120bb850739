// Drafts as the gateway makes them.
import { randomUUID } from "node:crypto";
import type { EntryDraft } from "../../src/accesslog/index.js";
import { coordinate } from "../../src/terms/index.js";
import type {
  AgreementRef,
  ApplicationName,
  KeyId,
  PolicyVersionId,
  PurposeName,
  SubjectToken,
  TenantName,
} from "../../src/terms/index.js";

export const rivemont = "rivemont" as TenantName;
export const valbourg = "valbourg" as TenantName;

export const token = (text: string): SubjectToken => text as SubjectToken;

export function draft(changes: Partial<EntryDraft> = {}): EntryDraft {
  return {
    id: randomUUID(),
    tenant: rivemont,
    at: new Date().toISOString(),
    durationMs: 12.4,
    outcome: "answered",
    status: 200,
    application: "cantine-plus" as ApplicationName,
    purpose: "school-meals" as PurposeName,
    agreement: "cantine-plus/school-meals" as AgreementRef,
    agreementVersion: 2,
    basis: "public-task",
    key: "k7" as KeyId,
    policyVersion: "ab".repeat(32) as PolicyVersionId,
    operation: { hash: "cd".repeat(32), text: "{\n  residents {\n    nodes {\n      birthDate\n    }\n  }\n}" },
    fields: [
      {
        coordinate: coordinate("Resident", "birthDate"),
        rule: "policies/rivemont/canteen.csv:3",
        mask: "year",
        cells: 50,
      },
    ],
    refused: [],
    withheld: [],
    rows: [{ dataset: "Resident", rows: 50 }],
    errors: [],
    sources: [],
    staff: null,
    personal: { subjects: [], operationName: null },
    ...changes,
  };
}
