// What a list is, said naively: the whole table in memory, SQL's three-valued logic, nulls last in `asc`.
import type { Column, Filter, Order } from "../../src/sources/index.js";
import type { Row, Value } from "../../src/terms/index.js";

export interface Fixture {
  readonly from: string;
  readonly columns: readonly Column[];
  /** Name of the key's column; one column, unique, without null. */
  readonly key: string;
  readonly rows: readonly Row[];
}

export type CompareText = (a: string, b: string) => number;
type Truth = boolean | null;

export class Reference {
  constructor(
    readonly fixture: Fixture,
    /** The service's own order of texts. */
    private readonly compareText: CompareText,
  ) {}

  column(name: string): Column {
    const found = this.fixture.columns.find((column) => column.name === name);
    if (found === undefined) throw new Error(`no column ${name}`);
    return found;
  }

  cell(row: Row, name: string): Value {
    return row[this.fixture.columns.findIndex((column) => column.name === name)] ?? null;
  }

  private compare(a: NonNullable<Value>, b: NonNullable<Value>): number {
    if (typeof a === "string" && typeof b === "string") return this.compareText(a, b);
    return a === b ? 0 : a < b ? -1 : 1;
  }

  truth(filter: Filter, row: Row): Truth {
    if ("filters" in filter) {
      const stop = filter.op === "or";
      const parts = filter.filters.map((part) => this.truth(part, row));
      if (parts.includes(stop)) return stop;
      return parts.includes(null) ? null : !stop;
    }
    if ("filter" in filter) {
      const inner = this.truth(filter.filter, row);
      return inner === null ? null : !inner;
    }
    const cell = this.cell(row, filter.column.name);
    if (filter.op === "isNull") return (cell === null) === filter.value;
    if (filter.op === "in" && filter.values.length === 0) return false;
    if (cell === null) return null;
    if (filter.op === "near" || filter.op === "within") return lies(filter, String(cell));
    if (filter.op === "in") return filter.values.includes(cell);
    if (filter.op === "startsWith") return String(cell).startsWith(filter.value);
    if (filter.op === "eq") return cell === filter.value;
    if (filter.op === "ne") return cell !== filter.value;
    const sign = this.compare(cell, filter.value);
    if (filter.op === "lt") return sign < 0;
    if (filter.op === "lte") return sign <= 0;
    return filter.op === "gt" ? sign > 0 : sign >= 0;
  }

  /** The whole list, in order. */
  list(filter: Filter | null, order: readonly Order[]): readonly Row[] {
    const kept = this.fixture.rows.filter((row) => filter === null || this.truth(filter, row) === true);
    return kept.toSorted((a, b) => {
      for (const { column, direction } of order) {
        const [x, y] = [this.cell(a, column.name), this.cell(b, column.name)];
        if (x === y) continue;
        const sign = x === null ? 1 : y === null ? -1 : this.compare(x, y);
        if (sign !== 0) return direction === "asc" ? sign : -sign;
      }
      return 0;
    });
  }

  narrowed(rows: readonly Row[], columns: readonly Column[]): readonly Row[] {
    return rows.map((row) => columns.map((column) => this.cell(row, column.name)));
  }
}

type Place = readonly [number, number];

/** As written in a textbook, not as the product does it: chords through the earth, rays to the east. */
function lies(filter: Extract<Filter, { op: "near" | "within" }>, cell: string): boolean {
  const { type, coordinates } = JSON.parse(cell) as { type: string; coordinates: Place | Place[] };
  const points = type === "Point" ? [coordinates as Place] : (coordinates as Place[]);
  if (filter.op === "near") return points.some((point) => metres(point, filter.position) <= filter.maxDistance);
  const { area } = filter;
  const polygons = (area.type === "Polygon" ? [area.coordinates] : area.coordinates) as Place[][][];
  return points.every((point) =>
    polygons.some((rings) => rings.filter((ring) => crossings(point, ring) % 2 === 1).length % 2 === 1),
  );
}

function metres(a: Place, b: Place): number {
  const [p, q] = [a, b].map(([longitude, latitude]) => {
    const [l, f] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180];
    return [Math.cos(f) * Math.cos(l), Math.cos(f) * Math.sin(l), Math.sin(f)];
  }) as [number[], number[]];
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.hypot(...p.map((x, i) => x - (q[i] ?? 0))) / 2));
}

function crossings([x, y]: Place, ring: readonly Place[]): number {
  return ring.slice(1).filter(([x2, y2], i) => {
    const [x1, y1] = ring[i] ?? [0, 0];
    return y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
  }).length;
}

/** As a service that speaks JSON writes it. */
export const asJson = ({ type }: Column, cell: Value): unknown =>
  type === "GeoJSON" && typeof cell === "string" ? (JSON.parse(cell) as unknown) : cell;

/** By code point: UTF-8 keeps that order in its bytes. */
export const byCodePoint: CompareText = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
