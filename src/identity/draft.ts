// The checks of a draft: what an agreement may say at all, before a DPO reads it.
import { bindingsOf, type Catalogue, type Field, type Link } from "../catalogue/index.js";
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

/** Runs checks one after another, so that a person is told everything at once. */
export class Checks {
  readonly #found: RegistryError[] = [];

  /** What the check gives; where it refuses, `instead`, with which the next checks go on. */
  run<T, U>(check: () => T, instead: U): T | U {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      this.#found.push(error);
      return instead;
    }
  }

  /** @throws RegistryError with a line for each refusal, and the code of the first */
  end(): void {
    const [first] = this.#found;
    if (first === undefined) return;
    throw new RegistryError(first.code, this.#found.map(({ message }) => message).join("\n"));
  }
}

/**
 * The draft with its coordinates resolved. What it refuses is found by `checks.end()`; until then what is returned is
 * no snapshot to store.
 */
export function resolveDraft(
  draft: AgreementDraft,
  purposes: ReadonlySet<string>,
  catalogue: Catalogue,
  checks: Checks,
): Snapshot {
  const purpose = checks.run(() => checkPurpose(draft.purpose, purposes), draft.purpose as PurposeName);
  const fields = resolveFields(draft.fields, catalogue, checks);
  const basis = checks.run(() => checkBasis(draft.basis, fields, catalogue), "public-task" as const);
  const { basisNote: note } = draft;
  const basisNote = note === undefined ? null : checks.run(() => checkText("note on the basis", note, 2_000), note);
  checks.run(() => checkSpecial(fields, basisNote, catalogue), undefined);
  const recipient = checkRecipient(draft.recipient, checks);
  const { from, until } = checkDays(draft, checks);
  const bound = bindingsOf(catalogue);
  return {
    fields,
    bindings: Object.fromEntries(fields.map((field) => [field, bound.get(field) ?? ""])),
    purpose,
    basis,
    basisNote,
    recipient,
    from,
    until,
    volumePerDay: checks.run(() => checkVolume(draft.volumePerDay), null),
    retention: checks.run(() => checkRetention(draft.retention), null),
    refusal: draft.refusal ?? "null",
    units: [{ name: "*", fields }],
    informationSociety: false,
    hidden: null,
  };
}

function checkSpecial(fields: readonly Coordinate[], note: string | null, catalogue: Catalogue): void {
  const special = fields.find((field) => isSpecial(catalogue.coordinates.get(field)));
  if (special === undefined || note !== null) return;
  throw new RegistryError(
    "note-required",
    `${special} belongs to a special category of data (RGPD art. 9). ` +
      "Add a note on the basis that names the condition of art. 9(2) and the reference of the impact assessment.",
  );
}

function checkDays(draft: AgreementDraft, checks: Checks): { readonly from: string; readonly until: string } {
  const from = checks.run(() => checkDay("first day", draft.from), null);
  const until = checks.run(() => checkDay("last day", draft.until), null);
  checks.run(() => {
    if (from !== null && until !== null && until < from)
      throw new RegistryError("invalid-date", `The last day (${until}) comes before the first day (${from}).`);
  }, undefined);
  return { from: from ?? draft.from, until: until ?? draft.until };
}

/** Sorted, distinct coordinates; links are among them. Refuses with what was probably meant. */
function resolveFields(written: readonly string[], catalogue: Catalogue, checks: Checks): Coordinate[] {
  const resolved = new Set<Coordinate>();
  for (const text of new Set(written.map((one) => one.trim())))
    for (const field of checks.run(() => resolveField(text, catalogue), [])) resolved.add(field);
  checks.run(() => {
    if (written.length > 0) return;
    throw new RegistryError(
      "no-fields",
      "The agreement names no field. Give at least one with --fields or --fields-file, such as Resident.district.",
    );
  }, undefined);
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

function checkRecipient(recipient: AgreementDraft["recipient"], checks: Checks): Recipient {
  const text = (what: string, written: string): string => checks.run(() => checkText(what, written, 200), written);
  return {
    name: text("recipient's name", recipient.name),
    contact: text("recipient's contact", recipient.contact),
    role: checks.run(() => checkRole(recipient.role), "processor" as const),
    basis: text("recipient's own basis", recipient.basis),
  };
}

function checkRole(text: string): Recipient["role"] {
  const role = roles.find((known) => known === text);
  if (role !== undefined) return role;
  throw new RegistryError(
    "invalid-recipient",
    `The recipient's role must be one of ${roles.join(", ")}; ${quote(text)} is none of them.`,
  );
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
