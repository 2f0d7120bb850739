// Law 2 and law 14: a kept text must be the very one that would be put together anew. Another's would read what this plan
// did not ask for, and a value in one would go to a request that never sent it. The oracle knows nothing: a relation that
// was just learnt, and lists that were just made.
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Column, Filter, Order } from "../../src/sources/index.js";
import { readRelation } from "../../src/sources/postgres/relation.js";
import { byKeysStatement, countStatement, pageStatement } from "../../src/sources/postgres/statement.js";

const learnt = () => {
  return readRelation([
    ["id", "int4", "integer", "t", "-1", "t", "t"],
    ["parent", "int4", "integer", "f", "-1", "t", "f"],
    ["code", "text", "text", "t", "-1", "t", "t"],
    ['na"me', "uuid", "uuid", "f", "-1", "t", "f"],
  ]);
};
const [id, parent, code, name]: readonly [Column, Column, Column, Column] = [
  { name: "id", type: "Int" },
  { name: "parent", type: "Int" },
  { name: "code", type: "String" },
  { name: 'na"me', type: "String" },
];
const lists: readonly (readonly Column[])[] = [[id], [id, parent], [code, name, id]];
const orders: readonly (readonly Order[])[] = [
  [],
  [{ column: id, direction: "asc" }],
  [
    { column: code, direction: "desc" },
    { column: id, direction: "asc" },
  ],
];
const matches: readonly (readonly Column[])[] = [[id], [parent], [id, parent]];
const secret = "value-of-a-person";
const filters: readonly (Filter | null)[] = [
  null,
  { op: "eq", column: code, value: secret },
  { op: "in", column: parent, values: [7_654_321, 2] },
  { op: "eq", column: name, value: secret },
  { op: "eq", column: name, value: "0a000000-0000-4000-8000-000000000000" },
];

const asked = fc.record({
  from: fc.constantFrom("public.people", "people"),
  columns: fc.constantFrom(...lists),
  order: fc.constantFrom(...orders),
  filter: fc.constantFrom(...filters),
  limit: fc.constantFrom(1, 11, 1_001),
  positioned: fc.boolean(),
  match: fc.constantFrom(...matches),
  keys: fc.constantFrom(1, 2, 3, 9, 40),
  limitPerKey: fc.constantFrom(null, 1, 5),
});

const plain = { from: "things", filter: null, order: [], after: null, limitPerKey: null };

it("is brief where an index on the column itself finds each row, and nowhere else", () => {
  const columns: readonly (readonly [string, string, Column["type"], unknown])[] = [
    ["int4", "t", "Int", 1],
    ["text", "t", "String", "x"],
    ["uuid", "t", "String", "0a000000-0000-4000-8000-000000000000"],
    ["timestamptz", "t", "DateTime", "2026-11-22T09:00:00.000Z"],
    // Each of these is compared by what is made of the column: all rows are looked at.
    ["uuid", "t", "String", "no uuid"],
    ["text", "f", "String", "x"],
    ["citext", "t", "String", "x"],
    ["float4", "t", "Float", 1.5],
    ["int4", "t", "Float", 1.5],
  ];
  const brief = columns.map(([type, exact, scalar, key]) => {
    const modifier = type === "timestamptz" ? "3" : "-1";
    const relation = readRelation([["key", type, type, "t", modifier, exact, "t", "one"]]);
    const match = [{ name: "key", type: scalar }];
    return byKeysStatement(relation, { ...plain, columns: match, match, keys: [[key as string | number]] }, 10).brief;
  });
  expect(brief).toEqual([true, true, true, true, false, false, false, false, false]);
});

it("is brief where the statistics say that the keys have few rows, and nothing else says so", () => {
  const relation = (found: "some" | null, commonest: string | null) =>
    readRelation([["parent", "int4", "integer", "t", "-1", "t", "t", found]], [["parent", commonest]]);
  const rows = (count: number, of: ReturnType<typeof relation>, more: object = {}): boolean => {
    const keys = Array.from({ length: count }, (_, n) => [n]);
    return byKeysStatement(of, { ...plain, columns: [parent], match: [parent], keys, ...more }, 1_000).brief;
  };
  expect([rows(100, relation("some", "5")), rows(1, relation("some", "500"))]).toEqual([true, true]);
  expect([rows(100, relation("some", "6")), rows(1, relation("some", "501"))]).toEqual([false, false]);
  expect([rows(101, relation("some", "1")), rows(1, relation("some", null)), rows(1, learnt())]).toEqual([
    false,
    false,
    false,
  ]);
  expect(["NaN", "-", "Infinity"].map((said) => rows(1, relation("some", said)))).toEqual([false, false, false]);
  // As many rows lie behind a short list: without an index in its order all of a key's rows are sorted.
  const short = { limitPerKey: 1, order: [{ column: parent, direction: "asc" }] };
  expect([rows(100, relation("some", "5"), short), rows(100, relation("some", "6"), short)]).toEqual([true, false]);
  // What goes on behind a position: of two answers that changed places nothing would say so.
  expect(rows(1, relation("some", "1"), { ...short, after: [1] })).toBe(false);
  // Where no index finds rows, statistics do not.
  expect(rows(1, relation(null, "1"))).toBe(false);
  expect(pageStatement(relation("some", "1"), { ...plain, columns: [parent], limit: 1 }).brief).toBe(false);
});

it("keeps texts that are those of one that keeps none, for whatever is asked in whatever sequence", () => {
  fc.assert(
    fc.property(fc.array(asked, { minLength: 1, maxLength: 60 }), (requests) => {
      const relation = learnt();
      for (const { positioned, limitPerKey, ...request } of requests) {
        const after = positioned ? request.order.map(({ column }) => (column === code ? secret : 7_654_321)) : null;
        const keys = Array.from({ length: request.keys }, (_, i) => request.match.map(() => 7_654_000 + i));
        const fresh = { ...request, columns: [...request.columns], order: [...request.order] };
        const more = { after, keys, limitPerKey };
        for (const [kept, anew] of [
          [pageStatement(relation, { ...request, ...more }), pageStatement(learnt(), { ...fresh, ...more })],
          [
            byKeysStatement(relation, { ...request, ...more }, 100),
            byKeysStatement(learnt(), { ...fresh, ...more }, 100),
          ],
          [countStatement(relation, request), countStatement(learnt(), request)],
        ] as const) {
          expect(kept).toEqual(anew);
          expect(kept.text).not.toMatch(/value-of|7654/);
        }
      }
    }),
    { numRuns: 60 },
  );
});
