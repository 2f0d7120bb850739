// Many people in little memory: sorted keys, for each the place of what holds for them, and by which they are found. A
// number costs 16 to 28 bytes.
import type { Value } from "../terms/index.js";
import { indexNumbers, indexTexts, NumberIndex, TextIndex, type Column } from "./key-index.js";

export interface Columns {
  readonly numbers: NumberIndex;
  readonly texts: TextIndex;
}

const noNumbers: Column<number> = { keys: new Float64Array(0), places: new Int32Array(0) };
const noTexts: Column<string> = { keys: [], places: new Int32Array(0) };

const makeNumbers = (length: number): Float64Array => new Float64Array(length);
const makeTexts = (length: number): string[] => new Array<string>(length);

type Writable<K> = { [index: number]: K } & ArrayLike<K>;

/** What `later` says wins. Gives way to others after each slice, so that a million keys hold nobody up. */
async function merge<K extends number | string>(
  earlier: Column<K>,
  later: Column<K>,
  make: (length: number) => Writable<K>,
  pause: () => Promise<void>,
): Promise<Column<K>> {
  const most = earlier.keys.length + later.keys.length;
  const keys = make(most);
  const places = new Int32Array(most);
  let [i, j, length] = [0, 0, 0];
  while (i < earlier.keys.length || j < later.keys.length) {
    if (length > 0 && length % slice === 0) await pause();
    const a = earlier.keys[i];
    const b = later.keys[j];
    const takeLater = a === undefined || (b !== undefined && b <= a);
    keys[length] = (takeLater ? b : a) as K;
    places[length] = (takeLater ? later.places[j] : earlier.places[i]) ?? 0;
    length++;
    if (takeLater) j++;
    if (!takeLater || b === a) i++;
  }
  return { keys: cut(keys, length), places: places.slice(0, length) };
}

const slice = 50_000;

function cut<K>(keys: Writable<K>, length: number): ArrayLike<K> {
  if (keys.length === length) return keys;
  return (keys as unknown as { slice(from: number, to: number): ArrayLike<K> }).slice(0, length);
}

interface Runs {
  readonly numbers: Column<number>;
  readonly texts: Column<string>;
}

const columnsOf = async ({ numbers, texts }: Runs, pause: () => Promise<void>): Promise<Columns> => ({
  numbers: await indexNumbers(numbers, pause),
  texts: await indexTexts(texts, pause),
});

/** Gathers people in the order of their revisions; what is said later of somebody wins. */
export class ColumnsBuilder {
  readonly #numbers: Column<number>[] = [];
  readonly #texts: Column<string>[] = [];
  constructor(readonly pause: () => Promise<void>) {}

  /** A part small enough to be sorted at once. */
  async add(people: ReadonlyMap<NonNullable<Value>, number>): Promise<void> {
    const numbers = [...people].filter((each): each is [number, number] => typeof each[0] === "number");
    const texts = [...people].filter((each): each is [string, number] => typeof each[0] === "string");
    numbers.sort(([a], [b]) => a - b);
    texts.sort(([a], [b]) => (a < b ? -1 : 1));
    if (numbers.length > 0)
      await push(this.#numbers, { keys: Float64Array.from(numbers, ([key]) => key), places: placesOf(numbers) }, makeNumbers, this.pause); // prettier-ignore
    if (texts.length > 0)
      await push(this.#texts, { keys: texts.map(([key]) => key), places: placesOf(texts) }, makeTexts, this.pause);
  }

  async finish(): Promise<Columns> {
    return columnsOf(await this.runs(), this.pause);
  }

  /** As they will stand in the columns; nobody is found by them yet. */
  async runs(): Promise<Runs> {
    return {
      numbers: (await collapse(this.#numbers, makeNumbers, this.pause)) ?? noNumbers,
      texts: (await collapse(this.#texts, makeTexts, this.pause)) ?? noTexts,
    };
  }
}

const placesOf = (people: readonly (readonly [unknown, number])[]): Int32Array =>
  Int32Array.from(people, ([, place]) => place);

/** Neighbours of like size become one, so that there are few and each key moves a few times only. */
async function push<K extends number | string>(
  runs: Column<K>[],
  run: Column<K>,
  make: (length: number) => Writable<K>,
  pause: () => Promise<void>,
): Promise<void> {
  let last = run;
  for (
    let before = runs.at(-1);
    before !== undefined && before.keys.length <= last.keys.length * 2;
    before = runs.at(-1)
  ) {
    runs.pop();
    last = await merge(before, last, make, pause);
  }
  runs.push(last);
}

async function collapse<K extends number | string>(
  runs: Column<K>[],
  make: (length: number) => Writable<K>,
  pause: () => Promise<void>,
): Promise<Column<K> | undefined> {
  for (let last = runs.pop(); ;) {
    const before = runs.pop();
    if (last === undefined || before === undefined) return last;
    last = await merge(before, last, make, pause);
  }
}

/** Changes since the columns were made, by key; what they say wins. Never changed once it is shared. */
export type Changes = ReadonlyMap<NonNullable<Value>, number>;

interface Selected {
  readonly bits: Int32Array;
  readonly units: number;
  readonly max: number;
  readonly keys: readonly NonNullable<Value>[] | null;
}

/** The people of one scheme at one revision. Immutable: whoever holds it sees one state. */
export class HeldPeople {
  static readonly nobody = new HeldPeople(
    {
      numbers: new NumberIndex(noNumbers, null, new Int32Array(1)),
      texts: new TextIndex(noTexts, new Int32Array(1)),
    },
    new Map(),
  );
  /** Found for the last questions: these people do not change, and requests ask the same. */
  #selected: readonly Selected[] = [];

  constructor(
    readonly columns: Columns,
    readonly changes: Changes,
  ) {}

  /** At most this many; somebody changed is counted twice. */
  get size(): number {
    const { numbers, texts } = this.columns;
    return numbers.column.keys.length + texts.column.keys.length + this.changes.size;
  }

  /** The place of what holds for somebody, or -1: they have never decided. */
  place(key: NonNullable<Value>): number {
    const changed = this.changes.size === 0 ? undefined : this.changes.get(key);
    if (changed !== undefined) return changed;
    if (typeof key === "number") return this.columns.numbers.place(key);
    return typeof key === "string" ? this.columns.texts.place(key) : -1;
  }

  with(changes: Changes): HeldPeople {
    return new HeldPeople(this.columns, new Map([...this.changes, ...changes]));
  }

  /** The same people, all in columns. */
  async settled(pause: () => Promise<void>): Promise<HeldPeople> {
    const builder = new ColumnsBuilder(pause);
    await builder.add(this.changes);
    const { numbers, texts } = await builder.runs();
    const merged = {
      numbers: await merge(this.columns.numbers.column, numbers, makeNumbers, pause),
      texts: await merge(this.columns.texts.column, texts, makeTexts, pause),
    };
    return new HeldPeople(await columnsOf(merged, pause), new Map());
  }

  /**
   * Keys for whom a bit of `units` is not as usual, numbers before texts, each ascending; null: more than `max`.
   * @param bits by place
   */
  unusual(bits: Int32Array, usual: number, units: number, max: number): readonly NonNullable<Value>[] | null {
    const known = this.#selected.find((each) => each.bits === bits && each.units === units && each.max === max);
    if (known !== undefined) return known.keys;
    const keys = this.#select((place) => (((bits[place] ?? 0) ^ usual) & units) !== 0, max);
    this.#selected = [...this.#selected.slice(-7), { bits, units, max, keys }];
    return keys;
  }

  #select(wanted: (place: number) => boolean, max: number): readonly NonNullable<Value>[] | null {
    const found: NonNullable<Value>[] = [];
    for (const [key, place] of this.changes) if (wanted(place)) found.push(key);
    const { numbers, texts } = this.columns;
    for (const column of [numbers.column, texts.column] as readonly Column<number | string>[]) {
      for (let i = 0; i < column.keys.length; i++) {
        if (found.length > max) return null;
        const key = column.keys[i];
        if (key === undefined || !wanted(column.places[i] ?? -1)) continue;
        if (this.changes.size === 0 || !this.changes.has(key)) found.push(key);
      }
    }
    return found.length > max ? null : found.sort(ascending);
  }
}

function ascending(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a < b ? -1 : 1;
}
