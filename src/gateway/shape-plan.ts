// What of shaping follows from the plan alone, made once for it: the text between the values, and where each value lies.
import type { Column, Order } from "../sources/index.js";
import type { Coordinate } from "../terms/index.js";
import type { DerivedForm } from "../catalogue/index.js";
import { fragmentOf, type Fragment } from "./json-bytes.js";
import type { MaskFunction } from "./masks.js";
import {
  turned,
  type Batch,
  type ConnectionMember,
  type EdgeMember,
  type Fetch,
  type ObjectOutput,
  type Output,
  type PageInfoMember,
  type Plan,
} from "./plan.js";

/** One member of an object: the text up to its value, and where the value comes from. */
export interface Cell {
  /** `{"key":` of the first member, `,"key":` of others; a constant's value stands behind it. */
  readonly fragment: Fragment;
  readonly kind: "constant" | "value" | "id" | "introspection" | "one" | "list";
  readonly key: string;
  /** The cell's own condition: see `Output`; -1: open on every row. */
  readonly condition: number;
  /** Of the batch that the condition is judged in. */
  readonly judged: number;
  /** Position of its coordinate among `PlanShape.coordinates`. */
  readonly coordinate: number;
  readonly column: number;
  /** Null where the value leaves as it is. */
  readonly mask: MaskFunction | null;
  /** The value is JSON text itself. */
  readonly json: boolean;
  /** How it is written where it is no value but a place in what came; null: it is always a value. */
  readonly inPlace: "text" | "instant" | null;
  /** Position among `PlanShape.derived`; -1: the column's own value. */
  readonly derived: number;
  readonly one: One | null;
  readonly list: List | null;
}

/** Cells of one row, or of the root. */
export interface ObjectShape {
  /** -1 at the root. */
  readonly batch: number;
  /** Position among the plan's object selections; -1 at the root. */
  readonly index: number;
  readonly cells: readonly Cell[];
}

export interface One {
  readonly fetch: number;
  readonly batch: number;
  readonly object: ObjectShape;
}

export interface List {
  readonly fetch: number;
  readonly batch: number;
  /** The page was read from its other end. */
  readonly reverse: boolean;
  readonly resumed: boolean;
  readonly cursors: CursorShape;
  readonly members: readonly ListMember[];
}

/** What the cursors of a list are bound to: the order as asked, whichever way the page was read. */
export interface CursorShape {
  readonly batch: number;
  readonly coordinate: string;
  readonly order: readonly Order[];
  /** Of the order, in each row. */
  readonly columns: readonly number[];
}

export interface ListMember {
  readonly fragment: Fragment;
  readonly kind: "constant" | "nodes" | "edges" | "pageInfo" | "totalCount";
  /** Of `nodes`. */
  readonly object: ObjectShape | null;
  readonly edge: readonly SmallMember<EdgeMember["kind"]>[];
  readonly page: readonly SmallMember<PageInfoMember["kind"]>[];
}

export interface SmallMember<Kind> {
  readonly fragment: Fragment;
  readonly kind: Kind;
  /** Of an edge's `node`. */
  readonly object: ObjectShape | null;
}

/** A column made of another one, once for all rows of a batch. */
export interface DerivedColumn {
  readonly batch: number;
  readonly column: number;
  readonly form: DerivedForm;
  readonly coordinate: Coordinate;
}

export interface PlanShape {
  readonly root: ObjectShape;
  readonly derived: readonly DerivedColumn[];
  /** Of cells that can be closed, sorted. */
  readonly coordinates: readonly Coordinate[];
  /** For each batch: where its rows' keys lie. */
  readonly keys: readonly (readonly number[])[];
}

/** Plans are kept by document and agreement (law 12); what is made of one goes with it. */
const shapes = new WeakMap<Plan, PlanShape>();

export function shapeOf(plan: Plan): PlanShape {
  const known = shapes.get(plan);
  if (known !== undefined) return known;
  const made = new Shaping(plan).made();
  shapes.set(plan, made);
  return made;
}

class Shaping {
  readonly #derived: DerivedColumn[] = [];
  readonly #coordinates: readonly Coordinate[];

  constructor(readonly plan: Plan) {
    const outputs = [...plan.outputs, ...plan.objects.flatMap((object) => object.outputs)];
    this.#coordinates = [...new Set(outputs.flatMap((output) => coordinateOf(output) ?? []))].sort();
  }

  made(): PlanShape {
    return {
      root: this.#object(null, this.plan.outputs, -1),
      derived: this.#derived,
      coordinates: this.#coordinates,
      keys: this.plan.batches.map((batch) => batch.dataset.key.map((field) => batch.columns.at(field.column) ?? -1)),
    };
  }

  #object(batch: Batch | null, outputs: readonly Output[], index: number): ObjectShape {
    return { batch: batch?.index ?? -1, index, cells: outputs.map((output, i) => this.#cell(batch, output, i)) };
  }

  #cell(batch: Batch | null, output: Output, i: number): Cell {
    const cell: Cell = {
      ...{ fragment: memberFragment(i, output.key, constantOf(batch, output)), key: output.key },
      ...{ kind: "constant", condition: -1, judged: batch?.index ?? -1, column: -1 },
      ...{ coordinate: this.#coordinates.indexOf(coordinateOf(output) ?? ("" as Coordinate)) },
      ...{ mask: null, json: false, inPlace: null, derived: -1, one: null, list: null },
    };
    switch (output.kind) {
      case "typename":
      case "null":
        return cell;
      case "id":
        return batch === null ? cell : { ...cell, kind: "id" };
      case "introspection":
        return { ...cell, kind: "introspection" };
      case "value":
        return batch === null ? cell : { ...cell, ...this.#value(batch, output) };
      case "one":
      case "list":
        return { ...cell, ...this.#link(output) };
    }
  }

  #value(batch: Batch, output: Extract<Output, { kind: "value" }>): Partial<Cell> {
    const { column, condition, mask, masked, type } = output;
    return {
      ...{
        kind: "value",
        column,
        condition,
        json: type === "GeoJSON",
        inPlace: formInPlace(batch.columns.list[column]),
      },
      mask: mask === "-" ? null : masked,
      derived: output.derived === null ? -1 : this.#derivedColumn(batch, output, output.derived),
    };
  }

  #derivedColumn(batch: Batch, { column, coordinate }: Extract<Output, { kind: "value" }>, form: DerivedForm): number {
    const known = this.#derived.findIndex((made) => made.batch === batch.index && made.coordinate === coordinate);
    return known >= 0 ? known : this.#derived.push({ batch: batch.index, column, form, coordinate }) - 1;
  }

  /** A root field is no cell: it has no condition. */
  #link(output: Extract<Output, { kind: "one" | "list" }>): Partial<Cell> {
    const { fetch, coordinate } = output;
    const { parent, batch, index } = fetch;
    return {
      kind: output.kind,
      ...(coordinate === null || parent === null ? {} : { condition: parent.condition, judged: parent.batch.index }),
      one:
        output.kind === "one"
          ? { fetch: index, batch: batch.index, object: this.#selected(batch, output.object) }
          : null,
      list: output.kind === "list" ? this.#list(fetch, output.connection) : null,
    };
  }

  #selected(batch: Batch, { outputs, index }: ObjectOutput): ObjectShape {
    return this.#object(batch, outputs, index);
  }

  #list(fetch: Fetch, connection: Extract<Output, { kind: "list" }>["connection"]): List {
    const { batch } = fetch;
    return {
      ...{ fetch: fetch.index, batch: batch.index, reverse: batch.reverse, resumed: connection.resumed },
      cursors: {
        ...{ batch: batch.index, coordinate: fetch.coordinate },
        order: batch.reverse ? batch.order.map(turned) : batch.order,
        columns: batch.order.map((order) => batch.columns.at(order.column) ?? -1),
      },
      members: connection.members.map((member, i) => this.#member(batch, member, i)),
    };
  }

  #member(batch: Batch, member: ConnectionMember, i: number): ListMember {
    const none: Omit<ListMember, "kind"> = {
      fragment: memberFragment(i, member.key),
      object: null,
      edge: [],
      page: [],
    };
    switch (member.kind) {
      case "typename":
        return { ...none, kind: "constant", fragment: memberFragment(i, member.key, member.name) };
      case "totalCount":
        return { ...none, kind: "totalCount" };
      case "nodes":
        return { ...none, kind: "nodes", object: this.#selected(batch, member.object) };
      case "edges":
        return { ...none, kind: "edges", edge: member.members.map((each, at) => this.#small(batch, each, at)) };
      case "pageInfo":
        return { ...none, kind: "pageInfo", page: member.members.map((each, at) => this.#small(batch, each, at)) };
    }
  }

  #small<Member extends EdgeMember | PageInfoMember>(
    batch: Batch,
    member: Member,
    i: number,
  ): SmallMember<Member["kind"]> {
    const constant = member.kind === "typename" ? member.name : undefined;
    const object = member.kind === "node" ? this.#selected(batch, member.object) : null;
    return { fragment: memberFragment(i, member.key, constant), kind: member.kind, object };
  }
}

function formInPlace(column: Column | undefined): Cell["inPlace"] {
  if (column?.passes !== true) return null;
  if (column.type === "DateTime") return "instant";
  return column.type === "String" || column.type === "Date" ? "text" : null;
}

/** Of what can be closed: a cell, or a link that is no root field. */
const coordinateOf = (output: Output): Coordinate | null =>
  output.kind === "value" || output.kind === "one" || output.kind === "list" ? output.coordinate : null;

/** Known before any row is: a name, or that there is nothing. */
function constantOf(batch: Batch | null, output: Output): string | null | undefined {
  if (output.kind === "typename") return output.name;
  if (output.kind === "null") return null;
  return batch === null && (output.kind === "id" || output.kind === "value") ? null : undefined;
}

/** The key is escaped once for all rows. @param constant the value, where it is known already */
const memberFragment = (i: number, key: string, constant?: string | null): Fragment =>
  fragmentOf(`${i === 0 ? "{" : ","}${JSON.stringify(key)}:${constant === undefined ? "" : JSON.stringify(constant)}`);
