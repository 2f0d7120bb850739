// What people decide on at once: every field about them in one part, and nothing slipped into a part decided on before.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCatalogue, type Catalogue } from "../../src/catalogue/index.js";
import type { Snapshot } from "../../src/identity/agreement.js";
import { readSnapshot } from "../../src/identity/snapshot.js";
import { consentUnits, isAboutPeople, type UnitTerms } from "../../src/identity/units.js";
import { formatFault, maxConsentUnits, type ConsentUnit, type Coordinate } from "../../src/terms/index.js";

const groups = ["contact", "identity", "money"];

/** `T0` is about people, `T1` about nobody but in one field, `T2` about nobody. */
function readTown(groupOf: (field: string) => readonly string[], perType = 6): Catalogue {
  const fields = (type: string): string[] =>
    Array.from({ length: perType }, (_, i) => {
      const written = groupOf(`${type}.f${i}`).map((name) => ` @group(name: "${name}")`);
      const about = type === "T1" && i === 1 ? ' @subject(scheme: "resident")' : "";
      return `  f${i}: Int${written.join("")}${about}`;
    });
  const types = ["T0", "T1", "T2"].map((type) => {
    const subject = type === "T0" ? ' @subject(scheme: "resident", field: "f0")' : "";
    return [`type ${type} @dataset(source: "s", from: "t", status: SHARED) @key(fields: "f0")${subject} {`, ...fields(type), "}"].join("\n"); // prettier-ignore
  });
  const { catalogue, faults } = readCatalogue(types.join("\n"), { file: "schema.graphql", sources: new Set(["s"]) });
  if (catalogue === null) throw new Error(faults.map(formatFault).join("\n"));
  return catalogue;
}

const recipient = { name: "R", contact: "c", role: "controller", basis: "b" } as const;
const approved = (units: readonly ConsentUnit[], changes: Partial<Snapshot> = {}): Snapshot => ({
  ...{ fields: [], bindings: {}, purpose: "p" as Snapshot["purpose"], basis: "consent", basisNote: "n", recipient },
  ...{ from: "2026-01-01", until: "2026-12-31", volumePerDay: null, retention: null, refusal: "null" },
  ...{ units, informationSociety: false, hidden: null },
  ...changes,
});
const terms = (fields: readonly string[], changes: Partial<UnitTerms> = {}): UnitTerms => ({
  ...{ fields: fields as Coordinate[], basis: "consent", recipient, asked: undefined },
  ...changes,
});
const unitOf = (units: readonly ConsentUnit[]): Map<string, string> =>
  new Map(units.flatMap(({ name, fields }) => fields.map((field) => [field, name])));

const everyField = ["T0", "T1", "T2"].flatMap((type) => Array.from({ length: 6 }, (_, i) => `${type}.f${i}`));
const anyGroups = fc
  .array(fc.subarray(groups), { minLength: everyField.length, maxLength: everyField.length })
  .map((of) => (field: string) => of[everyField.indexOf(field)] ?? []);
const anyVersion = fc.record({
  fields: fc.shuffledSubarray(everyField),
  // The town edits its groups between versions.
  groupOf: anyGroups,
  asked: fc.constantFrom("whole" as const, "groups" as const, undefined),
  basis: fc.constantFrom("consent" as const, "public-task" as const),
  approved: fc.boolean(),
});

describe("the units of an agreement's versions", () => {
  it("hold each field about a person once and no other, and never take in what was not in them", () => {
    fc.assert(
      fc.property(fc.array(anyVersion, { minLength: 1, maxLength: 5 }), (versions) => {
        let last: Snapshot | null = null;
        for (const { fields, groupOf, asked, basis, approved: isApproved } of versions) {
          const catalogue = readTown(groupOf);
          const units = consentUnits(terms(fields, { asked, basis }), last, catalogue);
          const about = fields.filter((field) => isAboutPeople(field as Coordinate, catalogue));
          expect(units.flatMap((unit) => unit.fields).toSorted()).toEqual(about.toSorted());
          for (const unit of units) expect(unit.fields).toEqual([...new Set(unit.fields)].sort());
          expect(new Set(units.map(({ name }) => name)).size).toBe(units.length);
          if (last !== null) expectNothingSlippedIn(last, units, basis, asked);
          if (isApproved) last = approved(units, { basis });
        }
      }),
    );
  });

  function expectNothingSlippedIn(last: Snapshot, units: readonly ConsentUnit[], basis: string, asked?: string): void {
    const wayBefore = last.units.every(({ name }) => name.startsWith("*")) ? "whole" : "groups";
    if (basis !== last.basis || (asked ?? wayBefore) !== wayBefore) return;
    const before = unitOf(last.units);
    for (const unit of units) {
      const those = new Set(unit.fields.map((field) => before.get(field)));
      // All from the unit of that name, or all new under a name that was never used.
      expect(those.size).toBe(1);
      const [from] = those;
      if (from === undefined) expect(last.units.map(({ name }) => name)).not.toContain(unit.name);
      else expect(unit.name).toBe(from);
    }
  }

  const grouped = readTown((field) => (["T0.f1", "T0.f2", "T0.f3"].includes(field) ? ["contact"] : []));

  it("are one for each group and one for the rest of each dataset, or the whole", () => {
    const fields = ["T0.f1", "T0.f0", "T0.f2", "T1.f1", "T1.f2", "T2.f0"];
    const byGroups = [
      { name: "@contact", fields: ["T0.f1", "T0.f2"] },
      { name: "T0", fields: ["T0.f0"] },
      { name: "T1", fields: ["T1.f1"] },
    ];
    const whole = [{ name: "*", fields: ["T0.f0", "T0.f1", "T0.f2", "T1.f1"] }];
    expect(consentUnits(terms(fields), null, grouped)).toEqual(byGroups);
    expect(consentUnits(terms(fields, { asked: "whole" }), null, grouped)).toEqual(whole);
    expect(consentUnits(terms(fields, { basis: "public-task" }), null, grouped)).toEqual(whole);
    expect(consentUnits(terms(fields, { basis: "public-task", asked: "groups" }), null, grouped)).toEqual(byGroups);
    expect(consentUnits(terms(["T2.f0", "T1.f2"]), null, grouped)).toEqual([]);
  });

  it("get a number where a version adds to them, also when the earlier part is left empty", () => {
    const first = consentUnits(terms(["T0.f0", "T0.f1"]), null, grouped);
    const second = consentUnits(terms(["T0.f0", "T0.f1", "T0.f2"]), approved(first), grouped);
    expect(second.map(({ name }) => name)).toEqual(["@contact", "T0", "@contact.2"]);
    const third = consentUnits(terms(["T0.f1", "T0.f2", "T0.f3"]), approved(second), grouped);
    expect(third.map(({ name }) => name)).toEqual(["@contact", "@contact.2", "@contact.3"]);
    const replaced = consentUnits(terms(["T0.f2"]), approved(first), grouped);
    expect(replaced).toEqual([{ name: "@contact.2", fields: ["T0.f2"] }]);
    const whole = consentUnits(terms(["T0.f0"], { asked: "whole" }), null, grouped);
    const wider = consentUnits(terms(["T0.f0", "T0.f1"]), approved(whole), grouped);
    expect(wider.map(({ name }) => name)).toEqual(["*", "*.2"]);
  });

  it("are found anew where everybody is asked anew, and where the way of asking changes", () => {
    const first = approved(consentUnits(terms(["T0.f1"]), null, grouped));
    const wider = ["T0.f1", "T0.f2"];
    const anew = [{ name: "@contact", fields: wider }];
    for (const changed of [{ name: "Other" }, { role: "processor" as const }, { basis: "law" }])
      expect(consentUnits(terms(wider, { recipient: { ...recipient, ...changed } }), first, grouped)).toEqual(anew);
    expect(consentUnits(terms(wider, { recipient: { ...recipient, contact: "new" } }), first, grouped)).toHaveLength(2);
    expect(consentUnits(terms(wider, { asked: "whole" }), first, grouped)).toEqual([{ name: "*", fields: wider }]);
  });

  it(`are ${maxConsentUnits} at most`, () => {
    const names = Array.from({ length: 31 }, (_, i) => `T0.f${i}`);
    const many = readTown((field) => (field.startsWith("T0.") ? [`g${field.slice(4)}`] : []), 31);
    expect(consentUnits(terms(names.slice(0, 30)), null, many)).toHaveLength(30);
    expect(() => consentUnits(terms(names), null, many)).toThrow(/31 parts .* more than 30.*--asked whole/s);
    expect(consentUnits(terms(names, { asked: "whole" }), null, many)).toHaveLength(1);
  });
});

describe("a version that was stored before people were asked", () => {
  const {
    units: _units,
    informationSociety: _society,
    hidden: _hidden,
    ...older
  } = approved([], { basis: "public-task" });
  const stored = { ...older, fields: ["T0.f0", "T2.f0"] };

  it("is read as one decision on the whole, told and for people of age", () => {
    expect(readSnapshot(stored)).toEqual({
      ...stored,
      units: [{ name: "*", fields: ["T0.f0", "T2.f0"] }],
      informationSociety: false,
      hidden: null,
    });
  });

  it("keeps it in the next version, which asks apart for what is new", () => {
    const catalogue = readTown(() => []);
    const next = consentUnits(
      terms(["T0.f0", "T0.f1", "T2.f0"], { basis: "public-task" }),
      readSnapshot(stored),
      catalogue,
    );
    expect(next).toEqual([
      { name: "*", fields: ["T0.f0"] },
      { name: "*.2", fields: ["T0.f1"] },
    ]);
  });

  it("is not read at all where something in it is not understood", () => {
    expect(() => readSnapshot({ ...stored, units: [{ name: "*" }] })).toThrow(/snapshot cannot be read/);
    expect(() => readSnapshot({ ...stored, consent: true })).toThrow(/snapshot cannot be read/);
  });
});
