// What must hold of a row for one of its cells to be open: a set of atoms for each coordinate, made once for each grant
// and agreement, before any reading (law 3). Pure: who the people are is asked in row-gate.ts.
import type { Dataset, Member, SourceColumn, SubjectRef } from "../catalogue/index.js";
import type { Grant, RowRule } from "../policy/index.js";
import type { Filter } from "../sources/index.js";
import type { ConsentUnit, Coordinate } from "../terms/index.js";

/** On what footing an agreement's requests are made: what of it decides whose rows leave. */
export interface Footing {
  /** Of the town's bases; `consent` and `public-task` ask people. */
  readonly basis: string;
  readonly units: readonly ConsentUnit[];
  /** Somebody is signed in. Never who: what is made of a footing is kept for all of them (law 12). */
  readonly citizen: boolean;
}

/** `text` names it: equal texts, equal atoms. All of one dataset's rows. */
export type Atom =
  /** The named filter is certainly true of the row. */
  | { readonly kind: "filter"; readonly text: string; readonly filter: Filter }
  /** The person in this column is the signed-in citizen or, where `wards`, a child they are guardian of. */
  | {
      readonly kind: "own";
      readonly text: string;
      readonly scheme: string;
      readonly column: SourceColumn;
      readonly wards: boolean;
    }
  /** consent: the person in this column has the unit (bit `unit` of a people set) open. objection: or is nobody. */
  | {
      readonly kind: "consent" | "objection";
      readonly text: string;
      readonly scheme: string;
      readonly column: SourceColumn;
      readonly unit: number;
    };

/** Rows of a dataset under one grant and footing. */
export interface RowConditions {
  readonly atoms: readonly Atom[];
  /** Distinct sets of atoms (positions in `atoms`) of opened coordinates; an open cell needs all of its set. None is empty. */
  readonly sets: readonly (readonly number[])[];
  /** Some opened coordinate has no condition, so that every row is visible by it. */
  readonly everyRow: boolean;
  /** Somebody's consent or objection decides. */
  readonly asksPeople: boolean;
  /** What must be read of a row to know whether it is visible. */
  readonly columns: readonly SourceColumn[];
  /** What must be read of it to know whether a cell is open, for each of `sets`. */
  readonly cellColumns: readonly (readonly SourceColumn[])[];
}

/** A set that holds another one opens nothing that the other has not opened. */
export const minimal = (sets: RowConditions["sets"]): RowConditions["sets"] =>
  sets.filter((set) => !sets.some((other) => other.length < set.length && other.every((atom) => set.includes(atom))));

/** The atoms of a shared coordinate; null where no row could ever have it open: it is refused then (law 1). */
export function atomsOf(
  dataset: Dataset,
  member: Member,
  rows: RowRule,
  grant: Grant,
  footing: Footing,
): readonly Atom[] | null {
  const subjects = subjectsOf(dataset, member);
  const people = peopleAtoms(member.coordinate, subjects, footing);
  const row = rowAtoms(dataset, member, rows, subjects, grant);
  return people === null || row === null ? null : [...row, ...people];
}

/** Whom a cell is about: everybody the row names, and whom the field itself names. */
const subjectsOf = (dataset: Dataset, member: Member): readonly SubjectRef[] =>
  member.kind === "link" ? dataset.subjects : [...dataset.subjects, ...member.subjects];

function peopleAtoms(
  coordinate: Coordinate,
  subjects: readonly SubjectRef[],
  { basis, units }: Footing,
): readonly Atom[] | null {
  const kind = basis === "consent" ? "consent" : basis === "public-task" ? "objection" : null;
  if (kind === null || subjects.length === 0) return [];
  // A field in no unit was never put to anybody, so that nobody can have consented or objected to it.
  const unit = unitOf(units, coordinate);
  const name = unit === null ? undefined : units[unit]?.name;
  if (unit === null || name === undefined) return null;
  return subjects.map(({ scheme, column }) => ({
    kind,
    text: `${kind}:${scheme}.${column.name}:${name}`,
    scheme,
    column,
    unit,
  }));
}

const unitsByField = new WeakMap<readonly ConsentUnit[], ReadonlyMap<Coordinate, number>>();

function unitOf(units: readonly ConsentUnit[], coordinate: Coordinate): number | null {
  const known = unitsByField.get(units);
  const byField = known ?? new Map(units.flatMap(({ fields }, i) => fields.map((field) => [field, i] as const)));
  if (known === undefined) unitsByField.set(units, byField);
  return byField.get(coordinate) ?? null;
}

function rowAtoms(
  dataset: Dataset,
  member: Member,
  rows: RowRule,
  subjects: readonly SubjectRef[],
  grant: Grant,
): readonly Atom[] | null {
  if (rows === "all") return [];
  if (rows === "own") {
    if (subjects.length === 0) return null;
    return subjects.flatMap((subject) => ownAtoms(subject, member.notForGuardians));
  }
  const filter = grant.filters.get(rows);
  if (filter?.dataset !== dataset.name) return null;
  return [{ kind: "filter", text: `filter:${rows}`, filter: filter.where }];
}

/** What is the citizen's own is so also as somebody's guardian: the stricter holds both, and is a larger set for it. */
function ownAtoms({ scheme, column }: SubjectRef, self: boolean): readonly Atom[] {
  const atom = (wards: boolean): Atom => ({
    kind: "own",
    text: `own${wards ? "" : ":self"}:${scheme}.${column.name}`,
    scheme,
    column,
    wards,
  });
  return self ? [atom(true), atom(false)] : [atom(true)];
}
