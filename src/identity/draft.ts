// The checks of a draft: what an agreement may say at all, before a DPO reads it.
import { bindingsOf, type Catalogue } from "../catalogue/index.js";
import { nearest, type Coordinate, type PurposeName, type TenantName } from "../terms/index.js";
import type { Recipient, Snapshot } from "./agreement.js";
import { checkAsked, checkBasis, checkHidden, checkInformationSociety, checkNote } from "./draft-people.js";
import { checkText, didYouMean, quote } from "./draft-texts.js";
import { RegistryError } from "./registry-error.js";
import { consentUnits, type Asked } from "./units.js";

/** An agreement as a person writes it. */
export interface AgreementDraft {
  readonly tenant: TenantName;
  readonly application: string;
  readonly purpose: string;
  /** `Type.field`, `Type.*` or `@group`, in any number and order. */
  readonly fields: readonly string[];
  readonly basis: string;
  /** Needed with consent (RGPD recital 43) and with special categories (the art. 9 condition and the DPIA's reference). */
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
  /** On what people decide at once: `whole` or `groups`. As before unless given, and at first `groups` for consent, else `whole`. */
  readonly asked?: string | undefined;
  /** Offered directly to people as an information-society service (RGPD art. 8); with consent only. */
  readonly informationSociety?: boolean | undefined;
  /** The legal ground for which people are not told (RGPD art. 23). */
  readonly hidden?: string | undefined;
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

/** What a draft is checked against. */
export interface DraftTown {
  /** Those that gateway.yaml lists. */
  readonly purposes: ReadonlySet<string>;
  readonly catalogue: Catalogue;
  /** The agreement's last approved version; null before the first. */
  readonly last: Snapshot | null;
}

/**
 * The draft with its coordinates resolved. What it refuses is found by `checks.end()`; until then what is returned is
 * no snapshot to store.
 */
export function resolveDraft(draft: AgreementDraft, town: DraftTown, checks: Checks): Snapshot {
  const { catalogue } = town;
  const purpose = checks.run(() => checkPurpose(draft.purpose, town.purposes), draft.purpose as PurposeName);
  const fields = resolveFields(draft.fields, catalogue, checks);
  const basis = checks.run(() => checkBasis(draft.basis, fields, catalogue), "public-task" as const);
  const basisNote = checks.run(() => checkNote(basis, fields, draft.basisNote, catalogue), null);
  const recipient = checkRecipient(draft.recipient, checks);
  const { from, until } = checkDays(draft, checks);
  const bound = bindingsOf(catalogue);
  const asked = checks.run((): Asked | undefined => checkAsked(draft.asked), undefined);
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
    units: checks.run(() => consentUnits({ fields, basis, recipient, asked }, town.last, catalogue), []),
    informationSociety: checks.run(() => checkInformationSociety(draft.informationSociety ?? false, basis), false),
    hidden: checks.run(() => checkHidden(draft.hidden, basis), null),
  };
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
