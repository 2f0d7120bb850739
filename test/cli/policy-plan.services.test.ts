// The edit loop on a real PostgreSQL, with real entries in the access log: plan, apply, the way back. What it prints is
// read by people who decide; law 11: no person, literal or value is in any of it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stripOperation, type EntryDraft } from "../../src/accesslog/index.js";
import type { AgreementRef, ApplicationName, Coordinate, PurposeName, SubjectToken } from "../../src/terms/index.js";
import { createCliTown, draftArguments, entryDraft, type CliTown } from "./town.js";

let town: CliTown;
const rulesPath = "policies/rivemont/canteen.csv";
const now = new Date("2026-11-10T09:00:00Z");
const rule = (field: string, mask = "-"): string => `p, cantine-plus, school-meals, ${field}, all, ${mask}, allow`;
const firstRules = [rule("Resident.number"), rule("Resident.familyName"), rule("Resident.birthDate", "year")];

const run = (...args: string[]): ReturnType<CliTown["run"]> => town.run(args, { now });
const ran = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await run(...args);
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  return out;
};
const write = (path: string, text: string): void => writeFileSync(join(town.folder, path), text);
const writeRules = (lines: readonly string[]): void => write(rulesPath, `${lines.join("\n")}\n`);
const changeSchema = (from: RegExp | string, to: string): string => {
  const before = readFileSync(join(town.folder, "schema.graphql"), "utf8");
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  write("schema.graphql", after);
  return before;
};
const planId = (out: string): string => /^Plan ([0-9a-f]{16}) /m.exec(out)?.[1] ?? "none";
const inForce = async (): Promise<string> => /version ([0-9a-f]{64})/.exec(await ran("policy", "show"))?.[1] ?? "none";

const operation = (text: string) => stripOperation(parse(text), { validated: true });
const births = operation('{ residents(where: { familyName: { eq: "Lefebvre" } }) { nodes { who: birthDate } } }');
const contacts = operation("query Secret { residents(first: 7) { nodes { familyName email } } }");
const parks = operation("{ carParks { nodes { name } } }");

const read = (coordinate: string, mask = "-") => ({
  coordinate: coordinate as Coordinate,
  rule: `${rulesPath}:1`,
  mask,
  cells: 3,
});
const refused = (coordinate: string) => ({
  coordinate: coordinate as Coordinate,
  reason: "no-rule" as const,
  rule: null,
  use: "selection" as const,
});
const people = (...tokens: string[]): EntryDraft["personal"] => ({
  subjects: tokens.map((token) => ({ scheme: "resident", token: `Token-${token}` as SubjectToken })),
  operationName: "Secret",
});

/** What was asked in the last days; the third agreement is not compared. */
const asked: readonly Partial<EntryDraft>[] = [
  // Before the time looked at.
  {
    at: "2026-10-01T08:00:00.000Z",
    operation: births,
    fields: [read("Resident.birthDate", "year")],
    personal: people("Z"),
  },
  {
    operation: births,
    fields: [read("Resident.familyName"), read("Resident.birthDate", "year")],
    personal: people("A", "B"),
  },
  {
    operation: births,
    fields: [read("Resident.familyName"), read("Resident.birthDate", "year")],
    personal: people("B", "C"),
  },
  {
    operation: contacts,
    fields: [read("Resident.familyName")],
    refused: [refused("Resident.email")],
    personal: people("A"),
  },
  // Not understood: nothing of it names the schema.
  { operation: stripOperation(parse("{ Lefebvre }"), { validated: false }), outcome: "invalid", status: 400 },
  {
    application: "open-data" as ApplicationName,
    purpose: "open-data" as PurposeName,
    agreement: "open-data/open-data" as AgreementRef,
    basis: "open",
    key: null,
    operation: parks,
    fields: [read("CarPark.name")],
  },
];

beforeAll(async () => {
  town = await createCliTown();
  for (const name of ["library", "mobility", "survey"]) write(`policies/rivemont/${name}.csv`, "# nothing here\n");
  rmSync(join(town.folder, "policies/rivemont/tests"), { recursive: true });
  writeRules(firstRules);
  await ran("application", "create", "cantine-plus", "--title", "Cantine Plus", "--contact", "a@b.example");
  const fields = ["--fields", "Resident.number,Resident.familyName,Resident.birthDate,Resident.email"];
  await ran(...draftArguments, ...fields);
  await ran("agreement", "approve", "cantine-plus/school-meals", "--by", "dpo@rivemont.example");
  await town.withTown(async (opened) => {
    const log = await opened.openLog({ indexEveryMs: 0 });
    for (const changes of asked) await log.append(entryDraft(changes));
    await log.close();
  });
}, 60_000);
afterAll(() => town.close());

describe("before anything is in force", () => {
  it("a plan says that everything is gained, and a script applies at once, told what it did", async () => {
    const out = await ran("policy", "plan");
    expect(out).toContain("In force: nothing (revision ");
    expect(out).toContain(
      `opening  cantine-plus gains Resident.birthDate (year) for school-meals, on a public task: ${rulesPath}:3\n`,
    );
    expect(out).toContain(
      "opening  open-data gains CarPark.name for open-data, as open data: policies/rivemont/open-data.csv:",
    );
    const applied = await ran("policy", "apply", "-m", "first rules");
    expect(applied).toMatch(/^\d+ opening, 0 narrowing\.\nversion [0-9a-f]{64} in force$/m);
    expect(applied).not.toContain("The way back");
    expect(await ran("policy", "plan")).toContain("Nothing that anybody may read changes.");
  });
});

describe("a changed file", () => {
  beforeAll(() => writeRules([rule("Resident.number"), rule("Resident.birthDate"), rule("Resident.email")]));

  it("is planned: in words, with whose real requests it concerns", async () => {
    const out = await ran("policy", "plan");
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^Plan [0-9a-f]{16} for Ville de Rivemont$/);
    expect(lines.slice(4)).toEqual([
      `opening    cantine-plus gets Resident.birthDate whole instead of as year for school-meals, on a public task: ${rulesPath}:2`,
      `opening    cantine-plus gains Resident.email for school-meals, on a public task: ${rulesPath}:3`,
      "narrowing  cantine-plus loses Resident.familyName for school-meals: no rule opens it any more",
      "As before: open-data/open-data.",
      "",
      "Asked since 2026-10-27 10:00:00 (Europe/Paris)",
      "4 requests of 3 operations; 2 would be answered otherwise:",
      `  cantine-plus/school-meals, operation ${births.hash.slice(0, 12)}: 2 requests about 3 people`,
      "    loses Resident.familyName",
      "    gets in another form Resident.birthDate",
      "    { residents(where: {familyName: {eq: _}}) { nodes { birthDate } } }",
      `  cantine-plus/school-meals, operation ${contacts.hash.slice(0, 12)}: 1 request about 1 person`,
      "    gains Resident.email",
      "    loses Resident.familyName",
      "    { residents(first: _) { nodes { familyName email } } }",
      "",
      "2 opening, 1 narrowing.",
      "",
      `To apply exactly this: npx passerelle policy apply --plan-id ${planId(out)} -m "why"`,
      "",
    ]);
  });

  it("is planned as a table, and as JSON with both decisions and their lines", async () => {
    expect(await ran("policy", "plan", "--table")).toMatch(
      /^opening +cantine-plus\/school-meals +Resident\.birthDate +as year +whole +policies\/rivemont\/canteen/m,
    );
    const json = JSON.parse(await ran("policy", "plan", "--json", "--since", "60d"));
    expect(json).toMatchObject({ tenant: "rivemont", inForce: await inForce(), unchanged: ["open-data/open-data"] });
    expect(json.changes).toHaveLength(3);
    expect(json.changes[2]).toMatchObject({
      agreement: "cantine-plus/school-meals",
      agreementVersion: 1,
      basis: "public-task",
      coordinate: "Resident.familyName",
      kind: "loses",
      directions: ["narrowing"],
      before: { shared: true, rows: "all", mask: "-", rule: { file: rulesPath, line: 2, text: firstRules[1] } },
      after: { shared: false, reason: "no-rule", rule: null },
    });
    // The older entry is in it now.
    expect(json.asked.concerned[0]).toMatchObject({ operation: births.hash, requests: 3, people: 4 });
    expect(json.asked).toMatchObject({ cut: null, altered: 0, requests: 5, looked: 3 });
  });

  it("tells nothing of a person, a literal, or a name that an application chose; and its reading is on record", async () => {
    const outs = [
      await ran("policy", "plan"),
      await ran("policy", "plan", "--json"),
      await ran("policy", "plan", "--table"),
    ];
    for (const out of outs) expect(out).not.toMatch(/Lefebvre|Token-|Secret|who:/);
    const { out } = await town.run(["log", "--outcome", "staff", "--json", "--limit", "1"], { now });
    expect(JSON.parse(out)).toMatchObject({
      body: { staff: { command: "policy plan", filters: { since: "2026-10-27T09:00:00.000Z" } }, subjects: 0 },
      personal: { staff: "camille" },
    });
  });

  it("is shown at a terminal with whom it concerns, and asked about: no leaves all as it is", async () => {
    const before = await inForce();
    const confirm = (question: string): Promise<boolean> => Promise.resolve(question !== "Apply this?");
    const { code, out, err } = await town.run(["policy", "apply", "-m", "x"], { now, confirm });
    expect(code).toBe(2);
    expect(out).toContain("4 requests of 3 operations; 2 would be answered otherwise:");
    expect(err).toContain("Nothing was applied.");
    expect(await inForce()).toBe(before);
  });

  it("is applied exactly as planned, or not at all", async () => {
    const before = await inForce();
    const id = planId(await ran("policy", "plan"));
    const refusals = async (): Promise<void> => {
      const { code, err } = await run("policy", "apply", "--plan-id", id, "-m", "as shown");
      expect(code).toBe(2);
      expect(err).toContain(`Plan ${id} is no more: the files, `);
      expect(err).toContain("Nothing was applied.");
      expect(await inForce()).toBe(before);
    };
    // The files were changed since.
    const rules = readFileSync(join(town.folder, rulesPath), "utf8");
    write(rulesPath, `# again\n${rules}`);
    await refusals();
    write(rulesPath, rules);
    // What is in force was changed since: here another agreement came.
    await ran("application", "create", "biblio-stats", "--title", "B", "--contact", "a@b.example");
    await refusals();
    expect(await run("policy", "apply", "--plan-id", "latest", "-m", "x")).toMatchObject({ code: 2 });

    const again = planId(await ran("policy", "plan"));
    const out = await ran("policy", "apply", "--plan-id", again.toUpperCase(), "-m", "as shown to the DPO");
    expect(out).toMatch(/^version [0-9a-f]{64} in force$/m);
    expect(out).toContain(`The way back: npx passerelle policy rollback ${before.slice(0, 12)} -m "why"`);
    expect(await inForce()).not.toBe(before);
    expect(await ran("policy", "history")).toContain("(in force) as shown to the DPO");
    // It has had its effect: the same plan is none any more.
    expect(await run("policy", "apply", "--plan-id", again, "-m", "twice")).toMatchObject({ code: 2 });
  });
});

describe("the way back", () => {
  it("is one command, through the same plan; the files stay, and that is said", async () => {
    const newer = await inForce();
    const [older = ""] = (await ran("policy", "history")).split("\n").slice(2);
    const out = await ran("policy", "rollback", older.slice(0, 12), "-m", "too much was shown");
    expect(out).toContain("opening    cantine-plus gains Resident.familyName for school-meals");
    expect(out).toContain("narrowing  cantine-plus gets Resident.birthDate as year instead of whole");
    expect(out).toContain("The files of the town folder say something else.");
    expect(await inForce()).toBe(/^version ([0-9a-f]{64}) in force$/m.exec(out)?.[1]);
    expect(await ran("policy", "rollback", older.slice(0, 12), "-m", "again")).toContain("in force already");
    // The way back from the way back.
    await ran("policy", "rollback", newer.slice(0, 12), "-m", "it was right");
    expect(await inForce()).toBe(newer);
  });

  it("is shown before it is gone, as a diff of files and of decisions", async () => {
    const [, , older = ""] = (await ran("policy", "history")).split("\n");
    const out = await ran("policy", "diff", older.slice(0, 12));
    expect(out).toContain(`--- ${rulesPath}\tversion ${older.slice(0, 12)}\n+++ ${rulesPath}\tthe files\n`);
    expect(out).toContain(`\n-${firstRules[1]}\n`);
    expect(out).toContain("narrowing  cantine-plus loses Resident.familyName for school-meals");
    const back = await ran("policy", "diff", (await inForce()).slice(0, 12), older.slice(0, 12));
    expect(back).toContain("opening    cantine-plus gains Resident.familyName for school-meals");
    expect(await ran("policy", "diff")).toContain("and the files are the same version.");
  });

  it("is refused to a version that today's gateway.yaml cannot serve, with what is wrong", async () => {
    const settings = readFileSync(join(town.folder, "gateway.yaml"), "utf8");
    const [, , older = ""] = (await ran("policy", "history")).split("\n");
    write("gateway.yaml", settings.replace(/^( +)families:/m, "$1renamed:"));
    const { code, err } = await run("policy", "rollback", older.slice(0, 12), "-m", "x");
    expect(code).toBe(2);
    expect(err).toMatch(/^schema\.graphql:\d+:\d+ fault: .*families/m);
    write("gateway.yaml", settings);
  });
});

describe("the way back to a version whose names or common denies are others", () => {
  it("is not taken unasked where a deny would hold for nobody, and says what common/ loses", async () => {
    const rules = readFileSync(join(town.folder, rulesPath), "utf8");
    const common = readFileSync(join(town.folder, "policies/common/never.csv"), "utf8");
    const settings = readFileSync(join(town.folder, "gateway.yaml"), "utf8");
    write(rulesPath, `${rules}p, *, district-survey, Resident.email, -, -, deny\n`);
    await ran("policy", "apply", "-m", "no addresses for surveys");
    const older = (await inForce()) ?? "";
    write(rulesPath, rules);
    write("policies/common/never.csv", `${common}p, *, *, Resident.phone, -, -, deny\n`);
    await ran("policy", "apply", "-m", "no telephones for anybody");
    const newer = await inForce();
    write("gateway.yaml", settings.replace(/^( +)district-survey:/m, "$1survey-of-districts:"));
    const refused = await run("policy", "rollback", older, "-m", "x");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toMatch(/fault: unknown purpose "district-survey"/);
    expect(refused.err).toContain("a deny among these lines would hold for nobody. Nothing was applied.");
    expect(refused.out).toContain("policies/common/ was another in that version");
    expect(await inForce()).toBe(newer);
    await ran("policy", "rollback", older, "-m", "meant so", "--yes");
    expect(await inForce()).toBe(older);
    write("gateway.yaml", settings);
    write("policies/common/never.csv", common);
    write(rulesPath, rules);
    await ran("policy", "apply", "-m", "as before");
  });
});

describe("schema.graphql", () => {
  it("dropping a field tells which real operations are no longer valid", async () => {
    const before = changeSchema(/^ {2}"""\n.*\n {2}"""\n {2}email:.*\n(?: {4}@.*\n)*/m, "");
    writeRules([rule("Resident.number"), rule("Resident.birthDate")]);
    const out = await ran("policy", "plan");
    expect(out).toContain("narrowing  schema.graphql: field Resident.email is dropped\n");
    expect(out).toContain(
      "cantine-plus loses Resident.email for school-meals: schema.graphql does not share it any more",
    );
    expect(out).toContain('    is no longer valid: Cannot query field "email" on type "Resident".\n');
    // The other one still is.
    expect(out.match(/is no longer valid/g)).toHaveLength(1);
    write("schema.graphql", before);
  });

  it("a status closes a dataset, and a column bound anew shuts what was approved as another", async () => {
    writeRules([rule("Resident.number"), rule("Resident.birthDate"), rule("Resident.email")]);
    const before = changeSchema(/(type CarPark\b[^{]*status: )SHARED\s*open: true/, "$1QUALIFIED");
    changeSchema('"courriel"', '"autre_courriel"');
    const out = await ran("policy", "plan");
    expect(out).toContain("schema.graphql: dataset CarPark is QUALIFIED now, SHARED before");
    expect(out).toContain("open-data loses CarPark.name for open-data: schema.graphql does not share it any more");
    expect(out).toContain(
      "cantine-plus loses Resident.email for school-meals: schema.graphql binds it to other data than was approved; a DPO must approve it again",
    );
    expect(out).toMatch(
      /open-data\/open-data, operation [0-9a-f]{12}: 1 request about 0 people\n {4}loses CarPark\.name\n/,
    );
    write("schema.graphql", before);
  });
});

describe("nothing is planned", () => {
  it("of files with a fault", async () => {
    writeRules([...firstRules, "p, cantine-plus, school-meals, Resident.emial, -, -, deny"]);
    const { code, out, err } = await run("policy", "plan", "--json");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/canteen\.csv:4:\d+ fault: .*Resident\.email/);
  });

  it("of files that a test of the town forbids; nor applied", async () => {
    writeRules(firstRules);
    mkdirSync(join(town.folder, "policies/rivemont/tests"));
    write("policies/rivemont/tests/town.yaml", forbidding);
    for (const args of [["plan"], ["apply", "-m", "x"]]) {
      const { code, out, err } = await run("policy", ...args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain("1 of 1 tests failed.");
      expect(err).toContain("Resident.familyName");
    }
  });
});

const forbidding = `tests:
  - name: only numbers
    application: cantine-plus
    purpose: school-meals
    expect:
      Resident.familyName: refused
`;
