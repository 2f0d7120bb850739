// Tables that schema.graphql does not know → types with their keys; fields are named when links are known.
import type { StructureTable } from "../../sources/index.js";
import type { TypeModel } from "./model.js";
import { memberName, fieldCandidates, type NamesOfTypes } from "./names.js";
import { personalColumns, tellOfPeople, type PersonalMark } from "./personal.js";
import { camel, placeName, singular, wordsOf } from "./words.js";

export interface LeftTable {
  readonly from: string;
  readonly reason: string;
}

/** @returns the type without fields, or why there can be none */
export function proposedType(table: StructureTable, source: string, names: NamesOfTypes): TypeModel | LeftTable {
  const { from, columns } = table;
  const readable = columns.filter(({ name, scalar }) => scalar !== null && name.trim() !== "");
  if (readable.length === 0) return { from, reason: "none of its columns can be read as one value" };
  const declared = table.key.length > 0;
  const key = declared ? table.key : guessedKey(table);
  if (key === null) return { from, reason: "it names no key, and none of its columns looks like one: a row needs one" };
  const unread = key.find((name) => !readable.some((column) => column.name === name && column.scalar !== "GeoJSON"));
  if (unread !== undefined) return { from, reason: `its key "${unread}" cannot be read as one value` };
  const { instead, ...given } = names.give(from, source);
  return {
    ...given,
    ...{ source, from, table, key },
    status: null,
    keyGuess: declared
      ? null
      : `the service names no key: "${key.join(", ")}" looks like one. Check that no two rows have the same`,
    fields: new Map(),
    hidden: new Set(),
    members: new Set(),
    links: [],
    linked: new Set(),
    settled: new Set(),
    leftOut: new Map(),
    register: null,
    via: [],
    renamedFrom: instead,
  };
}

/** The names that keys usually have, the likeliest first. */
function guessedKey({ from, columns }: StructureTable): readonly string[] | null {
  const own = wordsOf(placeName(from)).map(singular).join("_");
  const wanted = [
    ...["id", `${own}_id`, `id_${own}`, "uuid", "guid", "code", `code_${own}`, `${own}_code`, "identifier"],
    ...["identifiant", "number", "numero", "num", "no", `numero_${own}`, `num_${own}`, `${own}_number`, "matricule"],
    ...["ref", "reference", "slug"],
  ];
  const could = columns.filter(
    ({ scalar, nullable }) => (scalar === "String" || scalar === "Int" || scalar === "SafeInt") && nullable !== true,
  );
  for (const name of wanted) {
    const found = could.find((column) => wordsOf(column.name).map(singular).join("_") === name);
    if (found !== undefined) return [found.name];
  }
  return null;
}

/** Columns that the type does not show yet, nor any comment speaks of. */
const newColumns = (type: TypeModel): StructureTable["columns"] =>
  (type.table?.columns ?? []).filter(
    ({ name }) => !type.fields.has(name) && !type.hidden.has(name) && !type.settled.has(name),
  );

export function marksOf(type: TypeModel): ReadonlyMap<string, PersonalMark> {
  return personalColumns(placeName(type.from), type.table?.columns ?? []);
}

/** Gives a name to each of the columns that no link hides, and leaves out what cannot be one field. */
export function addFields(type: TypeModel, kept: (column: string) => boolean): void {
  const marks = marksOf(type);
  // What another column is called by nature is not taken for the key.
  const natural = new Set((type.table?.columns ?? []).map(({ name }) => camel(wordsOf(name))));
  for (const column of newColumns(type)) {
    const { name, scalar, description } = column;
    if (type.fields.has(name)) continue;
    if (scalar === null) type.leftOut.set(name, `${column.type} cannot be read as one value`);
    else if (name.trim() === "" || !name.isWellFormed()) type.leftOut.set(name, "its name cannot be written here");
    else if (kept(name)) {
      const given = memberName(type, fieldCandidates(name, scalar === "Int" || scalar === "SafeInt", natural));
      addField(type, given, { name, scalar, description }, marks.get(name) ?? null);
    }
  }
}

export function addField(
  type: TypeModel,
  name: string,
  column: {
    name: string;
    scalar: NonNullable<StructureTable["columns"][number]["scalar"]>;
    description: string | null;
  },
  personal: PersonalMark | null,
): void {
  const { scalar, description } = column;
  type.fields.set(column.name, { name, column: column.name, scalar, isNew: true, description, personal });
  type.members.add(name);
}

/** Rows that are people: their own names, births or numbers stand in them. */
export function isRegister(type: TypeModel): boolean {
  if (type.key.length !== 1) return false;
  const marks = [...marksOf(type).values()].map(({ category }) => category);
  return tellOfPeople(placeName(type.from), type.table?.columns ?? []) && marks.some((one) => identifying.has(one));
}

const identifying: ReadonlySet<string> = new Set(["Name", "DateOfBirth", "OfficialID", "EmailAddress", "Username"]);
