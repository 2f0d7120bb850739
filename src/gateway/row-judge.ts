// The atoms of one dataset on many rows at once: for each row a few small numbers, no promise, closure or object. Made
// once for each set of people, so that a request does nothing but read its rows.
import type { HeldUnits } from "../consent/index.js";
import { certainlyHolds, filterColumns, type Column } from "../sources/index.js";
import type { Citizen, Row, Value } from "../terms/index.js";
import type { Atom, RowConditions } from "./atoms.js";
import { ownKeys } from "./row-people.js";

/** Position of a column in the rows; undefined when it is not read. */
export type ColumnAt = (column: Column) => number | undefined;

/** One word holds 31 of them, so that a word is a small integer. */
const bitsPerWord = 31;

const wordsFor = (bits: number): number => Math.ceil(bits / bitsPerWord);
const wordOf = (bit: number): number => Math.floor(bit / bitsPerWord);
const bitOf = (bit: number): number => 1 << (bit % bitsPerWord);

/** Which conditions hold of some rows, by the rows' positions. */
export class Judged {
  constructor(
    readonly bits: Int32Array,
    readonly words: number,
  ) {}

  /** @param condition `AccessView.condition`: -1 is open on every row. */
  isOpen(at: number, condition: number): boolean {
    if (condition < 0) return true;
    return ((this.bits[at * this.words + wordOf(condition)] ?? 0) & bitOf(condition)) !== 0;
  }

  /** Some condition holds of the row. */
  isAnyOpen(at: number): boolean {
    for (let word = 0; word < this.words; word++) if (this.bits[at * this.words + word] !== 0) return true;
    return false;
  }
}

/** Atoms about the people of one column, whose truths lie in one word. */
interface PeopleAtoms {
  readonly scheme: string;
  readonly column: Column;
  readonly word: number;
  /** For each of them its unit and its truth's bit. */
  readonly units: readonly number[];
  readonly bits: readonly number[];
  /** Of nobody: nobody objects, nobody has consented. */
  readonly ofNobody: number;
}

/** An atom that the row alone decides, with its truth's bit. */
interface RowAtom {
  readonly atom: Extract<Atom, { readonly kind: "filter" | "own" }>;
  readonly keys: ReadonlySet<NonNullable<Value>>;
  readonly word: number;
  readonly bit: number;
}

/** For each row some words; a bit is set where its atom holds. What nothing is known of does not hold. */
interface Truths {
  readonly of: Int32Array;
  readonly words: number;
}

export class RowJudge {
  readonly people: readonly PeopleAtoms[];
  readonly #own: readonly RowAtom[];
  readonly #words: number;
  /** What a row has on which every atom holds. */
  readonly #full: Int32Array;
  /** For each condition, what its atoms need of each word. */
  readonly #needs: Int32Array;
  readonly #conditions: number;

  constructor({ sets, atoms }: RowConditions, citizen: Citizen | null) {
    const needed = [...new Set(sets.flat())];
    const placeOf = new Map(needed.map((atom, place) => [atom, place]));
    this.#words = wordsFor(needed.length);
    this.#conditions = sets.length;
    this.#needs = new Int32Array(sets.length * this.#words);
    this.#full = new Int32Array(this.#words);
    sets.forEach((set, i) => {
      for (const atom of set) {
        const place = placeOf.get(atom) ?? 0;
        const word = wordOf(place);
        this.#needs[i * this.#words + word] = (this.#needs[i * this.#words + word] ?? 0) | bitOf(place);
        this.#full[word] = (this.#full[word] ?? 0) | bitOf(place);
      }
    });
    const placed = needed.flatMap((atom, place) => {
      const found = atoms[atom];
      return found === undefined ? [] : [{ atom: found, word: wordOf(place), bit: bitOf(place) }];
    });
    this.people = peopleAtoms(placed);
    this.#own = placed.flatMap(({ atom, word, bit }): RowAtom[] => {
      if (atom.kind === "filter") return [{ atom, word, bit, keys: new Set() }];
      return atom.kind === "own" ? [{ atom, word, bit, keys: ownKeys(atom, citizen) }] : [];
    });
  }

  /**
   * @param unitsOf null: nothing is known of the people of this scheme, and what they decide is shut (law 1)
   * @returns null: every condition holds of every row
   */
  judge(rows: readonly Row[], at: ColumnAt, unitsOf: (scheme: string) => HeldUnits | null): Judged | null {
    const truths: Truths = { of: new Int32Array(rows.length * this.#words), words: this.#words };
    for (const atoms of this.people) {
      const units = unitsOf(atoms.scheme);
      const place = at(atoms.column);
      // Of a column that was not read nothing is known.
      if (units !== null && place !== undefined) notePeople(atoms, units, rows, place, truths);
    }
    for (const atom of this.#own) noteOwn(atom, rows, at, truths);
    return this.#allHold(truths.of) ? null : this.#conditionsOf(truths.of, rows.length);
  }

  #allHold(truths: Int32Array): boolean {
    const words = this.#words;
    // Where nothing opens a cell none is open (law 1).
    if (this.#conditions === 0) return false;
    if (words === 1) {
      const full = this.#full[0];
      for (let i = 0; i < truths.length; i++) if (truths[i] !== full) return false;
      return true;
    }
    for (let i = 0; i < truths.length; i++) if (truths[i] !== this.#full[i % words]) return false;
    return true;
  }

  #conditionsOf(truths: Int32Array, rows: number): Judged {
    const words = wordsFor(this.#conditions);
    const bits = new Int32Array(rows * words);
    for (let row = 0; row < rows; row++) {
      if (row === 0 || !this.#isAsBefore(truths, row)) this.#note(truths, row, bits, words);
      // Neighbours are mostly alike: most people decide the same.
      else for (let at = row * words; at < (row + 1) * words; at++) bits[at] = bits[at - words] ?? 0;
    }
    return new Judged(bits, words);
  }

  #isAsBefore(truths: Int32Array, row: number): boolean {
    const words = this.#words;
    for (let at = row * words; at < (row + 1) * words; at++) if (truths[at] !== truths[at - words]) return false;
    return true;
  }

  #note(truths: Int32Array, row: number, bits: Int32Array, words: number): void {
    for (let condition = 0; condition < this.#conditions; condition++) {
      let holds = true;
      for (let word = 0; word < this.#words; word++) {
        const need = this.#needs[condition * this.#words + word] ?? 0;
        if (((truths[row * this.#words + word] ?? 0) & need) !== need) holds = false;
      }
      const place = row * words + wordOf(condition);
      if (holds) bits[place] = (bits[place] ?? 0) | bitOf(condition);
    }
  }
}

type Placed = readonly { readonly atom: Atom; readonly word: number; readonly bit: number }[];

function peopleAtoms(placed: Placed): PeopleAtoms[] {
  type Group = PeopleAtoms & { readonly units: number[]; readonly bits: number[]; ofNobody: number };
  const groups = new Map<string, Group>();
  for (const { atom, word, bit } of placed) {
    if (atom.kind !== "consent" && atom.kind !== "objection") continue;
    const { scheme, column } = atom;
    const name = JSON.stringify([scheme, column.name, word]);
    const group: Group = groups.get(name) ?? { scheme, column, word, units: [], bits: [], ofNobody: 0 };
    groups.set(name, group);
    group.units.push(1 << atom.unit);
    group.bits.push(bit);
    if (atom.kind === "objection") group.ofNobody |= bit;
  }
  return [...groups.values()];
}

function notePeople(atoms: PeopleAtoms, held: HeldUnits, rows: readonly Row[], place: number, truths: Truths): void {
  const { of, words } = truths;
  let [units, holding] = [-1, truthsOf(atoms, -1)];
  for (let i = 0, at = atoms.word; i < rows.length; i++, at += words) {
    const key = rows[i]?.[place] ?? null;
    if (key === null) {
      of[at] = (of[at] ?? 0) | atoms.ofNobody;
      continue;
    }
    const its = held.of(key);
    if (its !== units) {
      units = its;
      holding = truthsOf(atoms, its);
    }
    of[at] = (of[at] ?? 0) | holding;
  }
}

/** Which of the atoms hold of somebody who has these units open. */
function truthsOf({ units, bits }: PeopleAtoms, open: number): number {
  let holding = 0;
  for (let i = 0; i < units.length; i++) if ((open & (units[i] ?? 0)) !== 0) holding |= bits[i] ?? 0;
  return holding;
}

function noteOwn({ atom, keys, word, bit }: RowAtom, rows: readonly Row[], at: ColumnAt, truths: Truths): void {
  const { of, words } = truths;
  if (atom.kind === "own") {
    const place = at(atom.column);
    if (place === undefined || keys.size === 0) return;
    for (let i = 0; i < rows.length; i++) {
      const key = rows[i]?.[place] ?? null;
      if (key !== null && keys.has(key)) of[i * words + word] = (of[i * words + word] ?? 0) | bit;
    }
    return;
  }
  const places = new Map(filterColumns(atom.filter).map((column) => [column.name, at(column)]));
  if ([...places.values()].includes(undefined)) return;
  let row: Row = [];
  const cell = ({ name }: Column): Value => row[places.get(name) ?? -1] ?? null;
  for (let i = 0; i < rows.length; i++) {
    row = rows[i] ?? [];
    if (certainlyHolds(atom.filter, cell)) of[i * words + word] = (of[i * words + word] ?? 0) | bit;
  }
}
