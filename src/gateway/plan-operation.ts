// Plan = operation × grant: pure, before any I/O. Decides each coordinate once, on concrete types (laws 2, 3).
import { getArgumentValues, type FieldNode, type GraphQLObjectType, type OperationDefinitionNode } from "graphql";
import { apiRoots, usualWeights, type Dataset } from "../catalogue/index.js";
import { coordinate } from "../terms/index.js";
import { estimatedCost } from "./cost.js";
import { collectFields, collectSubfields } from "./collect-fields.js";
import { errorPlace, PlanBuilder, rootPlace, type Place, type PlanContext } from "./plan-builder.js";
import { planConnection, planObject, type Nodes } from "./plan-object.js";
import type { Batch, Output, Plan } from "./plan.js";
import { answerError, badInput, RequestRefused } from "./refusals.js";
import { Seals } from "./seals.js";

/** @throws RequestRefused when a limit is passed or an input is not shared: nothing is fetched then. */
export function planOperation(context: PlanContext, operation: OperationDefinitionNode): Plan {
  const builder = new PlanBuilder(context);
  const query = context.schema.getQueryType();
  if (!query) throw badInput("Nothing can be asked here.", [operation]);
  const roots = apiRoots(context.catalogue);
  const outputs: Output[] = [];
  for (const [key, nodes] of collectFields(context.collect, new Set([query.name]), [operation.selectionSet])) {
    const name = nodes[0].name.value;
    if (name === "__schema" || name === "__type") {
      countIntrospection(builder, nodes);
      builder.addCost({ per: "once", index: 0, weight: usualWeights.link, expected: 1, node: nodes[0] });
      outputs.push({ kind: "introspection", key, nodes });
      continue;
    }
    const place = builder.enter(rootPlace, key, nodes);
    if (name === "__typename") {
      outputs.push({ kind: "typename", key, name: query.name });
      continue;
    }
    const root = roots.get(name);
    const dataset = root?.dataset ? context.catalogue.datasets.get(root.dataset) : undefined;
    if (root?.kind === "list" && dataset) outputs.push(planRootList(builder, query, place, key, nodes, dataset));
    else if (root?.kind === "one" && dataset) outputs.push(planRootOne(builder, query, place, key, nodes, dataset));
    else if (root?.kind === "node") outputs.push(planNode(builder, query, place, key, nodes));
    else outputs.push({ kind: "null", key });
  }
  refuseInputs(builder);
  builder.readConditions();
  const { batches, fetches, objects, refused, errors, costs, binders, fixed, reusable } = builder;
  const made = {
    ...{ outputs, batches, fetches, objects, refused, errors, costs, binders, fixed, reusable },
    levels: levelsOf(batches),
    estimate: estimatedCost(costs),
    introspects: outputs.some(({ kind }) => kind === "introspection"),
  };
  return made as unknown as Plan;
}

function levelsOf(batches: readonly Batch[]): Batch[][] {
  const levels: Batch[][] = [];
  // A batch's parents were planned before it, one level up: no level is left out.
  for (const batch of batches) (levels[batch.level] ??= []).push(batch);
  return levels;
}

const introspectionTypes = new Set(
  ["Schema", "Type", "Field", "InputValue", "EnumValue", "Directive"].map((t) => `__${t}`),
);

/** Law 13: every alias below `__schema` repeats a part of the schema, below another alias the repeated part once more. */
function countIntrospection(builder: PlanBuilder, nodes: readonly FieldNode[]): void {
  builder.enterIntrospection(nodes);
  for (const [, below] of collectSubfields(builder.context.collect, introspectionTypes, nodes))
    countIntrospection(builder, below);
}

function refuseInputs(builder: PlanBuilder): void {
  if (builder.refusedInputs.length === 0) return;
  const { purpose } = builder.view.grant;
  const { contact } = builder.context;
  const errors = builder.refusedInputs.map((input) =>
    answerError("FILTER_NOT_SHARED", {
      message: `${input.coordinate} cannot be filtered or sorted on for ${purpose}. To ask for it: ${contact}.`,
      nodes: [input.node],
      extensions: { coordinate: input.coordinate, purpose, contact },
    }),
  );
  throw new RequestRefused(errors, { inputs: builder.refusedInputs, selections: builder.refused });
}

function planRootList(
  builder: PlanBuilder,
  query: GraphQLObjectType,
  place: Place,
  key: string,
  nodes: Nodes,
  dataset: Dataset,
): Output {
  if (!builder.view.visible(dataset.name)) return refuseRoot(builder, place, key, nodes, dataset);
  return planConnection(builder, place, key, nodes, {
    target: dataset,
    level: 0,
    match: [],
    coordinate: coordinate(query.name, nodes[0].name.value),
    isLink: false,
    weight: usualWeights.link,
    assumedSize: dataset.assumedSize,
    parent: () => null,
    owner: query,
  });
}

function refuseRoot(builder: PlanBuilder, place: Place, key: string, nodes: Nodes, dataset: Dataset): Output {
  builder.refuse(coordinate("Query", nodes[0].name.value), errorPlace(place, nodes[0]), dataset, true);
  return { kind: "null", key };
}

function planRootOne(
  builder: PlanBuilder,
  query: GraphQLObjectType,
  place: Place,
  key: string,
  nodes: Nodes,
  dataset: Dataset,
): Output {
  if (!builder.view.visible(dataset.name)) return refuseRoot(builder, place, key, nodes, dataset);
  return planById(builder, place, key, nodes, dataset, idArgument(builder, query, nodes[0]));
}

function planNode(builder: PlanBuilder, query: GraphQLObjectType, place: Place, key: string, nodes: Nodes): Output {
  const id = idArgument(builder, query, nodes[0]);
  const tag = Seals.typeTag(id.text);
  const datasets = [...builder.context.catalogue.datasets.values()];
  const dataset = datasets.find((each) => each.status === "SHARED" && each.typeTag === tag);
  if (!dataset || builder.seals.openId(dataset, id.text) === null) return invalidId(builder, place, key, nodes, id);
  // It decodes, but nothing of such rows is visible: null and no error, as for a row that is gone.
  if (!builder.view.visible(dataset.name)) {
    if (id.late !== null) builder.binders.push({ kind: "id", variable: id.late, dataset, fetch: null });
    return { kind: "null", key };
  }
  return planById(builder, place, key, nodes, dataset, id);
}

function planById(
  builder: PlanBuilder,
  place: Place,
  key: string,
  nodes: Nodes,
  dataset: Dataset,
  id: GivenId,
): Output {
  const opened = builder.seals.openId(dataset, id.text);
  if (opened === null) return invalidId(builder, place, key, nodes, id);
  const below = builder.addRows(place, 1, nodes[0]);
  const batch = builder.keyedBatch(
    dataset,
    0,
    dataset.key.map((field) => field.column),
  );
  const at = coordinate("Query", nodes[0].name.value);
  const fetch = builder.fetch(
    { batch, coordinate: at, parent: null, byId: true, used: [] },
    id.late === null ? opened : null,
  );
  if (id.late !== null) builder.binders.push({ kind: "id", variable: id.late, dataset, fetch: fetch.index });
  builder.addPlaceCost(place, fetch, usualWeights.link, nodes[0]);
  const object = planObject(builder, batch, below, nodes);
  return { kind: "one", key, coordinate: null, fetch, object, place: errorPlace(place, nodes[0]) };
}

function invalidId(builder: PlanBuilder, place: Place, key: string, nodes: Nodes, { late }: GivenId): Output {
  if (late !== null) builder.reusable = false;
  builder.errors.push({ code: "INVALID_ID", place: errorPlace(place, nodes[0]) });
  return { kind: "null", key };
}

interface GivenId {
  readonly text: string;
  /** The variable that it came from, where it is opened for each request. */
  readonly late: string | null;
}

function idArgument(builder: PlanBuilder, query: GraphQLObjectType, node: FieldNode): GivenId {
  const definition = query.getFields()[node.name.value];
  const id = definition ? getArgumentValues(definition, node, builder.context.collect.variables)["id"] : undefined;
  return { text: typeof id === "string" ? id : "", late: builder.lateArgument(node, "id") };
}
