// The one door through which every kind's structure leaves: whatever a service says of itself is untrusted text, kept
// within bounds and free of characters that act on a terminal or a file (laws 13, 14).
import type { Structure, StructureColumn, StructureReference, StructureTable } from "./structure.js";

export const structureBounds = {
  tables: 2_000,
  /** Of one table. */
  columns: 1_000,
  /** Of all tables. */
  allColumns: 50_000,
  /** Characters of a name, of a type's name, of a description. */
  name: 500,
  type: 200,
  description: 1_000,
  notes: 50,
} as const;

/** C0 and C1 controls, line separators, marks that turn the direction of text, the byte order mark, half pairs. */
const acting =
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text for people to read: acting characters become blanks, what is too long is cut. */
function plainText(text: string, limit: number): string {
  // Cut first: nobody should make us clean a megabyte.
  const clean = text
    .slice(0, limit * 2)
    .replace(acting, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (clean.length <= limit) return clean;
  return `${clean.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** A name is used as it is or not at all: one that was mended would name something else. */
const isPlainName = (name: string): boolean =>
  name !== "" && name.length <= structureBounds.name && name.search(acting) < 0;

/** Sorted by `from`, within the bounds; what had to be left out is said in the notes, by count. */
export function boundedStructure({ tables, notes }: Structure): Structure {
  const left = { tables: 0, columns: 0, crowded: 0 };
  const kept = new Map<string, StructureTable>();
  let room: number = structureBounds.allColumns;
  for (const table of tables.toSorted((a, b) => byCodeUnit(a.from, b.from))) {
    if (!isPlainName(table.from) || kept.has(table.from)) left.tables += 1;
    else if (kept.size >= structureBounds.tables || room === 0) left.crowded += 1;
    else {
      const columns = table.columns.filter(({ name }) => isPlainName(name)).map(boundedColumn);
      left.columns += table.columns.length - columns.length;
      const fitting = columns.slice(0, Math.min(room, structureBounds.columns));
      left.crowded += columns.length - fitting.length;
      room -= fitting.length;
      const description = describedIn(table.description);
      kept.set(table.from, { ...table, description, columns: fitting });
    }
  }
  const said = notes.map((note) => plainText(note, structureBounds.description));
  return {
    tables: [...kept.values()].map((table) => withKnownNames(table, kept)),
    notes: [...said, ...notesOf(left)].slice(0, structureBounds.notes),
  };
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function describedIn(text: string | null): string | null {
  const plain = text === null ? "" : plainText(text, structureBounds.description);
  return plain === "" ? null : plain;
}

const boundedColumn = (column: StructureColumn): StructureColumn => ({
  ...column,
  type: plainText(column.type, structureBounds.type),
  description: describedIn(column.description),
});

/** A key or a reference over a column that was left out would be another one. */
function withKnownNames(table: StructureTable, tables: ReadonlyMap<string, StructureTable>): StructureTable {
  const has = (of: StructureTable | undefined, names: readonly string[]): boolean =>
    of !== undefined && names.every((name) => of.columns.some((column) => column.name === name));
  const holds = ({ columns, from, to }: StructureReference): boolean =>
    columns.length > 0 && columns.length === to.length && has(table, columns) && has(tables.get(from), to);
  return { ...table, key: has(table, table.key) ? table.key : [], references: table.references.filter(holds) };
}

function notesOf(left: { readonly tables: number; readonly columns: number; readonly crowded: number }): string[] {
  const cannot = "a name that cannot be written: it is empty, too long, used twice, or holds control characters";
  return [
    ...(left.tables === 0 ? [] : [`${left.tables} left out, each with ${cannot}.`]),
    ...(left.columns === 0 ? [] : [`${left.columns} columns left out, each with ${cannot}.`]),
    ...(left.crowded === 0
      ? []
      : [`The service has more than is read: ${left.crowded} tables or columns beyond the bound are left out.`]),
  ];
}
