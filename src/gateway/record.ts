// The access entry, built from the result (law 5): what left, of whom, by which rules; never a value.
import type { EntryDraft, FieldRead, FieldRefused, Outcome } from "../accesslog/index.js";
import { sealedTokens, type DerivedKeys } from "../identity/index.js";
import type { TenantName, Value } from "../terms/index.js";
import type { BatchResult, Fetched } from "./fetch.js";
import { staleSources } from "./keep-open.js";
import type { Plan, RefusedSelection } from "./plan.js";
import type { FieldLine, PersonRead, RecordPlan } from "./record-plan.js";
import type { RefusedInput } from "./refusals.js";
import type { Emitted } from "./shape.js";

/** What the executor tells of one operation; the rest of the entry is the handler's. */
export interface Executed {
  readonly plan: Plan;
  readonly record: RecordPlan;
  readonly fetched: Fetched;
  readonly emitted: Emitted;
  /** Something was not answered, or not as it is now: `troubled`. */
  readonly trouble: boolean;
}

export type WhatLeft = Pick<EntryDraft, "fields" | "rows" | "sources" | "withheld"> & {
  readonly people: NonNullable<EntryDraft["personal"]["sealed"]>;
};

export const nothingLeft: WhatLeft = { fields: [], rows: [], sources: [], withheld: [], people: [] };

export function whatLeft(executed: Executed, derived: DerivedKeys, tenant: TenantName): WhatLeft {
  const { emitted, trouble } = executed;
  return {
    fields: fieldsRead(executed),
    rows: rowsByDataset(executed),
    sources: trouble ? failedSources(executed) : nothingLeft.sources,
    withheld:
      emitted.withheld.size === 0
        ? nothingLeft.withheld
        : [...emitted.withheld].map(([at, cells]) => ({ coordinate: at, cells })),
    people: peopleRead(executed, derived, tenant),
  };
}

/** Whether a source failed, or something was answered as it was before. */
export const troubled = ({ batches }: Fetched): boolean =>
  batches.some(({ failure, asOf }) => failure !== null || asOf !== null);

function fieldsRead(executed: Executed): FieldRead[] {
  const fields: FieldRead[] = [];
  for (const line of executed.record.fields) {
    const cells = cellsOf(line, executed.emitted);
    if (cells === 0 && !choseRows(line, executed)) continue;
    fields.push({ coordinate: line.coordinate, rule: line.rule, mask: line.mask, cells });
  }
  return fields;
}

function cellsOf(line: FieldLine, { objects, links, totals, withheld }: Emitted): number {
  let made = 0;
  for (const object of line.objects) made += objects[object] ?? 0;
  // A closed cell did not leave. Links are counted where they were answered, so closed ones are not among them.
  if (made > 0 && withheld.size > 0) made = Math.max(0, made - (withheld.get(line.coordinate) ?? 0));
  for (const link of line.links) made += links[link] ?? 0;
  for (const total of line.totals) if (totals.has(total)) made++;
  return made;
}

function choseRows({ chooses }: FieldLine, { emitted, fetched }: Executed): boolean {
  for (const { fetch, batch } of chooses)
    if ((emitted.links[fetch] ?? 0) > 0 && fetched.batches[batch]?.failure === null) return true;
  return false;
}

function rowsByDataset({ record, emitted }: Executed): WhatLeft["rows"] {
  const counted: { dataset: string; rows: number }[] = [];
  for (const { dataset, batches } of record.rows) {
    let rows = 0;
    for (const batch of batches) rows += ones(emitted.rows[batch]);
    if (rows > 0) counted.push({ dataset, rows });
  }
  return counted;
}

function ones(left: Uint8Array | undefined): number {
  let sum = 0;
  if (left !== undefined) for (let i = 0; i < left.length; i++) sum += left[i] ?? 0;
  return sum;
}

function failedSources(executed: Executed): { source: string; reason: string }[] {
  const failed = new Map<string, { source: string; reason: string }>();
  for (const { failure } of executed.fetched.batches)
    if (failure) failed.set(`${failure.source} ${failure.reason}`, { source: failure.source, reason: failure.reason });
  return [...failed.values(), ...staleSources(executed.plan, executed.fetched)];
}

/** People whose rows (or cells about them) are in the answer, or of whom a count or a page's end tells. */
function peopleRead(
  { record, fetched, emitted }: Executed,
  derived: DerivedKeys,
  tenant: TenantName,
): WhatLeft["people"] {
  const found: { scheme: string; tokens: ReturnType<typeof sealedTokens> }[] = [];
  for (const { scheme, reads, once } of record.people) {
    // A set only where the same people come again: the entry holds each once either way.
    const keys: NonNullable<Value>[] | Set<NonNullable<Value>> = once ? [] : new Set();
    const add = (key: NonNullable<Value>): unknown => (Array.isArray(keys) ? keys.push(key) : keys.add(key));
    for (const read of reads) addKeys(add, read, fetched.batches[read.batch], emitted.rows[read.batch]);
    const tokens = sealedTokens(derived, tenant, scheme, keys);
    if (tokens.count > 0) found.push({ scheme, tokens });
  }
  return found;
}

function addKeys(
  add: (key: NonNullable<Value>) => unknown,
  { column, condition, about }: PersonRead,
  result: BatchResult | undefined,
  left: Uint8Array | undefined,
): void {
  if (result === undefined) return;
  const { rows } = result;
  const open = condition < 0 ? null : result.open;
  if (left !== undefined)
    for (let i = 0; i < rows.length; i++) {
      if (left[i] !== 1 || open?.isOpen(i, condition) === false) continue;
      const key = rows[i]?.[column] ?? null;
      if (key !== null) add(key);
    }
  if (!about) return;
  for (const row of result.about) {
    const key = row[column] ?? null;
    if (key !== null) add(key);
  }
}

export function refusedOf(
  selections: readonly RefusedSelection[],
  inputs: readonly RefusedInput[],
): readonly FieldRefused[] {
  if (selections.length === 0 && inputs.length === 0) return nothingRefused;
  const all: FieldRefused[] = [
    ...selections.map(({ recordedAs: at, reason, rule }) => ({
      coordinate: at,
      reason,
      rule,
      use: "selection" as const,
    })),
    ...inputs.map(({ coordinate: at, reason, rule }) => ({ coordinate: at, reason, rule, use: "input" as const })),
  ];
  const once = new Map(all.map((refused) => [`${refused.coordinate} ${refused.use}`, refused]));
  return [...once.values()];
}

const nothingRefused: readonly FieldRefused[] = [];

/** @param data whether the answer holds data. */
export function outcomeOf(status: number, data: boolean, codes: readonly string[]): Exclude<Outcome, "staff"> {
  if (data && status < 400) return codes.length === 0 ? "answered" : "partial";
  if (codes.some((code) => refusing.has(code))) return "refused";
  return status >= 500 ? "failed" : "invalid";
}

const refusing: ReadonlySet<string> = new Set([
  "AGREEMENT_NOT_IN_FORCE",
  "FIELD_NOT_SHARED",
  "FILTER_NOT_SHARED",
  "THROTTLED",
]);
