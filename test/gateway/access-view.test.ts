import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUsable, type ViewDecision } from "../../src/gateway/access-view.js";
import type { Decision, ValueMask } from "../../src/policy/index.js";
import type { Coordinate } from "../../src/terms/index.js";

const rule = { file: "policies/t/r.csv", line: 1, text: "" };
const shared = (name: string, mask: ValueMask = "-"): Decision => ({
  coordinate: `Person.${name}` as Coordinate,
  shared: true,
  rows: "all",
  mask,
  rule,
});
const letters = ["a", "b", "c", "d"];

const noAtoms = (): ReadonlySet<string> => new Set();

describe("what a field can be filtered on", () => {
  it("is never a masked or refused one", () => {
    const refused: Decision = { coordinate: "Person.x" as Coordinate, shared: false, reason: "denied", rule };
    expect(isUsable(shared("x"), [shared("x"), shared("y")], noAtoms)).toBe(true);
    expect(isUsable(shared("x", "year"), [shared("x", "year")], noAtoms)).toBe(false);
    expect(isUsable(refused, [shared("y")], noAtoms)).toBe(false);
  });

  it("tells of no closed cell: wherever a row is visible by an opened field, the filtered cell is open too (law 2)", () => {
    const conditions = fc.dictionary(fc.constantFrom("f", "g", "h"), fc.subarray(letters), { minKeys: 1 });
    fc.assert(
      fc.property(conditions, fc.subarray(letters), (atomsOf, held) => {
        const decisions = Object.keys(atomsOf).map((name) => shared(name));
        const atoms = (decision: ViewDecision): ReadonlySet<string> =>
          new Set(atomsOf[decision.coordinate.slice("Person.".length)] ?? []);
        // A cell is open on a row where all its atoms hold; a row is visible where one cell is open.
        const open = (decision: ViewDecision): boolean => [...atoms(decision)].every((atom) => held.includes(atom));
        const visible = decisions.some(open);
        for (const decision of decisions)
          if (isUsable(decision, decisions, atoms) && visible) expect(open(decision)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("is every unmasked field where no row has a condition", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom("f", "g", "h"), { minLength: 1 }), (names) => {
        const decisions = names.map((name) => shared(name));
        expect(decisions.every((decision) => isUsable(decision, decisions, noAtoms))).toBe(true);
      }),
    );
  });
});
