// What judges rows, and what a source is told of it, held against a naive reading of the same conditions.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PeopleSet } from "../../src/consent/index.js";
import type { Atom, RowConditions } from "../../src/gateway/atoms.js";
import { gatesOf, RowGates } from "../../src/gateway/row-gate.js";
import { certainlyHolds, type Abilities, type Column, type Filter } from "../../src/sources/index.js";
import type { Citizen, DatasetName, Row, Value } from "../../src/terms/index.js";

const columns: readonly Column[] = [
  { name: "a", type: "Int" },
  { name: "b", type: "Int" },
  { name: "kind", type: "String" },
];
const [a, b, kind] = columns as [Column, Column, Column];
const at = ({ name }: Column): number | undefined => columns.findIndex((column) => column.name === name);
const dataset = { name: "Thing" as DatasetName, from: "public.thing" };
const able: Abilities = {
  filter: new Set(["eq", "ne", "lt", "lte", "gt", "gte", "in", "startsWith", "isNull", "near", "within"]),
  order: true,
  count: true,
  backward: true,
  valuesIn: 100,
};

const filters: readonly Filter[] = [
  { op: "eq", column: kind, value: "x" },
  { op: "not", filter: { op: "eq", column: kind, value: "x" } },
  { op: "lt", column: b, value: 3 },
];
const anyFilterAtom = fc
  .nat({ max: filters.length - 1 })
  .map((i): Atom => ({ kind: "filter", text: `filter:f${i}`, filter: filters[i] as Filter }));
const anyOwnAtoms = fc.tuple(fc.constantFrom(a, b), fc.boolean()).map(([column, self]): Atom[] => {
  const atom = (wards: boolean): Atom => ({
    kind: "own",
    text: `own${wards ? "" : ":self"}:r.${column.name}`,
    scheme: "r",
    column,
    wards,
  });
  return self ? [atom(true), atom(false)] : [atom(true)];
});
const peopleAtom = (of: "consent" | "objection", column: Column, unit: number): Atom => ({
  kind: of,
  text: `${of}:r.${column.name}:u${unit}`,
  scheme: "r",
  column,
  unit,
});
const anyPeopleAtom = (of: "consent" | "objection") =>
  fc.tuple(fc.constantFrom(a, b), fc.nat({ max: 2 })).map(([column, unit]) => peopleAtom(of, column, unit));
const anyCoordinate = (of: "consent" | "objection") =>
  fc
    .tuple(
      fc.option(
        fc.oneof(
          anyFilterAtom.map((atom) => [atom]),
          anyOwnAtoms,
        ),
        { nil: [] },
      ),
      fc.array(anyPeopleAtom(of), { maxLength: 2 }),
    )
    .map(([rows, people]) => [...rows, ...people])
    .filter((atoms) => atoms.length > 0);

/** As a view makes them: of one basis, each coordinate's atoms once, none empty but where every row is visible. */
const anyConditions = fc
  .constantFrom("consent" as const, "objection" as const)
  .chain((basis) =>
    fc.record({
      basis: fc.constant(basis),
      everyRow: fc.boolean().map((yes) => yes && basis === "objection"),
      coordinates: fc.oneof(
        // Few: most of what a source can be told is told of two or three conditions.
        { weight: 4, arbitrary: fc.array(anyCoordinate(basis), { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: fc.array(anyCoordinate(basis), { minLength: 1, maxLength: 40 }) },
        // Decided by two people each: together they are more than what each must have decided.
        {
          weight: 1,
          arbitrary: fc.constant([0, 1].map((unit) => [a, b].map((column) => peopleAtom(basis, column, unit)))),
        },
      ),
    }),
  )
  .map(({ basis, everyRow, coordinates }) => {
    const atoms = [...new Map(coordinates.flat().map((atom) => [atom.text, atom])).values()];
    const sets = new Map(
      coordinates.map((its) => {
        const set = [...new Set(its.map(({ text }) => atoms.findIndex((atom) => atom.text === text)))].sort();
        return [set.join(), set];
      }),
    );
    const conditions: RowConditions = {
      atoms,
      sets: [...sets.values()],
      everyRow,
      asksPeople: true,
      columns,
      cellColumns: [],
    };
    return { basis, conditions };
  });

const anyKey = fc.integer({ min: 0, max: 6 });
const anyRow: fc.Arbitrary<Row> = fc.tuple(
  fc.option(anyKey, { nil: null }),
  fc.option(anyKey, { nil: null }),
  fc.constantFrom("x", "y", null),
);
const anyCitizen: fc.Arbitrary<Citizen | null> = fc.option(
  fc.record({
    self: fc.array(
      anyKey.map((key) => ({ scheme: "r", key })),
      { maxLength: 1 },
    ),
    wards: fc.array(
      anyKey.map((key) => ({ scheme: "r", key })),
      { maxLength: 2 },
    ),
  }),
  { nil: null },
);
/** Bits of units that somebody has decided on. */
const anyDecided = fc.array(fc.tuple(anyKey, fc.integer({ min: 0, max: 7 }))).map((pairs) => new Map(pairs));

function peopleSet(usual: number, decided: ReadonlyMap<number, number>, held: boolean): PeopleSet & { asked: number } {
  const bits = (key: Value): number => (decided.get(Number(key ?? -1)) ?? 0) ^ usual;
  const set = {
    usual,
    asked: 0,
    held: () => (held ? { of: (key: Value) => (key === null ? usual : bits(key)) } : null),
    openUnits: (_: string, keys: readonly Value[]) => {
      set.asked += 1;
      return Promise.resolve(keys.map((key) => (key === null ? usual : bits(key))));
    },
    unusual: (_: string, units: number, max: number) => {
      const keys = [...decided.keys()].filter((key) => ((bits(key) ^ usual) & units) !== 0).sort((x, y) => x - y);
      return held && keys.length <= max ? keys : null;
    },
  };
  return set;
}

/** The meaning of one atom, written down a second time. */
function naive(atom: Atom, row: Row, people: ReadonlyMap<number, number>, citizen: Citizen | null): boolean {
  const cell = (column: Column): Value => row[at(column) ?? -1] ?? null;
  if (atom.kind === "filter") {
    const [left, right] = [row[2], row[1]];
    if (atom.text === "filter:f0") return left === "x";
    if (atom.text === "filter:f1") return left !== null && left !== "x";
    return typeof right === "number" && right < 3;
  }
  const key = cell(atom.column);
  if (atom.kind === "own") {
    const mine = citizen?.self.some((person) => person.key === key) === true;
    const child = citizen?.wards.some((person) => person.key === key) === true;
    return key !== null && (mine || (atom.wards && child));
  }
  const decided = key === null ? false : ((people.get(Number(key)) ?? 0) & (1 << atom.unit)) !== 0;
  return atom.kind === "consent" ? decided : !decided;
}

describe("a row gate", () => {
  it("opens a cell iff all of its atoms hold, shows a row iff one cell is open, and tells a source no less (laws 14, 15)", async () => {
    let [exact, pushed, walked] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        anyConditions,
        fc.array(anyRow, { maxLength: 20 }),
        anyDecided,
        anyCitizen,
        fc.boolean(),
        async ({ basis, conditions }, rows, decided, citizen, held) => {
          const people = peopleSet(basis === "consent" ? 0 : 7, decided, held);
          const gate = new RowGates({ conditions: () => conditions }, { people, citizen }).of(dataset);
          const open = (row: Row): boolean[] =>
            conditions.sets.map((set) =>
              set.every((atom) => naive(conditions.atoms[atom] as Atom, row, decided, citizen)),
            );
          const visible = (row: Row): boolean => conditions.everyRow || open(row).includes(true);
          if (gate === null) {
            for (const row of rows) expect(open(row).every(Boolean)).toBe(true);
            return;
          }
          const guard = gate.guard(at);
          const shown = (await guard?.(rows)) ?? rows.map(() => true);
          expect(shown).toEqual(rows.map(visible));
          // One question for a page, whatever the columns and units; none where everybody is held.
          expect(people.asked).toBeLessThanOrEqual(held ? 0 : 1);
          const kept = rows.filter((_, i) => shown[i] === true).toReversed();
          const cells = await gate.openCells(kept, at);
          expect(kept.map((_, i) => conditions.sets.map((__, set) => cells?.isOpen(i, set) ?? true))).toEqual(
            kept.map(open),
          );
          const told = gate.pushDown(able);
          const holds = (filter: Filter | null, row: Row): boolean =>
            filter === null || certainlyHolds(filter, (column) => row[at(column) ?? -1] ?? null);
          for (const row of rows) {
            if (visible(row)) expect(holds(told.filter, row)).toBe(true);
            if (told.exact) expect(holds(told.filter, row)).toBe(visible(row));
            if (visible(row) && told.walk !== null) {
              expect(told.walk.keys).toContain(row[at(told.walk.column) ?? -1]);
              expect(holds(told.walk.filter, row)).toBe(true);
            }
          }
          if (told.exact) exact += 1;
          if (told.filter !== null) pushed += 1;
          if (told.walk !== null) walked += 1;
        },
      ),
      { numRuns: 1_500 },
    );
    // The property is about something.
    expect(Math.min(exact, pushed, walked)).toBeGreaterThan(50);
  });

  it("holds more conditions than one number has bits", async () => {
    const atoms = Array.from({ length: 70 }, (_, i): Atom => {
      return { kind: "filter", text: `filter:${i}`, filter: { op: "eq", column: a, value: i } };
    });
    const conditions: RowConditions = {
      atoms,
      sets: atoms.map((_, i) => [i]),
      everyRow: false,
      asksPeople: false,
      columns: [a],
      cellColumns: [],
    };
    const gate = new RowGates({ conditions: () => conditions }, { people: null, citizen: null }).of(dataset);
    const rows: Row[] = [[0], [35], [69], [70]];
    expect(await gate?.guard(at)?.(rows)).toEqual([true, true, true, false]);
    const cells = await gate?.openCells(rows, at);
    for (const [i, condition] of [0, 35, 69].entries())
      expect(atoms.map((_, set) => cells?.isOpen(i, set))).toEqual(atoms.map((_, set) => set === condition));
  });

  it("shuts everything that people decide on where nobody could be asked (law 1)", async () => {
    const atom: Atom = { kind: "objection", text: "objection:r.a:u0", scheme: "r", column: a, unit: 0 };
    const conditions: RowConditions = {
      atoms: [atom],
      sets: [[0]],
      everyRow: false,
      asksPeople: true,
      columns: [a],
      cellColumns: [],
    };
    const gate = new RowGates({ conditions: () => conditions }, { people: null, citizen: null }).of(dataset);
    expect(await gate?.guard(at)?.([[1], [null]])).toEqual([false, false]);
    expect(gate?.pushDown(able)).toMatchObject({ exact: false });
  });

  it("costs nothing where nobody has objected, and tells no more than a source can take", async () => {
    const atom = (column: Column): Atom => ({
      kind: "objection",
      text: `objection:r.${column.name}:u0`,
      scheme: "r",
      column,
      unit: 0,
    });
    const conditions: RowConditions = {
      atoms: [atom(a)],
      sets: [[0]],
      everyRow: false,
      asksPeople: true,
      columns: [a],
      cellColumns: [],
    };
    const gateOf = (people: PeopleSet) =>
      new RowGates({ conditions: () => conditions }, { people, citizen: null }).of(dataset);
    expect(gateOf(peopleSet(1, new Map(), true))).toBeNull();
    const two = gateOf(peopleSet(1, new Map([[1, 1], [2, 1]]), true)); // prettier-ignore
    expect(two?.pushDown(able).exact).toBe(true);
    const few = gateOf(peopleSet(1, new Map([[1, 1], [2, 1]]), true)); // prettier-ignore
    expect(few?.pushDown({ ...able, valuesIn: 1 })).toMatchObject({ filter: null, exact: false });
    const unable = gateOf(peopleSet(1, new Map([[1, 1]]), true));
    expect(unable?.pushDown({ ...able, filter: new Set() })).toMatchObject({ filter: null, exact: false });
  });

  it("is kept for one set of people under one view, and for nobody who is signed in (law 12)", () => {
    const conditions: RowConditions = {
      atoms: [peopleAtom("consent", a, 0)],
      sets: [[0]],
      everyRow: false,
      asksPeople: true,
      columns: [a],
      cellColumns: [],
    };
    const [view, other] = [{ conditions: () => conditions }, { conditions: () => conditions }];
    const [before, after] = [peopleSet(0, new Map([[1, 1]]), true), peopleSet(0, new Map([[2, 1]]), true)];
    const citizen: Citizen = { self: [{ scheme: "r", key: 1 }], wards: [] };
    const gates = gatesOf(view, { people: before, citizen: null });
    expect(gatesOf(view, { people: before, citizen: null })).toBe(gates);
    for (const [different, who] of [
      [view, { people: after, citizen: null }],
      [other, { people: before, citizen: null }],
      [view, { people: null, citizen: null }],
      [view, { people: before, citizen }],
    ] as const)
      expect(gatesOf(different, who)).not.toBe(gates);
    // Somebody withdraws, and another one consents: the next request's rows are judged by that.
    const rows: Row[] = [[1], [2]];
    const judged = (people: PeopleSet): unknown =>
      gatesOf(view, { people, citizen: null }).of(dataset)?.guard(at)?.(rows);
    expect([judged(before), judged(after)]).toEqual([[true, false], [false, true]]); // prettier-ignore
    // One citizen's rows are another matter than the next one's.
    const own: RowConditions = {
      ...conditions,
      atoms: [{ kind: "own", text: "own:r.a", scheme: "r", column: a, wards: true }],
    };
    const ownView = { conditions: () => own };
    const ofCitizen = (key: number): unknown => {
      const who = { people: before, citizen: { self: [{ scheme: "r", key }], wards: [] } };
      return gatesOf(ownView, who).of(dataset)?.guard(at)?.(rows);
    };
    expect([ofCitizen(1), ofCitizen(2)]).toEqual([[true, false], [false, true]]); // prettier-ignore
  });

  it("asks nothing of any cell where every one is open, and of every row where one is not", () => {
    const conditions: RowConditions = {
      atoms: [peopleAtom("consent", a, 0), peopleAtom("consent", a, 1)],
      sets: [[0], [0, 1]],
      everyRow: false,
      asksPeople: true,
      columns: [a],
      cellColumns: [],
    };
    const people = peopleSet(0, new Map([[1, 3], [2, 3], [3, 1]]), true); // prettier-ignore
    const gate = gatesOf({ conditions: () => conditions }, { people, citizen: null }).of(dataset);
    expect(gate?.guard(at)?.([[1], [2]])).toBeNull();
    expect(gate?.openCells([[1], [2]], at)).toBeNull();
    expect(gate?.guard(at)?.([[1], [3]])).toEqual([true, true]);
    const cells = gate?.openCells([[1], [3]], at);
    if (cells === null || cells === undefined || cells instanceof Promise) throw new Error("judged at once");
    expect([0, 1].map((row) => [0, 1].map((set) => cells.isOpen(row, set)))).toEqual([[true, true], [true, false]]); // prettier-ignore
    // Whom nobody has heard of, and a row that names nobody, have consented to nothing.
    expect(gate?.guard(at)?.([[1], [9], [null], []])).toEqual([true, false, false, false]);
  });
});
