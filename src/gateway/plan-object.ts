// Selections on rows of a dataset, and the connections that hold them.
import { getArgumentValues, getNamedType, type FieldNode, type GraphQLObjectType } from "graphql";
import { scalarOf, usualWeights, type Dataset, type DerivedField, type Field, type Link } from "../catalogue/index.js";
import type { ValueMask } from "../policy/index.js";
import type { Coordinate } from "../terms/index.js";
import { collectSubfields } from "./collect-fields.js";
import { maskFunction } from "./masks.js";
import { errorPlace, type Place, type PlanBuilder } from "./plan-builder.js";
import { planList } from "./plan-list.js";
import type {
  Batch,
  ConnectionMember,
  ConnectionOutput,
  EdgeMember,
  Fetch,
  ObjectOutput,
  Output,
  PageInfoMember,
} from "./plan.js";

export type Nodes = readonly [FieldNode, ...FieldNode[]];

export function planObject(builder: PlanBuilder, batch: Batch, place: Place, nodes: Nodes): ObjectOutput {
  const { dataset } = batch;
  wantRows(batch);
  const outputs: Output[] = [];
  const collected = collectSubfields(builder.context.collect, new Set([dataset.name, "Node"]), nodes);
  for (const [key, fieldNodes] of collected) {
    const at = builder.enter(place, key, fieldNodes);
    outputs.push(planMember(builder, batch, at, key, fieldNodes));
  }
  builder.addCells(place, outputs.length, nodes);
  const object = builder.object(dataset, outputs);
  const weight = outputs.reduce((sum, output) => sum + (output.kind === "value" ? output.cost : 0), dataset.cost);
  builder.addCost({ per: "object", index: object.index, weight, expected: place.expected, node: place.by ?? nodes[0] });
  return object;
}

/** Law 5: whom a row is about is recorded, so the key of that person is read with it; it never leaves. */
function wantRows(batch: Batch): void {
  batch.rows.wanted = true;
  batch.columns.addAll(batch.dataset.subjects.map((subject) => subject.column));
}

/** A condition, or the parent's row behind a link, may single somebody out; a whole list does not. */
function wantAbout(batch: Batch): void {
  const { subjects } = batch.dataset;
  if (subjects.length === 0 || (batch.filter === null && batch.match.length === 0)) return;
  batch.about.wanted = true;
  batch.columns.addAll(subjects.map((subject) => subject.column));
}

function planMember(builder: PlanBuilder, batch: Batch, place: Place, key: string, nodes: Nodes): Output {
  const [node] = nodes;
  const { dataset } = batch;
  const name = node.name.value;
  if (name === "__typename") return { kind: "typename", key, name: dataset.name };
  if (name === "id") {
    batch.ids.wanted = true;
    batch.columns.addAll(dataset.key.map((field) => field.column));
    return { kind: "id", key };
  }
  const member = dataset.members.get(name);
  // Validation against the API schema has let this name through, so it is a member; what is not is refused all the same.
  if (!member) return { kind: "null", key };
  const decision = builder.view.decision(member.coordinate);
  if (!decision.shared) {
    builder.refuse(member.coordinate, errorPlace(place, node));
    return { kind: "null", key };
  }
  return member.kind === "link"
    ? planLink(builder, batch, place, key, nodes, member)
    : planValue(builder, batch, key, member, decision.mask);
}

function planValue(
  builder: PlanBuilder,
  batch: Batch,
  key: string,
  field: Field | DerivedField,
  mask: ValueMask,
): Output {
  batch.columns.addAll(field.subjects.map((subject) => subject.column));
  const { coordinate, cost } = field;
  const [source, derived] = field.kind === "derived" ? [field.from.column, field.form] : [field.column, null];
  const type = scalarOf(field) ?? source.type;
  // Law 10: what is masked or derived is looked at. So is open data, which may be kept and answered to others (`keep-open.ts`).
  const passes = derived === null && mask === "-" && !batch.dataset.open;
  const column = passes ? batch.columns.pass(source) : batch.columns.add(source);
  const condition = builder.readCondition(batch, coordinate);
  return {
    kind: "value",
    key,
    coordinate,
    column,
    type,
    derived,
    condition,
    mask,
    masked: maskFunction(mask, type),
    cost,
  };
}

function planLink(builder: PlanBuilder, batch: Batch, place: Place, key: string, nodes: Nodes, link: Link): Output {
  const [node] = nodes;
  const target = builder.context.catalogue.datasets.get(link.target);
  // Law 15: without one shared field the target's rows are visible to nobody under this grant.
  if (!target || !builder.view.visible(target.name)) {
    builder.refuse(link.coordinate, errorPlace(place, node), target ?? batch.dataset);
    return { kind: "null", key };
  }
  const match = link.on.map((pair) => pair.to);
  const parent = (): ParentOfLink => ({
    batch,
    columns: batch.columns.addAll(link.on.map((pair) => pair.from)),
    condition: builder.readCondition(batch, link.coordinate),
  });
  if (!link.many) {
    const below = builder.addRows(place, 1, node);
    const next = builder.keyedBatch(target, batch.level + 1, match);
    const fetch = builder.fetch({ batch: next, coordinate: link.coordinate, parent: parent(), byId: false, used: [] });
    builder.addPlaceCost(place, fetch, link.cost, node);
    const object = planObject(builder, next, below, nodes);
    return { kind: "one", key, coordinate: link.coordinate, fetch, object, place: errorPlace(place, node) };
  }
  const type = builder.context.schema.getType(batch.dataset.name) as GraphQLObjectType;
  return planConnection(builder, place, key, nodes, {
    target,
    level: batch.level + 1,
    match,
    coordinate: link.coordinate,
    isLink: true,
    weight: link.cost,
    assumedSize: link.assumedSize ?? target.assumedSize,
    parent,
    owner: type,
  });
}

type ParentOfLink = NonNullable<Fetch["parent"]>;

export interface ConnectionPlace {
  readonly target: Dataset;
  readonly level: number;
  readonly match: Link["on"][number]["to"][];
  readonly coordinate: Coordinate;
  readonly isLink: boolean;
  /** What reading it costs each time. */
  readonly weight: number;
  /** Rows of one list, as the town says; null: not said. */
  readonly assumedSize: number | null;
  /** Called once the list is known to be read: it adds the link's columns to the parent. */
  readonly parent: () => ParentOfLink | null;
  readonly owner: GraphQLObjectType;
}

export function planConnection(
  builder: PlanBuilder,
  place: Place,
  key: string,
  nodes: Nodes,
  at: ConnectionPlace,
): Output {
  const [node] = nodes;
  if (!builder.view.listable(at.target.name)) {
    builder.refuse(at.coordinate, errorPlace(place, node), at.target, !at.isLink);
    return { kind: "null", key };
  }
  const definition = at.owner.getFields()[node.name.value];
  if (!definition) return { kind: "null", key };
  const args = getArgumentValues(definition, node, builder.context.collect.variables);
  const list = planList(builder, node, at.target, at.coordinate, args);
  if (list === "invalid-cursor") {
    builder.errors.push({ code: "INVALID_CURSOR", place: errorPlace(place, node) });
    return { kind: "null", key };
  }
  const expected = list.usual && at.assumedSize !== null ? Math.min(at.assumedSize, list.limit) : list.limit;
  const below = builder.addRows(place, list.limit, node, expected);
  const batch = builder.listBatch(at.target, at.level, at.match, at.coordinate, list);
  const fetch = builder.fetch({ batch, coordinate: at.coordinate, parent: at.parent(), byId: false, used: list.used });
  const connection: ConnectionOutput = {
    members: planConnectionMembers(builder, batch, below, nodes, getNamedType(definition.type).name),
    resumed: list.after !== null,
  };
  const counted = connection.members.some((member) => member.kind === "totalCount");
  builder.addPlaceCost(place, fetch, at.weight + (counted ? usualWeights.totalCount : 0), node);
  return {
    kind: "list",
    key,
    coordinate: at.isLink ? at.coordinate : null,
    fetch,
    connection,
    place: errorPlace(place, node),
  };
}

function planConnectionMembers(
  builder: PlanBuilder,
  batch: Batch,
  place: Place,
  nodes: Nodes,
  typeName: string,
): ConnectionMember[] {
  const collected = collectSubfields(builder.context.collect, new Set([typeName]), nodes);
  const members: ConnectionMember[] = [];
  for (const [key, fieldNodes] of collected) {
    const at = builder.enter(place, key, fieldNodes);
    const inside: Place = at.below === null ? { ...at, below: [] } : at;
    switch (fieldNodes[0].name.value) {
      case "__typename":
        members.push({ kind: "typename", key, name: typeName });
        break;
      case "nodes":
        members.push({ kind: "nodes", key, object: planObject(builder, batch, inside, fieldNodes) });
        break;
      case "edges":
        members.push({ kind: "edges", key, members: planEdge(builder, batch, inside, fieldNodes) });
        break;
      case "pageInfo":
        members.push({ kind: "pageInfo", key, members: planPageInfo(builder, batch, at, fieldNodes) });
        break;
      case "totalCount":
        batch.count.wanted = true;
        wantAbout(batch);
        members.push({ kind: "totalCount", key });
        break;
    }
  }
  return members;
}

function planEdge(builder: PlanBuilder, batch: Batch, place: Place, nodes: readonly FieldNode[]): EdgeMember[] {
  const typeName = `${batch.dataset.name}Edge`;
  wantRows(batch);
  const members: EdgeMember[] = [];
  for (const [key, fieldNodes] of collectSubfields(builder.context.collect, new Set([typeName]), nodes)) {
    const at = builder.enter(place, key, fieldNodes);
    switch (fieldNodes[0].name.value) {
      case "__typename":
        members.push({ kind: "typename", key, name: typeName });
        break;
      case "cursor":
        batch.cursors.wanted = true;
        members.push({ kind: "cursor", key });
        break;
      case "node":
        members.push({ kind: "node", key, object: planObject(builder, batch, at, fieldNodes) });
        break;
    }
  }
  builder.addCells(place, members.length, nodes);
  return members;
}

function planPageInfo(builder: PlanBuilder, batch: Batch, place: Place, nodes: readonly FieldNode[]): PageInfoMember[] {
  const members: PageInfoMember[] = [];
  for (const [key, fieldNodes] of collectSubfields(builder.context.collect, new Set(["PageInfo"]), nodes)) {
    builder.enter(place, key, fieldNodes);
    const name = fieldNodes[0].name.value;
    switch (name) {
      case "__typename":
        members.push({ kind: "typename", key, name: "PageInfo" });
        break;
      case "hasNextPage":
      case "hasPreviousPage":
        batch.rows.wanted = true;
        batch.probe.wanted = true;
        wantAbout(batch);
        members.push({ kind: name, key });
        break;
      case "startCursor":
      case "endCursor":
        wantRows(batch);
        batch.cursors.wanted = true;
        members.push({ kind: name, key });
        break;
    }
  }
  return members;
}
