// Every object of an answer with what was selected of it, by the operation's own text.
import {
  Kind,
  parse,
  valueFromASTUntyped,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
} from "graphql";
import { structure, type TownDataset, type TownField, type TownLink } from "./structure.js";

type Values = Record<string, unknown>;

export interface SelectedMember {
  readonly key: string;
  readonly member: TownField | TownLink;
}
export interface SeenObject {
  readonly dataset: TownDataset;
  /** Under the alias `zid`. */
  readonly id: string;
  readonly value: Values;
  /** In the order of their keys. */
  readonly selected: readonly SelectedMember[];
}
export interface SeenList {
  readonly dataset: TownDataset;
  /** Null at the root. */
  readonly link: TownLink | null;
  readonly value: Values;
  readonly counts: readonly string[];
  readonly paged: boolean;
}

export interface Visitor {
  readonly object?: (seen: SeenObject) => void;
  readonly list?: (seen: SeenList) => void;
}

/** @param datasetOf of an id that stands as an argument of `node` */
export function walkAnswer(
  query: string,
  variables: Readonly<Values>,
  data: Values,
  datasetOf: (id: string) => TownDataset | null,
  visitor: Visitor,
): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const root: SelectionNode[] = [];
  for (const definition of parse(query).definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) root.push(...definition.selectionSet.selections);
  }
  const walk = new Walk(fragments, variables, visitor);
  for (const [key, nodes] of walk.collect(root, "Query")) {
    const name = nodes[0]?.name.value ?? "";
    const value = data[key];
    const list = structure.find((dataset) => dataset.many === name);
    const lone = structure.find((dataset) => oneOf(dataset) === name);
    const id = nodes[0]?.arguments?.find((each) => each.name.value === "id");
    const byId = id ? datasetOf(String(valueFromASTUntyped(id.value, variables))) : null;
    if (list !== undefined) walk.list(list, null, nodes, value);
    else if (lone !== undefined) walk.object(lone, nodes, value);
    else if (name === "node" && byId !== null) walk.object(byId, nodes, value);
  }
}

const oneOf = ({ name }: TownDataset): string => name.charAt(0).toLowerCase() + name.slice(1);

class Walk {
  constructor(
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    readonly variables: Readonly<Values>,
    readonly visitor: Visitor,
  ) {}

  collect(selections: readonly SelectionNode[], type: string, found = new Map<string, FieldNode[]>()) {
    for (const selection of selections) {
      const off = (selection.directives ?? []).some((directive) => {
        const value = valueFromASTUntyped(directive.arguments?.[0]?.value ?? { kind: Kind.NULL }, this.variables);
        return directive.name.value === "skip" ? value === true : value === false;
      });
      if (off) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        found.set(key, [...(found.get(key) ?? []), selection]);
        continue;
      }
      const inner = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value) : selection;
      const condition = inner?.typeCondition?.name.value ?? type;
      if (inner && (condition === type || condition === "Node"))
        this.collect(inner.selectionSet.selections, type, found);
    }
    return found;
  }

  #below(nodes: readonly FieldNode[], type: string) {
    return this.collect(
      nodes.flatMap((node) => node.selectionSet?.selections ?? []),
      type,
    );
  }

  object(dataset: TownDataset, nodes: readonly FieldNode[], value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    const object = value as Values;
    const id = typeof object["zid"] === "string" ? object["zid"] : "";
    const below = [...this.#below(nodes, dataset.name)].flatMap(([key, own]) => {
      const member = dataset.members.find((each) => each.name === own[0]?.name.value);
      return member === undefined ? [] : [{ key, member, own }];
    });
    this.visitor.object?.({ dataset, id, value: object, selected: below });
    for (const { key, member, own } of below) {
      if (member.kind !== "link") continue;
      const target = structure.find((each) => each.name === member.target);
      if (target === undefined) continue;
      if (member.many) this.list(target, member, own, object[key]);
      else this.object(target, own, object[key]);
    }
  }

  list(dataset: TownDataset, link: TownLink | null, nodes: readonly FieldNode[], value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    const list = value as Values;
    const below = this.#below(nodes, `${dataset.name}Connection`);
    const named = (name: string) => [...below].filter(([, own]) => own[0]?.name.value === name);
    this.visitor.list?.({
      ...{ dataset, link, value: list },
      counts: named("totalCount").map(([key]) => key),
      paged: named("pageInfo").length > 0,
    });
    for (const [key, own] of named("nodes"))
      for (const each of (list[key] ?? []) as unknown[]) this.object(dataset, own, each);
    for (const [key, own] of named("edges"))
      for (const edge of (list[key] ?? []) as Values[])
        for (const [edgeKey, inner] of this.#below(own, `${dataset.name}Edge`))
          if (inner[0]?.name.value === "node") this.object(dataset, inner, edge[edgeKey]);
  }
}
