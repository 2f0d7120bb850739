// Row filters: what filters.yaml may say, what becomes of it in a grant, and that its truth can be told on a row.
import { expect, describe, it } from "vitest";
import {
  checkPolicy,
  compileGrant,
  createJudge,
  versionId,
  type FilterName,
  type Grant,
  type RowFilter,
} from "../../src/policy/index.js";
import { mayHold } from "../../src/sources/filter-truth.js";
import type { Filter } from "../../src/sources/index.js";
import { formatFault, type Row } from "../../src/terms/index.js";
import { contentOf, names, rulesFile } from "./town.js";

const filtersFile = "policies/rivemont/filters.yaml";
const rule = (field: string, rows: string): string => `p, cantine-plus, school-meals, ${field}, ${rows}, -, allow`;

function check(filters: string, ...rules: readonly string[]) {
  const content = contentOf({ [rulesFile]: rules.join("\n"), [filtersFile]: filters });
  return { content, ...checkPolicy(content, names) };
}
const told = (filters: string, ...rules: readonly string[]): string[] =>
  check(filters, ...rules).faults.map(formatFault);

function grantOf(filters: string, ...rules: readonly string[]): Grant {
  const { rules: set, faults } = check(filters, ...rules);
  if (set === null) throw new Error(faults.map(formatFault).join("\n"));
  return compileGrant(set, createJudge(set.memberships, set.catalogue.groups), {
    agreement: "cantine-plus/school-meals" as never,
    application: "cantine-plus" as never,
    purpose: "school-meals" as never,
    fields: new Set(set.catalogue.coordinates.keys()) as never,
  });
}

function filterOf(where: string, on = "Loan"): RowFilter {
  const field = on === "Loan" ? "Loan.title" : "Resident.email";
  const filter = grantOf(`late: { on: ${on}, where: ${where} }`, rule(field, "late")).filters.get("late" as FilterName);
  if (filter === undefined) throw new Error("the grant has no such filter");
  return filter;
}

describe("a filter", () => {
  it.each([
    ["{ number: { eq: 3 } }", "number = 3"],
    ["{ number: { gte: 3, lt: 10 } }", "number ≥ 3 and number < 10"],
    ["{ title: { in: [a, b] }, number: { ne: 3 } }", 'title is one of "a", "b" and number ≠ 3'],
    ["{ or: [{ title: { startsWith: Le } }, { lentOn: { isNull: true } }] }", 'title starts with "Le" or lentOn has no value'], // prettier-ignore
    ["{ not: { or: [{ number: { lt: 3 } }, { and: [{ number: { gt: 5 } }, { title: { eq: a } }] }] } }", 'not (number < 3 or (number > 5 and title = "a"))'], // prettier-ignore
    ["{ lentOn: { lte: 2026-11-22 } }", 'lentOn ≤ "2026-11-22"'],
    ['{ title: { eq: "01000" } }', 'title = "01000"'],
  ])("%s is told in words", (where, words) => {
    expect(filterOf(where).ref).toEqual({ file: filtersFile, line: 1, text: `late: Loan where ${words}` });
  });

  it("is one of the sources' filters, names resolved to columns and values in their one form", () => {
    const where = '{ birthDate: { gt: 2014-03-17 }, number: { in: [1, 2] }, updatedAt: { lt: "2026-11-22T10:00:00+01:00" } }'; // prettier-ignore
    const filter: Filter = filterOf(where, "Resident").where;
    expect(filter).toEqual({
      op: "and",
      filters: [
        { op: "gt", column: { name: "birthDate", type: "Date" }, value: "2014-03-17" },
        { op: "in", column: { name: "id", type: "Int" }, values: [1, 2] },
        { op: "lt", column: { name: "updatedAt", type: "DateTime" }, value: "2026-11-22T09:00:00.000Z" },
      ],
    });
  });

  it("is true of a row, or it is not, whatever the row holds: nothing is left to the service (law 14)", () => {
    const columns = ["number", "title", "lentOn"];
    const holds = (filter: Filter, row: Row): boolean => mayHold(filter, ({ name }) => columns.indexOf(name))(row);
    const where = "{ title: { startsWith: Le }, not: { number: { gte: 10 } } }";
    const filter: Filter = filterOf(where).where;
    // Not both of a filter and its contrary: then neither is a guess.
    const contrary: Filter = { op: "not", filter };
    const rows: readonly Row[] = [[1, "Le Petit Prince", null], [10, "Le Rouge", null], [1, "le", null], [null, "Le", null], [1, null, null]]; // prettier-ignore
    expect(rows.map((row) => [holds(filter, row), holds(contrary, row)])).toEqual([
      [true, false],
      [false, true],
      [false, true],
      [false, false],
      [false, false],
    ]);
  });

  it("may read a field that no rule opens, on a field that one does", () => {
    const grant = grantOf("one: { on: Resident, where: { socialNumber: { startsWith: '1' } } }", rule("Resident.email", "one")); // prettier-ignore
    expect(grant.decisions.get("Resident.socialNumber" as never)?.shared).toBe(false);
    expect(grant.decisions.get("Resident.email" as never)).toMatchObject({ shared: true, rows: "one" });
  });

  it("is on its own dataset: a field of another has no such rows", () => {
    expect(told("late: { on: Loan, where: { number: { eq: 1 } } }", rule("Resident.email", "late"))).toEqual([
      `${rulesFile}:1:48 fault: the filter "late" is on Loan, so it cannot say which rows of Resident.email are meant`,
      // It is named, so it is not unused.
    ]);
    const group = told("late: { on: Resident, where: { number: { eq: 1 } } }", rule("Loan.*", "late").replace("Loan.*", "@reading")); // prettier-ignore
    expect(group[0]).toContain('the filter "late" is on Resident, so it cannot say which rows of Loan.title are meant');
  });

  it("that no rule names is a warning; a name that is none a fault, with what was meant", () => {
    expect(told("late: { on: Loan, where: { number: { eq: 1 } } }", rule("Loan.title", "all"))).toEqual([
      `${filtersFile}:1:1 warning: no rule names the filter "late" in its rows column`,
    ]);
    expect(told("late: { on: Loan, where: { number: { eq: 1 } } }", rule("Loan.title", "lote"))).toEqual([
      `${filtersFile}:1:1 warning: no rule names the filter "late" in its rows column`,
      `${rulesFile}:1:44 fault: unknown filter "lote"; filters.yaml of the tenant has late (did you mean "late"?)`,
    ]);
  });

  it("with a fault is told once: not again where a rule names it", () => {
    expect(told("late: { on: Loan, where: { numbr: { eq: 1 } } }", rule("Loan.title", "late"))).toEqual([
      `${filtersFile}:1:28 fault: Loan has no field "numbr" in schema.graphql (did you mean "number"?)`,
    ]);
  });

  it("of a file with nothing in it, or comments alone, is no filter and no fault", () => {
    for (const empty of ["", "\n", "# none yet\n"]) expect(told(empty, rule("Loan.title", "all"))).toEqual([]);
  });
});

describe("what a filter says", () => {
  const of = (value: string): string => `late: { on: Loan, where: { number: { eq: ${value} } } }`;

  it("is part of the version's name, and of what decides an answer", () => {
    const [one, two] = ["1", "2"].map((value) => check(of(value), rule("Loan.title", "late")).content);
    expect(one && versionId(one)).not.toBe(two && versionId(two));
    const [first, second, words] = [of("1"), of("2"), `# moved\n${of("1")}`].map((text) =>
      grantOf(text, rule("Loan.title", "late")),
    );
    expect(first?.fingerprint).not.toBe(second?.fingerprint);
    expect(first?.fingerprint).toBe(words?.fingerprint);
  });

  it("is in the grants alone that are decided by it", () => {
    const grant = grantOf(of("1"), rule("Loan.title", "all"), "p, parkeasy, parking, Loan.title, late, -, allow");
    expect([...grant.filters.keys()]).toEqual([]);
  });
});
