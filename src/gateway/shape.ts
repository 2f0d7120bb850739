// Rows → the answer's data, along the plan. No promise, no resolver: values go through their mask and nowhere else (law 10).
import type { Column } from "../sources/index.js";
import { geometryOf, type Coordinate, type Row, type ScalarType, type Value } from "../terms/index.js";
import { deriveAll } from "./derive.js";
import type { Fetched, PlaceRows } from "./fetch.js";
import {
  turned,
  type Batch,
  type ConnectionOutput,
  type EdgeMember,
  type Fetch,
  type ObjectOutput,
  type Output,
  type PageInfoMember,
  type Plan,
} from "./plan.js";
import type { Seals } from "./seals.js";

export type Shaped = Record<string, unknown>;

/** What left, counted while shaping: the entry is built from it (law 5). */
export interface Emitted {
  /** For each object selection of the plan: how many objects it made. */
  readonly objects: number[];
  /** For each batch: which of its rows are in the answer. */
  readonly rows: readonly Uint8Array[];
  /** Lists and links answered, by the fetch's index: how many places. */
  readonly links: number[];
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

export function shape(context: ShapeContext): { data: Shaped; emitted: Emitted } {
  const shaper = new Shaper(context);
  const data = shaper.outputs(context.plan.outputs, null, 0);
  const withheld = new Map([...shaper.emitted.withheld].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { data, emitted: { ...shaper.emitted, withheld } };
}

/** Objects without a prototype, as graphql-js makes them: a response key may be `__proto__`. */
const emptyObject = (): Shaped => Object.create(null) as Shaped;

/** Every value stands in the answer as it travels, but for geometries. */
const written = (value: Value, type: ScalarType): unknown =>
  type === "GeoJSON" && typeof value === "string" ? geometryOf(value) : value;

class Shaper {
  readonly emitted: {
    objects: number[];
    rows: Uint8Array[];
    links: number[];
    totals: Set<number>;
    withheld: Map<Coordinate, number>;
  };
  readonly #ids = new Map<number, readonly string[]>();
  readonly #cursors = new Map<number, readonly string[]>();
  /** By batch and coordinate. */
  readonly #derived = new Map<string, readonly (string | null)[]>();

  constructor(readonly context: ShapeContext) {
    const { plan, fetched } = context;
    this.emitted = {
      objects: plan.objects.map(() => 0),
      rows: plan.batches.map((batch) => new Uint8Array(fetched.batches[batch.index]?.rows.length ?? 0)),
      links: plan.fetches.map(() => 0),
      totals: new Set(),
      withheld: new Map(),
    };
  }

  /** @param at position of the row in its batch: links and ids are found by it. */
  outputs(outputs: readonly Output[], batch: Batch | null, at: number): Shaped {
    const made = emptyObject();
    const row = batch === null ? undefined : this.#row(batch, at);
    for (const output of outputs) made[output.key] = this.#output(output, batch, row, at);
    return made;
  }

  #output(output: Output, batch: Batch | null, row: Row | undefined, at: number): unknown {
    switch (output.kind) {
      case "value":
        if (!this.#isOpen(batch, at, output.condition, output.coordinate)) return null;
        return written(output.masked(this.#value(output, batch, row, at)), output.type);
      case "id":
        return batch === null ? null : this.#idOf(batch, at);
      case "typename":
        return output.name;
      case "null":
        return null;
      case "introspection":
        return this.context.introspected[output.key];
      case "one":
        if (!this.#isOpenLink(output, at)) return null;
        return this.#one(output.fetch, output.object, at);
      case "list":
        if (!this.#isOpenLink(output, at)) return null;
        return this.#list(output.fetch, output.connection, at);
    }
  }

  /** Before its mask. */
  #value(output: Extract<Output, { kind: "value" }>, batch: Batch | null, row: Row | undefined, at: number): Value {
    if (output.derived === null || batch === null) return row?.[output.column] ?? null;
    const key = `${batch.index} ${output.coordinate}`;
    let derived = this.#derived.get(key);
    if (!derived) {
      const rows = this.context.fetched.batches[batch.index]?.rows ?? [];
      const values = rows.map((each) => each[output.column] ?? null);
      derived = deriveAll(output.derived, output.coordinate, values, this.context);
      this.#derived.set(key, derived);
    }
    return derived[at] ?? null;
  }

  /** A closed cell of a row that leaves is counted, whatever the source has in it: a count tells nothing of that. */
  #isOpen(batch: Batch | null, at: number, condition: number, coordinate: Coordinate): boolean {
    const open = batch === null ? null : this.context.fetched.batches[batch.index]?.open;
    if (!open || open.isOpen(at, condition)) return true;
    const { withheld } = this.emitted;
    withheld.set(coordinate, (withheld.get(coordinate) ?? 0) + 1);
    return false;
  }

  /** A root field is no cell. */
  #isOpenLink({ coordinate, fetch }: Extract<Output, { kind: "one" | "list" }>, at: number): boolean {
    const { parent } = fetch;
    return coordinate === null || parent === null || this.#isOpen(parent.batch, at, parent.condition, coordinate);
  }

  #row(batch: Batch, at: number): Row | undefined {
    return this.context.fetched.batches[batch.index]?.rows[at];
  }

  /** Null when the fetch failed: its error is in the answer, and no place of it is counted as answered. */
  #place(fetch: Fetch, at: number): PlaceRows | null {
    if (this.context.fetched.batches[fetch.batch.index]?.failure !== null) return null;
    this.emitted.links[fetch.index] = (this.emitted.links[fetch.index] ?? 0) + 1;
    return this.context.fetched.fetches[fetch.index]?.places[at] ?? null;
  }

  #one(fetch: Fetch, object: ObjectOutput, at: number): Shaped | null {
    const first = this.#place(fetch, at)?.rows[0];
    return first === undefined ? null : this.#object(fetch.batch, object, first);
  }

  #object(batch: Batch, object: ObjectOutput, at: number): Shaped {
    this.emitted.objects[object.index] = (this.emitted.objects[object.index] ?? 0) + 1;
    this.#markLeft(batch, at);
    return this.outputs(object.outputs, batch, at);
  }

  #list(fetch: Fetch, connection: ConnectionOutput, at: number): Shaped | null {
    const place = this.#place(fetch, at);
    if (place === null) return null;
    const { batch } = fetch;
    const made = emptyObject();
    for (const member of connection.members) {
      switch (member.kind) {
        case "typename":
          made[member.key] = member.name;
          break;
        case "nodes":
          made[member.key] = place.rows.map((row) => this.#object(batch, member.object, row));
          break;
        case "edges":
          made[member.key] = place.rows.map((row) => this.#edge(fetch, member.members, row));
          break;
        case "pageInfo":
          made[member.key] = this.#pageInfo(fetch, connection, member.members, place);
          break;
        case "totalCount":
          made[member.key] = this.#total(batch);
          break;
      }
    }
    return made;
  }

  /** Null tells nothing, and so is not on record. */
  #total(batch: Batch): number | null {
    const total = this.context.fetched.batches[batch.index]?.total ?? null;
    if (total !== null) this.emitted.totals.add(batch.index);
    return total;
  }

  #edge(fetch: Fetch, members: readonly EdgeMember[], at: number): Shaped {
    const made = emptyObject();
    // An edge shows that its row exists: it has left, whatever is selected below.
    this.#markLeft(fetch.batch, at);
    for (const member of members)
      made[member.key] =
        member.kind === "typename"
          ? member.name
          : member.kind === "cursor"
            ? this.#cursorOf(fetch, at)
            : this.#object(fetch.batch, member.object, at);
    return made;
  }

  #pageInfo(fetch: Fetch, connection: ConnectionOutput, members: readonly PageInfoMember[], place: PlaceRows): Shaped {
    const { reverse } = fetch.batch;
    const made = emptyObject();
    for (const member of members) {
      switch (member.kind) {
        case "typename":
          made[member.key] = member.name;
          break;
        case "hasNextPage":
          made[member.key] = reverse ? connection.resumed : place.more;
          break;
        case "hasPreviousPage":
          made[member.key] = reverse ? place.more : connection.resumed;
          break;
        case "startCursor":
          made[member.key] = this.#cursorAt(fetch, place.rows[0]);
          break;
        case "endCursor":
          made[member.key] = this.#cursorAt(fetch, place.rows.at(-1));
          break;
      }
    }
    return made;
  }

  /** One end of a page: sealed alone, unless its edges have cursors and all are sealed already. */
  #cursorAt(fetch: Fetch, at: number | undefined): string | null {
    if (at === undefined) return null;
    const sealed = this.#cursors.get(fetch.batch.index)?.[at] ?? this.#sealCursors(fetch, [at])[0];
    this.#markLeft(fetch.batch, at);
    return sealed ?? "";
  }

  #idOf(batch: Batch, at: number): string {
    let ids = this.#ids.get(batch.index);
    if (!ids) {
      const columns = batch.dataset.key.map((field) => field.column);
      ids = this.context.seals.ids(batch.dataset, this.#pick(batch, columns) as NonNullable<Value>[][]);
      this.#ids.set(batch.index, ids);
    }
    return ids[at] ?? "";
  }

  #cursorOf(fetch: Fetch, at: number): string {
    const { index } = fetch.batch;
    let cursors = this.#cursors.get(index);
    if (!cursors) {
      const rows = this.context.fetched.batches[index]?.rows ?? [];
      cursors = this.#sealCursors(fetch, [...rows.keys()]);
      this.#cursors.set(index, cursors);
    }
    this.#markLeft(fetch.batch, at);
    return cursors[at] ?? "";
  }

  #sealCursors(fetch: Fetch, places: readonly number[]): readonly string[] {
    const { batch } = fetch;
    // Bound to the order as asked, whichever way the page was read, so that one serves `after` and `before`.
    const asked = batch.reverse ? batch.order.map(turned) : batch.order;
    const columns = batch.order.map((order) => order.column);
    return this.context.seals.cursors(fetch.coordinate, asked, this.#pick(batch, columns, places));
  }

  /** An id, a cursor or an object is made of its row: the row has left, whatever else is selected. */
  #markLeft(batch: Batch, at: number): void {
    const rows = this.emitted.rows[batch.index];
    if (rows) rows[at] = 1;
  }

  #pick(batch: Batch, wanted: readonly Column[], places?: readonly number[]): Value[][] {
    const columns = wanted.map((column) => batch.columns.at(column) ?? -1);
    const all = this.context.fetched.batches[batch.index]?.rows ?? [];
    const rows = places === undefined ? all : places.flatMap((place) => (all[place] ? [all[place]] : []));
    return rows.map((row) => columns.map((column) => row[column] ?? null));
  }
}
