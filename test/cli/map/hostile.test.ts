// Law 14: what a service says of itself is text that somebody else wrote. Whatever it is, the file loads, and not one
// character of what stood there changes.
import fc from "fast-check";
import { expect, it } from "vitest";
import { readCatalogue } from "../../../src/catalogue/index.js";
import { propose } from "../../../src/cli/map/propose.js";
import type { Structure, StructureTable } from "../../../src/sources/index.js";
import { scalarTypes } from "../../../src/terms/index.js";

const nasty = fc.constantFrom(
  ...[
    '"',
    '"""',
    '\\"""',
    "\\",
    "\n",
    "\r\n",
    "#",
    "# left out: x",
    "{",
    "}",
    "@dataset",
    "\u0000",
    "\u001b[31m",
    "\u202e",
  ],
  ...["\ud800", "\u2028", "id", "type Query { x: Int }", "é", "表", "a".repeat(10_000), "__typename", "", " ", "true"],
);
const anyText = fc.oneof(
  nasty,
  fc.string({ unit: "binary" }),
  fc.array(nasty, { maxLength: 4 }).map((all) => all.join("")),
);
/** Few, so that names meet. */
const likely = fc.constantFrom(
  ...[
    "id",
    "nom",
    "resident_id",
    "residentId",
    "resident",
    "film",
    "film_id",
    "films",
    "where",
    "code",
    "number",
    "RESIDENT",
  ],
);
const name = fc.oneof({ arbitrary: likely, weight: 3 }, anyText);
const column = fc.record({
  name,
  type: anyText,
  scalar: fc.constantFrom(...scalarTypes, null),
  nullable: fc.constantFrom(true, false, null),
  description: fc.option(anyText),
});
const reference = fc.record({
  columns: fc.array(name, { minLength: 1, maxLength: 2 }),
  from: name,
  to: fc.array(name, { minLength: 1, maxLength: 2 }),
});
const table: fc.Arbitrary<StructureTable> = fc.record({
  from: name,
  description: fc.option(anyText),
  columns: fc.array(column, { maxLength: 8 }),
  key: fc.array(name, { maxLength: 2 }),
  references: fc.array(reference, { maxLength: 3 }),
  settings: fc.constant(null),
});
const structure: fc.Arbitrary<Structure> = fc.record({
  tables: fc.array(table, { maxLength: 5 }),
  notes: fc.constant([]),
});

const options = {
  file: "schema.graphql",
  source: "town",
  sources: new Set(["town", "other"]),
  wanted: () => true,
};
const files = [
  "",
  "# a comment without an end",
  'type Film @dataset(source: "other", from: "film", status: SHARED) @key(fields: "number") { number: Int @column(name: "id") }',
  'type Resident\r\n  @dataset(source: "town", from: "resident", status: SHARED)\r\n  @key(fields: "code") {\r\n  code: String\r\n  # } "\r\n}\r\n',
  'type Home @dataset(source: "town", from: "films") @key(fields: "number") @subject(scheme: "x", field: "number") {\n  number: Int\n  film: Home @link(from: ["film_id"], to: ["number"])\n}',
];

const isWithin = (before: string, after: string): boolean => {
  let at = 0;
  for (const unit of after) if (before.startsWith(unit, at)) at += unit.length;
  return at === before.length;
};

it("loads, changes nothing that stood there, shares nothing, and is done after one time", () => {
  fc.assert(
    fc.property(fc.constantFrom(...files), structure, (before, service) => {
      const first = propose(before, service, options);
      if (!("sdl" in first)) throw new Error(JSON.stringify(first));
      expect(first.faults).toEqual([]);
      expect(isWithin(before, first.sdl)).toBe(true);
      expect(first.sdl.isWellFormed()).toBe(true);
      const old = before === "" || before.startsWith("#") ? null : readCatalogue(before, options).catalogue;
      if (first.newTypes.length > 0) {
        const { catalogue, faults } = readCatalogue(first.sdl, options);
        expect(faults.filter(({ severity }) => severity === "fault")).toEqual([]);
        for (const [type, { status, members }] of catalogue?.datasets ?? [])
          if (status === "SHARED")
            expect([...members.keys()]).toEqual([...(old?.datasets.get(type)?.members.keys() ?? [])]);
      }
      const second = propose(first.sdl, service, options);
      expect("sdl" in second && second.sdl === first.sdl).toBe(true);
    }),
    { numRuns: 400 },
  );
});
