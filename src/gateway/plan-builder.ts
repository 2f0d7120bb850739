// What grows while an operation is planned: batches shared by the places that ask for the same, counts against limits.
import { Kind, type FieldNode, type GraphQLSchema } from "graphql";
import type { Catalogue, Dataset, SourceColumn } from "../catalogue/index.js";
import type { Coordinate, Value } from "../terms/index.js";
import type { AccessView } from "./access-view.js";
import type { CollectContext } from "./collect-fields.js";
import type { CostLine } from "./cost.js";
import {
  ColumnSet,
  turned,
  type Batch,
  type Binder,
  type Bound,
  type ErrorPlace,
  type Fetch,
  type Key,
} from "./plan.js";
import type { ListRequest, ObjectOutput, Output, PlannedError, RefusedSelection } from "./plan.js";
import { limitExceeded, type RefusedInput } from "./refusals.js";
import type { RequestLimits } from "./request.js";
import type { Seals } from "./seals.js";

/** Selected fields of one operation, fragments expanded; a bound on our own work, beside the ones that can be set. */
const MAX_SELECTED = 2_000;
/** What comparing one row with every `where` of the operation may take: a thousand comparisons, or four large areas. */
const MAX_COMPARING = 5_000;
/** No tool that reads a schema needs more. */
const MAX_INTROSPECTION_ALIASES = 10;

export interface PlanContext {
  readonly schema: GraphQLSchema;
  readonly catalogue: Catalogue;
  readonly view: AccessView;
  readonly seals: Seals;
  readonly limits: RequestLimits;
  readonly collect: CollectContext;
  /** Variables that are opened for each request: `lateVariables`. None: their values are fixed in the plan. */
  readonly late?: ReadonlySet<string>;
  /** Where to ask for a field: the tenant's. */
  readonly contact: string;
}

/** Where in the response a selection stands: its path, cut at the first list from the root. */
export interface Place {
  readonly path: readonly string[];
  /** Below the first list; null while there is none. */
  readonly below: readonly string[] | null;
  readonly depth: number;
  /** Rows that may stand at this place. */
  readonly rows: number;
  /** Rows that its cost is estimated for: fewer where `@listSize` says so. */
  readonly expected: number;
  /** The list or link that leads here. */
  readonly by: FieldNode | null;
}

export const rootPlace: Place = { path: [], below: null, depth: 0, rows: 1, expected: 1, by: null };

export class PlanBuilder {
  readonly batches: Batch[] = [];
  readonly fetches: Fetch[] = [];
  readonly objects: ObjectOutput[] = [];
  readonly refused: RefusedSelection[] = [];
  readonly refusedInputs: RefusedInput[] = [];
  readonly errors: PlannedError[] = [];
  readonly costs: CostLine[] = [];
  readonly binders: Binder[] = [];
  /** False from the moment on that a late variable did not open. */
  reusable = true;
  readonly #keys: (readonly Key[])[] = [];
  readonly #after: (readonly Value[] | null)[] = [];
  readonly #bySignature = new Map<string, Batch>();
  #selected = 0;
  #aliases = 0;
  #rows = 0;
  #cells = 0;
  #introspectionAliases = 0;
  #comparing = 0;

  constructor(readonly context: PlanContext) {}

  get view(): AccessView {
    return this.context.view;
  }
  get seals(): Seals {
    return this.context.seals;
  }
  get limits(): RequestLimits {
    return this.context.limits;
  }

  get fixed(): Bound {
    return { keys: this.#keys, after: this.#after };
  }

  /** The variable that is the whole of an argument and opened for each request; null: its value is fixed. */
  lateArgument(node: FieldNode, name: string): string | null {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind !== Kind.VARIABLE) return null;
    return this.context.late?.has(value.name.value) === true ? value.name.value : null;
  }

  /** Counts a selected field against the limits and says where it stands. */
  enter(place: Place, key: string, nodes: readonly [FieldNode, ...FieldNode[]]): Place {
    const depth = place.depth + 1;
    if (++this.#selected > MAX_SELECTED) throw limitExceeded("Selected fields", this.#selected, MAX_SELECTED, nodes);
    if (depth > this.limits.depth) throw limitExceeded("Depth", depth, this.limits.depth, nodes);
    if (nodes[0].alias && ++this.#aliases > this.limits.aliases)
      throw limitExceeded("Aliases", this.#aliases, this.limits.aliases, nodes);
    return place.below === null
      ? { ...place, depth, path: [...place.path, key] }
      : { ...place, depth, below: [...place.below, key] };
  }

  /** Not by depth: how deep a schema's types are asked for is bounded in validation. */
  enterIntrospection(nodes: readonly FieldNode[]): void {
    if (++this.#selected > MAX_SELECTED) throw limitExceeded("Selected fields", this.#selected, MAX_SELECTED, nodes);
    if (nodes.some((node) => node.alias) && ++this.#introspectionAliases > MAX_INTROSPECTION_ALIASES)
      throw limitExceeded("Aliases in introspection", this.#introspectionAliases, MAX_INTROSPECTION_ALIASES, nodes);
  }

  /**
   * Rows that a list may bring, counted against the operation's bound.
   * @param expected For each parent: what the cost is estimated for.
   */
  addRows(place: Place, perParent: number, node: FieldNode, expected = perParent): Place {
    const rows = place.rows * Math.max(1, perParent);
    this.#rows += rows;
    if (this.#rows > this.limits.rows)
      throw limitExceeded(
        "Rows that this operation could return (its `first` arguments multiplied)",
        this.#rows,
        this.limits.rows,
        [node],
      );
    return { ...place, rows, expected: place.expected * expected, by: node };
  }

  /** @param units see plan-where.ts */
  addComparing(units: number, node: FieldNode): void {
    this.#comparing += units;
    if (this.#comparing > MAX_COMPARING)
      throw limitExceeded("Comparing in `where`, all lists together", this.#comparing, MAX_COMPARING, [node]);
  }

  addCost(line: CostLine): void {
    if (line.weight > 0) this.costs.push(line);
  }

  /** A list or link is read for every object that it stands in. */
  addPlaceCost(place: Place, fetch: Fetch, weight: number, node: FieldNode): void {
    this.addCost({ per: "place", index: fetch.index, weight, expected: place.expected, node });
  }

  /** Values that a selection may bring, in every place that writes them: an answer is made and sent in one piece. */
  addCells(place: Place, selected: number, nodes: readonly FieldNode[]): void {
    this.#cells += place.rows * selected;
    if (this.#cells > this.limits.cells)
      throw limitExceeded(
        "Values that this operation could return (rows times selected fields)",
        this.#cells,
        this.limits.cells,
        nodes.slice(0, 1),
      );
  }

  listBatch(
    dataset: Dataset,
    level: number,
    match: readonly SourceColumn[],
    coordinate: Coordinate,
    list: ListRequest,
  ): Batch {
    // One page, whether its length was written or not.
    const signature = JSON.stringify([
      level,
      coordinate,
      dataset.name,
      match,
      { ...list, usual: undefined, late: undefined },
    ]);
    const batch = this.#batch(signature, {
      dataset,
      level,
      match,
      filter: list.filter,
      order: list.order,
      resumed: list.after !== null,
      limit: list.limit,
      reverse: list.reverse,
    });
    this.#positionOf(batch, coordinate, list);
    batch.columns.addAll(batch.order.map((each) => each.column));
    return batch;
  }

  /** Places that ask for the same page share its position: `lateKey` sees to it that they do so in every request. */
  #positionOf(batch: Batch, coordinate: Coordinate, { after, late, order, reverse }: ListRequest): void {
    if (late === null) this.#after[batch.index] = after;
    else if (!this.binders.some((binder) => binder.kind === "cursor" && binder.batch === batch.index))
      this.binders.push({
        ...{ kind: "cursor", variable: late, coordinate, batch: batch.index },
        order: reverse ? order.map(turned) : order,
      });
  }

  /** Rows by their own key or by a to-one link. */
  keyedBatch(dataset: Dataset, level: number, match: readonly SourceColumn[]): Batch {
    const signature = JSON.stringify([level, dataset.name, match]);
    return this.#batch(signature, {
      dataset,
      level,
      match,
      filter: null,
      order: [],
      resumed: false,
      limit: null,
      reverse: false,
    });
  }

  #batch(
    signature: string,
    shape: Omit<
      Batch,
      "index" | "relation" | "columns" | "probe" | "count" | "rows" | "about" | "ids" | "cursors" | "members"
    >,
  ): Batch {
    const known = this.#bySignature.get(signature);
    if (known) return known;
    const off = (): { wanted: boolean } => ({ wanted: false });
    const batch: Batch = {
      ...shape,
      index: this.batches.length,
      relation: this.#relation(shape.dataset, shape.match),
      columns: new ColumnSet(),
      probe: off(),
      count: off(),
      rows: off(),
      about: off(),
      ids: off(),
      cursors: off(),
      members: [],
    };
    batch.columns.addAll(batch.match);
    const { cellColumns = [] } = this.view.conditions(shape.dataset.name) ?? {};
    for (const condition of batch.relation ?? []) batch.columns.addAll(cellColumns[condition] ?? []);
    this.batches.push(batch);
    this.#after.push(null);
    this.#bySignature.set(signature, batch);
    return batch;
  }

  /** Rows that are found by their own key are told by whoever named it: an id, or a link whose cell was open. */
  #relation(dataset: Dataset, match: readonly SourceColumn[]): readonly number[] | null {
    const key = new Set(dataset.key.map(({ column }) => column.name));
    return match.every(({ name }) => key.has(name)) ? null : this.view.relation(dataset, match);
  }

  /** @param key asked for by an id that is written into the operation. */
  fetch(shape: Omit<Fetch, "index">, key: Key | null = null): Fetch {
    const fetch = { ...shape, index: this.fetches.length };
    this.fetches.push(fetch);
    this.#keys.push(key === null ? [] : [key]);
    shape.batch.members.push(fetch);
    return fetch;
  }

  object(dataset: Dataset, outputs: readonly Output[]): ObjectOutput {
    const object = { dataset, outputs, index: this.objects.length };
    this.objects.push(object);
    return object;
  }

  /** Reads with a cell what tells whether it is open; it never leaves by that. @returns `AccessView.condition` */
  readCondition(batch: Batch, coordinate: Coordinate): number {
    const condition = this.view.condition(coordinate);
    if (condition >= 0) batch.columns.addAll(this.view.conditions(batch.dataset.name)?.cellColumns[condition] ?? []);
    return condition;
  }

  /** Wherever rows are read, what tells which are visible is read with them. Once, when all is planned. */
  readConditions(): void {
    for (const { dataset, columns, rows, about } of this.batches)
      if (rows.wanted || about.wanted) columns.addAll(this.view.conditions(dataset.name)?.columns ?? []);
  }

  /** @param leadsTo where a root field or a link leads: to rows that are not visible, or not as the list asks for them. */
  refuse(coordinate: Coordinate, place: ErrorPlace, leadsTo: Dataset | null = null, isRoot = false): void {
    const decision = this.view.decision(coordinate);
    const rule = decision.rule === null ? null : `${decision.rule.file}:${decision.rule.line}`;
    const awaits = leadsTo !== null && this.view.awaitsCitizen(leadsTo.name);
    const reason = awaits ? "no-citizen" : leadsTo !== null || decision.shared ? "not-visible" : decision.reason;
    const recordedAs = leadsTo !== null && isRoot ? `${leadsTo.name}.*` : coordinate;
    this.refused.push({ coordinate, recordedAs, reason, rule, place });
  }
}

export const errorPlace = (place: Place, node: FieldNode): ErrorPlace => ({
  path: place.path,
  selection: place.below === null || place.below.length === 0 ? null : place.below.join("."),
  node,
});
