// Where schema.graphql puts a field into a field group: `@group` is the only place that does.
import { Kind, parse, type ConstDirectiveNode } from "graphql";
import type { RuleRef } from "./grant.js";
import { schemaName, type PolicyVersion } from "./version.js";

const known = new WeakMap<PolicyVersion, ReadonlyMap<string, RuleRef>>();

/** By `Resident.email contact`: the line of the directive. Read once for each version. */
export function fieldGroupLines(version: PolicyVersion): ReadonlyMap<string, RuleRef> {
  const found = known.get(version) ?? readLines(version.content.schema);
  known.set(version, found);
  return found;
}

function readLines(schema: string): ReadonlyMap<string, RuleRef> {
  const texts = schema.split(/\r\n|\r|\n/);
  const found = new Map<string, RuleRef>();
  for (const type of parse(schema).definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      for (const directive of field.directives ?? []) {
        const group = groupOf(directive);
        const line = directive.loc?.startToken.line;
        if (group === null || line === undefined) continue;
        const ref = { file: schemaName, line, text: (texts[line - 1] ?? "").trim() };
        found.set(`${type.name.value}.${field.name.value} ${group}`, ref);
      }
    }
  }
  return found;
}

function groupOf({ name, arguments: given }: ConstDirectiveNode): string | null {
  if (name.value !== "group") return null;
  const value = given?.find((argument) => argument.name.value === "name")?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}
