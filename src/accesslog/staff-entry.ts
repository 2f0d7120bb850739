// What a member of staff did, as an entry: no request of an application, and so nothing of one.
import { randomUUID } from "node:crypto";
import type { SubjectToken, TenantName } from "../terms/index.js";
import type { EntryDraft } from "./entry.js";

export interface StaffAct {
  readonly tenant: TenantName;
  readonly at: Date;
  /** The operating system's user, or an e-mail address: it stands in the part that can be erased. */
  readonly who: string;
  /** `log`, `console: accesses` */
  readonly command: string;
  /** Names, never a person's key. */
  readonly filters: Readonly<Record<string, string>>;
  /** People who were searched for. */
  readonly subjects: readonly { readonly scheme: string; readonly token: SubjectToken }[];
  /** Of the HTTP answer; 0 at the command line. */
  readonly status?: number;
  /** Why it was refused. */
  readonly errors?: readonly string[];
}

export const staffEntry = ({ tenant, at, who, command, filters, subjects, status, errors }: StaffAct): EntryDraft => ({
  id: randomUUID(),
  tenant,
  at: at.toISOString(),
  durationMs: 0,
  outcome: "staff",
  status: status ?? 0,
  application: null,
  purpose: null,
  agreement: null,
  agreementVersion: null,
  basis: null,
  key: null,
  policyVersion: null,
  operation: null,
  fields: [],
  refused: [],
  withheld: [],
  rows: [],
  errors: errors ?? [],
  sources: [],
  staff: { who, command, filters },
  personal: { subjects, operationName: null },
});
