// An attribute's values over time as rows (ETSI GS CIM 009, sections 4.5.6 to 4.5.9 and 5.7.4): `entity`, `observedAt`, `value`
// (or a part of it, `value.lon`), `unitCode`. One row is one value, its key the entity and the instant.
import type { Row, Value } from "../../terms/index.js";
import { pinnedValues, type RowsWanted } from "../at-hand-source.js";
import { jsonCell } from "../json-cell.js";
import type { Column, FetchBounds } from "../source.js";
import type { Broker, TimeWanted } from "./broker.js";
import { type EntityForm, instancesOf, type JsonObject, valueAt, WrongForm } from "./entity.js";
import { idsOf } from "./query.js";
import type { NgsiLdSettings } from "./settings.js";
import { entityColumn, latestEnough, timeColumn, timeRangeOf } from "./time-range.js";

export interface Series {
  readonly type: string;
  readonly attribute: string;
  readonly sinceMs: number;
  readonly lastN: boolean;
}

const second = 1_000;
/** Broker and gateway need not agree to the minute what time it is, and no broker need know years of five digits. */
const latestInstant = Date.parse("9999-12-31T00:00:00Z");

/** By `from`: as the settings declare them. @throws RangeError where a duration is none */
export const seriesOf = ({ temporal = {} }: Pick<NgsiLdSettings, "temporal">): ReadonlyMap<string, Series> =>
  new Map(
    Object.entries(temporal).map(([from, { since, lastN = false }]) => {
      const [type = "", attribute = ""] = from.split("/");
      return [from, { type, attribute, sinceMs: durationMs(since), lastN }] as const;
    }),
  );

/** ISO 8601; months and years have no length of their own. */
function durationMs(text: string): number {
  const [whole, ...parts] =
    /^P(?=\d|T\d)(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?)?$/.exec(text) ?? [];
  if (whole === undefined) throw new RangeError("a duration is written P30D, PT12H");
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = parts.map((part) => Number(part ?? 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 * second;
}

/** `kind`: the attribute's, as the broker says it. */
export const describeSeries = (kind: string): ReadonlyMap<string, string> =>
  new Map([
    [entityColumn, "URI"],
    [timeColumn, "DateTime"],
    ["value", kind],
    ...(kind === "GeoProperty" ? ["value.lon", "value.lat"].map((path) => [path, kind] as const) : []),
    ["unitCode", "String"],
  ]);

/** Every value that may matter. @throws SourceFailure */
export async function readSeries(
  broker: Broker,
  series: Series,
  request: RowsWanted,
  form: EntityForm,
  bounds: FetchBounds,
): Promise<readonly Row[]> {
  const { columns, filter } = request;
  if (!columns.every(isColumn))
    throw broker.fail("unavailable", "a column that values over time have not: entity, observedAt, value, unitCode");
  const ids = idsOf(pinnedValues(filter).get(entityColumn));
  const oldest = Date.now() - series.sinceMs;
  const range = timeRangeOf(request);
  const from = Math.max(range.from, oldest);
  if (ids?.length === 0 || from > range.to || from > latestInstant) return [];
  const time: TimeWanted = {
    from: Math.floor(from / second) * second - second,
    to: range.to > latestInstant ? null : Math.ceil(range.to / second) * second + second,
    lastN: series.lastN ? latestEnough(request) : null,
  };
  const wanted: Question = { series, ids, time, form: columns.some(isUnit) ? "normalized" : form };
  const values = await readValues(broker, wanted, bounds);
  // What is too old now is no part of the dataset, however it is asked for.
  return values.filter(({ at }) => at >= oldest).map((value) => columns.map((column) => cellOf(broker, value, column)));
}

const isUnit = ({ name }: Column): boolean => name === "unitCode";
const isColumn = ({ name }: Column): boolean =>
  name === entityColumn || name === timeColumn || name === "unitCode" || /^value(\.[^.]+)*$/.test(name);

interface Question {
  readonly series: Series;
  readonly ids: readonly string[] | null;
  readonly time: TimeWanted;
  readonly form: EntityForm;
}

interface TimedValue {
  readonly entity: string;
  readonly at: number;
  /** In normalized form. */
  readonly instance: JsonObject;
}

async function readValues(broker: Broker, question: Question, bounds: FetchBounds): Promise<readonly TimedValue[]> {
  const { series, ids, time, form } = question;
  const { type, attribute } = series;
  const found: TimedValue[] = [];
  let others = false;
  const take = (entity: JsonObject): void => {
    const read = valuesIn(broker, entity, question);
    others ||= read.others;
    found.push(...read.values);
    if (found.length > broker.maxRows) throw broker.fail("too-large", `more values over time than ${broker.maxRows}`);
  };
  await broker.each({ type, attributes: [attribute], q: null, ids, place: null, time, form }, bounds, take);
  // Of the latest so many, some may have been of another datasetId.
  if (others && time.lastN !== null) return readValues(broker, { ...question, time: { ...time, lastN: null } }, bounds);
  return found;
}

/** Two values of one instant would be two rows of one key: neither is taken for the right one. */
function valuesIn(broker: Broker, entity: JsonObject, { series, time, form }: Question) {
  const id = String(entity["id"]);
  if (!Object.hasOwn(entity, series.attribute)) return { values: [], others: false };
  const { instances, others } = inForm(broker, () => instancesOf(entity[series.attribute], form));
  const seen = new Set<number>();
  const values = instances.map((instance): TimedValue => {
    const told = jsonCell("DateTime", instance[timeColumn]);
    const at = typeof told === "string" ? Date.parse(told) : NaN;
    if (Number.isNaN(at))
      throw broker.fail("invalid-answer", "a value over time without the instant it was observed at");
    // A broker that brings other times did not understand the question, so some may be missing.
    if (at < time.from || (time.to !== null && at > time.to))
      throw broker.fail("invalid-answer", "a value of another time than asked for");
    if (seen.has(at)) throw broker.fail("invalid-answer", "two values of one entity at one instant");
    seen.add(at);
    return { entity: id, at, instance };
  });
  return { values, others };
}

function cellOf(broker: Broker, { entity, instance }: TimedValue, { name, type }: Column): Value {
  const [first = "", ...steps] = name.split(".");
  const json =
    first === entityColumn
      ? entity
      : first === "value"
        ? inForm(broker, () => valueAt({ value: instance }, ["value", ...steps], "normalized"))
        : instance[first];
  const cell = jsonCell(type, json);
  if (cell === undefined) throw broker.fail("invalid-answer", `a value over time whose ${first} is not ${type}`);
  return cell;
}

function inForm<T>(broker: Broker, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrongForm) throw broker.fail("invalid-answer", error.message);
    throw error;
  }
}
