// What a derived field makes of its source's value: a text that can leave where the value itself may not.
import type { DerivedForm } from "../catalogue/index.js";
import type { Coordinate, Value } from "../terms/index.js";
import type { Seals } from "./seals.js";

export interface DerivingContext {
  readonly seals: Pick<Seals, "pseudonyms">;
  /** `YYYY-MM-DD`, in the tenant's time zone. */
  readonly today: string;
}

/** Of a whole column at once: sealing one by one takes many times as long. Null stays null. */
export function deriveAll(
  form: DerivedForm,
  coordinate: Coordinate,
  values: readonly Value[],
  { seals, today }: DerivingContext,
): (string | null)[] {
  if (form.kind === "age-band") return values.map((value) => ageBand(value, form.years, today));
  const present = values.filter((value) => value !== null);
  const sealed = seals.pseudonyms(coordinate, present).values();
  return values.map((value) => (value === null ? null : (sealed.next().value ?? null)));
}

/**
 * `age-band:n` tells in which band of n years the age lies that a person reaches in the present calendar year, and
 * nothing else of the day: a band that moved on a birthday would tell the birthday to whoever asks every day. A day that
 * is still to come has no age. A moment's year is that of UTC, as the moment is written.
 */
export function ageBand(value: Value, years: number, today: string): string | null {
  if (value === null) return null;
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(value)) throw new Error("no age of this value");
  const age = Number(today.slice(0, 4)) - Number(value.slice(0, 4));
  if (age < 0) return null;
  const from = age - (age % years);
  return years === 1 ? String(from) : `${from}-${from + years - 1}`;
}
