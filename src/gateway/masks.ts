// Law 10: the one place through which a value passes on its way out. A mask keeps the type, and null stays null.
import { maskParts, type ValueMask } from "../policy/index.js";
import { geometryOf, geometryText, type Position, type ScalarType, type Value } from "../terms/index.js";

export type MaskFunction = (value: Value) => Value;

/** What a redacted text becomes: the same for every text, so that it tells only that there is one. */
const REDACTED = "•••";

type Forms = Partial<Record<ScalarType, (n: number) => (value: never) => NonNullable<Value>>>;

/** By the mask's name, then by the type that it stands on. `n` is read once, not for each value. */
const masks: Readonly<Record<string, Forms>> = {
  year: { Date: () => yearOf, DateTime: () => (value: string) => `${yearOf(value)}T00:00:00.000Z` },
  month: { Date: () => monthOf, DateTime: () => (value: string) => `${monthOf(value)}T00:00:00.000Z` },
  round: {
    Int: (n) => (value: number) => roundedWithin(value, n, -(2 ** 31), 2 ** 31 - 1),
    SafeInt: (n) => (value: number) => roundedWithin(value, n, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    Float: (n) => (value: number) => rounded(value, n),
  },
  truncate: { String: (n) => (value: string) => truncated(value, n) },
  initial: { String: () => initialOf },
  geo: { Float: (n) => (value: number) => toDecimals(value, n), GeoJSON: (n) => (value: string) => coarse(value, n) },
  redact: { String: () => () => REDACTED },
};

const made = new Map<string, MaskFunction>();

/**
 * The mask as a function, made once for each mask and type.
 * @throws Error for a mask that does not fit the type, or the value: the loader lets none through, so nothing leaves.
 */
export function maskFunction(by: ValueMask, type: ScalarType): MaskFunction {
  const known = made.get(`${by} ${type}`);
  if (known) return known;
  const mask = makeMask(by, type);
  // Bounded: a version names few masks, but versions come and go (law 13).
  if (made.size >= 1_000) made.clear();
  made.set(`${by} ${type}`, mask);
  return mask;
}

const asItIs: MaskFunction = (value) => value;

function makeMask(by: ValueMask, type: ScalarType): MaskFunction {
  if (by === "-") return asItIs;
  const { kind, n } = maskParts(by);
  const form = masks[kind.name]?.[type]?.(n) as ((value: NonNullable<Value>) => Value) | undefined;
  if (form === undefined) throw new Error(`mask ${by} does not fit the type ${type}`);
  const expected = type === "Int" || type === "SafeInt" || type === "Float" ? "number" : "string";
  return (value) => {
    if (value === null) return null;
    if (typeof value !== expected) throw new Error(`mask ${by} does not fit this value`);
    return form(value);
  };
}

/** `year` tells the year and nothing else of a day; a moment's year is that of UTC, as the moment is written. */
function yearOf(value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) throw new Error("mask year does not fit this value");
  return `${value.slice(0, 4)}-01-01`;
}

/** `month` tells the year and the month and nothing else of a day; a moment's month is that of UTC. */
function monthOf(value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) throw new Error("mask month does not fit this value");
  return `${value.slice(0, 7)}-01`;
}

/**
 * `round:n` gives the multiple of n that is nearest, of two that are equally near the one farther from zero: 25 becomes
 * 50 by `round:50`, and -25 becomes -50. It never turns the order of two numbers round.
 */
function rounded(value: number, n: number): number {
  // Beyond 2^53 a Float is a whole number whose neighbours are whole numbers too: only there a step would lose some.
  if (!Number.isFinite(value)) throw new Error("mask round does not fit this value");
  if (Math.abs(value) > 2 ** 53 - n) return roundedWhole(value, n);
  const rest = Math.abs(value) % n;
  const below = Math.abs(value) - rest;
  // `+ 0` makes of minus zero the zero that it equals.
  return Math.sign(value) * (rest * 2 >= n ? below + n : below) + 0;
}

function roundedWhole(value: number, n: number): number {
  const [size, step] = [BigInt(Math.abs(value)), BigInt(n)];
  const rest = size % step;
  const result = Number(rest * 2n >= step ? size - rest + step : size - rest);
  return Math.sign(value) * (Number.isFinite(result) ? result : Number(size - rest));
}

/** Where the nearest multiple is no number of the type any more, the next one towards zero. */
function roundedWithin(value: number, n: number, least: number, most: number): number {
  const nearest = rounded(value, n);
  if (nearest > most) return most - (most % n);
  return nearest < least ? least - (least % n) + 0 : nearest;
}

/**
 * `truncate:n` leaves the first n characters (Unicode code points) and nothing of what follows them; a text that has no
 * more leaves whole. Not by what people see as one character: how long such a one can be is not bounded.
 */
function truncated(value: string, n: number): string {
  // No character is longer than two units.
  if (value.length <= n) return value;
  let end = 0;
  for (let count = 0; count < n && end < value.length; count += 1)
    end += (value.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return value.slice(0, end);
}

/** `initial` leaves the first letter, as it is written, and a full stop; of a text without a letter the full stop alone. */
const initialOf = (value: string): string => `${/\p{L}/u.exec(value.normalize("NFC"))?.[0] ?? ""}.`;

/** `geo:n` leaves degrees to n decimals, halves away from zero: 2 decimals are about 1 km, 3 about 100 m. */
const toDecimals = (value: number, n: number): number => Number(value.toFixed(n)) + 0;

/** Every position to n decimals, without its altitude; how many positions there are stays seen. */
function coarse(value: string, n: number): string {
  const geometry = geometryOf(value);
  return geometryText({ ...geometry, coordinates: coarseAll(geometry.coordinates, n) } as typeof geometry);
}

type Nested = Position | readonly Nested[];

function coarseAll(nested: Nested, n: number): Nested {
  const [first, second] = nested;
  if (typeof first === "number" && typeof second === "number") return [toDecimals(first, n), toDecimals(second, n)];
  return (nested as readonly Nested[]).map((part) => coarseAll(part, n));
}
