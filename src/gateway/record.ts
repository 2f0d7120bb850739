// The access entry, built from the result (law 5): what left, of whom, by which rules; never a value.
import type { EntryDraft, FieldRead, FieldRefused, Outcome } from "../accesslog/index.js";
import type { SubjectRef } from "../catalogue/index.js";
import { subjectTokens, type DerivedKeys } from "../identity/index.js";
import {
  coordinate,
  type Coordinate,
  type Row,
  type SubjectToken,
  type TenantName,
  type Value,
} from "../terms/index.js";
import type { AccessView, ViewDecision } from "./access-view.js";
import type { Fetched } from "./fetch.js";
import { staleSources } from "./keep-open.js";
import type {
  Batch,
  ConnectionMember,
  ConnectionOutput,
  ObjectOutput,
  Output,
  Plan,
  RefusedSelection,
} from "./plan.js";
import type { RefusedInput } from "./refusals.js";
import type { Emitted } from "./shape.js";

/** What the executor tells of one operation; the rest of the entry is the handler's. */
export interface Executed {
  readonly plan: Plan;
  readonly fetched: Fetched;
  readonly emitted: Emitted;
}

export type WhatLeft = Pick<EntryDraft, "fields" | "rows" | "sources" | "withheld"> & {
  readonly subjects: EntryDraft["personal"]["subjects"];
};

export const nothingLeft: WhatLeft = { fields: [], rows: [], sources: [], withheld: [], subjects: [] };

export function whatLeft(executed: Executed, view: AccessView, derived: DerivedKeys, tenant: TenantName): WhatLeft {
  return {
    fields: fieldsRead(executed, view),
    rows: rowsByDataset(executed),
    sources: failedSources(executed),
    withheld: [...executed.emitted.withheld].map(([at, cells]) => ({ coordinate: at, cells })),
    subjects: subjects(executed, derived, tenant),
  };
}

function fieldsRead(executed: Executed, view: AccessView): FieldRead[] {
  const cells = new Map<Coordinate, number>();
  const add = (at: Coordinate, count: number): void => {
    if (count > 0) cells.set(at, (cells.get(at) ?? 0) + count);
  };
  // Rows chosen or sorted by a field tell of it (`cells: 0`), whether a cell of it is in the answer or not.
  for (const { used, batch, index } of executed.plan.fetches)
    if ((executed.emitted.links[index] ?? 0) > 0 && executed.fetched.batches[batch.index]?.failure === null)
      for (const at of used) cells.set(at, cells.get(at) ?? 0);
  const link = (output: Output): void => {
    if (output.kind !== "one" && output.kind !== "list") return;
    const places = executed.emitted.links[output.fetch.index] ?? 0;
    if (output.coordinate !== null) add(output.coordinate, places);
    if (output.kind !== "list") return;
    const { batch } = output.fetch;
    const has = (kind: ConnectionMember["kind"]): boolean => output.connection.members.some((m) => m.kind === kind);
    if (has("totalCount") && executed.emitted.totals.has(batch.index))
      add(coordinate(batch.dataset.name, "totalCount"), 1);
    // Whether there is a further page tells whether rows meet the condition, like a count.
    if (has("pageInfo") && batch.probe.wanted) add(coordinate(batch.dataset.name, "pageInfo"), places);
  };
  executed.plan.outputs.forEach(link);
  const values = new Map<Coordinate, number>();
  for (const object of executed.plan.objects) {
    const made = executed.emitted.objects[object.index] ?? 0;
    for (const output of object.outputs) {
      if (output.kind === "value") values.set(output.coordinate, (values.get(output.coordinate) ?? 0) + made);
      else if (output.kind === "id") add(coordinate(object.dataset.name, "id"), made);
      else link(output);
    }
  }
  // A closed cell did not leave. Links are counted where they were answered, so closed ones are not among them.
  for (const [at, made] of values) add(at, made - (executed.emitted.withheld.get(at) ?? 0));
  return [...cells]
    .map(([at, count]) => ({ coordinate: at, cells: count, ...ruleOf(view.decision(at)) }))
    .sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1));
}

/** `id`, `totalCount` and `pageInfo` are no fields of the town's: they follow from the row being visible, so no one rule names them. */
const ruleOf = (decision: ViewDecision): { rule: string; mask: string } =>
  decision.shared
    ? { rule: `${decision.rule.file}:${decision.rule.line}`, mask: decision.mask }
    : { rule: "", mask: "-" };

function rowsByDataset(executed: Executed): { dataset: string; rows: number }[] {
  const counts = new Map<string, number>();
  for (const batch of executed.plan.batches) {
    const emitted = executed.emitted.rows[batch.index];
    const rows = emitted ? emitted.reduce((sum, one) => sum + one, 0) : 0;
    if (rows > 0) counts.set(batch.dataset.name, (counts.get(batch.dataset.name) ?? 0) + rows);
  }
  return [...counts].map(([dataset, rows]) => ({ dataset, rows })).sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
}

function failedSources(executed: Executed): { source: string; reason: string }[] {
  const failed = new Map<string, { source: string; reason: string }>();
  for (const { failure } of executed.fetched.batches)
    if (failure) failed.set(`${failure.source} ${failure.reason}`, { source: failure.source, reason: failure.reason });
  return [...failed.values(), ...staleSources(executed.plan, executed.fetched)];
}

/** Distinct people whose rows (or cells about them) are in the answer, or of whom a count or a page's end tells. */
function subjects(
  executed: Executed,
  derived: DerivedKeys,
  tenant: TenantName,
): { scheme: string; token: SubjectToken }[] {
  const keys = new Map<string, Map<string, NonNullable<Value>>>();
  const add = (batch: Batch, subject: SubjectRef, condition: number, about: readonly Row[]): void => {
    const found = keys.get(subject.scheme) ?? new Map<string, NonNullable<Value>>();
    keys.set(subject.scheme, found);
    const column = batch.columns.at(subject.column);
    if (column === undefined) return;
    const emitted = executed.emitted.rows[batch.index];
    const result = executed.fetched.batches[batch.index];
    const open = result?.open ?? null;
    const left = (result?.rows ?? []).filter((_, i) => emitted?.[i] === 1 && open?.isOpen(i, condition) !== false);
    for (const row of [...left, ...about]) {
      const key = row[column] ?? null;
      if (key !== null) found.set(JSON.stringify(key), key);
    }
  };
  for (const batch of executed.plan.batches) {
    const about = executed.fetched.batches[batch.index]?.about ?? [];
    batch.dataset.subjects.forEach((subject) => add(batch, subject, -1, about));
  }
  for (const { batch, object } of placesOfObjects(executed.plan))
    for (const output of object.outputs)
      if (output.kind === "value")
        // Whom a closed cell is about is not told, so nobody has read of them.
        for (const subject of subjectsOfField(object, output.coordinate)) add(batch, subject, output.condition, []);
  return [...keys].flatMap(([scheme, found]) =>
    subjectTokens(derived, tenant, scheme, [...found.values()]).map((token) => ({ scheme, token })),
  );
}

function subjectsOfField(object: ObjectOutput, at: Coordinate): readonly SubjectRef[] {
  for (const member of object.dataset.members.values())
    if (member.kind !== "link" && member.coordinate === at) return member.subjects;
  return [];
}

function placesOfObjects(plan: Plan): { batch: Batch; object: ObjectOutput }[] {
  const places: { batch: Batch; object: ObjectOutput }[] = [];
  const visit = (output: Output): void => {
    if (output.kind === "one") places.push({ batch: output.fetch.batch, object: output.object });
    if (output.kind === "list")
      for (const object of objectsOf(output.connection)) places.push({ batch: output.fetch.batch, object });
  };
  plan.outputs.forEach(visit);
  for (const object of plan.objects) object.outputs.forEach(visit);
  return places;
}

const objectsOf = (connection: ConnectionOutput): ObjectOutput[] =>
  connection.members.flatMap((member) => {
    if (member.kind === "nodes") return [member.object];
    if (member.kind !== "edges") return [];
    return member.members.flatMap((edge) => (edge.kind === "node" ? [edge.object] : []));
  });

export function refusedOf(selections: readonly RefusedSelection[], inputs: readonly RefusedInput[]): FieldRefused[] {
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
