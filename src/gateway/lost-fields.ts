// Which fields an answer lacks because a service failed: what an outage costs, told to the operator.
import type { Coordinate } from "../terms/index.js";
import type { Fetched } from "./fetch.js";
import type { ConnectionOutput, Output, Plan } from "./plan.js";

/** Of one request and one source. */
export interface LostFields {
  readonly source: string;
  /** As the connector gave them (`unavailable`, `timeout`…), never the service's words. */
  readonly reasons: readonly string[];
  /** The places that are null, and all that was selected below them: also of other sources, which were not asked then. */
  readonly fields: readonly Coordinate[];
}

/** The client went away, or asked what the service cannot be asked: the service did nothing wrong. */
const notTheService = new Set(["cancelled", "invalid-request"]);

/** Empty unless a source failed. By source, in the plan's order. */
export function lostFields(plan: Plan, fetched: Fetched): readonly LostFields[] {
  const failed = fetched.batches.some((batch) => batch.failure !== null);
  if (!failed) return [];
  const lost = new Map<string, { reasons: Set<string>; fields: Set<Coordinate> }>();
  const visit = (output: Output): void => {
    if (output.kind !== "one" && output.kind !== "list") return;
    const failure = fetched.batches[output.fetch.batch.index]?.failure;
    if (failure?.code !== "SOURCE_UNAVAILABLE" || notTheService.has(failure.reason)) return;
    const of = lost.get(failure.source) ?? { reasons: new Set<string>(), fields: new Set<Coordinate>() };
    lost.set(failure.source, of);
    of.reasons.add(failure.reason);
    for (const field of coordinatesOf(output)) of.fields.add(field);
  };
  plan.outputs.forEach(visit);
  for (const object of plan.objects) object.outputs.forEach(visit);
  return [...lost].map(([source, { reasons, fields }]) => ({ source, reasons: [...reasons], fields: [...fields] }));
}

/** The place itself and what is selected below it. */
function coordinatesOf(output: Output): Coordinate[] {
  if (output.kind === "value") return [output.coordinate];
  if (output.kind !== "one" && output.kind !== "list") return [];
  const place = output.coordinate ?? output.fetch.coordinate;
  const objects = output.kind === "one" ? [output.object] : objectsOf(output.connection);
  return [place, ...objects.flatMap((object) => object.outputs.flatMap(coordinatesOf))];
}

const objectsOf = (connection: ConnectionOutput) =>
  connection.members.flatMap((member) => {
    if (member.kind === "nodes") return [member.object];
    if (member.kind !== "edges") return [];
    return member.members.flatMap((edge) => (edge.kind === "node" ? [edge.object] : []));
  });
