// A small table with every scalar, many ties, nulls in every column but the key, and texts that look like attacks.
import fc from "fast-check";
import type { Column, Filter, Order } from "../../src/sources/index.js";
import { geometryText, type ScalarType, type Value } from "../../src/terms/index.js";
import type { Fixture } from "./reference.js";

const texts = [
  "O'Neil", '"; DROP TABLE people; --', "100%", "100", "a_b", "axb", "%", "_", "\\", "\\%", "", " ", "Élodie", "élodie",
  "E\u0301lodie", "𝒳 astral", "\uFFFD", "中", "line\nbreak", "{1,2}", "NULL", "null", "$1", "a", "A",
]; // prettier-ignore

/** In a town, round it, on both sides of the antimeridian, by a pole (at it, areas whose corners are drawn there would have it on their edge). */
const places = [
  [3.3, 48.2], [3.301, 48.2], [3.3, 48.21], [3.35, 48.25], [4.5, 47.75], [-179.99, -16.8], [179.99, -16.8], [12, 89.5],
] as const; // prettier-ignore

const pools: Readonly<Record<ScalarType, readonly NonNullable<Value>[]>> = {
  String: texts,
  Int: [0, 1, -1, 2, 2147483647, -2147483648],
  SafeInt: [0, 7, -7, 9007199254740991, -9007199254740991],
  Float: [0, 0.1, -12.5, 1e-7, 1e20, 3],
  Boolean: [true, false],
  Date: ["2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31", "1999-12-31"],
  DateTime: [
    "2026-11-22T09:00:00.000Z",
    "2026-11-22T09:00:00.001Z",
    "1969-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59.999Z",
  ],
  GeoJSON: places.map(([longitude, latitude], i) =>
    i === 0
      ? geometryText({ type: "MultiPoint", coordinates: [[longitude, latitude], [4, 49]] }) // prettier-ignore
      : geometryText({ type: "Point", coordinates: [longitude, latitude] }),
  ),
};

const columns: readonly Column[] = [
  { name: "id", type: "Int" },
  { name: "label", type: "String" },
  { name: "parent", type: "Int" },
  { name: "big", type: "SafeInt" },
  { name: "amount", type: "Float" },
  { name: "flag", type: "Boolean" },
  { name: "day", type: "Date" },
  { name: 'at "quoted"', type: "DateTime" },
  { name: "place", type: "GeoJSON" },
];

/** Deterministic: cell (row, column) walks through the column's pool, null now and then. */
export const fixture: Fixture = {
  from: "public.people",
  key: "id",
  columns,
  rows: Array.from({ length: 75 }, (_, row) =>
    columns.map((column, place): Value => {
      if (place === 0) return row * 3 - 20;
      if (place === 2) return row % 6 === 5 ? null : row % 6;
      const pool = pools[column.type];
      const step = (row * (place + 3) + Math.floor(row / 7)) % (pool.length + 1);
      return pool[step] ?? null;
    }),
  ),
};

const anyColumn = fc.constantFrom(...columns);
const valueOf = (column: Column) => fc.constantFrom(...pools[column.type]);

const leaf: fc.Arbitrary<Filter> = anyColumn.chain((column) => {
  const comparison = fc.record({
    op: fc.constantFrom("eq" as const, "ne" as const, "lt" as const, "lte" as const, "gt" as const, "gte" as const),
    column: fc.constant(column),
    value: valueOf(column),
  });
  const among = fc.record({
    op: fc.constant("in" as const),
    column: fc.constant(column),
    values: fc.array(valueOf(column), { maxLength: 3 }),
  });
  const isNull = fc.record({ op: fc.constant("isNull" as const), column: fc.constant(column), value: fc.boolean() });
  const label: Column = { name: "label", type: "String" };
  const startsWith = fc.record({
    op: fc.constant("startsWith" as const),
    column: fc.constant(label),
    value: fc.constantFrom(...texts, "1", "10", "É"),
  });
  return column.type === "GeoJSON" ? isNull : fc.oneof(comparison, among, isNull, startsWith);
});

export const anyFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.record({
      op: fc.constantFrom("and" as const, "or" as const),
      filters: fc.array(tie("filter"), { maxLength: 3 }),
    }),
    fc.record({ op: fc.constant("not" as const), filter: tie("filter") }),
  ),
})).filter;

const place: Column = { name: "place", type: "GeoJSON" };
/** Never a round number: what lies on an edge to the last bit is a test of its own. */
const aside = fc.double({ min: -1, max: 1, noNaN: true }).map((x) => x * 0.918_273_6 + 0.012_345_6);
/** Near a place of the fixture, so that some rows are on either side. */
const anyPosition = fc
  .tuple(fc.constantFrom(...places), fc.constantFrom(0, 0.001, 0.1, 1), aside, aside)
  .map(([[longitude, latitude], scale, x, y]): [number, number] => [
    Math.max(-180, Math.min(180, longitude + scale * x)),
    Math.max(-90, Math.min(90, latitude + scale * y)),
  ]);
const near = fc.record({
  op: fc.constant("near" as const),
  column: fc.constant(place),
  position: anyPosition,
  maxDistance: fc.oneof(fc.constantFrom(0, 3, 1e5, 3e7), fc.double({ min: 1, max: 20_000, noNaN: true })),
});
const anyRing = fc
  .tuple(
    anyPosition,
    fc.constantFrom(0.0005, 0.07, 2, 40),
    fc.array(fc.tuple(aside, aside), { minLength: 3, maxLength: 6 }),
  )
  .map(([[longitude, latitude], scale, corners]) => {
    const ring = corners.map(([x, y]): [number, number] => [
      Math.max(-180, Math.min(180, longitude + scale * x)),
      Math.max(-90, Math.min(90, latitude + scale * y)),
    ]);
    return [...ring, ring[0] ?? [0, 0]];
  });
/** Rings that cross themselves, and holes anywhere. */
const within = fc.record({
  op: fc.constant("within" as const),
  column: fc.constant(place),
  area: fc.oneof(
    fc.record({
      type: fc.constant("Polygon" as const),
      coordinates: fc.array(anyRing, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      type: fc.constant("MultiPolygon" as const),
      coordinates: fc.array(fc.array(anyRing, { minLength: 1, maxLength: 1 }), { minLength: 1, maxLength: 2 }),
    }),
  ),
});
const geo: fc.Arbitrary<Filter> = fc.oneof(near, within);

/** Geographical conditions, alone and among others. */
export const anyGeoFilter: fc.Arbitrary<Filter> = fc.oneof(
  geo,
  fc.record({ op: fc.constant("not" as const), filter: geo }),
  fc.record({ op: fc.constantFrom("and" as const, "or" as const), filters: fc.tuple(anyFilter, geo) }),
  fc.record({ op: fc.constantFrom("and" as const, "or" as const), filters: fc.tuple(geo, geo) }),
);

/** Some columns in any direction, ended by the key. */
export const anyOrder: fc.Arbitrary<readonly Order[]> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...columns.slice(1, -1)), { maxLength: 3, selector: ({ name }) => name }),
    fc.array(fc.constantFrom("asc" as const, "desc" as const), { minLength: 4, maxLength: 4 }),
  )
  .map(([chosen, directions]) =>
    [...chosen, ...columns.slice(0, 1)].map((column, i) => ({ column, direction: directions[i] ?? "asc" })),
  );
