// Fields that are made of others, and masks with a number, through the whole gateway. The laws they could break: 2 (a
// derived field that chooses rows tells of its source), 9 (pseudonyms that two agreements could compare), 5 and 10.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayIn } from "../../src/terms/index.js";
import { createTestGateway, type Reply, type TestGateway } from "../support/test-gateway.js";

const schema = `
type Person @dataset(source: "people", from: "public.person", many: "people", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int
  birthDate: Date @column(name: "born") @personal(category: "DateOfBirth")
  ageBand: String @derived(from: "birthDate", as: "age-band:10")
  decade: String @derived(from: "birthDate", as: "age-band:10")
  household: Int @personal(category: "Household")
  householdCode: String @derived(from: "household", as: "pseudonym")
  otherCode: String @derived(from: "household", as: "pseudonym")
  postalCode: String @personal(category: "PostalCode")
  income: Int @personal(category: "Income")
}`;
const sql = `
  CREATE TABLE person (number int PRIMARY KEY, born date, household int, "postalCode" text, income int);
  INSERT INTO person VALUES (1, '1980-05-01', 7, '89100', 1234), (2, '1980-12-31', 7, '89000', 1275),
    (3, NULL, NULL, NULL, NULL), (4, '2001-02-03', 8, '75011', 980);`;

const rule = (application: string, field: string, mask = "-"): string =>
  `p, ${application}, study, Person.${field}, all, ${mask}, allow`;
const opened = ["number", "ageBand", "householdCode", "otherCode"];
const rules = [
  ...opened.map((field) => rule("survey", field)),
  rule("survey", "decade", "truncate:1"),
  rule("survey", "postalCode", "truncate:2"),
  rule("survey", "income", "round:100"),
  ...opened.map((field) => rule("other", field)),
  rule("dates", "birthDate"),
  rule("sums", "number"),
  rule("sums", "income", "aggregate"),
].join("\n");
const fields = [...opened, "birthDate", "household", "decade", "postalCode", "income"].map((name) => `Person.${name}`);

let gateway: TestGateway;
beforeAll(async () => {
  const agreement = (application: string) => ({ application, purpose: "study", fields });
  gateway = await createTestGateway({
    schema,
    rules,
    databases: { people: sql },
    agreements: Object.fromEntries(["survey", "other", "dates", "sums"].map((name) => [name, agreement(name)])),
  });
});
afterAll(() => gateway.close());

const nodesOf = (reply: Reply): Readonly<Record<string, unknown>>[] =>
  (reply.body.data as { people: { nodes: Readonly<Record<string, unknown>>[] } }).people.nodes;
const column = async (key: string, name: string): Promise<unknown[]> =>
  nodesOf(await gateway.ask(key, `{ people { nodes { ${name} } } }`)).map((node) => node[name]);
const codes = ({ body }: Reply): unknown[] => (body.errors ?? []).map(({ extensions }) => extensions["code"]);

/** As long as a day of the town begins and ends in one year, which is not so for one minute of it. */
function band(year: number): string {
  const age = Number(dayIn("Europe/Paris", new Date()).slice(0, 4)) - year;
  return `${age - (age % 10)}-${age - (age % 10) + 9}`;
}

describe("an age band", () => {
  it("is reckoned by the tenant's calendar, and no day leaves with it", async () => {
    expect(await column("survey", "ageBand")).toEqual([band(1980), band(1980), null, band(2001)]);
    const entry = await gateway.entry();
    expect(entry.body.fields).toMatchObject([{ coordinate: "Person.ageBand", mask: "-", cells: 4 }]);
    const refused = await gateway.ask("survey", "{ people { nodes { ageBand birthDate } } }");
    expect(codes(refused)).toEqual(["FIELD_NOT_SHARED"]);
    expect(nodesOf(refused).map(({ birthDate }) => birthDate)).toEqual([null, null, null, null]);
  });

  it("is not opened by the rule of the day that it is made of", async () => {
    expect(await column("dates", "birthDate")).toEqual(["1980-05-01", "1980-12-31", null, "2001-02-03"]);
    expect(codes(await gateway.ask("dates", "{ people { nodes { ageBand } } }"))).toEqual(["FIELD_NOT_SHARED"]);
  });

  it("is masked as a text after it was made", async () => {
    expect(await column("survey", "decade")).toEqual([band(1980)[0], band(1980)[0], null, band(2001)[0]]);
  });
});

describe("a pseudonym", () => {
  it("is the same for the same value, another for another, and none where there is none", async () => {
    const [one, two, none, three] = await column("survey", "householdCode");
    expect([one === two, one === three, none]).toEqual([true, false, null]);
    expect(one).toMatch(/^[\w-]{30,80}$/);
    expect(await column("survey", "householdCode")).toEqual([one, two, none, three]);
  });

  it("is unrelated under another agreement, and in another field (law 9)", async () => {
    const all = [
      ...(await column("survey", "householdCode")),
      ...(await column("survey", "otherCode")),
      ...(await column("other", "householdCode")),
      ...(await column("other", "otherCode")),
    ].filter((code) => code !== null);
    // Two households, each under four names.
    expect([all.length, new Set(all).size]).toEqual([12, 8]);
  });
});

describe("a derived field", () => {
  it.each([
    'where: { ageBand: { eq: "40-49" } }',
    "where: { not: { householdCode: { isNull: true } } }",
    "orderBy: [{ field: ageBand }]",
  ])(
    // prettier-ignore
    "chooses and sorts no rows: %s is unknown (law 2)",
    async (argument) => {
      const reply = await gateway.ask("survey", `{ people(${argument}) { nodes { number } } }`);
      expect(reply.body.data ?? null).toBeNull();
      expect(codes(reply)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    },
  );

  it("is a String to whoever reads the schema", async () => {
    const { body } = await gateway.ask("survey", '{ __type(name: "Person") { fields { name type { name } } } }');
    const { fields: named } = (body.data as { __type: { fields: { name: string; type: { name: string } }[] } }).__type;
    expect(named.find(({ name }) => name === "ageBand")?.type.name).toBe("String");
    expect(named.some(({ name }) => name === "birthDate")).toBe(false);
  });
});

describe("masks with a number", () => {
  it("leave what they say", async () => {
    expect(await column("survey", "postalCode")).toEqual(["89", "89", null, "75"]);
    expect(await column("survey", "income")).toEqual([1200, 1300, null, 1000]);
    expect((await gateway.entry()).body.fields).toMatchObject([{ coordinate: "Person.income", mask: "round:100" }]);
    const filtered = await gateway.ask("survey", "{ people(where: { income: { gt: 1250 } }) { nodes { number } } }");
    expect(codes(filtered)).toEqual(["FILTER_NOT_SHARED"]);
  });

  it("that open to statistics alone open no value", async () => {
    const reply = await gateway.ask("sums", "{ people { nodes { number income } } }");
    expect(codes(reply)).toEqual(["FIELD_NOT_SHARED"]);
    expect(nodesOf(reply).map(({ income }) => income)).toEqual([null, null, null, null]);
    expect((await gateway.entry()).body.refused).toMatchObject([
      { coordinate: "Person.income", reason: "statistics-only" },
    ]);
    const filtered = await gateway.ask("sums", "{ people(where: { income: { gt: 1 } }) { nodes { number } } }");
    expect(codes(filtered)).toEqual(["FILTER_NOT_SHARED"]);
  });
});
