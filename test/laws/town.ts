// The town of the laws' tests: a map with every shape that a rule can meet, and databases in which each value is met
// once only, so that a value says whose it is wherever it turns up.
import type { Value } from "../../src/terms/index.js";

export const lawsSchema = `
type Person @dataset(source: "people", from: "public.person", many: "people", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  name: String @personal(category: "Name")
  birth: Date @column(name: "born") @personal(category: "DateOfBirth")
  email: String @personal(category: "EmailAddress") @group(name: "contact")
  phone: String @personal(category: "TelephoneNumber") @group(name: "contact")
  score: Float
  seen: DateTime
  active: Boolean
  doctor: Int @column(name: "doctor_id") @subject(scheme: "resident")
  guardian: Person @link(from: ["guardian_id"], to: ["number"])
  wards: [Person!] @link(from: ["number"], to: ["guardian_id"])
  house: House @link(from: ["house_zone", "house_no"], to: ["zone", "no"])
  accounts: [Account!] @link(from: ["number"], to: ["person_id"]) @group(name: "money")
}
type House @dataset(source: "people", from: "public.house", status: SHARED) @key(fields: "zone no") {
  zone: String @column(name: "zone_code")
  no: Int
  street: String @group(name: "places")
  built: Date
  people: [Person!] @link(from: ["zone", "no"], to: ["house_zone", "house_no"])
}
type Account @dataset(source: "money", from: "public.account", status: SHARED) @key(fields: "number")
  @subject(scheme: "resident", via: "holder") {
  number: String @personal(category: "FinancialAccountNumber")
  balance: Float @personal(category: "FinancialAccount") @group(name: "money")
  opened: DateTime
  label: String @group(name: "places")
  holder: Person @link(from: ["person_id"], to: ["number"])
  payments: [Payment!] @link(from: ["number"], to: ["account_no"])
}
type Payment @dataset(source: "money", from: "public.payment", status: SHARED) @key(fields: "code") {
  code: Int
  amount: Float
  note: String
  account: Account @link(from: ["account_no"], to: ["number"])
  place: Place @link(from: ["place_label"], to: ["label"])
}
type Place @dataset(source: "money", from: "public.place", open: true, licence: "etalab-2.0", status: SHARED)
  @key(fields: "code") {
  code: String
  label: String @group(name: "places")
  title: String @column(name: "label")
  area: Int
  payments: [Payment!] @link(from: ["label"], to: ["place_label"])
}
type Secret @dataset(source: "money", from: "public.secret", status: QUALIFIED) @key(fields: "code") {
  code: Int
  text: String
}
`;

export type SqlType = "int" | "text" | "date" | "timestamptz" | "double precision" | "boolean";
export interface TableShape {
  readonly source: "people" | "money";
  readonly columns: Readonly<Record<string, SqlType>>;
}
export type TableRow = Readonly<Record<string, Value>>;
/** Rows by table. */
export type Tables = Readonly<Record<string, readonly TableRow[]>>;

export const tableShapes: Readonly<Record<string, TableShape>> = {
  person: {
    source: "people",
    columns: {
      ...{ id: "int", name: "text", born: "date", email: "text", phone: "text", score: "double precision" },
      ...{ seen: "timestamptz", active: "boolean", doctor_id: "int", guardian_id: "int" },
      ...{ house_zone: "text", house_no: "int" },
    },
  },
  house: { source: "people", columns: { zone_code: "text", no: "int", street: "text", built: "date" } },
  account: {
    source: "money",
    columns: { number: "text", balance: "double precision", opened: "timestamptz", label: "text", person_id: "int" },
  },
  payment: {
    source: "money",
    columns: { code: "int", amount: "double precision", note: "text", account_no: "text", place_label: "text" },
  },
  place: { source: "money", columns: { code: "text", label: "text", area: "int" } },
  secret: { source: "money", columns: { code: "int", text: "text" } },
};

const ordinals = new Map(
  Object.entries(tableShapes)
    .flatMap(([table, { columns }]) => Object.keys(columns).map((name) => `${table}.${name}`))
    .map((name, at) => [name, at]),
);
const two = (figure: number): string => String(figure).padStart(2, "0");

/** A value that no other column, row or generation has (booleans aside); its order among rows follows `n` in no simple way. */
export function uniqueCell(table: string, column: string, n: number, generation = 0): NonNullable<Value> {
  const ordinal = ordinals.get(`${table}.${column}`) ?? 0;
  const rank = (n * 29 + ordinal * 7) % 97;
  const apart = rank + 97 * generation;
  switch (tableShapes[table]?.columns[column]) {
    case "int":
      return 3_000_000 + ordinal * 10_000 + apart;
    case "double precision":
      return 4_000_000.5 + ordinal * 10_000 + apart;
    case "date":
      return `${1905 + rank}-${two(2 + (ordinal % 10))}-${two(2 + generation)}`;
    case "timestamptz":
      return `${2001 + (rank % 20)}-${two(2 + (ordinal % 10))}-${two(2 + generation)}T${two(rank % 23)}:${two(ordinal)}:00.${String(100 + rank)}Z`;
    case "boolean":
      return (n * 3 + generation) % 2 === 0;
    default:
      return `${String.fromCharCode(97 + (rank % 26))}${rank}-${table}-${column}-${n}-g${generation}`;
  }
}

const peopleCount = 11;
const personId = (n: number) => uniqueCell("person", "id", n);
const zoneOf = (n: number) => uniqueCell("house", "zone_code", n % 3);
const noOf = (n: number) => uniqueCell("house", "no", n);
const sometimes = (empty: boolean, value: () => Value): Value => (empty ? null : value());

/** `links` name their own columns; all other columns are unique, with some nulls where a null may stand. */
function rowsOf(table: string, count: number, fixed: (n: number) => TableRow): readonly TableRow[] {
  const columns = Object.keys(tableShapes[table]?.columns ?? {});
  return Array.from({ length: count }, (_, n) => {
    const given = fixed(n);
    return Object.fromEntries(
      columns.map((column, at) => [
        column,
        given[column] !== undefined ? given[column] : sometimes((n + at) % 6 === 5, () => uniqueCell(table, column, n)),
      ]),
    );
  });
}

export const lawsTables: Tables = {
  person: rowsOf("person", peopleCount, (n) => ({
    id: personId(n),
    doctor_id: sometimes(n % 4 === 3, () => personId((n * 5 + 2) % peopleCount)),
    guardian_id: sometimes(n % 3 === 0, () => personId((n * 2) % 5)),
    house_zone: sometimes(n === 4, () => zoneOf(n % 5)),
    house_no: noOf(n % 5),
  })),
  house: rowsOf("house", 6, (n) => ({ zone_code: zoneOf(n), no: noOf(n) })),
  account: rowsOf("account", 9, (n) => ({
    number: uniqueCell("account", "number", n),
    // The last is nobody's that the other database knows.
    person_id: n === 8 ? uniqueCell("person", "id", 60) : sometimes(n === 5, () => personId((n * 3) % 7)),
  })),
  payment: rowsOf("payment", 13, (n) => ({
    code: uniqueCell("payment", "code", n),
    account_no: uniqueCell("account", "number", (n * 2) % 7),
    place_label: sometimes(n === 3, () => uniqueCell("place", "label", n % 4)),
  })),
  place: rowsOf("place", 5, (n) => ({
    code: uniqueCell("place", "code", n),
    // Two places of one label: a link to one leads to either.
    label: uniqueCell("place", "label", n === 4 ? 1 : n),
  })),
  secret: rowsOf("secret", 2, (n) => ({ code: uniqueCell("secret", "code", n) })),
};

function literal(value: Value): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

export const tablesOf = (source: string): readonly string[] =>
  Object.keys(tableShapes).filter((table) => tableShapes[table]?.source === source);

export function createSql(tables: readonly string[]): string {
  return Object.entries(tableShapes)
    .filter(([table]) => tables.includes(table))
    .map(
      ([table, { columns }]) =>
        `CREATE TABLE ${table} (${Object.entries(columns)
          .map((each) => each.join(" "))
          .join(", ")});`,
    )
    .join("\n");
}

/** Makes these tables hold these rows and no other. */
export function fillSql(tables: readonly string[], all: Tables): string {
  return Object.entries(tableShapes)
    .filter(([table]) => tables.includes(table))
    .map(([table, { columns }]) => {
      const rows = (all[table] ?? []).map(
        (row) =>
          `(${Object.keys(columns)
            .map((column) => literal(row[column] ?? null))
            .join(", ")})`,
      );
      return `DELETE FROM ${table};${rows.length > 0 ? `INSERT INTO ${table} VALUES ${rows.join(", ")};` : ""}`;
    })
    .join("\n");
}
