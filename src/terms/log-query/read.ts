// From a line to its terms, every fault with its place.
import { nearest } from "../file-fault.js";
import { parseMoment } from "../moments.js";
import { sentences } from "./faults.js";
import { keyRules, otherWords } from "./keys.js";
import { anyStaff, logKeys, logOutcomes } from "./query.js";
import type { BothLanguages, LogKey, LogQueryFault, PlacedLogTerm, ReadLogQuery } from "./query.js";
import { scanWords, type ScannedValue, type ScannedWord } from "./scan.js";

/** UTF-16 units. It stands in an address. */
const maxLength = 2000;
/** Of terms, and of values in a term (law 13). */
const maxMany = 50;

/** Never throws. An empty line is a search for everything. */
export function readLogQuery(line: string): ReadLogQuery {
  if (line.length > maxLength)
    return { terms: [], faults: [{ from: maxLength, to: line.length, sentence: sentences.tooLong(maxLength) }] };
  const terms: PlacedLogTerm[] = [];
  const faults: LogQueryFault[] = [];
  for (const [nth, word] of scanWords(line).entries()) {
    const read = nth < maxMany ? readWord(word) : [fault(word, sentences.tooMany(maxMany))];
    if (Array.isArray(read)) faults.push(...read);
    else terms.push(read);
  }
  faults.push(...contradictions(terms), ...emptyTimes(terms));
  return { terms, faults: faults.sort((one, other) => one.from - other.from) };
}

const fault = ({ from, to }: { from: number; to: number }, sentence: BothLanguages): LogQueryFault => ({
  from,
  to: Math.max(to, from + 1),
  sentence,
});

/** @returns the term, or why it is none */
function readWord(word: ScannedWord): PlacedLogTerm | LogQueryFault[] {
  if (word.openQuote !== null) return [fault({ from: word.openQuote, to: word.to }, sentences.openQuote)];
  if (word.key === null) return [fault(word, sentences.noKey(undefined))];
  const key = keyOf(word.key);
  const place = { from: word.keyFrom, to: word.keyTo };
  if (key === undefined) return [fault(place, sentences.unknownKey(meantKey(word.key)))];
  if (word.negated && (key === "after" || key === "before"))
    return [fault({ from: word.from, to: word.keyTo }, sentences.negatedLimit(key))];
  const faults = valueFaults(key, word);
  if (faults.length > 0) return faults;
  return { key, values: word.values.map(({ text }) => text), negated: word.negated, from: word.from, to: word.to };
}

const keyOf = (written: string): LogKey | undefined => logKeys.find((key) => key === written.toLowerCase());

const meantKey = (written: string): string | undefined =>
  otherWords[written.toLowerCase()] ?? nearest(written, logKeys);

function valueFaults(key: LogKey, word: ScannedWord): LogQueryFault[] {
  const { values, keyFrom, to } = word;
  const { form, list } = keyRules[key];
  if (values.length > maxMany) return [fault({ from: keyFrom, to }, sentences.tooMany(maxMany))];
  const [, second] = values;
  if (!list && second !== undefined) return [fault({ from: second.from, to }, sentences.oneValue(key))];
  return values.flatMap((value) => {
    if (value.text === "") return [fault(emptyPlace(value, word), sentences.noValue(key))];
    if (form(value.text)) return [];
    const meant = key === "outcome" ? nearest(value.text, logOutcomes) : undefined;
    return [fault(value, sentences.badValue(key, meant))];
  });
}

/** Nothing cannot be underlined: the whole key is where it has no value at all, else the comma before. */
const emptyPlace = ({ from, to }: ScannedValue, { values, keyFrom }: ScannedWord): { from: number; to: number } =>
  to > from ? { from, to } : { from: values.length === 1 ? keyFrom : Math.max(keyFrom, from - 1), to: from };

/** Of what an entry has once: what all lists that must hold have in common; nothing in common finds nothing. */
function contradictions(terms: readonly PlacedLogTerm[]): LogQueryFault[] {
  return logKeys.flatMap((key) => {
    if (!keyRules[key].single) return [];
    let left: readonly string[] | undefined;
    for (const term of terms) {
      if (term.key !== key || term.negated) continue;
      const before: readonly string[] = left ?? term.values;
      left = before.filter((value) => term.values.some((other) => meet(key, value, other)));
      if (left.length === 0) return [fault(term, sentences.contradiction(key))];
    }
    return [];
  });
}

function meet(key: LogKey, one: string, other: string): boolean {
  if (one === other) return true;
  if (key === "staff") return one === anyStaff || other === anyStaff;
  // A version is named by its beginning.
  return key === "policy" && (one.startsWith(other) || other.startsWith(one));
}

function emptyTimes(terms: readonly PlacedLogTerm[]): LogQueryFault[] {
  const latest = Math.max(...terms.filter(({ key }) => key === "after").map(absolute));
  return terms
    .filter((term) => term.key === "before" && absolute(term) <= latest)
    .map((term) => fault(term, sentences.emptyTime));
}

/** NaN, which compares with nothing, for what counts back from now. */
function absolute({ values: [text = ""] }: PlacedLogTerm): number {
  if (/^\d+[a-z]$/.test(text)) return Number.NaN;
  return Date.parse(parseMoment(text, { now: new Date(0), timeZone: "UTC", edge: "start" }) ?? "");
}
