// Columns of every real type: what is read, filtered and paged must be one and the same value, and indexes must serve.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkedSource, type Column, type Filter, type Source, SourceFailure } from "../../src/sources/index.js";
import { Connections } from "../../src/sources/postgres/connection.js";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { pageStatement, byKeysStatement } from "../../src/sources/postgres/statement.js";
import { quotedRelation, readRelation, relationQuery } from "../../src/sources/postgres/relation.js";
import type { Row, ScalarType, Value } from "../../src/terms/index.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const bounds = { signal: new AbortController().signal, maxRows: 10_000 };
const id: Column = { name: "id", type: "Int" };

/** SQL type, our scalar, SQL literals in any order, and the values as they must be read. */
const kinds: readonly [type: string, scalar: ScalarType, literals: readonly string[], values: readonly NonNullable<Value>[]][] = [
  ["smallint", "Int", ["1", "-32768"], [1, -32768]],
  ["bigint", "Int", ["1", "-2147483648"], [1, -2147483648]],
  ["bigint", "SafeInt", ["9007199254740991", "-1"], [9007199254740991, -1]],
  ["numeric(12,0)", "SafeInt", ["12", "-900000000000"], [12, -900000000000]],
  ["numeric(8,2)", "Float", ["0.10", "-12.35", "0.30"], [0.1, -12.35, 0.3]],
  ["numeric", "Float", ["0.1234567890123456789", "0.12345678901234568", "100000000000000000000.5"], [0.12345678901234568, 0.12345678901234568, 1e20]],
  ["real", "Float", ["0.1", "16777217", "-1e-7"], [0.1, 16777216, -1e-7]],
  ["double precision", "Float", ["0.1", "1e300"], [0.1, 1e300]],
  ["integer", "Float", ["3", "-4"], [3, -4]],
  ["varchar(20)", "String", ["'é'", "'a '", "'%'"], ["é", "a ", "%"]],
  ["char(5)", "String", ["'ab'", "'é'"], ["ab", "é"]],
  ["name", "String", ["'ab'"], ["ab"]],
  ["uuid", "String", ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'00000000-0000-0000-0000-000000000000'"], ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"]],
  ["mood", "String", ["'sad'", "'happy'"], ["sad", "happy"]],
  ["short_text", "String", ["'ab'"], ["ab"]],
  ["integer", "String", ["12", "7"], ["12", "7"]],
  ["text COLLATE blind", "String", ["'a'", "'A'", "'é'"], ["a", "A", "é"]],
  ["boolean", "Boolean", ["true", "false"], [true, false]],
  ["date", "Date", ["'2026-11-22'", "'0001-01-01'"], ["2026-11-22", "0001-01-01"]],
  ["timestamptz", "DateTime", ["'2026-11-22T10:00:00.123456+01'", "'2026-11-22T09:00:00.1239Z'", "'1969-12-31T23:59:59.9999Z'"], ["2026-11-22T09:00:00.123Z", "2026-11-22T09:00:00.123Z", "1969-12-31T23:59:59.999Z"]],
  ["timestamptz(3)", "DateTime", ["'2026-11-22T09:00:00.123Z'"], ["2026-11-22T09:00:00.123Z"]],
  ["timestamp", "DateTime", ["'2026-11-22 09:00:00.123999'", "'2026-01-01'"], ["2026-11-22T09:00:00.123Z", "2026-01-01T00:00:00.000Z"]],
]; // prettier-ignore

describe("PostgreSQL columns", () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let source: Source;
  let bare: Source;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN short_text AS varchar(5);
      CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`);
    // Whatever the server's own habits are, rows are read in one form.
    await admin.query(`ALTER DATABASE ${admin.escapeIdentifier(new URL(database.url).pathname.slice(1))}
      SET TimeZone = 'America/New_York'; SET DateStyle = 'German'`);
    const url = `${database.url}?options=-c%20DateStyle%3DGerman%20-c%20default_transaction_read_only%3Doff`;
    bare = postgresSource({ name: "columns", url, poolSize: 2, statementTimeoutMs: 10_000 });
    source = checkedSource(bare);
  });
  afterAll(async () => {
    await source.close();
    await admin.end();
    await database.drop();
  });

  const table = async (name: string, type: string, literals: readonly string[]) => {
    await admin.query(`CREATE TABLE ${name} (id int PRIMARY KEY, cell ${type})`);
    const rows = ["NULL", ...literals].map((literal, i) => `(${i}, ${literal})`);
    await admin.query(`INSERT INTO ${name} VALUES ${rows.join(", ")}`);
    return `public.${name}`;
  };

  it.each(kinds.map((kind, i) => [`${kind[0]} as ${kind[1]}`, `t${i}`, ...kind] as const))(
    "%s: read, filtered, found by key and paged alike",
    async (_, name, type, scalar, literals, values) => {
      const from = await table(name, type, literals);
      const cell: Column = { name: "cell", type: scalar };
      const page = (filter: Filter | null, direction: "asc" | "desc" = "asc", after: readonly Value[] | null = null, limit = 99) =>
        source.page({ from, columns: [cell, id], filter, order: [{ column: cell, direction }, { column: id, direction }], after, limit }, bounds);
      const all: Row[] = [[null, 0], ...values.map((value, i): Row => [value, i + 1])];
      expect((await page(null)).toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual(all);
      for (const value of new Set(values)) {
        const same = all.filter((row) => row[0] === value).map((row) => row[1]);
        const found = async (filter: Filter) => (await page(filter)).map((row) => row[1]);
        expect(await found({ op: "eq", column: cell, value })).toEqual(same);
        expect(await found({ op: "in", column: cell, values: [value] })).toEqual(same);
        expect((await found({ op: "ne", column: cell, value })).length).toBe(values.length - same.length);
        const request = { from, columns: [cell, id], keys: [[value]], match: [cell], filter: null, after: null };
        for (const limitPerKey of [null, 10]) {
          const rows = await source.byKeys({ ...request, order: [{ column: id, direction: "asc" }], limitPerKey }, bounds);
          expect(rows.map((row) => row[1])).toEqual(same);
        }
      }
      for (const direction of ["asc", "desc"] as const) {
        const whole = await page(null, direction);
        const steps: Row[] = [];
        for (let last: Row | undefined, i = 0; i <= all.length; i++) {
          const rows: readonly Row[] = await page(null, direction, last ?? null, 1);
          last = rows[0] ?? last;
          steps.push(...rows);
        }
        expect(steps).toEqual(whole);
      }
    },
  ); // prettier-ignore

  it.each<[string, ScalarType, string]>([
    ["bigint", "Int", "2147483648"],
    ["bigint", "SafeInt", "9007199254740992"],
    ["bigint", "Float", "9007199254740993"],
    ["numeric", "Int", "1.5"],
    ["double precision", "Float", "'NaN'"],
    ["double precision", "Float", "'Infinity'"],
    ["date", "Date", "'infinity'"],
    ["date", "Date", "'0044-03-15 BC'"],
    ["timestamptz", "DateTime", "'-infinity'"],
    ["timestamptz", "DateTime", "'12026-01-01'"],
  ])("%s as %s with %s is an invalid answer, and not another value", async (type, scalar, literal) => {
    await admin.query("DROP TABLE IF EXISTS odd");
    const from = await table("odd", type, [literal]);
    await source.describe(from, bounds);
    const request = { from, columns: [{ name: "cell", type: scalar }, id], filter: null, after: null, limit: 9 };
    const outcome = source.page({ ...request, order: [{ column: id, direction: "asc" }] }, bounds);
    await expect(outcome).rejects.toMatchObject({ reason: "invalid-answer" });
  });

  it("says which column is missing or cannot be read so, and learns a changed table", async () => {
    const from = await table("changing", "int", ["1"]);
    const ask = (column: Column) =>
      source.page(
        { from, columns: [column], filter: null, order: [{ column: id, direction: "asc" }], after: null, limit: 9 },
        bounds,
      );
    await expect(ask({ name: "cell", type: "Date" })).rejects.toThrow(
      "public.changing.cell is integer: not readable as Date",
    );
    await expect(ask({ name: "later", type: "Int" })).rejects.toThrow("no column later in public.changing");
    expect(await ask({ name: "cell", type: "Int" })).toHaveLength(2);
    await admin.query("ALTER TABLE changing ADD later int; ALTER TABLE changing DROP cell");
    expect(await ask({ name: "later", type: "Int" })).toHaveLength(2);
    expect([...((await source.describe(from, bounds)) ?? [])]).toEqual([
      ["id", "integer"],
      ["later", "integer"],
    ]);
  });

  it("takes texts that are no uuid, and numbers beyond a column's range, as equal to nothing", async () => {
    const order = [{ column: id, direction: "asc" as const }];
    const ask = (from: string, filter: Filter) =>
      source.page({ from, columns: [id], filter, order, after: null, limit: 9 }, bounds);
    const uuids = await table("uuids", "uuid", ["'00000000-0000-0000-0000-000000000000'"]);
    const cell: Column = { name: "cell", type: "String" };
    expect(await ask(uuids, { op: "eq", column: cell, value: "'; --" })).toEqual([]);
    expect(await ask(uuids, { op: "startsWith", column: cell, value: "0000" })).toEqual([[1]]);
    const small = await table("small", "smallint", ["1"]);
    const number: Column = { name: "cell", type: "Float" };
    expect(await ask(small, { op: "lt", column: number, value: 1e300 })).toEqual([[1]]);
    expect(await ask(small, { op: "gt", column: number, value: 0.5 })).toEqual([[1]]);
    expect(await ask(small, { op: "in", column: number, values: [2 ** 40, 1] })).toEqual([[1]]);
  });

  it("does not repeat an address that it cannot read, nor the password in it", () => {
    const open = () =>
      postgresSource({ name: "x", url: "postgres://me:hunter2@[", poolSize: 1, statementTimeoutMs: 1 });
    expect(open).toThrow(/^the address is not of the form/);
  });

  it("cannot be made to write, whatever its address says", async () => {
    await admin.query(`CREATE TABLE witness (id int PRIMARY KEY); CREATE FUNCTION writes() RETURNS int
      LANGUAGE sql AS 'INSERT INTO witness VALUES (1) RETURNING id'; CREATE VIEW trap AS SELECT writes() AS id`);
    const request = { from: "public.trap", columns: [id], filter: null, after: null, limit: 9 };
    const failed = await bare.page({ ...request, order: [] }, bounds).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(SourceFailure);
    expect((failed as SourceFailure).detail).toBe("SQLSTATE 25006");
    expect((await admin.query("SELECT FROM witness")).rowCount).toBe(0);
  });

  it("finds keys and pages by the index", async () => {
    await admin.query(`CREATE TABLE big AS SELECT g AS id, g % 4000 AS parent, 'c' || g AS code FROM generate_series(1, 20000) g;
      ALTER TABLE big ADD PRIMARY KEY (id); CREATE UNIQUE INDEX ON big (code); CREATE INDEX ON big (parent); ANALYZE big`);
    const { rows } = await admin.query<(string | null)[]>({
      text: relationQuery,
      values: [quotedRelation("public.big")],
      rowMode: "array",
      types: { getTypeParser: () => (value: string) => value },
    });
    const relation = readRelation(rows);
    if (relation === null) throw new Error("no relation");
    const [code, parent]: Column[] = [
      { name: "code", type: "String" },
      { name: "parent", type: "Int" },
    ];
    const plan = async ({ text, values }: ReturnType<typeof pageStatement>) => {
      const explained = await admin.query<{ "QUERY PLAN": string }>(`EXPLAIN ${text}`, [...values]);
      return explained.rows.map((row) => row["QUERY PLAN"]).join("\n");
    };
    const list = { from: "public.big", filter: null, limit: 51 };
    const byCode = [{ column: code as Column, direction: "desc" as const }];
    const byId = [{ column: id, direction: "asc" as const }];
    const plans = [
      await plan(pageStatement(relation, { ...list, columns: [id], order: byId, after: [15_000] })),
      await plan(pageStatement(relation, { ...list, columns: [code as Column], order: byCode, after: ["c777"] })),
    ];
    const many = Array.from({ length: 1_000 }, (_, i): [number] => [i]);
    const all = { from: "public.big", filter: null, after: null, order: [], limitPerKey: null };
    plans.push(await plan(byKeysStatement(relation, { ...all, columns: [id], match: [id], keys: many }, 2_000)));
    for (const limitPerKey of [null, 5]) {
      const keys = {
        from: "public.big",
        filter: null,
        after: null,
        columns: [id, parent as Column],
        order: byId,
        limitPerKey,
      };
      plans.push(await plan(byKeysStatement(relation, { ...keys, match: [id], keys: [[1], [2]] }, 100)));
      plans.push(await plan(byKeysStatement(relation, { ...keys, match: [parent as Column], keys: [[1], [2]] }, 100)));
    }
    for (const text of plans) {
      expect(text).toMatch(/Index Cond/);
      expect(text).not.toMatch(/Seq Scan/);
    }
  });

  it("hashes many keys where no index serves, instead of comparing each row with all of them", async () => {
    await admin.query("CREATE TABLE plain (id int PRIMARY KEY, parent int); CREATE VIEW seen AS SELECT * FROM plain");
    const parent: Column = { name: "parent", type: "Int" };
    const keys = Array.from({ length: 9 }, (_, i): [number] => [i]);
    const texts: string[] = [];

    const original = Connections.prototype.run;
    const spy = vi.spyOn(Connections.prototype, "run").mockImplementation(function (this: Connections, asked, request) {
      texts.push(asked.text);
      return original.call(this, asked, request);
    });
    const all = { columns: [id, parent], filter: null, after: null, order: [], limitPerKey: null };
    for (const [from, match] of [
      ["public.plain", id],
      ["public.plain", parent],
      ["public.seen", parent],
    ] as const)
      await bare.byKeys({ ...all, from, match: [match], keys }, bounds);
    spy.mockRestore();
    const asked = texts.filter((text) => !text.includes("pg_class"));
    expect(asked.map((text) => (text.includes("JOIN unnest") ? "joined" : "any"))).toEqual(["any", "joined", "any"]);
  });
});
