// Whose guardian a person is today, as the town's own register keeps it: dated, and ended by the child's 18th birthday
// (Code civil, art. 371-1 and 388).
import { SourceFailure, type ByKeysRequest, type FetchBounds, type Source } from "../sources/index.js";
import { birthday, type Row, type SubjectKey, type Value } from "../terms/index.js";
import type { BoundGuardians, BoundScheme } from "./citizen-schemes.js";

/** One side of a guardianship, seen from the other. */
export interface Kin extends SubjectKey {
  /** Of the child; `YYYY-MM-DD`. */
  readonly born: string;
  /** First and last day; null: the register does not tell. */
  readonly from: string | null;
  readonly until: string | null;
}

/** Whoever has more is no parent but an institution, whose staff do not act for all of them by their own sign-in. */
const mostWards = 30;
/** With those of the past, which registers keep. */
const mostRows = 300;

export interface GuardianReading {
  readonly scheme: BoundScheme;
  readonly guardians: BoundGuardians;
  /** A dataset's source. @throws SourceFailure */
  readonly source: (dataset: BoundScheme["people"]) => Source;
  /** `YYYY-MM-DD` where the town is. */
  readonly today: string;
  readonly signal: AbortSignal;
}

/** The children of a guardian; none beyond `mostWards`. @throws SourceFailure */
export async function wardsOf(reading: GuardianReading, key: NonNullable<Value>): Promise<readonly Kin[]> {
  const { guardian, ward } = reading.guardians;
  const found = await pairs(reading, guardian, ward, key);
  if (found === null || found.length === 0) return [];
  const births = await birthDays(
    reading,
    found.map((pair) => pair.other),
  );
  const kin = found.flatMap((pair) => asKin(reading, pair, births.get(pair.other) ?? null));
  return kin.length > mostWards ? [] : kin;
}

/** The guardians of a child; none of a grown person, nor of one whose birth date is not known. @throws SourceFailure */
export async function guardiansOf(reading: GuardianReading, child: NonNullable<Value>): Promise<readonly Kin[]> {
  const { guardian, ward } = reading.guardians;
  const born = await bornOn(reading, child);
  if (born === null || isGrown(born, reading.today)) return [];
  const found = await pairs(reading, ward, guardian, child);
  const kin = (found ?? []).flatMap((pair) => asKin(reading, pair, born));
  // Both sides say the same: an institution, which has no wards, is no child's guardian either.
  const wards = await Promise.all(kin.map(({ key }) => wardsOf(reading, key)));
  return kin.filter((_, i) => wards[i]?.some(({ key }) => key === child) === true);
}

interface Pair {
  readonly other: NonNullable<Value>;
  readonly from: string | null;
  readonly until: string | null;
}

/** Null: more rows than any family has. */
async function pairs(
  { guardians: { dataset, from, until }, source, today, signal }: GuardianReading,
  mine: BoundGuardians["ward"],
  other: BoundGuardians["ward"],
  key: NonNullable<Value>,
): Promise<readonly Pair[] | null> {
  const columns = [mine, other, ...[from, until].filter((column) => column !== null)];
  const rows = await rowsOf(
    source(dataset),
    { from: dataset.from, columns, match: [mine], keys: [[key]] },
    signal,
  ).catch((error: unknown) => {
    if (error instanceof SourceFailure && error.reason === "too-large") return null;
    throw error;
  });
  if (rows === null) return null;
  // Law 14: what comes back is checked, though the source was asked for these rows only.
  return rows.flatMap((row) => {
    const read = reader(columns, row);
    const [first, last, found] = [day(from && read(from)), day(until && read(until)), read(other)];
    const inForce = (first === null || first <= today) && (last === null || today <= last);
    return read(mine) === key && found !== null && found !== key && inForce
      ? [{ other: found, from: first, until: last }]
      : [];
  });
}

const asKin = ({ scheme, today }: GuardianReading, pair: Pair, born: string | null): Kin[] =>
  born === null || isGrown(born, today)
    ? []
    : [{ scheme: scheme.scheme, key: pair.other, born, from: pair.from, until: pair.until }];

/** From the day they turn 18, as the town's calendar has it. */
export const isGrown = (born: string, today: string): boolean => today >= birthday(born, 18);

/** `YYYY-MM-DD`; null: not known. @throws SourceFailure */
export const bornOn = async (reading: GuardianReading, key: NonNullable<Value>): Promise<string | null> =>
  (await birthDays(reading, [key])).get(key) ?? null;

/** By key; of those that the register of people knows once. */
async function birthDays(
  { scheme: { people, key }, guardians: { born }, source, signal }: GuardianReading,
  keys: readonly NonNullable<Value>[],
): Promise<ReadonlyMap<Value, string>> {
  const distinct = [...new Set(keys)];
  const columns = [key, born];
  const asked = { from: people.from, columns, match: [key], keys: distinct.map((each) => [each]) };
  const rows = await rowsOf(source(people), asked, signal);
  const found = new Map<Value, string | null>();
  for (const row of rows) {
    const read = reader(columns, row);
    const [who, date] = [read(key), day(read(born))];
    found.set(who, found.has(who) && found.get(who) !== date ? null : date);
  }
  return new Map([...found].flatMap(([who, date]) => (date === null ? [] : [[who, date] as const])));
}

type Asked = Pick<ByKeysRequest, "from" | "columns" | "match" | "keys">;

const rowsOf = (source: Source, asked: Asked, signal: AbortSignal): Promise<readonly Row[]> => {
  const bounds: FetchBounds = { signal, maxRows: mostRows };
  return source.byKeys({ ...asked, filter: null, order: [], after: null, limitPerKey: null }, bounds);
};

export const reader =
  (columns: readonly { readonly name: string }[], row: Row) =>
  ({ name }: { readonly name: string }): Value =>
    row[columns.findIndex((column) => column.name === name)] ?? null;

const day = (value: Value): string | null => (typeof value === "string" ? value.slice(0, 10) : null);
