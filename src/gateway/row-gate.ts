// Which rows of one request are visible, and which of their cells are open, whatever the source has filtered already
// (law 14). What decides is a set of people at one revision: all that follows from it is found once and kept beside it.
import type { HeldUnits, PeopleSet } from "../consent/index.js";
import type { Dataset } from "../catalogue/index.js";
import type { Abilities, Guard } from "../sources/index.js";
import type { DatasetName, Row, Value } from "../terms/index.js";
import type { AccessView } from "./access-view.js";
import type { RowConditions } from "./atoms.js";
import { pushDown, type PushDown } from "./push-down.js";
import { RowJudge, type ColumnAt, type Judged } from "./row-judge.js";
import type { RowPeople } from "./row-people.js";

/** Which cells of some rows are open, by the rows' positions. */
export type OpenCells = Pick<Judged, "isOpen">;

/** Of one dataset and set of people. It remembers no row: the same rows are judged alike for as long as it lasts. */
export interface Gate {
  /**
   * Which rows are visible: those on which at least one cell is open (law 15). Null: every row is.
   * @param relation conditions of which one must hold too: see `AccessView.relation`
   */
  guard(at: ColumnAt, relation?: readonly number[] | null): Guard | null;
  /** What a source of these abilities can be told of visibility: the same for every list. */
  pushDown(abilities: Abilities): PushDown;
  /** Which cells are open; null: every cell of every row. */
  openCells(rows: readonly Row[], at: ColumnAt): OpenCells | null | Promise<OpenCells | null>;
}

export interface Gates {
  /** Null where every row is visible and every cell open: it costs nothing then. */
  of(dataset: Pick<Dataset, "name" | "from">): Gate | null;
}

type Conditions = Pick<AccessView, "conditions">;

const ofPeople = new WeakMap<PeopleSet, WeakMap<Conditions, RowGates>>();
const ofNobody = new WeakMap<Conditions, RowGates>();

/**
 * Law 12: kept by the view (which stands for grant and footing) and by the very set of people, that is by agreement, day
 * and consent revision; a newer set is another one. Where somebody is signed in, they are the request's alone.
 */
export function gatesOf(view: Conditions, who: RowPeople): Gates {
  if (who.citizen !== null) return new RowGates(view, who);
  const kept = who.people === null ? ofNobody : keptOf(who.people);
  const known = kept.get(view) ?? new RowGates(view, who);
  kept.set(view, known);
  return known;
}

function keptOf(people: PeopleSet): WeakMap<Conditions, RowGates> {
  const known = ofPeople.get(people) ?? new WeakMap<Conditions, RowGates>();
  ofPeople.set(people, known);
  return known;
}

export class RowGates implements Gates {
  readonly #gates = new Map<DatasetName, RowGate | null>();

  constructor(
    readonly view: Conditions,
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

class RowGate implements Gate {
  readonly #judge: RowJudge;
  /** By scheme, where everybody whom it asks is held in memory; null: they have to be asked for each page. */
  readonly #held: ReadonlyMap<string, HeldUnits> | null;
  #told: { readonly abilities: Abilities; readonly pushed: PushDown } | null = null;

  constructor(
    readonly conditions: RowConditions,
    readonly who: RowPeople,
  ) {
    this.#judge = new RowJudge(conditions, who.citizen);
    this.#held = heldBy(this.#judge, who.people);
  }

  guard(at: ColumnAt, relation: readonly number[] | null = null): Guard | null {
    const { everyRow } = this.conditions;
    if (everyRow && relation === null) return null;
    return (rows) => {
      const judged = this.openCells(rows, at);
      return judged instanceof Promise
        ? judged.then((cells) => visible(cells, rows.length, everyRow, relation))
        : visible(judged, rows.length, everyRow, relation);
    };
  }

  pushDown(abilities: Abilities): PushDown {
    if (this.#told?.abilities !== abilities)
      this.#told = { abilities, pushed: pushDown(this.conditions, this.who, abilities) };
    return this.#told.pushed;
  }

  openCells(rows: readonly Row[], at: ColumnAt): Judged | null | Promise<Judged | null> {
    const held = this.#held;
    if (held !== null) return this.#judge.judge(rows, at, (scheme) => held.get(scheme) ?? null);
    const { people } = this.who;
    if (people === null) return this.#judge.judge(rows, at, () => null);
    return askPeople(people, this.#judge, rows, at).then((asked) =>
      this.#judge.judge(rows, at, (scheme) => asked.get(scheme) ?? null),
    );
  }
}

/** Null: every row is visible. */
function visible(
  judged: Judged | null,
  rows: number,
  everyRow: boolean,
  relation: readonly number[] | null,
): readonly boolean[] | null {
  if (judged === null) return null;
  const verdicts: boolean[] = [];
  for (let row = 0; row < rows; row++) {
    const related = relation === null || relation.some((condition) => judged.isOpen(row, condition));
    verdicts.push(related && (everyRow || judged.isAnyOpen(row)));
  }
  return verdicts;
}

function heldBy(judge: RowJudge, people: PeopleSet | null): ReadonlyMap<string, HeldUnits> | null {
  const held = new Map<string, HeldUnits>();
  for (const { scheme } of judge.people) {
    const units = people?.held(scheme) ?? null;
    if (units === null) return null;
    held.set(scheme, units);
  }
  return held;
}

/** One question for each register, whatever the columns: a page costs at most one indexed statement. */
async function askPeople(
  people: PeopleSet,
  judge: RowJudge,
  rows: readonly Row[],
  at: ColumnAt,
): Promise<ReadonlyMap<string, HeldUnits>> {
  const asked = new Map<string, HeldUnits>();
  for (const scheme of new Set(judge.people.map((atoms) => atoms.scheme))) {
    const keys = new Set<NonNullable<Value>>();
    for (const { column } of judge.people.filter((atoms) => atoms.scheme === scheme)) {
      const place = at(column);
      if (place === undefined) continue;
      for (const row of rows) {
        const key = row[place] ?? null;
        if (key !== null) keys.add(key);
      }
    }
    const names = [...keys];
    const units = await people.openUnits(scheme, names);
    if (units.length !== names.length) throw new Error("a people set must judge every key");
    const byKey = new Map<Value, number>(names.map((key, i) => [key, units[i] ?? 0]));
    asked.set(scheme, { of: (key) => byKey.get(key) ?? 0 });
  }
  return asked;
}
