// What may be kept for the time that a service fails: open data, read for open data. Law 12: nothing is found again under
// another tenant, policy version or dataset, nor what a condition chose under another agreement, and which columns and rows are asked for (what the agreement decides) is part
// of what a source keeps an answer by. Masks, links and row rules come after it, as with any answer.
import type { Filter, KeepWish } from "../sources/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";
import type { BatchResult, Fetched } from "./fetch.js";
import type { Batch, Plan } from "./plan.js";

/** Null: nothing of this batch may be kept, nor be answered from what was. */
export function keepScope(
  batch: Batch,
  { tenant, id }: { readonly tenant: TenantName; readonly id: string },
  version: PolicyVersionId,
): KeepWish["scope"] | null {
  let found = foundBy.get(batch);
  if (found === undefined) foundBy.set(batch, (found = !isOpen(batch) ? "not" : isChosen(batch) ? "chosen" : "all"));
  if (found === "not") return null;
  return JSON.stringify([tenant, version, batch.dataset.name, ...(found === "chosen" ? [id] : [])]);
}

/** It follows from the plan alone. */
const foundBy = new WeakMap<Batch, "not" | "chosen" | "all">();

/**
 * Some condition, here or above, chose the rows: what one agreement asked must not be told to another by an answer that
 * only its question can have left.
 */
const isChosen = ({ filter, members }: Batch): boolean =>
  filter !== null || members.some(({ parent, byId }) => (parent === null ? byId : isChosen(parent.batch)));

/** A place asked by is where somebody stands: of such a question nothing is kept, not even its hash. */
function asksPlace(filter: Filter | null): boolean {
  if (filter === null) return false;
  if ("filters" in filter) return filter.filters.some(asksPlace);
  return "filter" in filter ? asksPlace(filter.filter) : filter.op === "near" || filter.op === "within";
}

/**
 * Open, every column a field of the dataset (so none of them personal: a link's own column could be a person's number),
 * and found by nothing else: keys that come from rows of people would stay in what was asked.
 */
function isOpen(batch: Batch): boolean {
  const { dataset, columns, match } = batch;
  if (!dataset.open || asksPlace(batch.filter)) return false;
  const fields = new Set<string>();
  // What a derived field is made of is a field too.
  for (const member of dataset.members.values()) if (member.kind === "field") fields.add(member.column.name);
  const known = [...columns.list, ...match].every(({ name }) => fields.has(name));
  return known && batch.members.every(({ parent }) => parent === null || isOpen(parent.batch));
}

export interface StaleData {
  readonly dataset: string;
  /** RFC 3339: when the service gave the oldest of what was answered. */
  readonly asOf: string;
}

/** For the answer: which datasets in it are older than the request. */
export function staleData(plan: Plan, fetched: Fetched): readonly StaleData[] {
  const oldest = new Map<string, Date>();
  for (const batch of plan.batches) {
    const asOf = staleSince(fetched.batches[batch.index]);
    const known = oldest.get(batch.dataset.name);
    if (asOf !== null && (known === undefined || asOf < known)) oldest.set(batch.dataset.name, asOf);
  }
  return [...oldest].map(([dataset, asOf]) => ({ dataset, asOf: asOf.toISOString() }));
}

/** For the entry: sources that failed, though what they gave earlier was answered. */
export function staleSources(plan: Plan, fetched: Fetched): { source: string; reason: string }[] {
  const sources = plan.batches
    .filter(({ index }) => staleSince(fetched.batches[index]) !== null)
    .map(({ dataset }) => dataset.source);
  return [...new Set(sources)].map((source) => ({ source, reason: "stale" }));
}

const staleSince = (result: BatchResult | undefined): Date | null =>
  result === undefined || result.failure !== null ? null : result.asOf;
