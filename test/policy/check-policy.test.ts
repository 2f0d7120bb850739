import { demoAgreements } from "../../src/demo/index.js";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkPolicy, checkVersion, modelText, readPolicyFolder } from "../../src/policy/index.js";
import { hasFault, type FileFault } from "../../src/terms/index.js";
import { rivemontSources } from "../support/rivemont.js";
import { contentOf, names, rulesFile, schema, sources, tenant } from "./town.js";

/** `fault unknown-effect 1:52-56 → deny` */
function brief({ severity, code, line, column, endColumn, suggestion }: FileFault): string {
  const end = endColumn === undefined ? "" : `-${endColumn}`;
  return `${severity} ${code} ${line}:${column}${end}${suggestion === undefined ? "" : ` → ${suggestion}`}`;
}

const check = (text: string): string[] => checkPolicy(contentOf({ [rulesFile]: text }), names).faults.map(brief);

const good = "p, cantine-plus, school-meals, Resident.number, all, -, allow\n";

/** A rule file after one good line, and every fault that it must have: nothing more, nothing less. */
const cases: readonly (readonly [what: string, text: string, ...expected: string[]])[] = [
  // What Casbin opens by mistake.
  ["deny in capitals", "p, *, *, Resident.email, -, -, Deny", "fault unknown-effect 2:32-36 → deny"],
  ["misspelt deny", "p, *, *, Resident.email, -, -, dney", "fault unknown-effect 2:32-36 → deny"],
  ["allow in capitals", "p, parkeasy, parking, CarPark.name, all, -, ALLOW", "fault unknown-effect 2:45-50 → allow"],
  ["deny with a comment behind", "p, *, *, Resident.email, -, -, deny # never", "fault trailing-comment 2:37-44"],
  ["comment without space", "p, *, *, Resident.email, -, -, deny#never", "fault trailing-comment 2:36-42"],
  ["no effect", "p, *, *, Resident.email, -, -", "fault missing-column 2:30-30"],
  ["a column missing in a deny", "p, *, *, Resident.email, -, deny", "fault missing-column 2:33-33"],
  ["p in capitals", "P, *, *, Resident.email, -, -, deny", "fault unknown-section 2:1-2 → p"],
  // What Casbin closes in silence.
  ["semicolons", "p; parkeasy; parking; CarPark.name; all; -; allow", "fault wrong-separator 2:2-3 → ,"],
  ["a semicolon at the end", "p, *, *, Resident.email, -, -, deny;", "fault wrong-separator 2:36-37 → ,"],
  ["unknown section", "x, *, *, Resident.email, -, -, deny", "fault unknown-section 2:1-2"],
  ["p2", "p2, *, *, Resident.email, -, -, deny", "fault unknown-section 2:1-3 → p"],
  ["tabs instead of commas", "p\t*\t*\tResident.email\t-\t-\tdeny", "fault unknown-section 2:1-30 → p"],
  ["a column too many", "p, *, *, Resident.email, -, -, deny, x", "fault extra-column 2:38-39"],
  ["a comma at the end", "p, *, *, Resident.email, -, -, deny,", "fault extra-column 2:37-37"],
  ["an empty column", "p, parkeasy, , CarPark.name, all, -, allow", "fault empty-column 2:13-13"],
  ["only p", "p", "fault missing-column 2:2-2"],
  ["double quotes", 'p, "parkeasy", parking, CarPark.name, all, -, allow', "fault quote 2:4-5"],
  ["single quotes", "p, 'parkeasy', parking, CarPark.name, all, -, allow", "fault quote 2:4-5"],
  ["g2 in a file", "g2, Resident.email, @contact", "fault field-group-in-file 2:1-3"],
  ["g with a domain", "g, parkeasy, group:mobility, rivemont", "fault extra-column 2:30-38"],
  ["g without a group", "g, parkeasy", "fault missing-column 2:12-12"],
  // Characters.
  ["NUL", "p, *, *, Resident.email\0, -, -, deny", "fault control-character 2:24-25"],
  ["NUL in a comment", "# a\0b", "fault control-character 2:4-5"],
  ["a lone carriage return", "# hidden\rp, *, *, *, -, -, deny", "fault control-character 2:9-10"],
  ["a line separator", "# hidden\u2028p, *, *, *, -, -, deny", "fault control-character 2:9-10"],
  ["text that runs the other way", "# \u202Eyned\u202C", "fault control-character 2:3-4"],
  ["BOM in the middle", "\uFEFFp, *, *, Resident.email, -, -, deny", "fault control-character 2:1-2"],
  ["escape sequence", "# \u001B[31mred", "fault control-character 2:3-4"],
  ["half a character", "# \uD800", "fault control-character 2:3-4"],
  [
    "Cyrillic letters in a name",
    "p, *, *, Resident.еmail, -, -, deny",
    "fault foreign-character 2:19-20 → Resident.email",
  ],
  ["full-width letters", "p, *, *, Ｒesident.email, -, -, deny", "fault foreign-character 2:10-11 → Resident.email"],
  ["a no-break space", "p, *, *,\u00A0Resident.email, -, -, deny", "fault foreign-character 2:9-10 → Resident.email"],
  ["a zero-width joiner", "p, *, *, Resident.e\u200Dmail, -, -, deny", "fault foreign-character 2:20-21"],
  [
    "an accent",
    "p, parkeasy, stationnément, CarPark.name, all, -, allow",
    "fault foreign-character 2:22-23 → stationnement",
  ],
  ["a dash for rows", "p, *, *, Resident.email, –, -, deny", "fault foreign-character 2:26-27 → -"],
  ["a rule without end", `p, *, *, Resident.${"x".repeat(600)}, -, -, deny`, "fault line-too-long 2:501-631"],
  // Applications, purposes, groups.
  [
    "unknown application in an allow",
    "p, parkeazy, parking, CarPark.name, all, -, allow",
    "warning unknown-application 2:4-12 → parkeasy",
  ],
  [
    "unknown application in a deny",
    "p, parkeazy, parking, CarPark.name, -, -, deny",
    "fault unknown-application 2:4-12 → parkeasy",
  ],
  ["a case slip in a deny", "p, ParkEasy, *, CarPark.name, -, -, deny", "fault unknown-application 2:4-12 → parkeasy"],
  ["a star inside a name", "p, park*, parking, CarPark.name, all, -, allow", "fault malformed-application 2:4-9"],
  [
    "unknown group in an allow",
    "p, group:mobility, parking, CarPark.name, all, -, allow",
    "warning unknown-group 2:4-18",
  ],
  ["unknown group in a deny", "p, group:mobility, parking, CarPark.name, -, -, deny", "fault unknown-group 2:4-18"],
  [
    "misspelt group in a deny",
    "g, parkeasy, group:mobility\np, group:mobility, parking, CarPark.name, all, -, allow\np, group:mobilty, *, CarPark.*, -, -, deny",
    "fault unknown-group 4:4-17 → group:mobility",
  ],
  [
    "a member misspelt, of a group that is denied something",
    "g, parkeazy, group:mobility\np, group:mobility, *, CarPark.spaces, -, -, deny",
    "fault unknown-application 2:4-12 → parkeasy",
  ],
  [
    "a member misspelt, of a group that is only allowed",
    "g, parkeazy, group:mobility\np, group:mobility, *, CarPark.spaces, all, -, allow",
    "warning unknown-application 2:4-12 → parkeasy",
  ],
  [
    "a group misspelt where it is filled, denied something",
    "g, parkeasy, group:mobility\ng, biblio-stats, group:mobilty\np, group:mobility, *, CarPark.spaces, -, -, deny",
    "fault unused-group 3:18-31 → group:mobility",
  ],
  ["a group that no rule names", "g, parkeasy, group:mobility", "warning unused-group 2:14-28"],
  ["a group in a group", "g, group:a, group:b", "fault nested-group 2:4-11"],
  [
    "groups in a circle",
    "g, group:a, group:b\ng, group:b, group:a",
    "fault nested-group 2:4-11",
    "fault nested-group 3:4-11",
  ],
  ["a group without group:", "g, parkeasy, mobility", "fault malformed-group 2:14-22 → group:mobility"],
  ["everybody in a group", "g, *, group:mobility", "fault malformed-application 2:4-5"],
  [
    "unknown purpose in an allow",
    "p, parkeasy, parkin, CarPark.name, all, -, allow",
    "warning unknown-purpose 2:14-20 → parking",
  ],
  [
    "unknown purpose in a deny",
    "p, *, school-meal, Resident.email, -, -, deny",
    "fault unknown-purpose 2:7-18 → school-meals",
  ],
  ["a star inside a purpose", "p, *, school-*, Resident.email, -, -, deny", "fault malformed-purpose 2:7-15"],
  // Fields.
  [
    "unknown field in an allow",
    "p, parkeasy, parking, CarPark.nam, all, -, allow",
    "warning unknown-field 2:23-34 → CarPark.name",
  ],
  ["unknown field in a deny", "p, *, *, Resident.emial, -, -, deny", "fault unknown-field 2:10-24 → Resident.email"],
  ["a case slip in a field", "p, *, *, Resident.Email, -, -, deny", "fault unknown-field 2:10-24 → Resident.email"],
  ["id", "p, *, *, Resident.id, -, -, deny", "fault unknown-field 2:10-21"],
  ["unknown dataset in a deny", "p, *, *, Residnt.email, -, -, deny", "fault unknown-dataset 2:10-23 → Resident.email"],
  ["unknown dataset in an allow", "p, *, *, Carpark.*, all, -, allow", "warning unknown-dataset 2:10-19 → CarPark.*"],
  ["unknown field group in a deny", "p, *, *, @contacts, -, -, deny", "fault unknown-field-group 2:10-19 → @contact"],
  [
    "unknown field group in an allow",
    "p, *, *, @contacts, all, -, allow",
    "warning unknown-field-group 2:10-19 → @contact",
  ],
  ["a dataset alone", "p, *, *, CarPark, all, -, allow", "fault malformed-field 2:10-17 → CarPark.*"],
  ["a dataset and a star", "p, *, *, CarPark*, all, -, allow", "fault malformed-field 2:10-18 → CarPark.*"],
  ["a star inside a field", "p, *, *, Resident.e*, -, -, deny", "fault malformed-field 2:10-21"],
  ["a star for the dataset", "p, *, *, *.email, -, -, deny", "fault malformed-field 2:10-17"],
  ["a path", "p, *, *, Resident.loans.title, -, -, deny", "fault malformed-field 2:10-30"],
  ["all fields in an allow", "p, parkeasy, parking, *, all, -, allow", "fault wildcard-in-allow 2:23-24"],
  [
    "a wildcard over personal fields",
    "p, parkeasy, parking, Resident.*, all, -, allow",
    "fault wildcard-over-personal 2:23-33",
  ],
  [
    "a group over a special category",
    "p, parkeasy, parking, @sensitive, all, -, allow",
    "fault group-over-special 2:23-33",
  ],
  ["a dataset not shared", "p, parkeasy, parking, Aid.kind, all, -, allow", "warning not-shared 2:23-31"],
  // Rows, masks.
  ["own rows of nobody", "p, parkeasy, parking, CarPark.name, own, -, allow", "fault own-without-subject 2:37-40"],
  [
    "a named filter",
    "p, cantine-plus, school-meals, Resident.email, district-3, -, allow",
    "fault unknown-filter 2:48-58",
  ],
  [
    "a misspelt all",
    "p, cantine-plus, school-meals, Resident.email, alll, -, allow",
    "fault unknown-filter 2:48-52 → all",
  ],
  [
    "no rows in an allow",
    "p, cantine-plus, school-meals, Resident.email, -, -, allow",
    "fault rows-missing 2:48-49 → all",
  ],
  ["rows in a deny", "p, *, *, Resident.email, all, -, deny", "fault rows-in-deny 2:26-29 → -"],
  ["a mask in a deny", "p, *, *, Resident.birthDate, -, year, deny", "fault mask-in-deny 2:33-37 → -"],
  ["a mask without its number", "p, parkeasy, parking, CarPark.spaces, all, round, allow", "fault mask-number 2:44-49"],
  [
    "a misspelt mask with its number",
    "p, parkeasy, parking, CarPark.spaces, all, ruond:5, allow",
    "fault unknown-mask 2:44-51 → round:5",
  ],
  ["an unknown mask", "p, parkeasy, parking, CarPark.openedOn, all, yaer, allow", "fault unknown-mask 2:46-50 → year"],
  [
    "a mask in capitals",
    "p, parkeasy, parking, CarPark.openedOn, all, Year, allow",
    "fault unknown-mask 2:46-50 → year",
  ],
  ["year on a text", "p, parkeasy, parking, CarPark.name, all, year, allow", "fault mask-does-not-fit 2:42-46"],
  ["redact on a date", "p, parkeasy, parking, CarPark.openedOn, all, redact, allow", "fault mask-does-not-fit 2:46-52"],
  ["a mask on a link", "p, parkeasy, parking, Resident.loans, all, redact, allow", "fault mask-does-not-fit 2:44-50"],
  [
    "a mask on a whole dataset",
    "p, parkeasy, parking, CarPark.*, all, redact, allow",
    "fault mask-does-not-fit 2:39-45",
  ],
  // Rules together.
  ["the same line twice", good.trim(), "warning duplicate-line 2:1-62"],
  [
    "two masks for one field",
    "p, cantine-plus, school-meals, Resident.familyName, all, -, allow\np, cantine-plus, *, Resident.familyName, all, redact, allow",
    "fault rules-meet 3:47-53",
  ],
  [
    "two masks, by a group of applications and everybody",
    "g, parkeasy, group:mobility\np, group:mobility, parking, CarPark.name, all, -, allow\np, *, parking, CarPark.name, all, redact, allow",
    "fault rules-meet 4:35-41",
  ],
  [
    "two masks, by a group and its member",
    "g, parkeasy, group:a\np, group:a, parking, CarPark.name, all, -, allow\np, parkeasy, parking, CarPark.name, all, redact, allow",
    "fault rules-meet 4:42-48",
  ],
  [
    "two masks, by a member and its group",
    "g, parkeasy, group:a\np, parkeasy, parking, CarPark.name, all, -, allow\np, group:a, parking, CarPark.name, all, redact, allow",
    "fault rules-meet 4:41-47",
  ],
  [
    "two masks, by two groups that share an application",
    "g, parkeasy, group:a\ng, parkeasy, group:b\np, group:a, parking, CarPark.name, all, -, allow\np, group:b, parking, CarPark.name, all, redact, allow",
    "fault rules-meet 5:41-47",
  ],
  [
    "two masks, by a wildcard and a name",
    "p, parkeasy, parking, CarPark.*, all, -, allow\np, parkeasy, parking, CarPark.openedOn, all, year, allow",
    "fault rules-meet 3:46-50",
  ],
  [
    "two masks, by a field group and a name",
    "p, cantine-plus, *, @contact, all, -, allow\np, cantine-plus, school-meals, Resident.email, all, redact, allow",
    "fault rules-meet 3:53-59",
  ],
  // And what is right.
  ["Windows line ends", "p, parkeasy, parking, CarPark.name, all, -, allow\r\np, *, *, Resident.email, -, -, deny\r\n"],
  ["tabs around values", "\tp,\tparkeasy,\tparking,\tCarPark.name,\tall,\t-,\tallow\t"],
  ["indented comments, French, emoji", "  # Convention no 2026-014 : « stationnement » 🅿️\n\n   \n"],
  [
    "two masks for two purposes",
    "p, parkeasy, parking, CarPark.name, all, -, allow\np, parkeasy, statistics, CarPark.name, all, redact, allow",
  ],
  [
    "two masks for two groups that share nobody",
    "g, parkeasy, group:a\ng, biblio-stats, group:b\np, group:a, parking, CarPark.name, all, -, allow\np, group:b, parking, CarPark.name, all, redact, allow",
  ],
  ["the built-in open-data", "p, open-data, open-data, CarPark.*, all, -, allow"],
  [
    "a deny over everything",
    "p, *, *, *, -, -, deny\np, *, *, Resident.*, -, -, deny\np, *, *, @sensitive, -, -, deny",
  ],
];

describe("a faulty rule file", () => {
  it.each(cases.map(([what, text, ...expected]) => ({ what, text, expected })))("$what", ({ text, expected }) => {
    expect(check(good + text)).toEqual(expected);
    const { rules, faults } = checkPolicy(contentOf({ [rulesFile]: good + text }), names);
    expect(rules === null).toBe(hasFault(faults));
  });

  it("is refused whole: one faulty line leaves no rule (law 7)", () => {
    expect(checkPolicy(contentOf({ [rulesFile]: `${good}p, *` }), names).rules).toBeNull();
    expect(checkPolicy(contentOf({ [rulesFile]: good }), names).rules?.rules).toHaveLength(1);
  });

  it("tells every fault at once, of every column", () => {
    const text = "p, park*, pur pose, Resident, own, yeer, allow\nx\np, *, *, *, all, year, deny";
    expect(check(text)).toEqual([
      "fault malformed-application 1:4-9",
      "fault malformed-purpose 1:11-19",
      "fault malformed-field 1:21-29 → Resident.*",
      "fault unknown-mask 1:36-40 → year",
      "fault unknown-section 2:1-2",
      "fault rows-in-deny 3:13-16 → -",
      "fault mask-in-deny 3:18-22 → -",
    ]);
  });

  it("names both lines where two allows differ, in other files too", () => {
    const content = contentOf({
      "policies/rivemont/a.csv": "# first\np, parkeasy, parking, CarPark.name, all, redact, allow",
      "policies/rivemont/b.csv": "p, parkeasy, *, CarPark.name, all, -, allow",
    });
    const [fault] = checkPolicy(content, names).faults;
    expect(fault).toMatchObject({ file: "policies/rivemont/b.csv", line: 1, code: "rules-meet" });
    expect(fault?.message).toContain("policies/rivemont/a.csv:2");
    expect(fault?.message).toContain("CarPark.name");
  });

  it("names the personal fields of a wildcard", () => {
    const { faults } = checkPolicy(
      contentOf({ [rulesFile]: "p, parkeasy, parking, Resident.*, all, -, allow" }),
      names,
    );
    expect(faults[0]?.message).toContain("Resident.familyName, Resident.birthDate, Resident.email");
  });

  it("says a byte order mark at the file's start", () => {
    expect(check(`\uFEFF${good}`)).toEqual(["fault byte-order-mark 1:1-2"]);
  });

  it("stops listing, and says so", () => {
    const { faults } = checkPolicy(contentOf({ [rulesFile]: "x\n".repeat(2000) }), names);
    expect(faults).toHaveLength(501);
    expect(faults.at(-1)).toMatchObject({ severity: "fault", code: "more-faults", line: 501 });
    expect(faults.at(-1)?.message).toContain("1500 more");
  });

  it("reads lines of any length in time that grows with their length", () => {
    const spaces = " ".repeat(2_000_000);
    expect(check(`${good}#${spaces}x\n${spaces}x${spaces}`)).toEqual(["fault line-too-long 3:501-4000002"]);
    expect(check(`${good}p${",".repeat(2_000_000)}`)).toEqual(["fault line-too-long 2:501-2000002"]);
  });

  it("warns of a town that opens nothing", () => {
    expect(check("p, *, *, Resident.email, -, -, deny")).toEqual(["warning nothing-opened 1:1"]);
  });
});

describe("policies/common", () => {
  const common = (text: string): string[] =>
    checkPolicy(contentOf({ [rulesFile]: good, "policies/common/never.csv": text }), names).faults.map(brief);

  it("may only deny", () => {
    expect(common("p, *, *, Resident.socialNumber, -, -, deny")).toEqual([]);
    expect(common("p, *, *, CarPark.name, all, -, allow")).toEqual(["fault common-may-only-deny 1:32-37"]);
    expect(common("g, parkeasy, group:a")).toEqual(["fault common-may-only-deny 1:1-2"]);
  });
});

describe("files that are no rule file", () => {
  it.each(["policies/rivemont/rules.cvs", "policies/rivemont/sub/rules.csv", "policies/other/rules.csv", "rules.csv"])(
    "%s is a fault, for it may hold a deny",
    (path) => {
      const { rules, faults } = checkPolicy(contentOf({ [rulesFile]: good, [path]: good }), names);
      expect(rules).toBeNull();
      expect(faults).toMatchObject([{ code: "file-not-understood", file: path }]);
    },
  );

  it("a filters.yaml that is not the tenant's own is a fault", () => {
    for (const path of ["policies/common/filters.yaml", "policies/rivemont/filters.yml", "filters.yaml"]) {
      const { rules, faults } = checkPolicy(contentOf({ [rulesFile]: good, [path]: "" }), names);
      expect(rules).toBeNull();
      expect(faults).toMatchObject([{ code: "file-not-understood", file: path }]);
    }
  });
});

describe("model.conf", () => {
  const model = (text: string | undefined): string[] =>
    checkPolicy(contentOf({ [rulesFile]: good, "policies/model.conf": text }), names).faults.map(brief);

  it("is the file of this repository", () => {
    expect(readFileSync("policies/model.conf", "utf8")).toBe(modelText);
    expect(model(modelText)).toEqual([]);
    expect(model(modelText.replaceAll("\n", "\r\n"))).toEqual([]);
  });

  it("is refused when it is missing or changed, at the first line that differs", () => {
    expect(model(undefined)).toEqual(["fault model-changed 1:1"]);
    expect(model("")).toEqual(["fault model-changed 1:1 → [request_definition]"]);
    expect(model(modelText.replace("== deny", "== dney"))).toEqual([
      "fault model-changed 9:60 → e = some(where (p.eft == allow)) && !some(where (p.eft == deny))",
    ]);
    expect(model(modelText.replace("keyMatch(", "keyMatch2("))[0]).toMatch(/^fault model-changed 11:99 → m = /);
    expect(model(modelText.trimEnd())).toEqual(["fault model-changed 12:1"]);
    expect(model(`${modelText}# more\n`)).toEqual(["fault model-changed 12:1"]);
    expect(model(`\uFEFF${modelText}`)[0]).toMatch(/^fault model-changed 1:1 /);
  });
});

describe("checkVersion", () => {
  const town = { sources, purposes: names.purposes, applications: names.applications };

  it("tells the faults of the map and of the rules at once", () => {
    const broken = schema.replace("familyName: String", "familyName: String!");
    const { rules, faults } = checkVersion(contentOf({ [rulesFile]: `${good}P, *` }, broken), town);
    expect(rules).toBeNull();
    expect(new Set(faults.map((fault) => fault.file))).toEqual(new Set([rulesFile, "schema.graphql"]));
  });

  it("accepts the town of this repository, without a warning", async () => {
    const { content, faults } = await readPolicyFolder(".", tenant, "schema.graphql");
    expect(faults).toEqual([]);
    if (content === null) throw new Error("no content");
    const signed = demoAgreements("2026-01-01");
    const checked = checkVersion(content, {
      sources: rivemontSources,
      purposes: new Set(signed.map(({ purpose }) => purpose)),
      applications: new Set(signed.map(({ application }) => application.name)),
    });
    expect(checked.faults).toEqual([]);
    expect(checked.rules?.rules.length).toBeGreaterThan(10);
  });
});
