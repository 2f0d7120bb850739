// What Rivemont's stations measured in the last days, hour by hour up to now: made up, and the same for an hour on every machine.
import type { Entity } from "./city-entities.js";
import { Chance } from "./random.js";
import type { TemporalEntity, TimedInstance } from "./temporal-query.js";

const hour = 3_600_000;
const historyDays = 10;
const attributes = ["no2", "pm10"];

interface Measured {
  readonly type: string;
  readonly value: number;
  readonly observedAt: string;
  readonly unitCode: string;
}

/** @param now milliseconds of UNIX time: the hour that it lies in is the last one measured */
export function airHistory(entities: readonly Entity[], now: number): readonly TemporalEntity[] {
  const latest = Math.floor(now / hour);
  const stations = entities.filter(({ type }) => type === "AirQualityObserved");
  return stations.map(({ id, type, ...entity }, station) => {
    const history = attributes.map((name, place) => {
      const measured = entity[name] as Measured;
      const hours = Array.from({ length: historyDays * 24 }, (_, i) => latest - historyDays * 24 + 1 + i);
      return [name, hours.map((at) => measuredAt(measured, at, station * attributes.length + place))] as const;
    });
    return { id, type, history: new Map(history) };
  });
}

/** More when people drive to work and home; what the entity itself says of an hour stands. */
function measuredAt({ type, value, unitCode, observedAt }: Measured, at: number, sensor: number): TimedInstance {
  const time = new Date(at * hour).toISOString().replace(".000Z", "Z");
  const rush = [7, 8, 17, 18].includes(at % 24) ? 1 : 0.75;
  // The sensors of one hour, and the hours of one sensor, are far apart in the seeds.
  const chance = new Chance(Math.imul(at, 2_654_435_761) ^ Math.imul(sensor + 1, 40_503));
  const made = Math.max(1, value * rush * (0.7 + chance.next() * 0.6));
  const digits = Number.isInteger(value) ? 0 : 1;
  return { type, value: time === observedAt ? value : Number(made.toFixed(digits)), observedAt: time, unitCode };
}
