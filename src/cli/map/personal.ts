// Which columns are likely to hold something of a person. A guess for a person to check: it errs towards marking, for
// what is marked in vain costs a line, and what is not marked could be shared as if it were nobody's.
import type { ScalarType } from "../../terms/index.js";
import { kindredOf, type Kindred } from "./personal-words.js";
import { contact, ofPeople } from "./people-rules.js";
import { always } from "./personal-rules.js";
import type { Rule } from "./rule.js";
import { wordsOf } from "./words.js";

export interface PersonalMark {
  readonly category: string;
  /** `a social-security number` */
  readonly why: string;
}

interface NamedColumn {
  readonly name: string;
  readonly scalar: ScalarType | null;
}

/** By column name. The other columns count too: beside `prenom`, `nom` is a person's. */
export function personalColumns(table: string, columns: readonly NamedColumn[]): ReadonlyMap<string, PersonalMark> {
  const kindred = tellOfPeople(table, columns) ? "people" : kindredOf(table);
  // A row that holds a person's key tells of that person, whatever the table is called.
  const linked = columns.some(({ name }) => isKeyOfPerson(name));
  return new Map(
    columns.flatMap((column) => {
      const mark = markOf(column, kindred, linked);
      return mark === null ? [] : [[column.name, mark] as const];
    }),
  );
}

/** The table's name, or what stands in it, tells that its rows are about people. */
export const tellOfPeople = (table: string, columns: readonly { readonly name: string }[]): boolean =>
  kindredOf(table) === "people" || columns.some(({ name }) => tellsOfPeople.test(joined(name)));

const isKeyOfPerson = (name: string): boolean =>
  /(^|_)(id|numero|num|code|matricule)(_|$)/.test(joined(name)) && kindredOf(name) === "people";

/** Of a row that leads to a person, not its name or kind: those are of the thing that the row is. */
const tellsOfTheLinked: ReadonlySet<string> = new Set(
  ["DietaryPreference", "FinancialAccount", "Education", "AgeExact", "FamilyStructure", "IndividualProfile"].concat([
    "City",
    "GPSCoordinate",
    "RoomNumber",
  ]),
);
const ofTheLinked = ofPeople.filter(({ category }) => tellsOfTheLinked.has(category));

/** Only people have these. */
const tellsOfPeople =
  /^(prenom|first_?name|given_?name|last_?name|family_?name|nir|ssn|dob)s?(_|$)|naissance|birth_?da/;

const joined = (name: string): string => wordsOf(name).join("_");

function markOf({ name, scalar }: NamedColumn, table: Kindred, linked: boolean): PersonalMark | null {
  const text = joined(name);
  if (text === "") return null;
  const own = kindredOf(text.replaceAll(wordsOfAddresses, ""));
  const textual = scalar === "String" || scalar === null;
  const found =
    first(always, text, scalar) ??
    (textual && !aboutForm.test(text) && !concernsThings(table, own) ? first(contact, text, scalar) : null) ??
    (table === "people" || own === "people" ? first(ofPeople, text, scalar) : null) ??
    (linked ? first(ofTheLinked, text, scalar) : null);
  return found === null ? null : { category: found.category, why: found.why };
}

/** In a table's name they are things, in a column's they lead to somebody. */
const wordsOfAddresses = /telephone|street|rue|voie|place/g;

/** A school's telephone is nobody's; its head's is somebody's. */
const concernsThings = (table: Kindred, column: Kindred): boolean =>
  column === "things" ? true : table === "things" && column !== "people";

/** Columns about a message or a format, not about whom it reaches. */
const aboutForm =
  /(^|_)(template|gabarit|modele|model|type|canal|format|verified|verifie|count|nb|pattern|serveur|server)(_|$)/;

function first(rules: readonly Rule[], text: string, scalar: ScalarType | null): Rule | null {
  return (
    rules.find(
      (rule) =>
        rule.names.test(text) && !(rule.not?.test(text) ?? false) && (rule.of?.includes(scalar ?? "String") ?? true),
    ) ?? null
  );
}
