// Whole tables of a town in memory, read once by SQL of this file's own: nothing of the gateway or its connectors.
import pg from "pg";
import type { Catalogue, Dataset, SourceColumn } from "../../src/catalogue/index.js";

export type Cell = string | number | boolean | null;
/** By the service's own column name. */
export type TableRow = Readonly<Record<string, Cell>>;

class Table {
  readonly #indexes = new Map<string, Map<string, TableRow[]>>();

  constructor(readonly rows: readonly TableRow[]) {}

  /** Rows whose `columns` hold `values`; none where a value is null, as a join in SQL has it. */
  find(columns: readonly string[], values: readonly Cell[]): readonly TableRow[] {
    if (values.includes(null)) return [];
    const name = columns.join();
    const known = this.#indexes.get(name) ?? this.#index(columns);
    this.#indexes.set(name, known);
    return known.get(JSON.stringify(values)) ?? [];
  }

  #index(columns: readonly string[]): Map<string, TableRow[]> {
    return Map.groupBy(this.rows, (row) => JSON.stringify(columns.map((column) => row[column] ?? null)));
  }
}

export type Tables = ReadonlyMap<string, Table>;

/** Every SHARED dataset's table, by dataset name. @param addresses by source name */
export async function loadTables(catalogue: Catalogue, addresses: ReadonlyMap<string, string>): Promise<Tables> {
  const tables = new Map<string, Table>();
  for (const dataset of catalogue.datasets.values()) {
    if (dataset.status !== "SHARED") continue;
    const client = new pg.Client({ connectionString: addresses.get(dataset.source) });
    await client.connect();
    try {
      const selected = columnsOf(dataset).map((column) => `${asJson(column)} AS "${column.name}"`);
      const { rows } = await client.query<TableRow>(`SELECT ${selected.join(", ")} FROM ${dataset.from}`);
      tables.set(dataset.name, new Table(rows));
    } finally {
      await client.end();
    }
  }
  return tables;
}

function columnsOf(dataset: Dataset): readonly SourceColumn[] {
  const columns = [...dataset.members.values()].flatMap((member) =>
    member.kind === "link"
      ? member.on.map((pair) => pair.from)
      : [member.kind === "field" ? member.column : member.from.column],
  );
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

function asJson({ name, type }: SourceColumn): string {
  switch (type) {
    case "Int":
    case "SafeInt":
    case "Float":
      return `"${name}"::float8`;
    case "Date":
      return `to_char("${name}", 'YYYY-MM-DD')`;
    case "DateTime":
      return `to_char("${name}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    case "String":
    case "GeoJSON":
      return `"${name}"::text`;
    case "Boolean":
      return `"${name}"`;
  }
}
