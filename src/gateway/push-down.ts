// What of a dataset's visibility a source can be told, so that it need not send rows that nobody may see. It only ever
// saves rows: every row that comes back is judged all the same (law 14). Under law 15 a count exists where the source can
// be told visibility exactly, and nowhere else.
import { isCanonical, type Abilities, type Column, type Filter, type Walk } from "../sources/index.js";
import type { Value } from "../terms/index.js";
import { minimal, type Atom, type RowConditions } from "./atoms.js";
import { ownKeys, type RowPeople } from "./row-people.js";

export interface PushDown {
  /** True of every visible row; null: nothing can be told. */
  readonly filter: Filter | null;
  /** True of visible rows alone. */
  readonly exact: boolean;
  /** Keys that a list can be walked along, where all of them were too many to ask by; and what else can be told. */
  readonly walk: (Walk & { readonly filter: Filter | null }) | null;
}

type Key = NonNullable<Value>;

const nothing: PushDown = { filter: null, exact: false, walk: null };

/** Beyond so many keys looking for them among rows costs less than keeping them at hand. */
const keysWalked = 200_000;

/** @returns the same as long as the people are: it depends on no row, and on nothing that was asked. */
export function pushDown({ sets, atoms, everyRow }: RowConditions, who: RowPeople, abilities: Abilities): PushDown {
  if (everyRow) return { filter: null, exact: true, walk: null };
  const options = minimal(sets).map((set) => byAspect(set.flatMap((atom) => atoms[atom] ?? [])));
  const [first] = options;
  if (first === undefined) return nothing;
  const filters: Filter[] = [];
  let exact = options.every((option) => option.size === first.size);
  let varying = 0;
  let walk: PushDown["walk"] = null;
  for (const aspect of first.keys()) {
    const its = options.map((option) => option.get(aspect));
    // A row may be visible without this aspect, by a cell that does not need it.
    const needed = its.filter((atom) => atom !== undefined);
    if (needed.length < its.length) {
      exact = false;
      continue;
    }
    const different = [...new Map(needed.map((atom) => [atom.text, atom])).values()];
    if (different.length > 1) varying += 1;
    const filter = anyOf(different, who, abilities);
    if (filter === null) exact = false;
    else filters.push(filter);
    const keys = keysOf(different, who);
    if (keys !== null) walk ??= { ...keys, filter };
  }
  return {
    filter: all(filters),
    walk: walk && { ...walk, filter: all(filters.filter((filter) => filter !== walk.filter)) },
    // "a or b" of two aspects at once is more than "a and b, or c and d".
    exact: exact && varying <= 1,
  };
}

function all(filters: readonly Filter[]): Filter | null {
  const [only] = filters;
  return only === undefined ? null : filters.length === 1 ? only : { op: "and", filters };
}

/** What an atom is about: of each aspect, a condition has one atom; of two about one's own, the stricter says it all. */
function byAspect(set: readonly Atom[]): ReadonlyMap<string, Atom> {
  const aspects = new Map<string, Atom>();
  for (const atom of set) {
    const aspect = atom.kind === "filter" ? "filter" : `${atom.kind}:${atom.scheme}.${atom.column.name}`;
    const known = aspects.get(aspect);
    if (known?.kind === "own" && !known.wards) continue;
    // Two that must hold together are more than either: they keep an aspect each.
    const both = known !== undefined && atom.kind !== "own";
    aspects.set(both ? `${aspect}:${atom.text}` : aspect, atom);
  }
  return aspects;
}

/** True where at least one of the atoms, all of one aspect, holds; null where the source cannot be told so exactly. */
function anyOf(same: readonly Atom[], who: RowPeople, abilities: Abilities): Filter | null {
  const [first] = same;
  if (first === undefined) return null;
  if (first.kind === "filter") {
    const filters = same.flatMap((atom) => (atom.kind === "filter" ? [atom.filter] : []));
    if (!filters.every((filter) => canTake(filter, abilities))) return null;
    return filters.length === 1 ? first.filter : { op: "or", filters };
  }
  if (first.kind === "own") {
    const wards = same.some((atom) => atom.kind === "own" && atom.wards);
    return among(first.column, [...ownKeys({ scheme: first.scheme, wards }, who.citizen)], abilities);
  }
  const { kind, scheme, column } = first;
  const keys = keysWith(kind, scheme, unitsOf(same), who);
  const listed = keys === null ? null : among(column, keys, abilities);
  if (kind === "consent" || listed === null) return listed;
  if (!abilities.filter.has("isNull")) return null;
  return {
    op: "or",
    filters: [
      { op: "not", filter: listed },
      { op: "isNull", column, value: true },
    ],
  };
}

/** consent: for whom one of the units is open. objection: for whom all of them are shut. Null: too many, or not known. */
function keysWith(
  kind: "consent" | "objection",
  scheme: string,
  units: number,
  { people }: RowPeople,
): readonly Key[] | null {
  const unusual = people?.unusual(scheme, units, keysWalked) ?? null;
  if (people === null || unusual === null || kind === "consent" || isOneBit(units)) return unusual;
  const held = people.held(scheme);
  return held && unusual.filter((key) => (held.of(key) & units) === 0);
}

/** Whoever has consented: a column of theirs is one to walk along. */
function keysOf(same: readonly Atom[], who: RowPeople): Walk | null {
  const [first] = same;
  if (first?.kind !== "consent") return null;
  const { scheme, column } = first;
  const keys = keysWith("consent", scheme, unitsOf(same), who);
  return keys !== null && areNumbers(keys) ? { column, keys } : null;
}

/** Sets of people hand out the same list as long as nobody decides: looked through once. */
const numbers = new WeakMap<readonly Key[], boolean>();

function areNumbers(keys: readonly Key[]): boolean {
  const known = numbers.get(keys) ?? keys.every((key) => typeof key === "number");
  numbers.set(keys, known);
  return known;
}

const unitsOf = (same: readonly Atom[]): number =>
  same.reduce((bits, atom) => ("unit" in atom ? bits | (1 << atom.unit) : bits), 0);

const isOneBit = (bits: number): boolean => (bits & (bits - 1)) === 0;

/** A key of another form than the column's is in no cell of it. */
function among(column: Column, keys: readonly Key[], { filter, valuesIn }: Abilities): Filter | null {
  if (!filter.has("in") || keys.length > valuesIn) return null;
  const fits = (key: Key): boolean => isCanonical(column.type, key);
  return { op: "in", column, values: keys.every(fits) ? keys : keys.filter(fits) };
}

function canTake(filter: Filter, abilities: Abilities): boolean {
  if ("filters" in filter) return filter.filters.every((part) => canTake(part, abilities));
  if ("filter" in filter) return canTake(filter.filter, abilities);
  if (filter.op === "in" && filter.values.length > abilities.valuesIn) return false;
  return abilities.filter.has(filter.op);
}
