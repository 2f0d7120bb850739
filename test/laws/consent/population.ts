// Random people and what the services know of them: values few and often the same, keys sometimes missing or of nobody.
import type { Value } from "../../../src/terms/index.js";
import type { Choose } from "../request.js";
import {
  foundBy,
  foundColumn,
  linkColumn,
  rawColumn,
  shownColumn,
  structure,
  type FieldType,
  type TownDataset,
} from "./structure.js";

export type PeopleRow = Readonly<Record<string, Value>>;
/** Rows by dataset. */
export type Population = ReadonlyMap<string, readonly PeopleRow[]>;

export interface Person {
  readonly scheme: string;
  readonly key: NonNullable<Value>;
}
export const personText = ({ scheme, key }: Person): string => JSON.stringify([scheme, key]);

const names = ["Ada", "Bea", "Cyr", "Dan", "Eve"];
const days = ["2010-01-05", "2014-06-30", "1999-12-31", "2001-02-03"];

function cell(type: FieldType, choose: Choose): Value {
  if (choose(5) === 0) return null;
  switch (type) {
    case "Int":
      return choose(4);
    case "Float":
      return choose(5) + 0.5;
    case "Boolean":
      return choose(2) === 0;
    case "Date":
      return days[choose(days.length)] ?? null;
    case "String":
      return names[choose(names.length)] ?? null;
  }
}

/** @param base so that the people of one case are nobody of another: what was decided before says nothing of them */
export function randomPopulation(choose: Choose, base: number): Population {
  const residents = choose(13);
  const [households, accounts, loans, payments] = [1 + choose(4), choose(13), choose(13), choose(13)];
  const residentKey = (n: number): number => base + n;
  const accountKey = (n: number): string => `N${base + n}`;
  const cardKey = (n: number): string => `K${base + n}`;
  /** Of somebody, of somebody whom the other service does not know, or of nobody. */
  const someone = (): Value => (choose(5) === 0 ? null : residentKey(choose(residents + 1)));
  const fixed: Readonly<Record<string, (n: number) => PeopleRow>> = {
    Household: (n) => ({ code: base + n }),
    Resident: (n) => ({
      ...{ id: residentKey(n), doctor_id: someone(), card: cardKey(n) },
      household_id: choose(6) === 0 ? null : base + choose(households),
    }),
    Account: (n) => ({ number: accountKey(n), person_id: someone() }),
    Loan: (n) => ({
      ...{ code: base + n, borrower_id: someone(), guarantor_id: choose(2) === 0 ? null : someone() },
      card: choose(2) === 0 ? null : cardKey(choose(4)),
    }),
    Payment: (n) => ({
      ...{ code: base + n, account_no: choose(6) === 0 ? null : accountKey(choose(Math.max(1, accounts))) },
    }),
  };
  const counts: Readonly<Record<string, number>> = {
    ...{ Household: households, Resident: residents, Account: accounts, Loan: loans, Payment: payments },
  };
  return new Map(
    structure.map((dataset) => [
      dataset.name,
      Array.from({ length: counts[dataset.name] ?? 0 }, (_, n) => {
        const given = fixed[dataset.name]?.(n) ?? {};
        const drawn = Object.entries(dataset.columns).map(([column, type]) => [column, cell(type, choose)]);
        return { ...(Object.fromEntries(drawn) as PeopleRow), ...given };
      }),
    ]),
  );
}

/** Everybody whom a row or a cell names. */
export function peopleOf(population: Population): readonly Person[] {
  const found = new Map<string, Person>();
  for (const dataset of structure)
    for (const row of population.get(dataset.name) ?? [])
      for (const { scheme, column } of subjectColumns(dataset)) {
        const key = row[column] ?? null;
        if (key !== null) found.set(personText({ scheme, key }), { scheme, key });
      }
  return [...found.values()];
}

const subjectColumns = (dataset: TownDataset) => [
  ...dataset.subjects,
  ...dataset.members.flatMap((member) => (member.kind === "field" ? member.subjects : [])),
];

const sqlTypes: Readonly<Record<FieldType, string>> = {
  ...{ Int: "int", String: "text", Float: "double precision", Date: "date", Boolean: "boolean" },
};
function literal(value: Value): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

export const sources = ["people", "money"] as const;
type SourceName = (typeof sources)[number];
const of = (source: SourceName) => structure.filter((dataset) => dataset.source === source);

const create = (table: string, columns: readonly (readonly [string, string])[]): string =>
  `CREATE TABLE ${table} (${columns.map((each) => each.join(" ")).join(", ")});`;
const fill = (table: string, columns: readonly string[], rows: readonly PeopleRow[]): string => {
  const lines = rows.map((row) => `(${columns.map((column) => literal(row[column] ?? null)).join(", ")})`);
  return `DELETE FROM ${table};${lines.length > 0 ? `INSERT INTO ${table} VALUES ${lines.join(", ")};` : ""}`;
};

export const createTown = (source: SourceName): string =>
  of(source)
    .map(({ table, columns }) =>
      create(
        table,
        Object.entries(columns).map(([name, type]) => [name, sqlTypes[type]]),
      ),
    )
    .join("\n");
export const fillTown = (source: SourceName, population: Population): string =>
  of(source)
    .map(({ name, table, columns }) => fill(table, Object.keys(columns), population.get(name) ?? []))
    .join("\n");

/** The columns of the copy's table, with what each holds of a row whose cells are all open. */
function copyColumns(dataset: TownDataset): readonly (readonly [string, string, IsThere])[] {
  const type = (column: string): string => sqlTypes[dataset.columns[column] ?? "String"];
  const cell =
    (member: string): IsThere =>
    (open, row) =>
      open.cell(dataset, member, row);
  return [
    ...Object.keys(dataset.columns).map((column) => [rawColumn(column), column, () => true] as const),
    ...dataset.members.flatMap((member) =>
      member.kind === "field"
        ? [[shownColumn(member.name), member.column, cell(member.name)] as const]
        : member.from.map((column, at) => [linkColumn(member.name, at), column, cell(member.name)] as const),
    ),
    ...foundBy(dataset).flatMap(({ owner, link, to }) =>
      to.map((column, at) => {
        const isThere: IsThere = (open, row) => open.related(dataset, to, row);
        return [foundColumn(owner.name, link, at), column, isThere] as const;
      }),
    ),
  ].map(([name, column, isThere]) => [`${name} ${type(column)}`, column, isThere]);
}

type IsThere = (open: Openness, row: PeopleRow) => boolean;

export const createCopy = (source: SourceName): string =>
  of(source)
    .map(
      (dataset) =>
        `CREATE TABLE ${dataset.table} (${copyColumns(dataset)
          .map(([column]) => column)
          .join(", ")});`,
    )
    .join("\n");

/** The town with the rows that are not visible, and the cells that are not open, taken out. */
export interface Openness {
  visible(dataset: TownDataset, row: PeopleRow): boolean;
  cell(dataset: TownDataset, member: string, row: PeopleRow): boolean;
  /** The row may be found by these columns: nothing open is made of them, or something of it is open on this row. */
  related(dataset: TownDataset, columns: readonly string[], row: PeopleRow): boolean;
}

export const fillCopy = (source: SourceName, population: Population, open: Openness): string =>
  of(source)
    .map((dataset) => {
      const rows = (population.get(dataset.name) ?? [])
        .filter((row) => open.visible(dataset, row))
        .map((row) =>
          copyColumns(dataset).map(([, column, isThere]) => literal(isThere(open, row) ? (row[column] ?? null) : null)),
        );
      const lines = rows.map((cells) => `(${cells.join(", ")})`);
      return `DELETE FROM ${dataset.table};${lines.length > 0 ? `INSERT INTO ${dataset.table} VALUES ${lines.join(", ")};` : ""}`;
    })
    .join("\n");
