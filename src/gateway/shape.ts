// Rows → the answer's data, along the plan, written as the JSON text that leaves. No promise, no resolver, no object for a
// row: a value goes through its mask and nowhere else (law 10).
import type { SealedTexts } from "../identity/index.js";
import type { CellsInPlace } from "../sources/index.js";
import type { Coordinate, Row, Value } from "../terms/index.js";
import { deriveAll } from "./derive.js";
import type { BatchResult, Fetched, PlaceRows } from "./fetch.js";
import { JsonBytes } from "./json-bytes.js";
import type { Plan } from "./plan.js";
import type { OpenCells } from "./row-gate.js";
import type { Seals } from "./seals.js";
import {
  shapeOf,
  type Cell,
  type CursorShape,
  type List,
  type ListMember,
  type ObjectShape,
  type PlanShape,
} from "./shape-plan.js";
import { WrittenData } from "./written-data.js";

/** What left, counted while shaping: the entry is built from it (law 5). */
export interface Emitted {
  /** For each object selection of the plan: how many objects it made. */
  readonly objects: Uint32Array;
  /** For each batch: which of its rows are in the answer. */
  readonly rows: readonly Uint8Array[];
  /** Lists and links answered, by the fetch's index: how many places. */
  readonly links: Uint32Array;
  /** Root lists whose `totalCount` left, by the batch's index. */
  readonly totals: ReadonlySet<number>;
  /** Closed cells of rows that left: null in the answer whatever is in them, links among them. Sorted by coordinate. */
  readonly withheld: ReadonlyMap<Coordinate, number>;
}

export interface ShapeContext {
  readonly plan: Plan;
  readonly fetched: Fetched;
  readonly seals: Seals;
  /** `YYYY-MM-DD`, in the tenant's time zone. */
  readonly today: string;
  /** `__schema` and `__type`, answered beforehand. */
  readonly introspected: Readonly<Record<string, unknown>>;
}

// Shaping waits for nothing, so that all of it can write into one buffer.
const json = new JsonBytes();

export function shape(context: ShapeContext): { data: WrittenData; emitted: Emitted } {
  const plan = shapeOf(context.plan);
  const shaper = new Shaper(plan, context);
  try {
    shaper.members(plan.root, 0);
    return { data: WrittenData.of(json), emitted: shaper.emitted() };
  } finally {
    json.clear();
  }
}

const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE, COMMA] = [0x5b, 0x5d, 0x7b, 0x7d, 0x2c];

class Shaper {
  readonly #objects: Uint32Array;
  readonly #rows: Uint8Array[] = [];
  readonly #links: Uint32Array;
  readonly #totals = new Set<number>();
  readonly #withheld: Uint32Array;
  readonly #batches: Fetched["batches"];
  /** By batch; made when the first is asked for, for all of its rows. */
  readonly #ids: (SealedTexts | undefined)[] = [];
  readonly #cursors: (SealedTexts | undefined)[] = [];
  readonly #derived: (readonly (string | null)[] | undefined)[] = [];

  constructor(
    readonly plan: PlanShape,
    readonly context: ShapeContext,
  ) {
    const { objects, fetches, batches } = context.plan;
    this.#batches = context.fetched.batches;
    this.#objects = new Uint32Array(objects.length);
    this.#links = new Uint32Array(fetches.length);
    this.#withheld = new Uint32Array(plan.coordinates.length);
    for (const { index } of batches) this.#rows[index] = new Uint8Array(this.#batches[index]?.rows.length ?? 0);
  }

  emitted(): Emitted {
    const withheld = new Map<Coordinate, number>();
    this.plan.coordinates.forEach((coordinate, i) => {
      const count = this.#withheld[i] ?? 0;
      if (count > 0) withheld.set(coordinate, count);
    });
    return { objects: this.#objects, rows: this.#rows, links: this.#links, totals: this.#totals, withheld };
  }

  /** @param at position of the row in its batch: links and ids are found by it. */
  members({ cells, batch }: ObjectShape, at: number): void {
    const result = batch < 0 ? undefined : this.#batches[batch];
    const row = result?.rows[at];
    if (cells.length === 0) json.byte(OPEN);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i];
      if (cell === undefined) continue;
      json.fragment(cell.fragment);
      if (cell.kind === "value") this.#value(cell, result, row, at);
      else if (cell.kind !== "constant") this.#other(cell, batch, at);
    }
    json.byte(CLOSE);
  }

  /** Law 10: the one place through which values of rows pass. */
  #value(cell: Cell, result: BatchResult | undefined, row: Row | undefined, at: number): void {
    const open = result?.open ?? null;
    if (open !== null && !this.#isOpen(open, cell, at)) return json.null();
    const found = cell.derived < 0 ? (row?.[cell.column] ?? null) : this.#derivedAt(cell.derived, at);
    const value = cell.mask === null ? found : cell.mask(found);
    if (value === null) json.null();
    else if (typeof value === "number") {
      if (cell.inPlace === null) json.number(value);
      else writeInPlace(result?.cells ?? null, value, cell.inPlace);
    } else if (typeof value === "boolean") json.boolean(value);
    // A geometry is a text that is JSON already, in the one form that every cell was checked for.
    else if (cell.json) json.text(value);
    else json.string(value);
  }

  /** A closed cell of a row that leaves is counted, whatever the source has in it: a count tells nothing of that. */
  #isOpen(open: OpenCells, cell: Cell, at: number): boolean {
    if (cell.condition < 0 || open.isOpen(at, cell.condition)) return true;
    this.#withheld[cell.coordinate] = (this.#withheld[cell.coordinate] ?? 0) + 1;
    return false;
  }

  #other(cell: Cell, batch: number, at: number): void {
    if (cell.kind === "id") return this.#id(batch, at);
    if (cell.kind === "introspection") return json.text(JSON.stringify(this.context.introspected[cell.key] ?? null));
    const open = cell.judged < 0 ? null : (this.#batches[cell.judged]?.open ?? null);
    if (open !== null && !this.#isOpen(open, cell, at)) return json.null();
    if (cell.list !== null) return this.#list(cell.list, at);
    const first = cell.one === null ? undefined : this.#place(cell.one.fetch, cell.one.batch, at)?.rows[0];
    if (cell.one === null || first === undefined) json.null();
    else this.#object(cell.one.object, first);
  }

  /** Null when the fetch failed: its error is in the answer, and no place of it is counted as answered. */
  #place(fetch: number, batch: number, at: number): PlaceRows | null {
    if (this.#batches[batch]?.failure !== null) return null;
    this.#links[fetch] = (this.#links[fetch] ?? 0) + 1;
    return this.context.fetched.fetches[fetch]?.places[at] ?? null;
  }

  #object(object: ObjectShape, at: number): void {
    this.#objects[object.index] = (this.#objects[object.index] ?? 0) + 1;
    this.#markLeft(object.batch, at);
    this.members(object, at);
  }

  #list(list: List, at: number): void {
    const place = this.#place(list.fetch, list.batch, at);
    if (place === null) return json.null();
    if (list.members.length === 0) json.byte(OPEN);
    for (const member of list.members) {
      json.fragment(member.fragment);
      if (member.kind === "totalCount") this.#total(list.batch);
      else if (member.kind === "pageInfo") this.#pageInfo(list, member, place);
      else if (member.kind !== "constant") this.#places(list, member, place.rows);
    }
    json.byte(CLOSE);
  }

  #places(list: List, member: ListMember, rows: readonly number[]): void {
    json.byte(OPEN_LIST);
    for (let i = 0; i < rows.length; i++) {
      if (i > 0) json.byte(COMMA);
      const at = rows[i] ?? -1;
      if (member.object !== null) this.#object(member.object, at);
      else this.#edge(list, member, at);
    }
    json.byte(CLOSE_LIST);
  }

  #edge(list: List, { edge }: ListMember, at: number): void {
    // An edge shows that its row exists: it has left, whatever is selected below.
    this.#markLeft(list.batch, at);
    if (edge.length === 0) json.byte(OPEN);
    for (const member of edge) {
      json.fragment(member.fragment);
      if (member.kind === "cursor") this.#cursor(list.cursors, at);
      else if (member.object !== null) this.#object(member.object, at);
    }
    json.byte(CLOSE);
  }

  /** Null tells nothing, and so is not on record. */
  #total(batch: number): void {
    const total = this.#batches[batch]?.total ?? null;
    if (total === null) return json.null();
    this.#totals.add(batch);
    json.number(total);
  }

  #pageInfo({ reverse, resumed, cursors }: List, { page }: ListMember, { rows, more }: PlaceRows): void {
    if (page.length === 0) json.byte(OPEN);
    for (const member of page) {
      json.fragment(member.fragment);
      if (member.kind === "hasNextPage") json.boolean(reverse ? resumed : more);
      else if (member.kind === "hasPreviousPage") json.boolean(reverse ? more : resumed);
      else if (member.kind === "startCursor") this.#cursorOf(cursors, rows[0]);
      else if (member.kind === "endCursor") this.#cursorOf(cursors, rows.at(-1));
    }
    json.byte(CLOSE);
  }

  /** One end of a page: sealed alone, unless its edges have cursors and all are sealed already. */
  #cursorOf(shape: CursorShape, at: number | undefined): void {
    if (at === undefined) return json.null();
    if (this.#cursors[shape.batch] !== undefined) return this.#cursor(shape, at);
    const row = this.#batches[shape.batch]?.rows[at] ?? [];
    writeSealed(this.context.seals.cursorTexts(shape.coordinate, shape.order, [row], shape.columns), 0);
    this.#markLeft(shape.batch, at);
  }

  #cursor(shape: CursorShape, at: number): void {
    const { batch, coordinate, order, columns } = shape;
    const cursors = (this.#cursors[batch] ??= this.context.seals.cursorTexts(
      ...([coordinate, order, this.#batches[batch]?.rows ?? [], columns] as const),
    ));
    writeSealed(cursors, at);
    this.#markLeft(batch, at);
  }

  #id(batch: number, at: number): void {
    const ids = (this.#ids[batch] ??= this.#idsOf(batch));
    writeSealed(ids, at);
  }

  #idsOf(batch: number): SealedTexts {
    const { plan, seals } = this.context;
    const dataset = plan.batches[batch]?.dataset;
    if (dataset === undefined) throw new Error("a plan names its batches");
    return seals.idTexts(dataset, this.#batches[batch]?.rows ?? [], this.plan.keys[batch] ?? []);
  }

  #derivedAt(index: number, at: number): Value {
    const derived = (this.#derived[index] ??= this.#derivedColumn(index));
    return derived[at] ?? null;
  }

  #derivedColumn(index: number): readonly (string | null)[] {
    const column = this.plan.derived[index];
    if (column === undefined) return [];
    const values = (this.#batches[column.batch]?.rows ?? []).map((row) => row[column.column] ?? null);
    return deriveAll(column.form, column.coordinate, values, this.context);
  }

  /** An id, a cursor or an object is made of its row: the row has left, whatever else is selected. */
  #markLeft(batch: number, at: number): void {
    const rows = this.#rows[batch];
    if (rows !== undefined) rows[at] = 1;
  }
}

/** A text that stayed where it came. Nothing is masked so: what is masked is looked at, and so is a value. */
function writeInPlace(cells: CellsInPlace | null, place: number, form: "text" | "instant"): void {
  if (cells === null) throw new Error("a place in nothing");
  cells.find(place);
  if (form === "text") json.copied(cells.view, cells.from, cells.to);
  else json.instant(cells.view, cells.from, cells.to);
}

const writeSealed = (sealed: SealedTexts, at: number): void => json.quoted(sealed.view, sealed.from(at), sealed.to(at));
