// The structure of a database that nobody prepared, as a role sees it that may read a part of it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Structure, structureOf, type StructureTable, writeRightsOf } from "../../src/sources/index.js";
import { type UnpreparedDatabase, unpreparedDatabase } from "./unprepared-database.js";

const bounds = { signal: new AbortController().signal, maxRows: 100 };
let database: UnpreparedDatabase;
let structure: Structure;

beforeAll(async () => {
  database = await unpreparedDatabase();
  structure = await structureOf("films", { kind: "postgres", url: database.url }, bounds);
});
afterAll(() => database.stop());

const table = (from: string): StructureTable => {
  const found = structure.tables.find((one) => one.from === from);
  if (found === undefined) throw new Error(`no ${from}`);
  return found;
};

test("tables, partitioned ones once, and views that the role may read; the others by count, not by name", () => {
  expect(structure.tables.map(({ from }) => from)).toEqual([
    "loans.film",
    "loans.log",
    "loans.open_rental",
    "loans.rental",
    "public.customer",
  ]);
  expect(structure.notes).toEqual([
    "The role may not read 2 more tables or views: GRANT SELECT on those that are to be shared.",
    '1 tables left out: a schema or table with "." in its name cannot be written.',
  ]);
  expect(JSON.stringify(structure)).not.toMatch(/vault|salaries|hidden_too/);
});

test("columns with the type in PostgreSQL's words and the scalar under which they are read", () => {
  const { columns } = table("public.customer");
  expect(columns.map(({ name, type, scalar, nullable }) => [name, type, scalar, nullable])).toEqual([
    ["customer_id", "integer", "Int", false],
    ["first_name", "character varying(45)", "String", false],
    ["email", "email (domain of character varying(120))", "String", true],
    ["other_email", "work_email (domain of email)", null, true],
    ["balance", "numeric(8,2)", "Float", true],
    ["points", "numeric(6,0)", "Int", true],
    ["wide", "numeric(14,0)", "SafeInt", true],
    ["vague", "numeric", "Float", true],
    ["active", "boolean", "Boolean", false],
    ["born", "date", "Date", true],
    ["seen", "timestamp with time zone", "DateTime", true],
    ["made", "timestamp(3) without time zone", "DateTime", true],
    ["tags", "text[]", null, true],
    ["home", "place", null, true],
    ["settings", "jsonb", null, true],
    ["mark", "bytea", null, true],
    ["rating", "rating (enum)", "String", true],
    ["ref", "uuid", "String", true],
    ["opens", "time without time zone", "String", true],
  ]);
  expect(table("loans.open_rental").columns.map(({ nullable }) => nullable)).toEqual([null, null]);
});

test("comments, without characters that act on a terminal", () => {
  expect(table("public.customer").description).toBe("People who borrow films");
  expect(table("public.customer").columns.find(({ name }) => name === "born")?.description).toBe("Day of birth");
});

test("a primary key, else a unique index over columns that are never null, else none", () => {
  const keys = structure.tables.map(({ from, key }) => [from, key]);
  expect(Object.fromEntries(keys)).toEqual({
    "loans.film": ["code", "lang"],
    "loans.log": [],
    "loans.open_rental": [],
    "loans.rental": ["rental_id", "at"],
    "public.customer": ["customer_id"],
  });
});

test("foreign keys, of several columns too", () => {
  expect(table("loans.rental").references).toEqual([
    { columns: ["customer_id"], from: "public.customer", to: ["customer_id"] },
    { columns: ["film_code", "film_lang"], from: "loans.film", to: ["code", "lang"] },
  ]);
});

test("law 11: no cell of a row is in it", () => {
  expect(JSON.stringify(structure)).not.toMatch(/Marguerite|marguerite|tok-778/);
});

test("a role that may write is told from one that may not", async () => {
  const rights = (url: string) => writeRightsOf("films", { kind: "postgres", url }, bounds);
  expect(await rights(database.url)).toEqual({ superuser: false, tables: 0 });
  await database.run("GRANT UPDATE (born) ON customer TO $reader");
  expect(await rights(database.url)).toEqual({ superuser: false, tables: 1 });
  expect(await rights(database.owner)).toMatchObject({ superuser: true });
});

test("a password that is refused, and a machine that is not there, are failures without the address", async () => {
  const failure = async (change: (url: URL) => void): Promise<string> => {
    const url = new URL(database.url);
    change(url);
    return structureOf("films", { kind: "postgres", url: url.href }, bounds).then(String, String);
  };
  expect(await failure((url) => (url.port = "1"))).toBe("SourceFailure: source films: unavailable (ECONNREFUSED)");
  expect(await failure((url) => (url.pathname = "/nowhere"))).toBe(
    "SourceFailure: source films: unavailable (SQLSTATE 3D000)",
  );
  expect(await failure((url) => (url.username = "nobody_here"))).toMatch(/unavailable \(SQLSTATE 28/);
});
