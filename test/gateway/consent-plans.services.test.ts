// What a source is told of visibility is found by index, on a table that is filled: one page costs as many rows as it shows
// and not as many as there are.
import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Connections } from "../../src/sources/postgres/connection.js";
import { createTestGateway, type TestGateway } from "../support/test-gateway.js";

const people = 20_000;
const schema = `
type Resident @dataset(source: "people", from: "public.resident", many: "residents", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  name: String @personal(category: "Name")
  accounts: [Account!] @link(from: ["number"], to: ["resident_id"])
}
type Account @dataset(source: "people", from: "public.account", many: "accounts", status: SHARED)
  @key(fields: "code") @subject(scheme: "resident", via: "holder") {
  code: Int
  label: String
  holder: Resident @link(from: ["resident_id"], to: ["number"])
}
`;
const fields = [
  "Resident.number",
  "Resident.name",
  "Resident.accounts",
  "Account.code",
  "Account.label",
  "Account.holder",
];

let town: TestGateway;
let admin: pg.Client;
beforeAll(async () => {
  town = await createTestGateway({
    schema,
    rules: fields.map((field) => `p, *, *, ${field}, all, -, allow`).join("\n"),
    databases: {
      people: `CREATE TABLE resident (id int PRIMARY KEY, name text);
        INSERT INTO resident SELECT n, 'n' || n FROM generate_series(1, ${people}) AS n;
        CREATE TABLE account (code int PRIMARY KEY, resident_id int, label text);
        INSERT INTO account SELECT n, 1 + (n * 7919) % ${people}, 'l' FROM generate_series(1, ${people}) AS n;
        CREATE INDEX ON account (resident_id);
        ANALYZE;`,
    },
    agreements: { asks: { application: "a1", purpose: "p1", fields, basis: "consent" } },
  });
  admin = new pg.Client({ connectionString: town.databases["people"]?.url });
  await admin.connect();
  const consenting = Array.from({ length: people / 10 }, (_, n) => n * 10 + 3);
  town.consents.decide(town.agreementOf("asks"), "resident", consenting);
});
afterAll(async () => {
  await admin.end();
  await town.close();
});

/** Plans of the statements that one request makes over the town's tables. */
async function plansOf(query: string): Promise<{ rows: number; plans: string[] }> {
  const sent: { text: string; values: unknown[] }[] = [];

  const original = Connections.prototype.run;
  const spy = vi.spyOn(Connections.prototype, "run").mockImplementation(function (
    this: Connections,
    statement,
    bounds,
  ) {
    const { text, values } = statement;
    if (/FROM "public"\."(resident|account)"/.test(text)) sent.push({ text, values: [...values] });
    return original.call(this, statement, bounds);
  });
  const { body } = await town.ask("asks", query);
  spy.mockRestore();
  expect(body.errors).toBeUndefined();
  const plans: string[] = [];
  for (const { text, values } of sent) {
    const { rows } = await admin.query<{ "QUERY PLAN": string }>(`EXPLAIN ${text}`, values);
    plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
  }
  const [list] = Object.values(body.data ?? {}) as { nodes: unknown[] }[];
  return { rows: list?.nodes.length ?? 0, plans };
}

it.each([
  [
    "a page in the order of the people's key",
    "{ residents(first: 100) { nodes { number name } pageInfo { hasNextPage } } }",
  ],
  ["a page from the end", "{ residents(last: 100) { nodes { number name } } }"],
  ["a page with what is linked", "{ residents(first: 50) { nodes { number accounts(first: 2) { nodes { code } } } } }"],
  ["one person", "{ residents(where: { number: { eq: 33 } }) { nodes { name } } }"],
])("%s is found by index", async (_, query) => {
  const { rows, plans } = await plansOf(query);
  expect(rows).toBeGreaterThan(0);
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) {
    expect(plan).toMatch(/Index (Only )?Scan|Bitmap Index Scan/);
    expect(plan).not.toContain("Seq Scan");
  }
});
