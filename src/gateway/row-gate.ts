// Which rows of one request are visible, and which of their cells are open: the atoms of each dataset, evaluated once per
// row, whatever the source has filtered already (law 14). Arrays and bits: no promise per row, none at all where nobody
// has to be asked.
import type { PeopleSet } from "../consent/index.js";
import type { Dataset } from "../catalogue/index.js";
import { certainlyHolds, filterColumns, type Abilities, type Column, type Guard } from "../sources/index.js";
import type { Citizen, DatasetName, Row, Value } from "../terms/index.js";
import type { AccessView } from "./access-view.js";
import type { Atom, RowConditions } from "./atoms.js";
import { pushDown, type PushDown } from "./push-down.js";
import { ownKeys, type RowPeople } from "./row-people.js";

/** Position of a column in the rows; undefined when it is not read. */
export type ColumnAt = (column: Column) => number | undefined;

/** Which cells of some rows are open, by the rows' positions. */
export interface OpenCells {
  /** @param condition `AccessView.condition`: -1 is open on every row. */
  isOpen(at: number, condition: number): boolean;
}

/** A set of conditions takes one word of 31 bits for each row, so that a bit mask is a small integer. */
const bitsPerWord = 31;

/** Of one dataset and request. */
export interface Gate {
  /**
   * Which rows are visible: those on which at least one cell is open (law 15). Null: every row is.
   * @param relation conditions of which one must hold too: see `AccessView.relation`
   */
  guard(at: ColumnAt, relation?: readonly number[] | null): Guard | null;
  /** What a source of these abilities can be told of visibility: the same for every list of the request. */
  pushDown(abilities: Abilities): Promise<PushDown>;
  /** Which cells are open, of rows that the guard may have judged already. */
  openCells(rows: readonly Row[], at: ColumnAt): Promise<OpenCells>;
}

export interface Gates {
  /** Null where every row is visible and every cell open: it costs nothing then. */
  of(dataset: Pick<Dataset, "name" | "from">): Gate | null;
}

/** Made for one request. */
export class RowGates implements Gates {
  readonly #gates = new Map<DatasetName, RowGate | null>();

  constructor(
    readonly view: Pick<AccessView, "conditions">,
    readonly who: RowPeople,
  ) {}

  of({ name }: Pick<Dataset, "name">): Gate | null {
    const known = this.#gates.get(name);
    if (known !== undefined) return known;
    const conditions = this.view.conditions(name);
    const left = conditions === null ? null : stillOpen(conditions, this.who.people);
    const gate = left === null ? null : new RowGate(left, this.who);
    this.#gates.set(name, gate);
    return gate;
  }
}

/** Objections that nobody has made shut nothing: their atoms hold for every row. Null when nothing is left. */
function stillOpen(conditions: RowConditions, people: PeopleSet | null): RowConditions | null {
  const holds = conditions.atoms.map(
    (atom) => atom.kind === "objection" && people?.unusual(atom.scheme, 1 << atom.unit, 1)?.length === 0,
  );
  if (!holds.includes(true)) return conditions;
  const sets = conditions.sets.map((set) => set.filter((atom) => holds[atom] !== true));
  if (sets.every((set) => set.length === 0)) return null;
  return { ...conditions, sets, everyRow: conditions.everyRow || sets.some((set) => set.length === 0) };
}

export class RowGate implements Gate {
  readonly #words: number;
  /** Where the bits of each row that was judged begin. */
  readonly #places = new Map<Row, number>();
  readonly #bits: number[] = [];
  readonly #needed: readonly number[];
  #pushed: Promise<PushDown> | null = null;

  constructor(
    readonly conditions: RowConditions,
    readonly who: RowPeople,
  ) {
    this.#words = Math.ceil(conditions.sets.length / bitsPerWord);
    this.#needed = [...new Set(conditions.sets.flat())];
  }

  guard(at: ColumnAt, relation: readonly number[] | null = null): Guard | null {
    if (this.conditions.everyRow && relation === null) return null;
    return (rows) => {
      const judging = this.#judge(rows, at);
      return judging === null ? this.#visible(rows, relation) : judging.then(() => this.#visible(rows, relation));
    };
  }

  pushDown(abilities: Abilities): Promise<PushDown> {
    this.#pushed ??= pushDown(this.conditions, this.who, abilities);
    return this.#pushed;
  }

  async openCells(rows: readonly Row[], at: ColumnAt): Promise<OpenCells> {
    const unjudged = rows.filter((row) => !this.#places.has(row));
    if (unjudged.length > 0) await this.#judge(unjudged, at);
    const places = rows.map((row) => this.#places.get(row) ?? -1);
    return { isOpen: (row, condition) => condition < 0 || this.#holds(places[row] ?? -1, condition) };
  }

  #holds(place: number, condition: number): boolean {
    const word = place < 0 ? 0 : (this.#bits[place + Math.floor(condition / bitsPerWord)] ?? 0);
    return (word & (1 << (condition % bitsPerWord))) !== 0;
  }

  #visible(rows: readonly Row[], relation: readonly number[] | null): boolean[] {
    return rows.map((row) => {
      const place = this.#places.get(row) ?? -1;
      if (relation?.some((condition) => this.#holds(place, condition)) === false) return false;
      if (this.conditions.everyRow) return true;
      for (let word = 0; place >= 0 && word < this.#words; word++)
        if ((this.#bits[place + word] ?? 0) !== 0) return true;
      return false;
    });
  }

  /** Each row's bits are kept. Null: done, nobody had to be asked. */
  #judge(rows: readonly Row[], at: ColumnAt): Promise<void> | null {
    const truths: Truths = new Map();
    for (const atom of this.#needed) {
      const found = this.conditions.atoms[atom];
      if (found && (found.kind === "filter" || found.kind === "own"))
        truths.set(atom, ofRow(found, rows, at, this.who.citizen));
    }
    const asked = this.#needed.flatMap((atom) => {
      const found = this.conditions.atoms[atom];
      return found?.kind === "consent" || found?.kind === "objection" ? [{ place: atom, atom: found }] : [];
    });
    const { people } = this.who;
    if (asked.length === 0 || people === null) {
      this.#keep(rows, truths);
      return null;
    }
    return askPeople(people, asked, rows, at, truths).then(() => this.#keep(rows, truths));
  }

  #keep(rows: readonly Row[], truths: Truths): void {
    const { sets } = this.conditions;
    rows.forEach((row, i) => {
      this.#places.set(row, this.#bits.length);
      for (let word = 0; word < this.#words; word++) {
        const from = word * bitsPerWord;
        const to = Math.min(sets.length, from + bitsPerWord);
        let bits = 0;
        // An atom of which nothing is known does not hold.
        for (let set = from; set < to; set++)
          if (sets[set]?.every((atom) => truths.get(atom)?.[i] === 1) === true) bits |= 1 << (set - from);
        this.#bits.push(bits);
      }
    });
  }
}

/** For each atom that was evaluated: 1 where it holds of the row. */
type Truths = Map<number, Uint8Array>;

const cellOf = (row: Row, place: number | undefined): Value => (place === undefined ? null : (row[place] ?? null));

function ofRow(
  atom: Extract<Atom, { readonly kind: "filter" | "own" }>,
  rows: readonly Row[],
  at: ColumnAt,
  citizen: Citizen | null,
): Uint8Array {
  const truth = new Uint8Array(rows.length);
  if (atom.kind === "filter") {
    // Of a column that was not read nothing is certain.
    if (filterColumns(atom.filter).some((column) => at(column) === undefined)) return truth;
    rows.forEach((row, i) => {
      if (certainlyHolds(atom.filter, (column) => cellOf(row, at(column)))) truth[i] = 1;
    });
    return truth;
  }
  const keys = ownKeys(atom, citizen);
  const place = at(atom.column);
  rows.forEach((row, i) => {
    const key = cellOf(row, place);
    if (key !== null && keys.has(key)) truth[i] = 1;
  });
  return truth;
}

type PeopleAtom = Extract<Atom, { readonly kind: "consent" | "objection" }>;

/** One question for each register, whatever the columns: a page costs at most one indexed statement. */
async function askPeople(
  people: PeopleSet,
  asked: readonly { readonly place: number; readonly atom: PeopleAtom }[],
  rows: readonly Row[],
  at: ColumnAt,
  truths: Truths,
): Promise<void> {
  for (const scheme of new Set(asked.map(({ atom }) => atom.scheme))) {
    const its = asked.filter(({ atom }) => atom.scheme === scheme);
    const columns = [...new Set(its.map(({ atom }) => atom.column.name))];
    const places = columns.map((name) => {
      const atom = its.find((each) => each.atom.column.name === name)?.atom;
      return atom === undefined ? undefined : at(atom.column);
    });
    const keys = places.flatMap((place) => rows.map((row) => cellOf(row, place)));
    const units = await people.openUnits(scheme, keys);
    if (units.length !== keys.length) throw new Error("a people set must judge every key");
    for (const { place, atom } of its) {
      const from = columns.indexOf(atom.column.name) * rows.length;
      const read = at(atom.column) !== undefined;
      const truth = new Uint8Array(rows.length);
      for (let i = 0; i < rows.length; i++) {
        const key = keys[from + i] ?? null;
        // Nobody has consented, and nobody objects; a column that was not read says neither.
        const holds =
          key === null ? read && atom.kind === "objection" : ((units[from + i] ?? 0) & (1 << atom.unit)) !== 0;
        if (holds) truth[i] = 1;
      }
      truths.set(place, truth);
    }
  }
}
