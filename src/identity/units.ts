// What people decide on at once: found when a version is drafted, and fixed with it. A group edited later changes none.
import type { Catalogue } from "../catalogue/index.js";
import { maxConsentUnits, type ConsentUnit, type Coordinate } from "../terms/index.js";
import type { Basis, Recipient, Snapshot } from "./agreement.js";
import { RegistryError } from "./registry-error.js";

/** `groups`: apart for each field group, and for the rest of each dataset; `whole`: on everything at once. */
export const waysOfAsking = ["whole", "groups"] as const;
export type Asked = (typeof waysOfAsking)[number];

export interface UnitTerms {
  readonly fields: readonly Coordinate[];
  readonly basis: Basis;
  readonly recipient: Recipient;
  /** As it was asked for; undefined: as before, and at first by groups for consent, whole for any other basis. */
  readonly asked: Asked | undefined;
}

/**
 * The units of a version: together every field that is about a person, each once.
 *
 * A field keeps the unit that it had in the last approved version, and a new one forms units of its own (`@contact.2`):
 * a wider agreement asks only for what is new, and who consented before has consented to no more than they were shown.
 * Nothing is kept where everybody is asked anew anyway (another basis or recipient), nor where the way of asking changes:
 * a unit is open for who decided on ALL of it, so another cut opens nothing either.
 *
 * @param last the last approved version; null before the first
 * @throws RegistryError beyond the number of units that people can be asked about
 */
export function consentUnits(terms: UnitTerms, last: Snapshot | null, catalogue: Catalogue): readonly ConsentUnit[] {
  const fields = [...new Set(terms.fields)].filter((field) => isAboutPeople(field, catalogue)).sort();
  const before = last !== null && sameTerms(terms, last) ? last.units : [];
  const asked = terms.asked ?? wayOf(before) ?? (terms.basis === "consent" ? "groups" : "whole");
  const earlier = wayOf(before) === asked ? before : [];
  const listed = new Set(fields);
  const kept = earlier
    .map(({ name, fields: those }) => ({ name, fields: those.filter((field) => listed.has(field)) }))
    .filter((unit) => unit.fields.length > 0);
  const settled = new Set(kept.flatMap((unit) => unit.fields));
  const added = fields.filter((field) => !settled.has(field));
  const units = [...kept, ...newUnits(added, asked, new Set(earlier.map(({ name }) => name)), catalogue)];
  if (units.length > maxConsentUnits) throw tooMany(units.length);
  return units;
}

/** Whether somebody would have to be asked for it: its rows, or this one cell, are about a person. */
export function isAboutPeople(field: Coordinate, catalogue: Catalogue): boolean {
  const member = catalogue.coordinates.get(field);
  if (member !== undefined && member.kind !== "link" && member.subjects.length > 0) return true;
  return (catalogue.datasets.get(field.slice(0, field.indexOf(".")))?.subjects.length ?? 0) > 0;
}

/** What people were told besides the fields. A change of it asks everybody anew; the purpose is the agreement's own. */
const sameTerms = ({ basis, recipient }: UnitTerms, last: Snapshot): boolean =>
  basis === last.basis &&
  recipient.name === last.recipient.name &&
  recipient.role === last.recipient.role &&
  recipient.basis === last.recipient.basis;

const whole = "*";

const wayOf = (units: readonly ConsentUnit[]): Asked | undefined =>
  units.length === 0 ? undefined : units.every(({ name }) => name.startsWith(whole)) ? "whole" : "groups";

/** @param taken names of earlier units, those that are left empty now among them: a name never means something else */
function newUnits(
  fields: readonly Coordinate[],
  asked: Asked,
  taken: ReadonlySet<string>,
  catalogue: Catalogue,
): readonly ConsentUnit[] {
  const byName = new Map<string, Coordinate[]>();
  for (const field of fields) {
    const name = asked === "whole" ? whole : groupOf(field, catalogue);
    byName.set(name, [...(byName.get(name) ?? []), field]);
  }
  return [...byName]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, those]) => ({ name: freeName(name, taken), fields: those }));
}

/** The first group that `schema.graphql` writes on it, else its dataset. */
function groupOf(field: Coordinate, catalogue: Catalogue): string {
  const group = catalogue.coordinates.get(field)?.groups[0];
  return group === undefined ? field.slice(0, field.indexOf(".")) : `@${group}`;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}.${number}`;
  return free;
}

const tooMany = (count: number): RegistryError =>
  new RegistryError(
    "too-many-units",
    `People would have to decide on ${count} parts of the agreement, more than ${maxConsentUnits}. ` +
      "List fewer fields, put those that belong together into one @group in schema.graphql, or ask once for everything with --asked whole.",
  );
