// What holds when, as many people share it: each person is one small number, and a day makes bits of it.
import type { ConsentUnit } from "../terms/index.js";
import { fieldsOn, type Step } from "./effective-state.js";
import { openUnits, type AskingBasis } from "./unit-bits.js";

/** What the units are asked under, and the day. */
export interface Asking {
  readonly basis: AskingBasis;
  readonly units: readonly ConsentUnit[];
  readonly day: string;
}

/** Units of one agreement's version are one array. */
const isSame = (one: Asking, other: Asking): boolean =>
  one.units === other.units && one.basis === other.basis && one.day === other.day;

/** The holdings of one tenant that were met, by the store's number and by a dense one of our own. Only added to. */
export class Holdings {
  readonly #places = new Map<number, number>();
  readonly #steps: (readonly Step[])[] = [];
  /** Bits by place; of the units and days asked last. */
  readonly #tables = new Map<string, Int32Array>();
  /** What was asked last, and its table: requests ask the same thousands of times. */
  #last: { readonly asking: Asking; readonly table: Int32Array } | null = null;

  /** Those of the store's numbers that are not known yet. */
  unknown(ids: Iterable<number>): number[] {
    return [...new Set(ids)].filter((id) => !this.#places.has(id));
  }

  add(id: number, steps: readonly Step[]): void {
    if (this.#places.has(id)) return;
    this.#places.set(id, this.#steps.length);
    this.#steps.push(steps);
  }

  place(id: number): number {
    const place = this.#places.get(id);
    if (place === undefined) throw new Error("the holding was not read");
    return place;
  }

  /** Bits of the units that are open on the day, by place. It covers every place there was when it was asked for. */
  bits(asking: Asking): Int32Array {
    const last = this.#last;
    if (last !== null && isSame(last.asking, asking) && last.table.length === this.#steps.length) return last.table;
    const table = this.#tableOf(asking);
    this.#last = { asking, table };
    return table;
  }

  #tableOf(asking: Asking): Int32Array {
    const name = JSON.stringify([asking.basis, asking.day, asking.units]);
    const known = this.#tables.get(name);
    if (known?.length === this.#steps.length) return known;
    const table = new Int32Array(this.#steps.length);
    if (known !== undefined) table.set(known);
    for (let place = known?.length ?? 0; place < table.length; place++) table[place] = this.#bitsOf(place, asking);
    this.#tables.delete(name);
    this.#tables.set(name, table);
    for (const [oldest] of this.#tables) {
      if (this.#tables.size <= 20) break;
      this.#tables.delete(oldest);
    }
    return table;
  }

  #bitsOf(place: number, { basis, units, day }: Asking): number {
    return openUnits(basis, units, fieldsOn(this.#steps[place] ?? [], day));
  }
}
