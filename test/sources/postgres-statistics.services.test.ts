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
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (2000);
    INSERT INTO parted SELECT n, n / 4 FROM generate_series(1, 1000) AS n;
    CREATE INDEX ON parted (family);
    CREATE TABLE parent (family int); CREATE INDEX ON parent (family); INSERT INTO parent VALUES (1);
    CREATE TABLE child () INHERITS (parent); INSERT INTO child SELECT 1 FROM generate_series(1, 1000);
    CREATE TABLE other (brin int, odd text, told int, family int);
    INSERT INTO other SELECT n, n, n, n / 4 FROM generate_series(1, 1000) AS n;
    CREATE INDEX ON other USING brin (brin); CREATE INDEX ON other (odd COLLATE "POSIX"); CREATE INDEX ON other (told);
    ALTER TABLE other ALTER COLUMN told SET (n_distinct = 2);
    CREATE TABLE emptied (family int); CREATE INDEX ON emptied (family);
    INSERT INTO emptied SELECT n % 2 FROM generate_series(1, 1000) AS n; ANALYZE emptied; TRUNCATE emptied;
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
      column.rowsPerValue,
    ]),
  );

describe("rows that an index finds for one value", () => {
  it("are as many as the commonest has; one where each is there once; unknown without an index", async () => {
    expect(await most("public.account")).toEqual({ id: 1, family: 4, street: 900, 'od"d': 2, lone: Infinity });
    expect(await most("account")).toMatchObject({ family: 4 });
  });

  it("are as many as there are for one of so few values", async () => {
    expect(await most("other")).toMatchObject({ told: 500 });
  });

  it("are unknown where an index does not go to their places", async () => {
    expect(await most("other")).toMatchObject({ brin: Infinity, odd: Infinity });
  });

  it("are unknown of views, of what was never looked at or was empty then, and of what has parts", async () => {
    expect(Object.values(await most("public.seen"))).toEqual(Array(5).fill(Infinity));
    expect(await most("public.unknown")).toEqual({ id: Infinity, family: Infinity });
    for (const from of ["emptied", "parent", "parted"]) expect(await most(from)).toMatchObject({ family: Infinity });
  });

  it("are asked for without the statistics of every table", async () => {
    const { rows } = await admin.query<{ plan: string }>(
      { text: `EXPLAIN (FORMAT TEXT) ${commonestQuery.replaceAll("$1", "'public.account'")}` },
    ); // prettier-ignore
    const plan = rows.map((row) => Object.values(row).join()).join("\n");
    expect(plan).toContain("pg_statistic");
    expect(plan).not.toMatch(/Seq Scan on pg_(statistic|class|attribute)/);
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
