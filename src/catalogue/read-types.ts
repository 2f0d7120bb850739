// First reading of `schema.graphql`: every type by itself, before links are followed.
import {
  Kind,
  print,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from "graphql";
import { nearest, scalarTypes, type ScalarType } from "../terms/index.js";
import type { DerivedForm, SourceColumn } from "./catalogue.js";
import { readDirectives, type Directive, type Directives } from "./directives.js";
import type { FaultList } from "./fault-list.js";
import { isSpecialCategory, personalCategories } from "./personal-categories.js";
import { readForm } from "./derived-form.js";
import { readAssumedSize, readWeight } from "./read-cost.js";

interface MemberDraft {
  readonly name: string;
  readonly node: FieldDefinitionNode;
  readonly directives: Directives;
  readonly groups: readonly string[];
  /** Null: not said. */
  readonly weight: number | null;
}
export interface FieldDraft extends MemberDraft {
  readonly kind: "field";
  readonly column: SourceColumn;
  readonly personal: { readonly category: string; readonly special: boolean } | null;
}
export interface DerivedDraft extends MemberDraft {
  readonly kind: "derived";
  readonly form: DerivedForm;
  /** Null: not said, so that it is as its source. */
  readonly personal: FieldDraft["personal"];
}
/** What stands in a type. */
export type AnyDraft = FieldDraft | DerivedDraft | LinkDraft | BrokenDraft;
export interface LinkDraft extends MemberDraft {
  readonly kind: "link";
  readonly target: string;
  readonly many: boolean;
  readonly assumedSize: number | null;
}
/** A member whose type is wrong: known by name, so that one mistake is told once. */
export interface BrokenDraft extends MemberDraft {
  readonly kind: "broken";
}

export interface TypeDraft {
  readonly name: string;
  readonly node: ObjectTypeDefinitionNode;
  readonly directives: Directives;
  readonly members: ReadonlyMap<string, AnyDraft>;
  /** Null: not said. */
  readonly weight: number | null;
  readonly assumedSize: number | null;
}

export const groupName = /^[a-z][a-z0-9-]*$/;

export function readTypes(document: DocumentNode, faults: FaultList): ReadonlyMap<string, TypeDraft> {
  const nodes = new Map<string, ObjectTypeDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) {
      faults.add(nameNode(definition), "definition-refused", refusal(definition));
    } else if (nodes.has(definition.name.value)) {
      faults.add(definition.name, "type-repeated", `type "${definition.name.value}" is defined twice`);
    } else {
      nodes.set(definition.name.value, definition);
    }
  }
  const types: ReadonlySet<string> = new Set(nodes.keys());
  return new Map([...nodes].map(([name, node]) => [name, readType(node, types, faults)]));
}

const nameNode = (definition: DefinitionNode) =>
  "name" in definition && definition.name !== undefined ? definition.name : definition;

function refusal(definition: DefinitionNode): string {
  switch (definition.kind) {
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.UNION_TYPE_DEFINITION:
      return "interfaces and unions are not accepted: rights are decided on the fields of concrete types";
    case Kind.ENUM_TYPE_DEFINITION:
      return "enums are not accepted: give the field the type String";
    case Kind.SCALAR_TYPE_DEFINITION:
      return `scalars are built in: ${scalarTypes.join(", ")}`;
    case Kind.DIRECTIVE_DEFINITION:
      return "the directives are built in and are not defined here";
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return "input types are not accepted: the gateway derives them from the datasets";
    case Kind.OPERATION_DEFINITION:
    case Kind.FRAGMENT_DEFINITION:
      return "this file describes data: operations and fragments are not accepted";
    default:
      return "only `type` definitions are accepted, each written once and whole";
  }
}

function readType(node: ObjectTypeDefinitionNode, types: ReadonlySet<string>, faults: FaultList): TypeDraft {
  const name = node.name.value;
  for (const implemented of node.interfaces ?? []) {
    faults.add(implemented, "interface-refused", "a dataset implements nothing: `Node` is added by the gateway");
  }
  const directives = readDirectives(node.directives, "type", faults);
  if (directives.one("dataset") === null && !roots.has(name)) {
    faults.add(node.name, "missing-dataset", `type "${name}" needs @dataset(source:, from:)`);
  }
  const members = new Map<string, AnyDraft>();
  for (const field of node.fields ?? []) {
    if (members.has(field.name.value)) {
      faults.add(field.name, "field-repeated", `field "${name}.${field.name.value}" is defined twice`);
    } else {
      members.set(field.name.value, readMember(field, types, faults));
    }
  }
  if (members.size === 0) faults.add(node.name, "no-fields", `type "${name}" has no fields`);
  const weight = readWeight(directives, faults);
  return { name, node, directives, members, weight, assumedSize: readAssumedSize(directives, faults) };
}

/** Refused by name elsewhere; they need no second fault. */
const roots: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

function readMember(node: FieldDefinitionNode, types: ReadonlySet<string>, faults: FaultList): AnyDraft {
  const name = node.name.value;
  checkMemberName(node, faults);
  const [firstArgument] = node.arguments ?? [];
  if (firstArgument !== undefined) {
    faults.add(firstArgument, "field-arguments", "fields take no arguments: the gateway derives those of lists");
  }
  const directives = readDirectives(node.directives, "field", faults);
  const weight = readWeight(directives, faults);
  const base = { name, node, directives, groups: readGroups(directives, faults), weight };
  const assumedSize = readAssumedSize(directives, faults);

  const type = readFieldType(node.type, types, faults);
  if (type === null) return { ...base, kind: "broken" };
  if (type.kind === "link") {
    refuseOnLink(directives, faults);
    if (directives.one("link") === null) {
      faults.add(node.type, "missing-link", `a field of type "${type.target}" needs @link(from:, to:)`);
      return { ...base, kind: "broken" };
    }
    if (!type.many) refuseListSize(directives, `one ${type.target}`, faults);
    return { ...base, ...type, assumedSize };
  }
  refuseListSize(directives, `one ${type.scalar}`, faults);
  const derived = directives.one("derived");
  if (derived !== null) return readDerived(base, derived, type.scalar, faults);
  const link = directives.one("link");
  if (link !== null) faults.add(link.node, "link-on-scalar", `@link leads to a dataset, not to a ${type.scalar}`);
  const column = { name: directives.one("column")?.text("name")?.text ?? name, type: type.scalar };
  return { ...base, kind: "field", column, personal: readPersonal(directives, faults) };
}

function readDerived(
  base: Omit<MemberDraft, "kind">,
  derived: Directive,
  scalar: ScalarType,
  faults: FaultList,
): DerivedDraft | BrokenDraft {
  for (const name of ["column", "subject", "link"] as const)
    for (const directive of base.directives.each(name)) {
      const message = `"@${name}" does not go with @derived: its column and whom it is about are those of the field it is made of`;
      faults.add(directive.node, "directive-misplaced", message);
    }
  if (scalar !== "String") {
    const message = `a derived field is a text: its type is String, not ${scalar}`;
    faults.add(base.node.type, "derived-type", message, "String");
  }
  const personal = readPersonal(base.directives, faults);
  const form = readForm(derived, faults);
  return form === null ? { ...base, kind: "broken" } : { ...base, kind: "derived", form, personal };
}

const inputWords: ReadonlySet<string> = new Set(["and", "or", "not"]);
const literals: ReadonlySet<string> = new Set(["true", "false", "null"]);

function checkMemberName(node: FieldDefinitionNode, faults: FaultList): void {
  const name = node.name.value;
  if (name === "id") {
    const message =
      '"id" is added by the gateway, as a pseudonym: name the service\'s own key otherwise, e.g. "number"';
    faults.add(node.name, "id-declared", message);
  } else if (name.startsWith("__")) {
    faults.add(node.name, "name-reserved", `"${name}": names that begin with "__" belong to GraphQL`);
  } else if (inputWords.has(name)) {
    faults.add(node.name, "name-reserved", `"${name}" is a word of \`where\`: choose another name`);
  } else if (literals.has(name)) {
    faults.add(node.name, "name-reserved", `"${name}" is a literal of GraphQL: choose another name`);
  }
}

type ReadFieldType = { kind: "field"; scalar: ScalarType } | { kind: "link"; target: string; many: boolean };

function readFieldType(type: TypeNode, types: ReadonlySet<string>, faults: FaultList): ReadFieldType | null {
  if (type.kind === Kind.NON_NULL_TYPE) {
    const message = 'fields are nullable: a refusal is a null and must not wipe out its parent; remove the "!"';
    // A name that is told to be unknown is no advice.
    const known = isKnown(type.type, types);
    faults.add(type, "not-nullable", message, known ? print(type.type) : undefined);
    return readFieldType(type.type, types, faults);
  }
  if (type.kind === Kind.NAMED_TYPE) {
    const name = type.name.value;
    const scalar = scalarTypes.find((known) => known === name);
    if (scalar !== undefined) return { kind: "field", scalar };
    if (types.has(name)) return { kind: "link", target: name, many: false };
    unknownType(type, name, types, faults);
    return null;
  }
  const item = type.type.kind === Kind.NON_NULL_TYPE ? type.type.type : type.type;
  if (item.kind === Kind.LIST_TYPE) {
    faults.add(type, "list-of-lists", "a list of lists is not accepted");
    return null;
  }
  const name = item.name.value;
  if (scalarTypes.some((known) => known === name)) {
    faults.add(type, "list-of-scalars", "a list of values is not accepted: a list is a link, [Type!] with @link");
    return null;
  }
  if (!types.has(name)) {
    unknownType(item, name, types, faults);
    return null;
  }
  if (type.type.kind !== Kind.NON_NULL_TYPE) {
    faults.add(type, "list-item-nullable", "a list never holds an empty place: write the item with `!`", `[${name}!]`);
  }
  return { kind: "link", target: name, many: true };
}

function isKnown(type: TypeNode, types: ReadonlySet<string>): boolean {
  if (type.kind !== Kind.NAMED_TYPE) return isKnown(type.type, types);
  const name = type.name.value;
  return types.has(name) || scalarTypes.some((known) => known === name);
}

function unknownType(node: TypeNode, name: string, types: ReadonlySet<string>, faults: FaultList): void {
  if (name === "ID") {
    faults.add(node, "unknown-type", "ID is kept for the gateway's own `id`: a service's key is a String or an Int");
    return;
  }
  faults.add(node, "unknown-type", `unknown type "${name}"`, nearest(name, [...scalarTypes, ...types]));
}

function refuseOnLink(directives: Directives, faults: FaultList): void {
  for (const name of ["column", "personal", "subject", "derived"] as const) {
    for (const directive of directives.each(name)) {
      faults.add(directive.node, "directive-misplaced", `"@${name}" stands on a field with a value, not on a link`);
    }
  }
}

function refuseListSize(directives: Directives, leadsTo: string, faults: FaultList): void {
  const directive = directives.one("listSize");
  if (directive === null) return;
  faults.add(directive.node, "directive-misplaced", `"@listSize" stands on a link to many, not on ${leadsTo}`);
}

function readGroups(directives: Directives, faults: FaultList): readonly string[] {
  const groups = new Set<string>();
  for (const directive of directives.each("group")) {
    const name = directive.text("name");
    if (name === null) continue;
    if (groupName.test(name.text)) {
      groups.add(name.text);
      continue;
    }
    const plain = name.text
      .replace(/^@/, "")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replace(/-$/, "");
    const message = `a group's name is small letters, digits and "-", without "@": "${name.text}"`;
    faults.add(name.node, "group-name", message, groupName.test(plain) ? plain : undefined);
  }
  return [...groups];
}

function readPersonal(directives: Directives, faults: FaultList): FieldDraft["personal"] {
  const directive = directives.one("personal");
  if (directive === null) return null;
  const category = directive.text("category");
  // Still personal while its category is unknown, so that `open: true` is told in the same pass.
  if (category === null) return { category: "", special: false };
  if (!personalCategories.has(category.text)) {
    const message = `unknown category of personal data "${category.text}" (names of DPV-PD, w3id.org/dpv/pd)`;
    faults.add(category.node, "unknown-category", message, nearest(category.text, personalCategories));
  }
  return { category: category.text, special: directive.flag("special") || isSpecialCategory(category.text) };
}
