// What the connector asks is found by index on a table of 100,000 rows: each statement as it passes at PostgreSQL's door is
// explained there, planned for its values and as a prepared statement's generic plan. Rows looked at are counted, not time:
// a plan that reads what it throws away grows with the table (law 13), and with what others may not see (law 2).
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStatementDoor, type PassedStatement, type StatementDoor } from "../../bench/statement-door.js";
import type { ByKeysRequest, Column, Filter, Order, PageRequest, Source } from "../../src/sources/index.js";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const people = 100_000;
const setup = `
  CREATE TABLE person (id int PRIMARY KEY, name text, district int NOT NULL, born date);
  INSERT INTO person SELECT n, 'name ' || (n * 7919) % 40009, 1 + (n * 31) % 2000, date '1930-01-01' + (n * 7) % 33000
    FROM generate_series(1, ${people}) AS n;
  CREATE INDEX ON person (district, id);
  CREATE INDEX ON person (name, id);
  CREATE TABLE account (holder int NOT NULL, year int NOT NULL, code uuid NOT NULL, label text, PRIMARY KEY (holder, year));
  INSERT INTO account SELECT 1 + n / 2, 2020 + n % 2, md5(n::text)::uuid, 'l' || n FROM generate_series(0, ${people - 1}) AS n;
  CREATE UNIQUE INDEX ON account (code);
  ANALYZE;`;

const id: Column = { name: "id", type: "Int" };
const name: Column = { name: "name", type: "String" };
const district: Column = { name: "district", type: "Int" };
const holder: Column = { name: "holder", type: "Int" };
const year: Column = { name: "year", type: "Int" };
const code: Column = { name: "code", type: "String" };

let database: TestDatabase;
let admin: pg.Client;
let door: StatementDoor;
let source: Source;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(setup);
  door = await openStatementDoor(database.url);
  source = postgresSource({ name: "town", url: door.url, poolSize: 2, statementTimeoutMs: 30_000 });
});
afterAll(async () => {
  await source.close();
  await door.close();
  await admin.end();
  await database.drop();
});

const bounds = { signal: new AbortController().signal, maxRows: 20_000 };
const along = (...columns: Column[]): Order[] => columns.map((column) => ({ column, direction: "asc" }));
const back = (...columns: Column[]): Order[] => columns.map((column) => ({ column, direction: "desc" }));
const some = (count: number, step: number): number[] =>
  Array.from({ length: count }, (_, n) => 1 + ((n * step) % people));
const among = (values: number[]): Filter => ({ op: "in", column: id, values });

const page = (wanted: Partial<PageRequest>) => (): Promise<unknown> =>
  source.page(
    {
      from: "public.person",
      columns: [id, name, district],
      filter: null,
      order: along(id),
      after: null,
      limit: 101,
      ...wanted,
    },
    bounds,
  );
const byKeys = (wanted: Pick<ByKeysRequest, "match" | "keys"> & Partial<ByKeysRequest>) => (): Promise<unknown> =>
  source.byKeys(
    {
      from: "public.person",
      columns: [id, name, district],
      filter: null,
      order: [],
      after: null,
      limitPerKey: null,
      ...wanted,
    },
    bounds,
  );
const accounts = { from: "public.account", columns: [holder, year, code] };

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Join Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Rows that the plan took from tables, those that it threw away again among them. */
const rowsRead = (nodes: readonly PlanNode[]): number =>
  nodes
    .filter((node) => node["Relation Name"] !== undefined)
    .reduce(
      (sum, node) => sum + (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
      0,
    );

const literal = (value: string | null): string => (value === null ? "NULL" : pg.escapeLiteral(value));

/** Runs the statement as a prepared one and says how it was done. */
async function explained({ text, values }: PassedStatement, mode: string): Promise<PlanNode> {
  await admin.query(`SET plan_cache_mode = ${mode}; PREPARE asked AS ${text}`);
  try {
    const given = values.length === 0 ? "" : `(${values.map(literal).join(", ")})`;
    const { rows } = await admin.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked${given}`,
    );
    const [first] = rows[0]?.["QUERY PLAN"] ?? [];
    if (first === undefined) throw new Error("no plan");
    return first.Plan;
  } finally {
    await admin.query("DEALLOCATE asked");
  }
}

/** The statement that the work made over the town's tables. */
async function statementOf(work: () => Promise<unknown>): Promise<PassedStatement> {
  door.take();
  await work();
  const statements = door.take().filter(({ text }) => /FROM "public"|JOIN "public"/.test(text));
  expect(statements).toHaveLength(1);
  const [statement] = statements;
  if (statement === undefined) throw new Error("nothing was asked");
  return statement;
}

/** What is asked, and how many rows of tables it may cost: about those that it shows. */
const asked: [what: string, rows: number, work: () => Promise<unknown>][] = [
  ["one by its id", 1, byKeys({ match: [id], keys: [[4711]] })],
  ["one by a uuid", 1, byKeys({ ...accounts, match: [code], keys: [["c4ca4238-a0b9-2382-0dcc-509a6f75849b"]] })],
  ["one by a key of two columns", 1, byKeys({ ...accounts, match: [holder, year], keys: [[17, 2021]] })],
  ["the first page", 101, page({})],
  ["a page after a cursor", 101, page({ after: [70_000] })],
  ["a page before a cursor", 101, page({ order: back(id), after: [70_000] })],
  ["a page of 1,000", 1_001, page({ limit: 1_001, after: [50_000] })],
  ["a page after a cursor of two columns", 101, page({ order: along(district, id), after: [1_900, 5_000] })],
  ["the first page in another order", 101, page({ order: along(name, id) })],
  ["the last page in another order", 101, page({ order: back(name, id) })],
  ["a page of one district", 50, page({ filter: { op: "eq", column: district, value: 12 } })],
  ["a page where 100 consent", 100, page({ filter: among(some(100, 977)) })],
  ["a page where 10,000 consent", 101, page({ filter: among(some(10_000, 9)) })],
  ["a page after a cursor where 10,000 consent", 101, page({ filter: among(some(10_000, 9)), after: [60_000] })],
  ["100 by their ids", 100, byKeys({ match: [id], keys: some(100, 977).map((n) => [n]) })],
  ["1,000 by their ids", 1_000, byKeys({ match: [id], keys: some(1_000, 97).map((n) => [n]) })],
  [
    "50 by keys of two columns",
    50,
    byKeys({ ...accounts, match: [holder, year], keys: some(50, 977).map((n) => [Math.ceil(n / 2), 2020]) }),
  ],
  [
    "a list of each of 50 keys",
    300,
    byKeys({ match: [district], keys: some(50, 37).map((n) => [n]), order: along(id), limitPerKey: 6 }),
  ],
  [
    "a list of each of 50 keys, after a position",
    300,
    byKeys({
      match: [district],
      keys: some(50, 37).map((n) => [n]),
      order: along(id),
      limitPerKey: 6,
      after: [30_000],
    }),
  ],
  [
    "a list of each of 100 keys, few rows each",
    200,
    byKeys({
      ...accounts,
      match: [holder],
      keys: some(100, 487).map((n) => [n]),
      order: along(holder, year),
      limitPerKey: 6,
    }),
  ],
];

describe.each(["force_custom_plan", "force_generic_plan"])("by index, with %s", (mode) => {
  it.each(asked)("%s: %i rows of 100,000", async (_, rows, work) => {
    const nodes = nodesOf(await explained(await statementOf(work), mode));
    expect(nodes.map((node) => node["Node Type"]).join(", ")).toMatch(/Index (Only )?Scan|Bitmap Index Scan/);
    expect(nodes.map((node) => node["Node Type"])).not.toContain("Seq Scan");
    expect(rowsRead(nodes)).toBeGreaterThan(0);
    expect(rowsRead(nodes)).toBeLessThanOrEqual(rows);
  });
});
