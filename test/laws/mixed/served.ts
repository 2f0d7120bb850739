// What the services behind the mixed town have in common: the tables that they hold, and what was asked of them, written
// down by the service itself.
import type { Source } from "../../../src/sources/index.js";
import { tableShapes, type TableRow, type Tables } from "../town.js";

/** What a service was asked for. A service that sends whole rows names every column of the table. */
export interface Touched {
  readonly service: string;
  readonly table: string;
  readonly columns: readonly string[];
}

export interface TableService {
  /** As `source` stands in schema.graphql; also the kind. */
  readonly name: string;
  /** `from` of a table. */
  from(table: string): string;
  open(): Source;
  /** Its tables hold these rows and no other. */
  fill(tables: Tables): Promise<void> | void;
  close(): Promise<void>;
}

export const keysOfTables: Readonly<Record<string, readonly string[]>> = {
  person: ["id"],
  house: ["zone_code", "no"],
  account: ["number"],
  payment: ["code"],
  place: ["code"],
  secret: ["code"],
};

export const columnsOf = (table: string): readonly string[] => Object.keys(tableShapes[table]?.columns ?? {});

/** Columns that services compare by one way of writing: fractions and instants have several. */
export const comparable = (table: string): readonly string[] =>
  Object.entries(tableShapes[table]?.columns ?? {})
    .filter(([, type]) => type === "int" || type === "text" || type === "boolean")
    .map(([column]) => column);

/** As other programs write it: instants with an offset. */
export const written = (table: string, row: TableRow): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(tableShapes[table]?.columns ?? {}).map(([column, type]) => {
      const value = row[column] ?? null;
      return [column, type === "timestamptz" && typeof value === "string" ? value.replace("Z", "+00:00") : value];
    }),
  );
