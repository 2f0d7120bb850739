// Names that would meet in the derived API: root fields, derived types, and type tags inside ids.
import { createHash } from "node:crypto";
import type { ASTNode } from "graphql";
import { apiNames, defaultRoots, isFixedName, nodeRoot } from "./api-names.js";
import type { FaultList } from "./fault-list.js";
import type { TypeDraft } from "./read-types.js";

export interface RootNames {
  readonly one: string;
  readonly many: string;
}

const graphqlName = /^[_A-Za-z][_0-9A-Za-z]*$/;

export function checkRootNames(types: Iterable<TypeDraft>, faults: FaultList): ReadonlyMap<string, RootNames> {
  const owners = new Map<string, string>([[nodeRoot, "the gateway"]]);
  const roots = new Map<string, RootNames>();
  for (const type of types) {
    const dataset = type.directives.one("dataset");
    const usual = defaultRoots(type.name);
    const names = { one: dataset?.text("one")?.text ?? usual.one, many: dataset?.text("many")?.text ?? usual.many };
    roots.set(type.name, names);
    for (const argument of ["one", "many"] as const) {
      const name = names[argument];
      const node: ASTNode = dataset?.text(argument)?.node ?? type.node.name;
      const owner = owners.get(name);
      if (!graphqlName.test(name) || name.startsWith("__")) {
        faults.add(
          node,
          "root-name",
          `"${name}" cannot name a field: letters, digits and "_", not beginning with "__"`,
        );
      } else if (owner !== undefined) {
        const message = `root field "${name}" of "${type.name}" is already that of ${owner}: name it with @dataset(${argument}:)`;
        faults.add(node, "root-name-taken", message);
      } else {
        owners.set(name, `"${type.name}"`);
      }
    }
  }
  return roots;
}

export function checkTypeNames(types: ReadonlyMap<string, TypeDraft>, faults: FaultList): void {
  const derivedBy = new Map<string, string>();
  for (const type of types.values()) {
    for (const name of Object.values(apiNames(type.name))) {
      const other = derivedBy.get(name);
      if (other === undefined) {
        derivedBy.set(name, type.name);
      } else {
        const message = `"${type.name}" and "${other}" would both derive the type "${name}"`;
        faults.add(type.node.name, "type-name-taken", message);
      }
    }
  }
  for (const type of types.values()) {
    const owner = derivedBy.get(type.name);
    if (isFixedName(type.name)) {
      faults.add(type.node.name, "type-name-taken", `"${type.name}" is a name of the API itself`);
    } else if (type.name.startsWith("__")) {
      faults.add(type.node.name, "name-reserved", `"${type.name}": names that begin with "__" belong to GraphQL`);
    } else if (owner !== undefined) {
      faults.add(type.node.name, "type-name-taken", `"${type.name}" is the name of a type derived from "${owner}"`);
    }
  }
}

/** 4 bytes in hex that stand for a type inside ids; two types with one tag would take each other's ids. */
export const typeTagOf = (type: string): string => createHash("sha256").update(type).digest("hex").slice(0, 8);

export function checkTypeTags(types: Iterable<TypeDraft>, faults: FaultList): void {
  const owners = new Map<string, string>();
  for (const type of types) {
    const tag = typeTagOf(type.name);
    const owner = owners.get(tag);
    if (owner !== undefined) {
      const message = `"${type.name}" and "${owner}" would have the same tag inside ids: rename one of them`;
      faults.add(type.node.name, "type-tag-taken", message);
    }
    owners.set(tag, type.name);
  }
}
