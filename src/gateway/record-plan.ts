// What the entry of a plan's requests can say (law 5), worked out once for all of them: which fields by which rules, which
// counts of what left each is made of, and where in the rows the people stand. A request only adds up its counts.
import type { SubjectRef } from "../catalogue/index.js";
import { coordinate, type Coordinate } from "../terms/index.js";
import type { AccessView, ViewDecision } from "./access-view.js";
import type { Batch, ConnectionMember, ConnectionOutput, ObjectOutput, Output, Plan } from "./plan.js";

/** A line of the entry, and by index of `Emitted` what its cells are the sum of. */
export interface FieldLine {
  readonly coordinate: Coordinate;
  readonly rule: string;
  readonly mask: string;
  /** Objects that hold it; twice where it is selected twice. Closed cells among them did not leave. */
  readonly objects: readonly number[];
  /** Places that were answered, by fetch. */
  readonly links: readonly number[];
  /** One each where the batch's `totalCount` left. */
  readonly totals: readonly number[];
  /** Fetches whose rows were chosen or sorted by it: that tells of it (`cells: 0`), whether a cell left or not. */
  readonly chooses: readonly { readonly fetch: number; readonly batch: number }[];
}

/** Where the rows of a batch name somebody. */
export interface PersonRead {
  readonly batch: number;
  /** Position in each row. */
  readonly column: number;
  /** Only where this cell is open: whom a closed cell is about is not told, so nobody has read of them. -1: always. */
  readonly condition: number;
  /** Also of rows that do not leave, but that a count or a further page tells of. */
  readonly about: boolean;
}

export interface RecordPlan {
  /** By coordinate. */
  readonly fields: readonly FieldLine[];
  /** By dataset. */
  readonly rows: readonly { readonly dataset: string; readonly batches: readonly number[] }[];
  readonly people: readonly PeopleRead[];
}

export interface PeopleRead {
  readonly scheme: string;
  readonly reads: readonly PersonRead[];
  /** Each person stands in one row, as the key of its dataset; at most a row that is reached twice comes twice. */
  readonly once: boolean;
}

export const recordPlan = (plan: Plan, view: Pick<AccessView, "decision">): RecordPlan => ({
  fields: fieldLines(plan, view),
  rows: rowLines(plan),
  people: peopleRead(plan),
});

interface Sums {
  readonly objects: number[];
  readonly links: number[];
  readonly totals: number[];
  readonly chooses: { fetch: number; batch: number }[];
}

function fieldLines(plan: Plan, view: Pick<AccessView, "decision">): FieldLine[] {
  const sums = new Map<Coordinate, Sums>();
  const of = (at: Coordinate): Sums => {
    const known = sums.get(at) ?? { objects: [], links: [], totals: [], chooses: [] };
    sums.set(at, known);
    return known;
  };
  for (const { used, batch, index } of plan.fetches)
    for (const at of used) of(at).chooses.push({ fetch: index, batch: batch.index });
  const link = (output: Output): void => {
    if (output.kind !== "one" && output.kind !== "list") return;
    const { batch, index } = output.fetch;
    if (output.coordinate !== null) of(output.coordinate).links.push(index);
    if (output.kind !== "list") return;
    const has = (kind: ConnectionMember["kind"]): boolean => output.connection.members.some((m) => m.kind === kind);
    if (has("totalCount")) of(coordinate(batch.dataset.name, "totalCount")).totals.push(batch.index);
    // Whether there is a further page tells whether rows meet the condition, like a count.
    if (has("pageInfo") && batch.probe.wanted) of(coordinate(batch.dataset.name, "pageInfo")).links.push(index);
  };
  plan.outputs.forEach(link);
  for (const object of plan.objects)
    for (const output of object.outputs) {
      if (output.kind === "value") of(output.coordinate).objects.push(object.index);
      else if (output.kind === "id") of(coordinate(object.dataset.name, "id")).objects.push(object.index);
      else link(output);
    }
  return [...sums]
    .map(([at, sum]) => ({ coordinate: at, ...ruleOf(view.decision(at)), ...sum }))
    .sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1));
}

/** `id`, `totalCount` and `pageInfo` are no fields of the town's: they follow from the row being visible, so no one rule names them. */
const ruleOf = (decision: ViewDecision): { rule: string; mask: string } =>
  decision.shared
    ? { rule: `${decision.rule.file}:${decision.rule.line}`, mask: decision.mask }
    : { rule: "", mask: "-" };

function rowLines(plan: Plan): RecordPlan["rows"] {
  const batches = new Map<string, number[]>();
  for (const { dataset, index } of plan.batches)
    batches.set(dataset.name, [...(batches.get(dataset.name) ?? []), index]);
  return [...batches]
    .map(([dataset, its]) => ({ dataset, batches: its }))
    .sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
}

/** Whom the rows are about, and whom a field of theirs is. */
function peopleRead(plan: Plan): RecordPlan["people"] {
  const people = new Map<string, PersonRead[]>();
  const add = (batch: Batch, { scheme, column }: SubjectRef, condition: number, about: boolean): void => {
    const at = batch.columns.at(column);
    if (at === undefined) return;
    const reads = people.get(scheme) ?? [];
    people.set(scheme, reads);
    // What is read of every row need not be read again of some.
    const same = (each: PersonRead): boolean => each.batch === batch.index && each.column === at;
    const known = reads.some((each) => same(each) && (each.condition === -1 || each.condition === condition));
    if (!known) reads.push({ batch: batch.index, column: at, condition, about });
  };
  for (const batch of plan.batches) for (const subject of batch.dataset.subjects) add(batch, subject, -1, true);
  for (const { batch, object } of placesOfObjects(plan))
    for (const output of object.outputs)
      if (output.kind === "value")
        for (const subject of subjectsOfField(object, output.coordinate)) add(batch, subject, output.condition, false);
  return [...people].map(([scheme, reads]) => ({ scheme, reads, once: isKey(plan, reads) }));
}

function isKey({ batches }: Plan, reads: readonly PersonRead[]): boolean {
  const [read, ...others] = reads;
  const batch = batches.find(({ index }) => index === read?.batch);
  const [key, ...more] = batch?.dataset.key ?? [];
  if (batch === undefined || key === undefined || others.length + more.length > 0) return false;
  return batch.columns.at(key.column) === read?.column;
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
