// Lines that meet and differ, found by index, beside every pair of lines looked at.
import fc from "fast-check";
import { expect, it } from "vitest";
import { checkPolicy } from "../../src/policy/index.js";
import { contentOf, names, rulesFile } from "./town.js";

const column = {
  application: fc.constantFrom(
    "*",
    "cantine-plus",
    "parkeasy",
    "biblio-stats",
    "group:one",
    "group:two",
    "group:three",
  ),
  purpose: fc.constantFrom("*", "*", "school-meals", "parking"),
  field: fc.constantFrom("CarPark.openedOn", "Resident.updatedAt", "Resident.birthDate", "CarPark.code"),
  mask: fc.constantFrom("-", "-", "year"),
};
const allow = fc
  .record(column)
  // A mask must fit its field.
  .map((rule) => (rule.field === "CarPark.code" ? { ...rule, mask: "-" } : rule));
const memberships = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom("cantine-plus", "parkeasy", "biblio-stats"),
    fc.constantFrom("group:one", "group:two", "group:three"),
  ),
  { maxLength: 6, selector: (pair) => pair.join() },
);

it("names the lines that some application and purpose would match beside an earlier one that differs, and no others", () => {
  let refused = 0;
  const tries = fc.property(fc.array(allow, { minLength: 1, maxLength: 9 }), memberships, (rules, links) => {
    const members = (name: string): string[] =>
      name.startsWith("group:")
        ? links.flatMap(([application, group]) => (group === name ? [application] : []))
        : name === "*"
          ? ["cantine-plus", "parkeasy", "biblio-stats", "anybody"]
          : [name];
    const applicationsMeet = (a: string, b: string): boolean =>
      a === b || a === "*" || b === "*" || members(a).some((member) => members(b).includes(member));
    const purposesMeet = (a: string, b: string): boolean => a === b || a === "*" || b === "*";
    const expected = rules.flatMap((later, at) => {
      const before = rules.slice(0, at).filter((earlier) => earlier.field === later.field);
      const met = before.some(
        (earlier) =>
          earlier.mask !== later.mask &&
          applicationsMeet(earlier.application, later.application) &&
          purposesMeet(earlier.purpose, later.purpose),
      );
      const said = before.some((earlier) => JSON.stringify(earlier) === JSON.stringify(later));
      return met && !said ? [at + 1] : [];
    });
    const lines = rules.map(({ application, purpose, field, mask }) => {
      return `p, ${application}, ${purpose}, ${field}, all, ${mask}, allow`;
    });
    const text = [...lines, ...links.map((link) => `g, ${link.join(", ")}`)].join("\n");
    const { faults } = checkPolicy(contentOf({ [rulesFile]: text }), names);
    const found = faults.filter(({ code }) => code === "rules-meet").map(({ line }) => line);
    expect(found).toEqual(expected);
    if (found.length > 0) refused += 1;
  });
  fc.assert(tries, { numRuns: 400 });
  expect(refused).toBeGreaterThan(50);
});
