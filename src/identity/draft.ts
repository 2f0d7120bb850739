// The checks of a draft: what an agreement may say at all, before a DPO reads it.
import type { Catalogue, Field, Link } from "../catalogue/index.js";
import { nearest, type Coordinate, type PurposeName, type TenantName } from "../terms/index.js";
import { bases, type Basis, type Recipient, type Snapshot } from "./agreement.js";
import { RegistryError } from "./registry-error.js";

/** An agreement as a person writes it. */
export interface AgreementDraft {
  readonly tenant: TenantName;
  readonly application: string;
  readonly purpose: string;
  /** `Type.field`, `Type.*` or `@group`, in any number and order. */
  readonly fields: readonly string[];
  readonly basis: string;
  /** Needed with special categories (the art. 9 condition and the DPIA's reference). */
  readonly basisNote?: string | undefined;
  readonly recipient: {
    readonly name: string;
    readonly contact: string;
    readonly role: string;
    readonly basis: string;
  };
  /** `YYYY-MM-DD`, both days included. */
  readonly from: string;
  readonly until: string;
  readonly volumePerDay?: number | undefined;
  /** ISO 8601 duration: `P1Y`, `P30D`. */
  readonly retention?: string | undefined;
  readonly refusal?: "null" | "reject" | undefined;
  /** E-mail address of the person who drafts: one of the tenant's people. */
  readonly draftedBy: string;
}

/** The draft with its coordinates resolved. @throws RegistryError */
export function resolveDraft(draft: AgreementDraft, purposes: ReadonlySet<string>, catalogue: Catalogue): Snapshot {
  const fields = resolveFields(draft.fields, catalogue);
  const basis = checkBasis(draft.basis, fields, catalogue);
  const basisNote = draft.basisNote === undefined ? null : checkText("note on the basis", draft.basisNote, 2_000);
  const special = fields.find((field) => isSpecial(catalogue.coordinates.get(field)));
  if (special !== undefined && basisNote === null) {
    throw new RegistryError(
      "note-required",
      `${special} belongs to a special category of data (RGPD art. 9). ` +
        "Add a note on the basis that names the condition of art. 9(2) and the reference of the impact assessment.",
    );
  }
  const [from, until] = [checkDay("first day", draft.from), checkDay("last day", draft.until)];
  if (until < from)
    throw new RegistryError("invalid-date", `The last day (${until}) comes before the first day (${from}).`);
  return {
    fields,
    purpose: checkPurpose(draft.purpose, purposes),
    basis,
    basisNote,
    recipient: checkRecipient(draft.recipient),
    from,
    until,
    volumePerDay: checkVolume(draft.volumePerDay),
    retention: checkRetention(draft.retention),
    refusal: draft.refusal ?? "null",
  };
}

/** Sorted, distinct coordinates; links are among them. @throws RegistryError with what was probably meant. */
function resolveFields(written: readonly string[], catalogue: Catalogue): Coordinate[] {
  const resolved = new Set(written.flatMap((text) => resolveField(text.trim(), catalogue)));
  if (resolved.size === 0) {
    throw new RegistryError("no-fields", "The agreement names no field. Give at least one, such as Resident.district.");
  }
  return [...resolved].sort();
}

function resolveField(text: string, catalogue: Catalogue): readonly Coordinate[] {
  if (text.startsWith("@")) {
    const group = catalogue.groups.get(text.slice(1));
    if (group !== undefined) return group;
  } else if (text.endsWith(".*")) {
    const dataset = catalogue.datasets.get(text.slice(0, -2));
    if (dataset !== undefined) return [...dataset.members.values()].map((member) => member.coordinate);
  } else {
    const member = catalogue.coordinates.get(text);
    if (member !== undefined) return [member.coordinate];
  }
  const known = [
    ...catalogue.coordinates.keys(),
    ...[...catalogue.datasets.keys()].map((name) => `${name}.*`),
    ...[...catalogue.groups.keys()].map((name) => `@${name}`),
  ];
  const meant = nearest(text, known);
  throw new RegistryError(
    "unknown-field",
    `schema.graphql has no ${quote(text)}${didYouMean(meant)}. Write Type.field, Type.* or @group.`,
  );
}

const isSpecial = (member: Field | Link | undefined): boolean =>
  member?.kind === "field" && member.personal?.special === true;

function checkBasis(text: string, fields: readonly Coordinate[], catalogue: Catalogue): Basis {
  const basis = bases.find((known) => known === text);
  if (basis === undefined) {
    const why = /legitimate/i.test(text)
      ? "A public authority's tasks cannot rest on legitimate interest (RGPD art. 6(1), last sentence)"
      : `${quote(text)} is not a legal basis${didYouMean(nearest(text, bases))}`;
    throw new RegistryError("invalid-basis", `${why}. Choose one of ${bases.join(", ")}.`);
  }
  if (basis === "consent") {
    throw new RegistryError(
      "not-supported-yet",
      "Agreements on consent are not supported yet: Passerelle cannot ask the people concerned. Choose another basis, or wait.",
    );
  }
  const closed = basis === "open" ? fields.find((field) => !isOpen(field, catalogue)) : undefined;
  if (closed !== undefined) {
    throw new RegistryError(
      "not-open",
      `The basis "open" is for open data alone, and ${closed} is not open. Remove it or choose another basis.`,
    );
  }
  return basis;
}

const isOpen = (field: Coordinate, catalogue: Catalogue): boolean =>
  catalogue.datasets.get(field.slice(0, field.indexOf(".")))?.open === true;

function checkPurpose(text: string, purposes: ReadonlySet<string>): PurposeName {
  if (purposes.has(text)) return text as PurposeName;
  throw new RegistryError(
    "unknown-purpose",
    `gateway.yaml lists no purpose ${quote(text)}${didYouMean(nearest(text, purposes))}. Add it there, or use one of: ${[...purposes].join(", ")}.`,
  );
}

const roles: readonly Recipient["role"][] = ["controller", "joint-controller", "processor"];

function checkRecipient(recipient: AgreementDraft["recipient"]): Recipient {
  const role = roles.find((known) => known === recipient.role);
  if (role === undefined) {
    throw new RegistryError(
      "invalid-recipient",
      `The recipient's role must be one of ${roles.join(", ")}; ${quote(recipient.role)} is none of them.`,
    );
  }
  return {
    name: checkText("recipient's name", recipient.name, 200),
    contact: checkText("recipient's contact", recipient.contact, 200),
    role,
    basis: checkText("recipient's own basis", recipient.basis, 200),
  };
}

function checkDay(what: string, text: string): string {
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  // JavaScript reads 2026-02-30 as 2 March: only what comes back unchanged is a day.
  if (moment === null || Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(text)) {
    throw new RegistryError("invalid-date", `The ${what} ${quote(text)} is not a date. Write it as 2026-09-01.`);
  }
  return text;
}

function checkVolume(volume: number | undefined): number | null {
  if (volume === undefined) return null;
  if (Number.isSafeInteger(volume) && volume > 0) return volume;
  throw new RegistryError(
    "invalid-number",
    "The declared volume must be a whole number of requests per day, at least 1.",
  );
}

function checkRetention(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (/^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/.test(text)) return text;
  throw new RegistryError(
    "invalid-duration",
    `The retention ${quote(text)} is not an ISO 8601 duration. Write P30D, P6M or P1Y.`,
  );
}

/** Text that people read later: trimmed, bounded, on one line. */
export function checkText(what: string, text: string, maxLength: number): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new RegistryError("invalid-text", `The ${what} is empty.`);
  if (trimmed.length > maxLength)
    throw new RegistryError("invalid-text", `The ${what} is longer than ${maxLength} characters.`);
  if (/\p{C}/u.test(trimmed))
    throw new RegistryError("invalid-text", `The ${what} holds a character that cannot be printed.`);
  return trimmed;
}

const didYouMean = (meant: string | undefined): string => (meant === undefined ? "" : ` (did you mean "${meant}"?)`);

/** What a person typed, shown back: bounded, and without what would move a terminal's cursor. */
export const quote = (text: string): string => `"${text.slice(0, 100).replace(/\p{C}/gu, "?")}"`;
