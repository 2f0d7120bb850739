// What a PostgreSQL database says of its own structure, as far as our role may read it. No table's rows are read.
import type { ScalarType } from "../../terms/index.js";
import { structureBounds } from "../bounded-structure.js";
import type { FetchBounds } from "../source.js";
import type { Structure, StructureColumn, StructureReference } from "../structure.js";
import { columnsQuery, hiddenQuery, keysQuery, referencesQuery, tablesQuery, writesQuery } from "./catalog-queries.js";
import { columnForm } from "./column-form.js";
import { Connections, type TextRow } from "./connection.js";
import type { ConnectionSettings } from "./connection-settings.js";
import { readRelation, type RelationColumn } from "./relation.js";

/** What a role may do beyond reading. */
export interface WriteRights {
  /** Rights do not count for it: it may do everything. */
  readonly superuser: boolean;
  /** To how many tables it may write. */
  readonly tables: number;
}

type Ask = (text: string, ...values: string[]) => Promise<readonly TextRow[]>;

async function connected<T>(settings: ConnectionSettings, bounds: FetchBounds, use: (ask: Ask) => Promise<T>) {
  const connections = new Connections({ ...settings, poolSize: 1 });
  try {
    return await use((text, ...values) => connections.texts(text, values, bounds));
  } finally {
    await connections.close();
  }
}

/** @throws SourceFailure */
export function postgresWriteRights(settings: ConnectionSettings, bounds: FetchBounds): Promise<WriteRights> {
  return connected(settings, bounds, async (ask) => {
    const [[superuser = null, tables = null] = []] = await ask(writesQuery);
    return { superuser: superuser === "t", tables: Number(tables ?? 0) };
  });
}

/** @throws SourceFailure */
export function postgresStructure(settings: ConnectionSettings, bounds: FetchBounds): Promise<Structure> {
  return connected(settings, bounds, async (ask) => {
    const rows = await ask(tablesQuery, String(structureBounds.tables + 1));
    const tables = rows.map(([oid, schema, name, comment]) => ({
      oid: oid ?? "",
      from: `${schema ?? ""}.${name ?? ""}`,
      // `from` is parted at its dots.
      dotted: `${schema ?? ""}${name ?? ""}`.includes("."),
      description: comment ?? null,
    }));
    const named = tables.filter(({ dotted }) => !dotted);
    const oids = `{${named.map(({ oid }) => oid).join(",")}}`;
    const columns = columnsOf(await ask(columnsQuery, oids, String(structureBounds.allColumns + 1)));
    const keys = keysOf(await ask(keysQuery, oids), columns);
    const references = referencesOf(
      await ask(referencesQuery, oids),
      new Map(named.map(({ oid, from }) => [oid, from])),
    );
    const [[hidden] = []] = await ask(hiddenQuery);
    return {
      tables: named.map(({ oid, from, description }) => ({
        from,
        description,
        columns: columns.get(oid) ?? [],
        key: keys.get(oid) ?? [],
        references: references.get(oid) ?? [],
        settings: null,
      })),
      notes: [
        ...(hidden == null || hidden === "0"
          ? []
          : [`The role may not read ${hidden} more tables or views: GRANT SELECT on those that are to be shared.`]),
        ...(named.length === tables.length
          ? []
          : [
              `${tables.length - named.length} tables left out: a schema or table with "." in its name cannot be written.`,
            ]),
      ],
    };
  });
}

function columnsOf(rows: readonly TextRow[]): ReadonlyMap<string, readonly StructureColumn[]> {
  const found = new Map<string, StructureColumn[]>();
  for (const [oid, ...row] of rows) {
    const [column] = readRelation([row.slice(0, 6)]).values();
    if (oid == null || column === undefined) continue;
    const [comment, kind, baseKind, category, base, says] = row.slice(6);
    const nullable = says === "t" ? !column.notNull : null;
    const scalar = isOneValue(column, baseKind ?? "", category ?? "") ? scalarOf(column, Number(row[4] ?? -1)) : null;
    const type =
      kind === "d" ? `${column.shown} (domain of ${base ?? column.type})` : shownType(column, baseKind ?? "");
    const read = { name: column.name, type, scalar, nullable, description: comment ?? null };
    const others = found.get(oid);
    if (others === undefined) found.set(oid, [read]);
    else others.push(read);
  }
  return found;
}

const shownType = ({ shown }: RelationColumn, kind: string): string => (kind === "e" ? `${shown} (enum)` : shown);

/** Documents, shapes and search indexes have a text, but nothing that one field of the API could mean. */
const manyValued = new Set(["json", "jsonb", "xml", "bytea", "hstore", "geometry", "geography", "tsvector", "tsquery"]);
/** `pg_type.typtype`: base types, enums; not composite types, domains of domains, ranges. */
const singleKinds = new Set(["b", "e"]);

/** `pg_type.typcategory`: A arrays, G geometric types, Z PostgreSQL's own inner types. */
const isOneValue = ({ type }: RelationColumn, kind: string, category: string): boolean =>
  singleKinds.has(kind) && !"AGZ".includes(category) && !manyValued.has(type);

const scalars: Readonly<Record<string, ScalarType>> = {
  int2: "Int",
  int4: "Int",
  int8: "SafeInt",
  float4: "Float",
  float8: "Float",
  bool: "Boolean",
  date: "Date",
  timestamp: "DateTime",
  timestamptz: "DateTime",
};

/** The narrowest that holds every value of the type; what the connector itself would refuse is null. */
function scalarOf(column: RelationColumn, modifier: number): ScalarType | null {
  const own = Object.hasOwn(scalars, column.type) ? scalars[column.type] : undefined;
  const scalar = column.type === "numeric" ? numericScalar(column, modifier) : (own ?? "String");
  return columnForm(column, scalar) === null ? null : scalar;
}

/** Scale: the lower 11 bits of the modifier less 4 (PostgreSQL's numeric.c). */
function numericScalar({ precision }: RelationColumn, modifier: number): ScalarType {
  const isWhole = modifier >= 4 && ((modifier - 4) & 0x7ff) === 0;
  if (!isWhole || precision === null || precision > 15) return "Float";
  return precision <= 9 ? "Int" : "SafeInt";
}

/** The first whose columns may all be read. */
function keysOf(
  rows: readonly TextRow[],
  columns: ReadonlyMap<string, readonly StructureColumn[]>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [oid, json] of rows) {
    if (oid == null || found.has(oid)) continue;
    const names = namesIn(json);
    const readable = names.every((name) => columns.get(oid)?.some((column) => column.name === name) === true);
    if (names.length > 0 && readable) found.set(oid, names);
  }
  return found;
}

function referencesOf(
  rows: readonly TextRow[],
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly StructureReference[]> {
  const found = new Map<string, readonly StructureReference[]>();
  for (const [oid, columns, target, to] of rows) {
    const from = names.get(target ?? "");
    if (oid == null || from === undefined) continue;
    const reference = { columns: namesIn(columns), from, to: namesIn(to) };
    found.set(oid, [...(found.get(oid) ?? []), reference]);
  }
  return found;
}

function namesIn(json: string | null | undefined): readonly string[] {
  const names: unknown = JSON.parse(json ?? "[]");
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}
