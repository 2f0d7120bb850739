// One column, one type. Rows are read once for all that an operation does with them: where one field takes a column for a
// number and another for a text, whom a row is about would be looked for, and recorded, under what is not their key (law 5).
import type { ASTNode } from "graphql";
import type { SourceColumn } from "./catalogue.js";
import type { FaultList } from "./fault-list.js";
import type { LinkPairs } from "./resolve-links.js";
import type { TypeDraft } from "./read-types.js";

/** By type, then by column: what it was first read as, and by which field or link. */
type Known = Map<string, Map<string, { readonly form: string; readonly by: string }>>;

export function checkColumnTypes(types: ReadonlyMap<string, TypeDraft>, pairs: LinkPairs, faults: FaultList): void {
  const known: Known = new Map();
  const read = (type: string, column: SourceColumn, by: string, node: ASTNode): void => {
    const columns = known.get(type) ?? new Map<string, { readonly form: string; readonly by: string }>();
    known.set(type, columns);
    const form = formOf(column);
    const before = columns.get(column.name);
    if (before === undefined) columns.set(column.name, { form, by });
    else if (before.form !== form)
      faults.add(
        node,
        "column-types",
        `the column "${column.name}" of "${type}" is ${before.form} for "${before.by}" and ${form} for "${by}": a column has one type`,
      );
  };
  // What fields say goes before what links take over from their other end.
  for (const type of types.values())
    for (const member of type.members.values())
      if (member.kind === "field") read(type.name, member.column, `${type.name}.${member.name}`, member.node.type);
  for (const type of types.values())
    for (const member of type.members.values()) {
      if (member.kind !== "link") continue;
      for (const { from, to } of pairs.get(member) ?? []) {
        read(type.name, from, `${type.name}.${member.name}`, member.node.type);
        read(member.target, to, `${type.name}.${member.name}`, member.node.type);
      }
    }
}

/** Whole numbers are the same values, large or small. */
const formOf = ({ type }: SourceColumn): string => (type === "Int" || type === "SafeInt" ? "a whole number" : type);
