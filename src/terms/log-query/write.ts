// From terms to a line, and lines changed term by term.
import type { LogKey, LogTerm } from "./query.js";
import { quoted } from "./scan.js";

/** `-app:a,b`: one term as it stands in a line. */
export const writeLogTerm = ({ key, values, negated }: LogTerm): string =>
  `${negated ? "-" : ""}${key}:${values.map(quoted).join(",")}`;

/** The canonical line: what `readLogQuery` reads as the same terms, written in one way. */
export const writeLogQuery = (terms: readonly LogTerm[]): string => terms.map(writeLogTerm).join(" ");

const same = (one: LogTerm, other: LogTerm): boolean => writeLogTerm(one) === writeLogTerm(other);

/** Added at the end; one that is there already is not added again. */
export const withLogTerm = (terms: readonly LogTerm[], term: LogTerm): readonly LogTerm[] =>
  terms.some((each) => same(each, term)) ? terms : [...terms, term];

export const withoutLogTerm = (terms: readonly LogTerm[], term: LogTerm): readonly LogTerm[] =>
  terms.filter((each) => !same(each, term));

/**
 * Makes `values` all that is said by this key and sign, as a select of a filter bar does: in the place of the first
 * such term, or at the end. No values: nothing is said by it any more.
 */
export function withLogValues(
  terms: readonly LogTerm[],
  key: LogKey,
  values: readonly string[],
  negated = false,
): readonly LogTerm[] {
  const isIt = (term: LogTerm): boolean => term.key === key && term.negated === negated;
  const first = terms.findIndex(isIt);
  const place = first === -1 ? terms.length : first;
  const made: readonly LogTerm[] = values.length === 0 ? [] : [{ key, values, negated }];
  return [...terms.slice(0, place), ...made, ...terms.slice(place).filter((term) => !isIt(term))];
}

/** A handle stands in a line for good: `resident~TOKEN`. What people type, `resident:123`, has their key in it. */
export interface TypedPerson {
  readonly scheme: string;
  readonly key: string;
}
export interface PersonHandle {
  readonly scheme: string;
  readonly token: string;
}

/** @param value of a `person:` term */
export function readPerson(value: string): TypedPerson | PersonHandle {
  const [mark = ""] = /[:~]/.exec(value) ?? [];
  const at = value.indexOf(mark);
  const [scheme, rest] = [value.slice(0, at), value.slice(at + 1)];
  return mark === "~" ? { scheme, token: rest } : { scheme, key: rest };
}

export const personHandle = ({ scheme, token }: PersonHandle): string => `${scheme}~${token}`;

/** The same terms with every typed person as a handle, so that no person's key stands in an address or a record. */
export const withHandles = (
  terms: readonly LogTerm[],
  handle: (person: TypedPerson) => PersonHandle,
): readonly LogTerm[] =>
  terms.map((term) => {
    if (term.key !== "person") return term;
    const values = term.values.map((value) => {
      const person = readPerson(value);
      return "key" in person ? personHandle(handle(person)) : value;
    });
    return { ...term, values };
  });

/** The record of a search is never cut in the middle of a term. */
const maxRecorded = 300;

/**
 * What the record of a search keeps for good (law 11): the canonical line with neither people nor staff in it, in as
 * many pieces as it takes (`query`, `query 2`, …), each of at most 300 characters but for a single longer term.
 */
export function recordedLogQuery(terms: readonly LogTerm[]): Readonly<Record<string, string>> {
  const pieces: string[] = [];
  for (const word of terms.map(withoutPeople).flatMap(shortEnough)) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= maxRecorded)
      pieces[pieces.length - 1] = `${last} ${word}`;
    else pieces.push(word);
  }
  return Object.fromEntries(pieces.map((piece, at) => [at === 0 ? "query" : `query ${at + 1}`, piece]));
}

/** A list of names that is longer than a piece is told as several of its kind. */
function shortEnough(term: LogTerm): string[] {
  const whole = writeLogTerm(term);
  if (whole.length <= maxRecorded || term.values.length < 2) return [whole];
  const middle = Math.ceil(term.values.length / 2);
  return [term.values.slice(0, middle), term.values.slice(middle)].flatMap((values) =>
    shortEnough({ ...term, values }),
  );
}

function withoutPeople(term: LogTerm): LogTerm {
  if (term.key === "person")
    return { ...term, values: [...new Set(term.values.map((value) => `${readPerson(value).scheme}~…`))] };
  if (term.key === "staff") return { ...term, values: term.values.map((value) => (value === "*" ? value : "…")) };
  return term;
}
