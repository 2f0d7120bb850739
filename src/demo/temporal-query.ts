// The broker's side of temporal queries (ETSI GS CIM 009, sections 4.11, 5.7.4 and 6.18): values over time by `observedAt`. The
// ends of a time are not in it, as with brokers in use.
import { listOf, mostPerPage, whole } from "./broker-parameters.js";
import { BadQuery } from "./broker-query.js";

export interface TimedInstance {
  readonly type: string;
  readonly value: unknown;
  readonly observedAt: string;
  readonly [detail: string]: unknown;
}

export interface TemporalEntity {
  readonly id: string;
  readonly type: string;
  /** By attribute, earliest first. */
  readonly history: ReadonlyMap<string, readonly TimedInstance[]>;
}

/** Values of one attribute of one entity in one answer; more are cut, and said to be (section 6.3.10). */
const mostInstances = 1_000;

/** @throws BadQuery */
export function temporalAnswer(entities: readonly TemporalEntity[], query: URLSearchParams) {
  const [types, ids, attrs] = [listOf(query.get("type")), listOf(query.get("id")), listOf(query.get("attrs"))];
  if (types === null && attrs === null) throw new BadQuery("a type or attributes are missing");
  const holds = readTime(query);
  const lastN = query.get("lastN") === null ? null : whole(query.get("lastN"), 1, 999_999_999);
  if (lastN === 0) throw new BadQuery("the last none");
  const found = entities
    .filter((entity) => (types?.has(entity.type) ?? true) && (ids?.has(entity.id) ?? true))
    .flatMap((entity) => {
      const kept = [...entity.history]
        .filter(([name]) => attrs?.has(name) ?? true)
        .map(([name, instances]) => [name, lastOf(instances.filter(holds), lastN)] as const)
        .filter(([, instances]) => instances.length > 0);
      return kept.length === 0 ? [] : [{ ...entity, history: new Map(kept) }];
    });
  const offset = whole(query.get("offset"), 0, 999_999_999);
  const page = found.slice(offset, offset + whole(query.get("limit"), 20, mostPerPage));
  const simplified = query.get("options")?.split(",").includes("temporalValues") ?? false;
  const written = page.map((entity) => writtenAs(entity, simplified));
  return { total: found.length, page: written, contentRange: cutIn(page, lastN) };
}

function readTime(query: URLSearchParams): (instance: TimedInstance) => boolean {
  const [relation, property] = [query.get("timerel"), query.get("timeproperty") ?? "observedAt"];
  if (property !== "observedAt") throw new BadQuery("times other than observedAt are not kept");
  const at = instant(query.get("timeAt"));
  if (relation === "before") return ({ observedAt }) => Date.parse(observedAt) < at;
  if (relation === "after") return ({ observedAt }) => Date.parse(observedAt) > at;
  if (relation !== "between") throw new BadQuery("no such relation of time");
  const end = instant(query.get("endTimeAt"));
  return ({ observedAt }) => Date.parse(observedAt) > at && Date.parse(observedAt) < end;
}

function instant(text: string | null): number {
  const at = text !== null && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new BadQuery("no instant");
  return at;
}

/** Latest first, as the specification has it of `lastN`. */
const lastOf = (instances: readonly TimedInstance[], lastN: number | null): readonly TimedInstance[] =>
  lastN === null ? instances : instances.slice(-lastN).reverse();

function writtenAs({ id, type, history }: TemporalEntity, simplified: boolean): unknown {
  const attributes = [...history].map(([name, all]) => {
    const instances = all.slice(0, mostInstances);
    const values = instances.map(({ value, observedAt }) => [value, observedAt]);
    return [name, simplified ? { type: "Property", values } : instances];
  });
  return { id, type, ...Object.fromEntries(attributes) };
}

/** Null: nothing was cut. */
function cutIn(page: readonly TemporalEntity[], lastN: number | null): string | null {
  const lists = page.flatMap(({ history }) => [...history.values()]);
  if (lists.every(({ length }) => length <= mostInstances)) return null;
  const times = lists.flatMap((list) => list.slice(0, mostInstances).map(({ observedAt }) => observedAt)).sort();
  return `DateTime ${times.at(0) ?? ""}-${times.at(-1) ?? ""}/${lastN ?? "*"}`;
}
