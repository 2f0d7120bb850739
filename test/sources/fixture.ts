// A small table with every scalar, many ties, nulls in every column but the key, and texts that look like attacks.
import fc from "fast-check";
import type { Column, Filter, Order } from "../../src/sources/index.js";
import type { ScalarType, Value } from "../../src/terms/index.js";
import type { Fixture } from "./reference.js";

const texts = [
  "O'Neil", '"; DROP TABLE people; --', "100%", "100", "a_b", "axb", "%", "_", "\\", "\\%", "", " ", "Élodie", "élodie",
  "E\u0301lodie", "𝒳 astral", "\uFFFD", "中", "line\nbreak", "{1,2}", "NULL", "null", "$1", "a", "A",
]; // prettier-ignore

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
  return fc.oneof(comparison, among, isNull, startsWith);
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

/** Some columns in any direction, ended by the key. */
export const anyOrder: fc.Arbitrary<readonly Order[]> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...columns.slice(1)), { maxLength: 3, selector: ({ name }) => name }),
    fc.array(fc.constantFrom("asc" as const, "desc" as const), { minLength: 4, maxLength: 4 }),
  )
  .map(([chosen, directions]) =>
    [...chosen, ...columns.slice(0, 1)].map((column, i) => ({ column, direction: directions[i] ?? "asc" })),
  );
