// What the statistics of a real PostgreSQL say of lists of keys, and that a service which does not show them is asked all the
// same. Counts are asked for, never a value (law 11): only the query could tell one.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { commonestQuery, quotedRelation, readRelation, relationQuery } from "../../src/sources/postgres/relation.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

let database: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(`
    CREATE TABLE account (id int PRIMARY KEY, family int, street text, "od""d" int, lone int);
    INSERT INTO account SELECT n, n / 4, CASE WHEN n <= 900 THEN 'rue Haute' ELSE 'rue ' || n END, n / 2, n FROM generate_series(1, 1000) AS n;
    CREATE INDEX ON account (family); CREATE INDEX ON account (street); CREATE INDEX ON account ("od""d");
    CREATE TABLE parted (id int, family int) PARTITION BY RANGE (id);
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (600);
    CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (600) TO (2000);
    INSERT INTO parted SELECT n, n / 4 FROM generate_series(1, 1000) AS n;
    CREATE INDEX ON parted (family);
    CREATE VIEW seen AS SELECT * FROM account;
    ANALYZE;
    CREATE TABLE unknown (id int, family int); CREATE INDEX ON unknown (family); INSERT INTO unknown VALUES (1, 1)`);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const cells = async (text: string, from: string) =>
  (await admin.query<string[]>({ text, values: [quotedRelation(from)], rowMode: "array", types: { getTypeParser: () => String } })).rows; // prettier-ignore
const most = async (from: string) =>
  Object.fromEntries(
    [...readRelation(await cells(relationQuery, from), await cells(commonestQuery, from)).values()].map((column) => [
      column.name,
      column.most,
    ]),
  );

describe("rows that an index finds for one value", () => {
  it("are as many as the commonest has; one where each is there once; unknown without an index", async () => {
    expect(await most("public.account")).toEqual({ id: 1, family: 4, street: 900, 'od"d': 2, lone: Infinity });
    expect(await most("account")).toMatchObject({ family: 4 });
  });

  it("are those of all partitions", async () => {
    expect(await most("public.parted")).toEqual({ id: Infinity, family: 4 });
  });

  it("are unknown of a view, and of what was never analyzed", async () => {
    expect(Object.values(await most("public.seen"))).toEqual(Array(5).fill(Infinity));
    expect(await most("public.unknown")).toEqual({ id: Infinity, family: Infinity });
  });
});

it("is asked all the same where the role may not see statistics", async () => {
  const { rows } = await admin.query<{ name: string }>("SELECT 'reader_' || md5(random()::text) AS name");
  const name = rows[0]?.name ?? "";
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'reader'; GRANT SELECT ON account TO ${name};
    REVOKE SELECT ON pg_catalog.pg_stats FROM PUBLIC`);
  const url = Object.assign(new URL(database.url), { username: name, password: "reader" }).href;
  const source = postgresSource({ name: "town", url, poolSize: 1, statementTimeoutMs: 5_000 });
  const family = { name: "family", type: "Int" } as const;
  const request = { from: "public.account", columns: [family], match: [family], keys: [[1]], filter: null, order: [] };
  const bounds = { signal: new AbortController().signal, maxRows: 10 };
  for (let i = 0; i < 3; i++)
    expect(await source.byKeys({ ...request, after: null, limitPerKey: null }, bounds)).toEqual([[1], [1], [1], [1]]);
  await source.close();
  await admin.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
});
