// Which cells are open, said naively: one row, one cell, one person at a time. Nothing of src/gateway, src/policy and
// src/consent is used.
import type { Value } from "../../../src/terms/index.js";
import type { Decided } from "./decided.js";
import { filters, inForce, type Governed, type Opening } from "./governed.js";
import { personText, type Openness, type PeopleRow, type Person } from "./population.js";
import { datasetNamed, type SubjectColumn, type TownDataset } from "./structure.js";

/** A signed-in person; both lists hold persons of any scheme. */
export interface SignedIn {
  readonly self: readonly Person[];
  readonly wards: readonly Person[];
}

export class ConsentReference implements Openness {
  constructor(
    readonly governed: Governed,
    readonly decided: Decided,
    readonly citizen: SignedIn | null,
  ) {}

  /** What a rule opens and the agreement lists; `own` is refused where nobody is signed in. */
  opening(coordinate: string): Opening | null {
    const found = this.governed.openings.get(coordinate);
    if (found === undefined || !inForce(this.governed).fields.includes(coordinate)) return null;
    return found.rows === "own" && this.citizen === null ? null : found;
  }

  #opened(dataset: TownDataset): string[] {
    return dataset.members.map(({ name }) => `${dataset.name}.${name}`).filter((at) => this.opening(at) !== null);
  }

  visible(dataset: TownDataset, row: PeopleRow): boolean {
    return dataset.members.some((member) => this.cell(dataset, member.name, row));
  }

  related(dataset: TownDataset, columns: readonly string[], row: PeopleRow): boolean {
    const made = dataset.members.filter(
      (member) =>
        (member.kind === "field" ? [member.column] : member.from).some((column) => columns.includes(column)) &&
        this.opening(`${dataset.name}.${member.name}`) !== null,
    );
    return made.length === 0 || made.some((member) => this.cell(dataset, member.name, row));
  }

  cell(dataset: TownDataset, name: string, row: PeopleRow): boolean {
    const at = `${dataset.name}.${name}`;
    const opening = this.opening(at);
    if (opening === null) return false;
    return this.#ruled(opening.rows, dataset, name, row) && this.#decidedOn(at, dataset, name, row);
  }

  #ruled(rows: string, dataset: TownDataset, name: string, row: PeopleRow): boolean {
    if (rows === "all") return true;
    if (rows !== "own") return truth(dataset, filters[rows]?.where ?? {}, row) === true;
    const { citizen } = this;
    // Also whom the cell itself is about: nobody's own is what names nobody.
    const people = peopleIn(subjectsOf(dataset, name), row);
    if (citizen === null || people.length === 0) return false;
    const known = new Set([...citizen.self, ...citizen.wards].map(personText));
    return people.every((person) => person !== null && known.has(personText(person)));
  }

  #decidedOn(at: string, dataset: TownDataset, name: string, row: PeopleRow): boolean {
    const { basis } = inForce(this.governed).terms;
    const people = peopleIn(subjectsOf(dataset, name), row);
    if (basis === "consent") return people.every((person) => person !== null && this.decided.consents(person, at));
    if (basis === "public-task") return people.every((person) => person === null || !this.decided.objects(person, at));
    return true;
  }

  /** The conditions of a cell, as a set of words. */
  #conditions(at: string): Set<string> {
    const opening = this.opening(at);
    const { basis, units } = { ...inForce(this.governed).terms, units: inForce(this.governed).units };
    const [datasetName = "", name = ""] = at.split(".");
    const unit = units.find(({ fields }) => fields.some((each) => each === at))?.name ?? "";
    const asked = basis === "consent" || basis === "public-task" ? subjectsOf(datasetNamed(datasetName), name) : [];
    return new Set([
      ...(opening === null || opening.rows === "all"
        ? []
        : rowsWords(opening.rows, subjectsOf(datasetNamed(datasetName), name))),
      ...asked.map(({ scheme, column }) => `${scheme} ${column} ${unit}`),
    ]);
  }

  /** Law 2: open, unmasked, and open wherever anything of the row is. */
  usable(at: string): boolean {
    if (this.opening(at)?.mask !== "-") return false;
    const own = this.#conditions(at);
    const dataset = datasetNamed(at.split(".")[0] ?? "");
    return this.#opened(dataset).every((other) => [...own].every((each) => this.#conditions(other).has(each)));
  }

  listable(dataset: TownDataset): boolean {
    const key = dataset.members.find((member) => member.name === dataset.key);
    if (key?.kind !== "field") return false;
    return this.#opened(dataset).length > 0 && (!key.personal || this.usable(`${dataset.name}.${key.name}`));
  }

  /** Everybody a row names, and with cells that left whom those are about. */
  peopleOf(dataset: TownDataset, row: PeopleRow, members: readonly string[]): readonly Person[] {
    const cells = members.filter((name) => this.cell(dataset, name, row)).flatMap((name) => subjectsOf(dataset, name));
    return peopleIn([...dataset.subjects, ...cells], row).filter((person) => person !== null);
  }
}

const rowsWords = (rows: string, subjects: readonly SubjectColumn[]): string[] =>
  rows === "own" ? subjects.map(({ scheme, column }) => `own ${scheme} ${column}`) : [`rows ${rows}`];

function subjectsOf(dataset: TownDataset, name: string): readonly SubjectColumn[] {
  const member = dataset.members.find((each) => each.name === name);
  return [...dataset.subjects, ...(member?.kind === "field" ? member.subjects : [])];
}

const peopleIn = (subjects: readonly SubjectColumn[], row: PeopleRow): (Person | null)[] =>
  subjects.map(({ scheme, column }) => {
    const key = row[column] ?? null;
    return key === null ? null : { scheme, key };
  });

type Truth = boolean | null;
type Where = Readonly<Record<string, unknown>>;
const all = (parts: readonly Truth[]): Truth => (parts.includes(false) ? false : parts.includes(null) ? null : true);
const not = (part: Truth): Truth => (part === null ? null : !part);

/** SQL's three truth values. */
function truth(dataset: TownDataset, where: Where, row: PeopleRow): Truth {
  return all(
    Object.entries(where).map(([name, given]) => {
      if (name === "not") return not(truth(dataset, given as Where, row));
      if (name === "and") return all((given as Where[]).map((each) => truth(dataset, each, row)));
      if (name === "or") return not(all((given as Where[]).map((each) => not(truth(dataset, each, row)))));
      const member = dataset.members.find((each) => each.name === name);
      if (member?.kind !== "field") throw new Error(`no field ${name}`);
      const value = row[member.column] ?? null;
      return all(Object.entries(given as Where).map(([operator, operand]) => compared(operator, value, operand)));
    }),
  );
}

function compared(operator: string, value: Value, operand: unknown): Truth {
  if (operator === "isNull") return (value === null) === operand;
  if (value === null) return null;
  const other = operand as typeof value;
  switch (operator) {
    case "in":
      return (operand as Value[]).includes(value);
    case "eq":
      return value === other;
    case "ne":
      return value !== other;
    case "lte":
      return value <= other;
    case "gte":
      return value >= other;
    case "gt":
      return value > other;
    default:
      throw new Error(`no operator ${operator}`);
  }
}
