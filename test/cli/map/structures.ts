// Structures written by hand, as short as they can be told.
import type { Structure, StructureColumn, StructureTable } from "../../../src/sources/index.js";
import { scalarTypes } from "../../../src/terms/index.js";

/** `number Int`; `tags text[]` cannot be read as one value; `!`: never null, `?`: not said. */
function column(text: string): StructureColumn {
  const [, name = "", mark = "", said = `String${mark}`] = /^(\S+?)([!?]?)(?:\s+(\S+))?$/.exec(text.trim()) ?? [];
  const type = said.replace(/[!?]$/, "");
  const scalar = scalarTypes.find((known) => known === type) ?? null;
  return { name, type, scalar, nullable: said.endsWith("?") ? null : !said.endsWith("!"), description: null };
}

export function table(from: string, columns: string, more: Partial<StructureTable> = {}): StructureTable {
  return {
    ...{ from, description: null, key: [], references: [], settings: null },
    columns: columns.split(",").map(column),
    ...more,
  };
}

export const structure = (...tables: readonly StructureTable[]): Structure => ({ tables, notes: [] });

export const reference = (columns: string, from: string, to: string) => ({
  columns: columns.split(" "),
  from,
  to: to.split(" "),
});
