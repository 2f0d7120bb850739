// Where somebody is held, found at once: a page of a thousand rows asks for a thousand people.

/** Keys of one kind, ascending and distinct; `places[i]` belongs to `keys[i]`. */
export interface Column<K extends number | string> {
  readonly keys: ArrayLike<K>;
  readonly places: Int32Array;
}

/** Keys between which work of others runs while an index is made. */
const slice = 50_000;

/** Beyond so many numbers for each key there would be more gaps than people. */
const numbersForEach = 4;

/** At least so many slots for each key of a hash table, so that one or two are looked at. */
const slotsForEach = 1.5;

/** Whole numbers that lie close together: a table with a slot for each of them, 4 to 16 bytes a person. */
interface Close {
  readonly first: number;
  /** Of `first + slot`; -1: nobody. */
  readonly places: Int32Array;
}

/** Numbers as a register has them: close together, or wherever. */
export class NumberIndex {
  constructor(
    readonly column: Column<number>,
    readonly close: Close | null,
    readonly table: Int32Array,
  ) {}

  /** What belongs to the key, or -1. */
  place(key: number): number {
    const { close, table, column } = this;
    if (close !== null) {
      const slot = key - close.first;
      // Of the key: what a fraction differs by may be lost in the slot.
      return slot >= 0 && slot < close.places.length && Number.isInteger(key) ? (close.places[slot] ?? -1) : -1;
    }
    const last = table.length - 1;
    for (let slot = hashOfNumber(key) & last; ; slot = (slot + 1) & last) {
      const at = table[slot] ?? 0;
      if (at === 0) return -1;
      if (column.keys[at - 1] === key) return column.places[at - 1] ?? -1;
    }
  }
}

export class TextIndex {
  constructor(
    readonly column: Column<string>,
    readonly table: Int32Array,
  ) {}

  /** What belongs to the key, or -1. */
  place(key: string): number {
    const { table, column } = this;
    const last = table.length - 1;
    for (let slot = hashOfText(key) & last; ; slot = (slot + 1) & last) {
      const at = table[slot] ?? 0;
      if (at === 0) return -1;
      if (column.keys[at - 1] === key) return column.places[at - 1] ?? -1;
    }
  }
}

/** @param pause waited for after each slice, so that a million keys hold nobody up */
export async function indexNumbers(column: Column<number>, pause: () => Promise<void>): Promise<NumberIndex> {
  const close = await closeOf(column, pause);
  return new NumberIndex(column, close, close === null ? await tableOf(column.keys, hashOfNumber, pause) : new Int32Array(1)); // prettier-ignore
}

/** @param pause as with numbers */
export const indexTexts = async (column: Column<string>, pause: () => Promise<void>): Promise<TextIndex> =>
  new TextIndex(column, await tableOf(column.keys, hashOfText, pause));

async function closeOf({ keys, places }: Column<number>, pause: () => Promise<void>): Promise<Close | null> {
  const first = keys[0] ?? 0;
  const span = (keys[keys.length - 1] ?? -1) - first + 1;
  if (span > keys.length * numbersForEach || !Number.isSafeInteger(first)) return null;
  const table = new Int32Array(span).fill(-1);
  for (let i = 0; i < keys.length; i++) {
    if (i % slice === slice - 1) await pause();
    const key = keys[i] ?? Number.NaN;
    if (!Number.isInteger(key)) return null;
    table[key - first] = places[i] ?? -1;
  }
  return { first, places: table };
}

/** Open addressing: a slot holds 1 + where its key stands, 0: nothing. A power of two of slots. */
async function tableOf<K extends number | string>(
  keys: ArrayLike<K>,
  hashOf: (key: K) => number,
  pause: () => Promise<void>,
): Promise<Int32Array> {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, keys.length * slotsForEach) + 1));
  const table = new Int32Array(size);
  for (let i = 0; i < keys.length; i++) {
    if (i % slice === slice - 1) await pause();
    let slot = hashOf(keys[i] as K) & (size - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (size - 1);
    table[slot] = i + 1;
  }
  return table;
}

const words = new Float64Array(1);
const halves = new Uint32Array(words.buffer);

/** Of the number's own 64 bits: fractions and what lies beyond 32 bits differ too. -0 is 0. */
function hashOfNumber(key: number): number {
  words[0] = key + 0;
  return mixed(Math.imul(halves[0] ?? 0, 0x9e3779b1) ^ Math.imul(halves[1] ?? 0, 0x85ebca6b));
}

/** FNV-1a, of UTF-16 units. */
function hashOfText(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** MurmurHash3's end: the low bits, by which a slot is chosen, come to depend on all. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const whole = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return whole ^ (whole >>> 16);
}
