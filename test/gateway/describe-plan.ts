// A plan in words, for people to read in the golden cases: what will be read from where, and what was refused.
import type { Batch, Bound, ErrorPlace, ObjectOutput, Output, Plan } from "../../src/gateway/plan.js";
import type { RefusedInput } from "../../src/gateway/refusals.js";
import type { Filter, Order } from "../../src/sources/index.js";

export interface BatchWords {
  readonly level: number;
  readonly dataset: string;
  readonly source: string;
  /** In the order in which each row holds them. */
  readonly columns: readonly string[];
  /** The columns that find the rows; empty for a list from the root. */
  readonly match: readonly string[];
  readonly filter: string | null;
  readonly order: readonly string[];
  /** Values of the order's columns where a page starts; null for the beginning. */
  readonly after: readonly unknown[] | null;
  /** Rows in all, or for each key; null: the rows of the keys. */
  readonly limit: number | null;
  /** What else than values is made of it: a row more to know of a next page, a count, ids, cursors; read backward. */
  readonly also: readonly string[];
  /** Fields whose values leave changed. */
  readonly masks: readonly string[];
  /** Response paths filled from it, and how each finds its rows. */
  readonly places: readonly string[];
}

export interface PlanWords {
  readonly batches: readonly BatchWords[];
  readonly refused: readonly Readonly<Record<string, string | null>>[];
  readonly errors: readonly { readonly at: string; readonly code: string }[];
}

export interface RefusalWords {
  readonly refusedInputs: readonly Omit<RefusedInput, "node">[];
}

/** @param plan null where the request ended before there was one; `inputs` may then say why. */
export function describePlan(
  plan: Plan | null,
  bound: Bound | null,
  inputs: readonly RefusedInput[],
): PlanWords | RefusalWords | null {
  if (plan === null || bound === null) return inputs.length > 0 ? refusalWords(inputs) : null;
  const outputs = [...plan.outputs, ...plan.objects.flatMap((object) => object.outputs)];
  return {
    batches: plan.batches.map((batch) => describeBatch(batch, bound, outputs)),
    refused: plan.refused.map(({ coordinate, reason, rule, place }) => ({
      at: pathOf(place),
      coordinate,
      reason,
      rule,
    })),
    errors: plan.errors.map(({ code, place }) => ({ at: pathOf(place), code })),
  };
}

const refusalWords = (inputs: readonly RefusedInput[]): RefusalWords => ({
  refusedInputs: inputs.map(({ coordinate, reason, rule }) => ({ coordinate, reason, rule })),
});

function describeBatch(batch: Batch, bound: Bound, outputs: readonly Output[]): BatchWords {
  const { dataset } = batch;
  return {
    level: batch.level,
    dataset: dataset.name,
    source: dataset.source,
    columns: batch.columns.list.map((column) => column.name),
    match: batch.match.map((column) => column.name),
    filter: batch.filter === null ? null : filterWords(batch.filter),
    order: orderWords(batch.order),
    after: bound.after[batch.index] ?? null,
    limit: batch.limit,
    also: alsoOf(batch),
    masks: masksOf(batch, outputs),
    places: outputs.flatMap((output) => placeOf(batch, bound, output)),
  };
}

function alsoOf(batch: Batch): string[] {
  const wanted = {
    "one row more": batch.probe.wanted,
    count: batch.count.wanted,
    "no rows": !batch.rows.wanted,
    ids: batch.ids.wanted,
    cursors: batch.cursors.wanted,
    backward: batch.reverse,
  };
  return Object.entries(wanted).flatMap(([name, is]) => (is ? [name] : []));
}

function masksOf(batch: Batch, outputs: readonly Output[]): string[] {
  const masks = outputs
    .filter((output) => "fetch" in output && output.fetch.batch === batch)
    .flatMap(objectsOf)
    .flatMap((object) => object.outputs)
    .flatMap((output) =>
      output.kind === "value" && output.mask !== "-" ? [`${output.coordinate} ${output.mask}`] : [],
    );
  return [...new Set(masks)];
}

function objectsOf(output: Output): ObjectOutput[] {
  if (output.kind === "one") return [output.object];
  if (output.kind !== "list") return [];
  return output.connection.members.flatMap((member) => {
    if (member.kind === "nodes") return [member.object];
    if (member.kind !== "edges") return [];
    return member.members.flatMap((edge) => (edge.kind === "node" ? [edge.object] : []));
  });
}

function placeOf(batch: Batch, bound: Bound, output: Output): string[] {
  if ((output.kind !== "one" && output.kind !== "list") || output.fetch.batch !== batch) return [];
  const { coordinate, parent, index } = output.fetch;
  const keys = bound.keys[index] ?? [];
  const from =
    parent === null
      ? keys.length > 0
        ? `, ${keys.length} key from an id`
        : ""
      : `, keys from ${parent.batch.dataset.name}.${parent.columns.map((at) => parent.batch.columns.list[at]?.name).join("+")} of level ${parent.batch.level}`;
  return [`${pathOf(output.place)}: ${coordinate}${from}`];
}

const pathOf = (place: ErrorPlace): string =>
  [...place.path, ...(place.selection === null ? [] : [place.selection])].join(".");

export const orderWords = (order: readonly Order[]): string[] =>
  order.map(({ column, direction }) => `${column.name} ${direction}`);

export function filterWords(filter: Filter): string {
  switch (filter.op) {
    case "and":
    case "or":
      return filter.filters.length === 0
        ? `${filter.op}()`
        : `(${filter.filters.map(filterWords).join(` ${filter.op} `)})`;
    case "not":
      return `not ${filterWords(filter.filter)}`;
    case "in":
      return `${filter.column.name} in ${JSON.stringify(filter.values)}`;
    case "near":
      return `${filter.column.name} near ${JSON.stringify([...filter.position, filter.maxDistance])}`;
    case "within":
      return `${filter.column.name} within ${JSON.stringify(filter.area.coordinates)}`;
    default:
      return `${filter.column.name} ${filter.op} ${JSON.stringify(filter.value)}`;
  }
}
