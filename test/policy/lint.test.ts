import { describe, expect, it } from "vitest";
import { checkPolicy, lintRules, type SignedAgreement } from "../../src/policy/index.js";
import { agreementRef, type Coordinate, type FileFault } from "../../src/terms/index.js";
import { contentOf, names, rulesFile } from "./town.js";

const common = "policies/common/never.csv";

function signed(ref: string, fields: readonly string[], changes: Partial<SignedAgreement> = {}): SignedAgreement {
  const [application = "", purpose = ""] = ref.split("/");
  return {
    ref: agreementRef(application, purpose),
    application,
    purpose,
    fields: new Set(fields as Coordinate[]),
    state: "in-force",
    until: "2027-12-31",
    builtIn: false,
    ...changes,
  };
}

const meals = signed("cantine-plus/school-meals", ["Resident.familyName", "Resident.email"]);
const parking = signed("parkeasy/parking", ["CarPark.name"]);

function lint(
  text: string,
  agreements: readonly SignedAgreement[] | null,
  files: Readonly<Record<string, string>> = {},
): FileFault[] {
  const content = contentOf({ [rulesFile]: text, ...files });
  const { rules, faults } = checkPolicy(content, names);
  if (rules === null) throw new Error(JSON.stringify(faults));
  const { applications } = names;
  return lintRules({ rules, content, agreements, applications });
}

const brief = ({ code, file, line, column, endColumn }: FileFault): string =>
  `${code} ${file.replace("policies/", "")}:${line}:${column}-${endColumn ?? ""}`;

const of = (text: string, agreements: readonly SignedAgreement[] | null = null, files = {}): string[] =>
  lint(text, agreements, files).map(brief);

const rule = (application: string, field: string, effect: "allow" | "deny", purpose = "parking"): string =>
  effect === "allow"
    ? `p, ${application}, ${purpose}, ${field}, all, -, allow`
    : `p, ${application}, ${purpose}, ${field}, -, -, deny`;

describe("an allow that a deny shadows", () => {
  const shadowed = (column: number, field: string): string[] => [
    `shadowed-by-deny rivemont/rules.csv:1:${column}-${column + field.length}`,
  ];

  it("is told with the deny's place, and what to do", () => {
    const text = "  p,\tparkeasy,   parking, CarPark.name, all, -, allow";
    const [fault] = lint(text, null, { [common]: "# never\np, *, *, CarPark.name, -, -, deny" });
    expect(fault).toMatchObject({ severity: "warning", code: "shadowed-by-deny", line: 1, column: 27, endColumn: 39 });
    expect(fault?.message).toBe(
      "this line opens nothing: policies/common/never.csv:2 denies CarPark.name, and any deny wins; delete this line, or the deny if the field may be shared",
    );
  });

  it.each([
    ["by its own name", rule("parkeasy", "CarPark.name", "deny")],
    ["by everybody, for every purpose", "p, *, *, CarPark.*, -, -, deny"],
    ["by everything", "p, *, *, *, -, -, deny"],
    ["by a group that it is in", "g, parkeasy, group:a\np, group:a, *, CarPark.name, -, -, deny"],
  ])("%s", (_, text) => {
    expect(of(`${rule("parkeasy", "CarPark.name", "allow")}\n${text}`)).toEqual(shadowed(23, "CarPark.name"));
  });

  it("also where it is for a group, all of whose members are denied, and where each field has its deny", () => {
    const members = "g, parkeasy, group:a\ng, biblio-stats, group:a";
    const both = `${rule("parkeasy", "CarPark.*", "deny")}\n${rule("biblio-stats", "CarPark.*", "deny")}`;
    expect(of(`${rule("group:a", "CarPark.name", "allow")}\n${members}\n${both}`)).toEqual(
      shadowed(22, "CarPark.name"),
    );
    const one = rule("parkeasy", "CarPark.*", "deny");
    expect(of(`${rule("group:a", "CarPark.name", "allow")}\n${members}\n${one}`)).toEqual([]);
    const fields = ["code", "name", "openedOn", "spaces"].map((name) => rule("*", `CarPark.${name}`, "deny"));
    expect(of(`${rule("parkeasy", "CarPark.*", "allow")}\n${fields.join("\n")}`)).toEqual(shadowed(23, "CarPark.*"));
    expect(of(`${rule("parkeasy", "CarPark.*", "allow")}\n${fields.slice(1).join("\n")}`)).toEqual([]);
  });

  it.each([
    ["another application", rule("biblio-stats", "CarPark.name", "deny")],
    ["another purpose", rule("parkeasy", "CarPark.name", "deny", "statistics")],
    ["another field", rule("parkeasy", "CarPark.spaces", "deny")],
    ["a group that it is not in", "g, biblio-stats, group:a\np, group:a, *, CarPark.name, -, -, deny"],
  ])("is not one where the deny is for %s", (_, text) => {
    expect(of(`${rule("parkeasy", "CarPark.name", "allow")}\n${text}`)).toEqual([]);
  });

  it("is not one where only some of those whom it is for are denied", () => {
    expect(of(`${rule("*", "CarPark.name", "allow")}\n${rule("parkeasy", "CarPark.name", "deny", "*")}`)).toEqual([]);
    expect(of(`${rule("parkeasy", "CarPark.name", "allow", "*")}\n${rule("*", "CarPark.name", "deny")}`)).toEqual([]);
  });
});

describe("a rule beside the agreements", () => {
  it("is told where its agreement does not list the field, whatever the pattern", () => {
    const text = [
      rule("cantine-plus", "Resident.email", "allow", "school-meals"),
      rule("cantine-plus", "Resident.familyName", "allow", "school-meals"),
      rule("cantine-plus", "Resident.phone", "allow", "school-meals"),
      rule("cantine-plus", "@contact", "allow", "school-meals"),
      rule("cantine-plus", "@reading", "allow", "school-meals"),
    ].join("\n");
    const found = lint(text, [meals]);
    expect(found.map(brief)).toEqual([
      "outside-agreements rivemont/rules.csv:3:32-46",
      "outside-agreements rivemont/rules.csv:5:32-40",
    ]);
    expect(found[0]?.message).toContain(
      "cantine-plus/school-meals does not list Resident.phone; delete it, or have a DPO",
    );
  });

  it("is told once for an agreement that ended, that is a draft, or that is not there", () => {
    const text = `${rule("parkeasy", "CarPark.name", "allow")}\n${rule("parkeasy", "CarPark.spaces", "allow")}`;
    const both = ["CarPark.name", "CarPark.spaces"];
    const ended = lint(text, [signed("parkeasy/parking", both, { state: "ended", until: "2026-01-31" })]);
    expect(ended.map(brief)).toEqual(["agreement-ended rivemont/rules.csv:1:4-12"]);
    expect(ended[0]?.message).toMatch(/^this line and 1 more open nothing: parkeasy\/parking ended on 2026-01-31; /);
    const draft = lint(text, [signed("parkeasy/parking", both, { state: "draft" })]);
    expect(draft.map(brief)).toEqual(["agreement-not-approved rivemont/rules.csv:1:4-12"]);
    expect(draft[0]?.message).toContain("npx passerelle agreement approve parkeasy/parking");
    const none = lint(text, [signed("parkeasy/statistics", both)]);
    expect(none.map(brief)).toContain("no-agreement rivemont/rules.csv:1:4-12");
    expect(none.find(({ code }) => code === "no-agreement")?.message).toContain("no agreement of parkeasy for parking");
  });

  it("of a group or of all is measured against every agreement that it is for", () => {
    const group = `g, parkeasy, group:a\n${rule("group:a", "CarPark.name", "allow", "*")}`;
    expect(of(group, [parking])).toEqual([]);
    expect(of(group, [meals])).toEqual(expect.arrayContaining(["no-agreement rivemont/rules.csv:2:4-11"]));
    expect(of(rule("*", "CarPark.spaces", "allow"), [parking])).toEqual(
      expect.arrayContaining(["outside-agreements rivemont/rules.csv:1:16-30"]),
    );
  });

  it("of open data must be about open data", () => {
    const open = signed("open-data/open-data", ["CarPark.name", "CarPark.code"], { builtIn: true });
    const text = `${rule("open-data", "CarPark.name", "allow", "open-data")}\n${rule("open-data", "Loan.lentOn", "allow", "open-data")}`;
    const found = lint(text, [open]);
    expect(found.map(brief)).toEqual(["outside-agreements rivemont/rules.csv:2:26-37"]);
    expect(found[0]?.message).toContain("`open: true`");
  });

  it("has one warning: what is unknown, not SHARED or denied is not told again", () => {
    const text = [
      rule("nobody", "CarPark.name", "allow"),
      rule("parkeasy", "Aid.kind", "allow"),
      rule("parkeasy", "CarPark.spaces", "allow"),
      rule("*", "CarPark.spaces", "deny"),
      rule("parkeasy", "CarPark.name", "allow"),
    ].join("\n");
    expect(of(text, [parking])).toEqual(["shadowed-by-deny rivemont/rules.csv:3:23-37"]);
  });

  it("is not spoken of where the agreements are not known", () => {
    expect(of(rule("cantine-plus", "Resident.phone", "allow"), null)).toEqual([]);
  });
});

describe("an agreement that lists what no rule opens", () => {
  it("is told at the first line of its application, with the line to add and the deny in the way", () => {
    const text = `${rule("parkeasy", "CarPark.name", "allow")}\n${rule("cantine-plus", "Resident.familyName", "deny", "*")}`;
    const found = lint(text, [meals, parking]);
    expect(found.map(brief)).toEqual(["agreement-not-opened rivemont/rules.csv:2:4-16"]);
    expect(found[0]?.message).toBe(
      "cantine-plus/school-meals lists what it does not get: no rule opens Resident.email (the line would be `p, cantine-plus, school-meals, Resident.email, all, -, allow`); a deny closes Resident.familyName (policies/rivemont/rules.csv:2); change the rules, or leave the fields out of the agreement's next version",
    );
  });

  it("is told of the folder where no line names its application, and not where rules open all of it", () => {
    expect(of(rule("parkeasy", "CarPark.name", "allow"), [meals, parking])).toEqual([
      "agreement-not-opened rivemont/*.csv:1:1-",
    ]);
    expect(of("g, parkeasy, group:a\np, group:a, *, CarPark.*, all, -, allow", [parking])).toEqual([]);
    const open = signed("open-data/open-data", ["CarPark.name", "CarPark.code"], { builtIn: true });
    const over = signed("biblio-stats/statistics", ["Loan.title"], { state: "ended" });
    expect(of(rule("parkeasy", "CarPark.name", "allow"), [parking, open, over])).toEqual([]);
  });
});

describe("personal data", () => {
  it("opened to a group of applications, or to all, is told; to one application it is not", () => {
    const text = [
      "g, parkeasy, group:a",
      rule("group:a", "Resident.email", "allow"),
      rule("*", "@contact", "allow", "statistics"),
      rule("*", "CarPark.name", "allow"),
      rule("cantine-plus", "Resident.email", "allow", "school-meals"),
    ].join("\n");
    const found = lint(text, null);
    expect(found.map(brief)).toEqual([
      "personal-to-many rivemont/rules.csv:2:4-11",
      "personal-to-many rivemont/rules.csv:3:4-5",
    ]);
    expect(found[0]?.message).toContain("(Resident.email) to all of group:a (1 application)");
    expect(found[1]?.message).toContain("(Resident.email, Resident.phone) to every application");
  });
});
