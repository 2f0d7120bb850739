// What an operation may touch and what its answer holds, said naively from the operation's text, the map and the lines of
// the rules. Nothing of src/gateway is used.
import {
  Kind,
  parse,
  valueFromASTUntyped,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
} from "graphql";
import { map, type Reference } from "./policy.js";
import type { MapDataset, MapLink } from "./map.js";

type Nodes = readonly [FieldNode, ...FieldNode[]];
type Values = Readonly<Record<string, unknown>>;

/** Columns of one table that one operation may read, by what for. */
export interface Allowed {
  readonly columns: Set<string>;
  readonly filter: Set<string>;
  readonly order: Set<string>;
  readonly match: Set<string>;
  count: boolean;
}

export interface Expected {
  /** Coordinates of selections that are refused (`Query.people` where nothing of people is shared). */
  readonly refused: Set<string>;
  /** Coordinates used in `where` and `orderBy` that may not be: the whole operation stops. */
  readonly inputs: Set<string>;
  /** By table; a table that is not there may not be asked at all. */
  readonly tables: Map<string, Allowed>;
}

/** What left, by the answer's JSON. */
export interface Left {
  readonly cells: Map<string, number>;
  /** Per dataset, per place of the answer: the ids there (under the alias `zid`), each once. */
  readonly ids: Map<string, Map<string, Set<string>>>;
  /** Places where a cell about somebody else left: that dataset's ids by the column that names the person. */
  readonly about: { dataset: string; id: string; column: string }[];
}

/** How ids and cursors of the variables stand with the agreement. */
export interface Handles {
  /** Dataset of each id that is the agreement's own. */
  readonly ids: ReadonlyMap<string, string>;
  readonly cursors: ReadonlySet<string>;
}

export class Walk {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #root: SelectionNode[] = [];

  constructor(
    query: string,
    readonly variables: Values,
    readonly reference: Reference,
    readonly handles: Handles,
  ) {
    for (const definition of parse(query).definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
      if (definition.kind === Kind.OPERATION_DEFINITION) this.#root.push(...definition.selectionSet.selections);
    }
  }

  expected(): Expected {
    const expected: Expected = { refused: new Set(), inputs: new Set(), tables: new Map() };
    this.#roots((node, nodes, root) => {
      if (root.kind === "list") this.#expectList(expected, root.dataset, `Query.${node.name.value}`, nodes, [], true);
      else if (root.kind === "one")
        this.#expectOne(
          expected,
          root.dataset,
          nodes,
          root.dataset.key.map((field) => field.column),
        );
      else if (root.kind === "refused") expected.refused.add(`Query.${node.name.value}`);
    });
    return expected;
  }

  /** @param data the answer's `data` */
  left(data: Values): Left {
    const left: Left = { cells: new Map(), ids: new Map(), about: [] };
    this.#roots((_, nodes, root, key) => {
      const value = data[key];
      if (root.kind === "list") this.#leftList(left, root.dataset, nodes, value, key);
      if (root.kind === "one") this.#leftObject(left, root.dataset, nodes, value, key);
    });
    return left;
  }

  #roots(visit: (node: FieldNode, nodes: Nodes, root: Root, key: string) => void): void {
    for (const [key, nodes] of this.#collect(this.#root, "Query")) {
      const [node] = nodes;
      const name = node.name.value;
      const dataset = [...map.values()].find((each) => each.shared && (each.one === name || each.many === name));
      const id = this.#argument(node, "id");
      const own = typeof id === "string" ? map.get(this.handles.ids.get(id) ?? "") : undefined;
      const { reference } = this;
      if (name === "node")
        visit(node, nodes, own && reference.visible(own) ? { kind: "one", dataset: own } : nothing, key);
      else if (!dataset) continue;
      else if (name === dataset.many)
        visit(node, nodes, reference.listable(dataset) ? { kind: "list", dataset } : { kind: "refused" }, key);
      else if (!reference.visible(dataset)) visit(node, nodes, { kind: "refused" }, key);
      else visit(node, nodes, own === dataset ? { kind: "one", dataset } : nothing, key);
    }
  }

  #collect(selections: readonly SelectionNode[], type: string, found = new Map<string, [FieldNode, ...FieldNode[]]>()) {
    for (const selection of selections) {
      const off = (selection.directives ?? []).some((directive) => {
        const value = valueFromASTUntyped(directive.arguments?.[0]?.value ?? { kind: Kind.NULL }, this.variables);
        return directive.name.value === "skip" ? value === true : value === false;
      });
      if (off) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = found.get(key);
        if (nodes) nodes.push(selection);
        else found.set(key, [selection]);
        continue;
      }
      const inner = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
      const condition = inner?.typeCondition?.name.value ?? type;
      if (inner && (condition === type || condition === "Node"))
        this.#collect(inner.selectionSet.selections, type, found);
    }
    return found;
  }
  #below(nodes: readonly FieldNode[], type: string) {
    return this.#collect(
      nodes.flatMap((node) => node.selectionSet?.selections ?? []),
      type,
    );
  }
  #argument(node: FieldNode, name: string): unknown {
    const given = node.arguments?.find((each) => each.name.value === name);
    return given ? valueFromASTUntyped(given.value, this.variables) : undefined;
  }
  #cursorFits(node: FieldNode): boolean {
    const cursor = this.#argument(node, "after") ?? this.#argument(node, "before");
    return typeof cursor !== "string" || this.handles.cursors.has(cursor);
  }

  #table(expected: Expected, dataset: MapDataset): Allowed {
    const known = expected.tables.get(dataset.table);
    if (known) return known;
    const made = {
      columns: new Set<string>(),
      filter: new Set<string>(),
      order: new Set<string>(),
      match: new Set<string>(),
      count: false,
    };
    expected.tables.set(dataset.table, made);
    return made;
  }

  #expectOne(expected: Expected, dataset: MapDataset, nodes: readonly FieldNode[], match: readonly string[]): void {
    const table = this.#table(expected, dataset);
    for (const column of match) table.match.add(column);
    for (const column of match) table.columns.add(column);
    this.#expectObject(expected, dataset, nodes);
    // Several rows may meet one link: the first by key is taken.
    for (const { column } of dataset.key) for (const set of [table.columns, table.order]) set.add(column);
  }

  #expectObject(expected: Expected, dataset: MapDataset, nodes: readonly FieldNode[]): void {
    const { columns } = this.#table(expected, dataset);
    for (const column of dataset.subjects) columns.add(column);
    for (const [, [node, ...more]] of this.#below(nodes, dataset.name)) {
      const name = node.name.value;
      const member = dataset.members.get(name);
      if (name === "id") for (const field of dataset.key) columns.add(field.column);
      if (member === undefined) continue;
      if (member.kind === "field") {
        if (!this.reference.opened(member.coordinate)) expected.refused.add(member.coordinate);
        else for (const column of [member.column, ...member.subjects]) columns.add(column);
      } else this.#expectLink(expected, dataset, member, [node, ...more]);
    }
  }

  #expectLink(expected: Expected, dataset: MapDataset, link: MapLink, nodes: Nodes): void {
    const target = map.get(link.target);
    if (!target || !this.reference.answers(link)) {
      expected.refused.add(link.coordinate);
      return;
    }
    const use = (): void => {
      for (const column of link.from) this.#table(expected, dataset).columns.add(column);
    };
    if (!link.many) {
      use();
      this.#expectOne(expected, target, nodes, link.to);
    } else if (this.#expectList(expected, target, link.coordinate, nodes, link.to, false)) use();
  }

  #expectList(
    expected: Expected,
    dataset: MapDataset,
    _at: string,
    nodes: Nodes,
    match: readonly string[],
    root: boolean,
  ): boolean {
    const [node] = nodes;
    const inputs = this.#inputs(node);
    const faulty = inputs.filter((name) => !this.reference.usable(`${dataset.name}.${name}`));
    for (const name of faulty) expected.inputs.add(`${dataset.name}.${name}`);
    if (!this.#cursorFits(node)) return false;
    const table = this.#table(expected, dataset);
    const columnOf = (name: string): string => {
      const member = dataset.members.get(name);
      return member?.kind === "field" ? member.column : "";
    };
    for (const name of this.#whereFields(this.#argument(node, "where"))) table.filter.add(columnOf(name));
    const order = [
      ...this.#orderFields(this.#argument(node, "orderBy")).map(columnOf),
      ...dataset.key.map((field) => field.column),
    ];
    for (const column of order) for (const set of [table.columns, table.order]) set.add(column);
    for (const column of match) for (const set of [table.columns, table.match]) set.add(column);
    for (const [, member] of this.#below(nodes, `${dataset.name}Connection`)) {
      const name = member[0].name.value;
      if (name === "nodes") this.#expectObject(expected, dataset, member);
      // A count under a condition and the row after a page's end tell of people: they are read for the record.
      if (name === "pageInfo" || name === "totalCount")
        for (const column of dataset.subjects) table.columns.add(column);
      if (name === "totalCount" && root) table.count = true;
      if (name !== "edges") continue;
      for (const column of dataset.subjects) table.columns.add(column);
      for (const [, edge] of this.#below(member, `${dataset.name}Edge`))
        if (edge[0].name.value === "node") this.#expectObject(expected, dataset, edge);
    }
    return true;
  }

  #inputs(node: FieldNode): string[] {
    return [...this.#whereFields(this.#argument(node, "where")), ...this.#orderFields(this.#argument(node, "orderBy"))];
  }
  #whereFields(where: unknown): string[] {
    if (Array.isArray(where)) return where.flatMap((each) => this.#whereFields(each));
    if (typeof where !== "object" || where === null) return [];
    return Object.entries(where).flatMap(([name, value]) =>
      ["and", "or", "not"].includes(name) ? this.#whereFields(value) : [name],
    );
  }
  #orderFields(orderBy: unknown): string[] {
    return Array.isArray(orderBy) ? orderBy.map((item: { field: string }) => item.field) : [];
  }

  #leftObject(left: Left, dataset: MapDataset, nodes: readonly FieldNode[], value: unknown, place: string): void {
    if (typeof value !== "object" || value === null) return;
    const row = value as Values;
    const id = typeof row["zid"] === "string" ? row["zid"] : "";
    const places = left.ids.get(dataset.name) ?? new Map<string, Set<string>>();
    left.ids.set(dataset.name, places);
    places.set(place, (places.get(place) ?? new Set()).add(id));
    const add = (at: string): void => void left.cells.set(at, (left.cells.get(at) ?? 0) + 1);
    for (const [key, below] of this.#below(nodes, dataset.name)) {
      const name = below[0].name.value;
      const member = dataset.members.get(name);
      if (name === "id") add(`${dataset.name}.id`);
      if (member?.kind === "field" && this.reference.opened(member.coordinate)) {
        add(member.coordinate);
        for (const column of member.subjects) left.about.push({ dataset: dataset.name, id, column });
      }
      if (member?.kind !== "link" || !this.reference.answers(member)) continue;
      const target = map.get(member.target);
      if (!target || (member.many && !this.#cursorFits(below[0]))) continue;
      add(member.coordinate);
      if (member.many) this.#leftList(left, target, below, row[key], `${place}.${key}`);
      else this.#leftObject(left, target, below, row[key], `${place}.${key}`);
    }
  }

  #leftList(left: Left, dataset: MapDataset, nodes: Nodes, value: unknown, place: string): void {
    if (typeof value !== "object" || value === null) return;
    const list = value as Values;
    let counted = false;
    let paged = false;
    const add = (at: string, cells: number): void => void left.cells.set(at, (left.cells.get(at) ?? 0) + cells);
    // What rows are chosen or sorted by tells of itself, though no cell of it leaves.
    for (const name of this.#inputs(nodes[0])) add(`${dataset.name}.${name}`, 0);
    for (const [key, below] of this.#below(nodes, `${dataset.name}Connection`)) {
      const name = below[0].name.value;
      if (name === "totalCount") counted = true;
      if (name === "pageInfo") paged = true;
      if (name === "nodes")
        for (const each of list[key] as unknown[]) this.#leftObject(left, dataset, below, each, `${place}.${key}`);
      if (name !== "edges") continue;
      for (const edge of list[key] as Values[])
        for (const [edgeKey, inner] of this.#below(below, `${dataset.name}Edge`))
          if (inner[0].name.value === "node")
            this.#leftObject(left, dataset, inner, edge[edgeKey], `${place}.${key}.${edgeKey}`);
    }
    if (counted) add(`${dataset.name}.totalCount`, 1);
    if (paged) add(`${dataset.name}.pageInfo`, 1);
  }
}

type Root = { readonly kind: "list" | "one"; readonly dataset: MapDataset } | { readonly kind: "refused" | "nothing" };
const nothing: Root = { kind: "nothing" };
