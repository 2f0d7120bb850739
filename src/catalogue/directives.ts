// The directives of `schema.graphql`: which exist, where they stand, what their arguments hold.
import { Kind, type ConstDirectiveNode, type ConstValueNode } from "graphql";
import { nearest } from "../terms/index.js";
import type { FaultList } from "./fault-list.js";

type ArgumentKind = "String" | "Boolean" | "Int" | "[String!]" | readonly string[];

interface DirectiveRule {
  readonly on: readonly ("type" | "field")[];
  readonly repeatable: boolean;
  readonly required: Readonly<Record<string, ArgumentKind>>;
  readonly optional: Readonly<Record<string, ArgumentKind>>;
}

const rules = {
  dataset: {
    on: ["type"],
    repeatable: false,
    required: { source: "String", from: "String" },
    optional: {
      one: "String",
      many: "String",
      steward: "String",
      status: ["IDENTIFIED", "QUALIFIED", "SHARED"],
      updated: "String",
      open: "Boolean",
      licence: "String",
    },
  },
  key: { on: ["type"], repeatable: false, required: { fields: "String" }, optional: {} },
  subject: {
    on: ["type", "field"],
    repeatable: true,
    required: {},
    optional: { scheme: "String", field: "String", via: "String" },
  },
  column: { on: ["field"], repeatable: false, required: { name: "String" }, optional: {} },
  personal: { on: ["field"], repeatable: false, required: { category: "String" }, optional: { special: "Boolean" } },
  derived: { on: ["field"], repeatable: false, required: { from: "String", as: "String" }, optional: {} },
  notForGuardians: { on: ["field"], repeatable: false, required: {}, optional: {} },
  group: { on: ["field"], repeatable: true, required: { name: "String" }, optional: {} },
  // As people who are no builders read it, on the citizen's pages and in what they decide on.
  label: { on: ["type", "field"], repeatable: false, required: { fr: "String", en: "String" }, optional: {} },
  link: { on: ["field"], repeatable: false, required: { from: "[String!]", to: "[String!]" }, optional: {} },
  // IBM's GraphQL Cost Directives; what else they can say follows from how lists are derived.
  cost: { on: ["type", "field"], repeatable: false, required: { weight: "String" }, optional: {} },
  listSize: { on: ["type", "field"], repeatable: false, required: { assumedSize: "Int" }, optional: {} },
} as const satisfies Record<string, DirectiveRule>;

export type DirectiveName = keyof typeof rules;

const ruleOf = (name: string): DirectiveRule | undefined =>
  Object.hasOwn(rules, name) ? rules[name as DirectiveName] : undefined;

/** A whole number of an argument, and where it stands. */
interface GivenNumber {
  readonly number: number;
  readonly node: ConstValueNode;
}

/** A text of an argument, and where it stands. */
export interface GivenText {
  readonly text: string;
  readonly node: ConstValueNode;
}

/** One use of a directive whose arguments were checked; one that is wrong reads as absent. */
export class Directive {
  constructor(
    readonly name: DirectiveName,
    readonly node: ConstDirectiveNode,
    private readonly values: ReadonlyMap<string, ConstValueNode>,
  ) {}

  text(argument: string): GivenText | null {
    const node = this.values.get(argument);
    return node?.kind === Kind.STRING || node?.kind === Kind.ENUM ? { text: node.value, node } : null;
  }

  number(argument: string): GivenNumber | null {
    const node = this.values.get(argument);
    return node?.kind === Kind.INT ? { number: Number(node.value), node } : null;
  }

  flag(argument: string): boolean {
    const node = this.values.get(argument);
    return node?.kind === Kind.BOOLEAN && node.value;
  }

  /** A single text stands for a list of one (GraphQL spec, "List input coercion"). */
  texts(argument: string): readonly GivenText[] {
    const node = this.values.get(argument);
    const items = node?.kind === Kind.LIST ? node.values : node === undefined ? [] : [node];
    return items.flatMap((item) => (item.kind === Kind.STRING ? [{ text: item.value, node: item }] : []));
  }

  has(argument: string): boolean {
    return this.values.has(argument);
  }
}

export class Directives {
  constructor(private readonly all: readonly Directive[]) {}
  one(name: DirectiveName): Directive | null {
    return this.all.find((directive) => directive.name === name) ?? null;
  }
  each(name: DirectiveName): readonly Directive[] {
    return this.all.filter((directive) => directive.name === name);
  }
}

export function readDirectives(
  nodes: readonly ConstDirectiveNode[] | undefined,
  place: "type" | "field",
  faults: FaultList,
): Directives {
  const found: Directive[] = [];
  for (const node of nodes ?? []) {
    const name = node.name.value;
    const rule = ruleOf(name);
    if (rule === undefined) {
      const meant = nearest(name, Object.keys(rules));
      faults.add(node, "unknown-directive", `unknown directive "@${name}"`, meant === undefined ? meant : `@${meant}`);
    } else if (!rule.on.includes(place)) {
      faults.add(node, "directive-misplaced", `"@${name}" stands on a ${rule.on.join(" or ")}, not on a ${place}`);
    } else if (!rule.repeatable && found.some((other) => other.name === name)) {
      faults.add(node, "directive-repeated", `"@${name}" may stand here only once`);
    } else {
      found.push(new Directive(name as DirectiveName, node, readArguments(node, rule, faults)));
    }
  }
  return new Directives(found);
}

function readArguments(
  directive: ConstDirectiveNode,
  rule: DirectiveRule,
  faults: FaultList,
): ReadonlyMap<string, ConstValueNode> {
  const kinds: Readonly<Record<string, ArgumentKind>> = { ...rule.required, ...rule.optional };
  const values = new Map<string, ConstValueNode>();
  const seen = new Set<string>();
  const at = `of "@${directive.name.value}"`;
  for (const argument of directive.arguments ?? []) {
    const name = argument.name.value;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      const message = `unknown argument "${name}" ${at}`;
      faults.add(argument.name, "unknown-argument", message, nearest(name, Object.keys(kinds)));
    } else if (seen.has(name)) {
      faults.add(argument.name, "argument-repeated", `argument "${name}" ${at} is given twice`);
    } else if (isOfKind(argument.value, kind, `argument "${name}" ${at}`, faults)) {
      values.set(name, argument.value);
    }
    seen.add(name);
  }
  for (const name of Object.keys(rule.required)) {
    if (!seen.has(name)) faults.add(directive, "missing-argument", `"@${directive.name.value}" needs "${name}"`);
  }
  return values;
}

function isOfKind(value: ConstValueNode, kind: ArgumentKind, what: string, faults: FaultList): boolean {
  if (kind === "Boolean") {
    if (value.kind === Kind.BOOLEAN) return true;
    faults.add(value, "argument-type", `${what} must be true or false`);
    return false;
  }
  if (kind === "Int") {
    if (value.kind === Kind.INT) return true;
    faults.add(value, "argument-type", `${what} must be a whole number, without quotes`);
    return false;
  }
  if (kind === "String") {
    if (isText(value)) return true;
    faults.add(value, "argument-type", `${what} must be a text in quotes that is not empty`);
    return false;
  }
  if (kind === "[String!]") {
    const items = value.kind === Kind.LIST ? value.values : [value];
    if (items.length > 0 && items.every(isText)) return true;
    faults.add(value, "argument-type", `${what} must be a list of texts, like ["number"]`);
    return false;
  }
  if (value.kind === Kind.ENUM && kind.includes(value.value)) return true;
  const written = value.kind === Kind.ENUM || value.kind === Kind.STRING ? nearest(value.value, kind) : undefined;
  faults.add(value, "argument-type", `${what} must be one of ${kind.join(", ")}, without quotes`, written);
  return false;
}

const isText = (value: ConstValueNode): boolean => value.kind === Kind.STRING && value.value.trim() !== "";
