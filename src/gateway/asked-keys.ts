// The keys that one batch asks by, each once, and which place of the operation asked by which.
import type { Column, Order } from "../sources/index.js";
import type { Row, Value } from "../terms/index.js";
import type { Batch, Bound, Fetch, Key } from "./plan.js";
import type { OpenCells } from "./row-gate.js";

/** Of a batch that was read. */
interface RowsRead {
  readonly rows: readonly Row[];
  readonly open: OpenCells | null;
}

/** No key: the link is empty, or closed on that row. */
const none = -1;

export class AskedKeys {
  readonly keys: Key[] = [];
  /** Of one column the value itself, of several their JSON. */
  readonly #at = new Map<Value, number>();

  /** @param width columns of one key */
  constructor(private readonly width: number) {}

  /** For each row of the parent: position of the key that it asks with, -1 for none (law 2: also where the link is closed). */
  addAll({ parent, index }: Fetch, done: readonly RowsRead[], bound: Bound): readonly number[] {
    if (parent === null) return (bound.keys[index] ?? []).map((key) => this.#add(key));
    const { rows = [], open = null } = done[parent.batch.index] ?? {};
    const asking = new Array<number>(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const isClosed = row === undefined || open?.isOpen(i, parent.condition) === false;
      asking[i] = isClosed ? none : this.#addCells(row, parent.columns);
    }
    return asking;
  }

  /** The position of the key that stands in a row; -1: it was not asked for. */
  find(row: Row, places: readonly number[]): number {
    return this.#at.get(this.#markOf(row, places)) ?? none;
  }

  #addCells(row: Row, places: readonly number[]): number {
    for (const place of places) if ((row[place] ?? null) === null) return none;
    const mark = this.#markOf(row, places);
    const known = this.#at.get(mark);
    if (known !== undefined) return known;
    return this.#note(
      mark,
      places.map((place) => row[place] ?? 0),
    );
  }

  #add(key: Key): number {
    const mark = this.width === 1 ? (key[0] ?? null) : JSON.stringify(key);
    return this.#at.get(mark) ?? this.#note(mark, key);
  }

  #note(mark: Value, key: Key): number {
    this.#at.set(mark, this.keys.length);
    return this.keys.push(key) - 1;
  }

  #markOf(row: Row, places: readonly number[]): Value {
    if (this.width === 1) return row[places[0] ?? -1] ?? null;
    return JSON.stringify(places.map((place) => row[place] ?? null));
  }
}

/** What a batch is asked by keys with, less what the request brings. */
interface Asking {
  /** Several rows of each key, and not one. */
  readonly isList: boolean;
  /** Of each key; null: all, of which there is one. */
  readonly limit: number | null;
  readonly order: readonly Order[];
  readonly columns: readonly Column[];
  /** Where the key stands in a row. */
  readonly places: readonly number[];
}

const askings = new WeakMap<Batch, Asking>();

/** The same for as long as the plan lasts. */
export function askingOf(batch: Batch): Asking {
  let known = askings.get(batch);
  if (known === undefined) askings.set(batch, (known = made(batch)));
  return known;
}

function made(batch: Batch): Asking {
  const { dataset, match } = batch;
  const list = batch.limit === null ? null : batch.limit + (batch.probe.wanted ? 1 : 0);
  const byOwnKey = match.length === dataset.key.length && dataset.key.every((f, i) => f.column.name === match[i]?.name);
  // A to-one link to what is no key may meet several rows: the first by the dataset's own key, always the same.
  const first = list === null && !byOwnKey;
  const key = dataset.key.map(({ column }) => column);
  const order = first ? key.map((column) => ({ column, direction: "asc" as const })) : batch.order;
  const columns = first ? withColumns(batch.columns.list, key) : batch.columns.list;
  return {
    isList: list !== null,
    limit: list ?? (byOwnKey ? null : 1),
    order,
    columns,
    places: match.map(({ name }) => columns.findIndex((each) => each.name === name)),
  };
}

const withColumns = (held: readonly Column[], more: readonly Column[]): readonly Column[] => [
  ...held,
  ...more.filter(({ name }) => !held.some((each) => each.name === name)),
];
