// A line in pieces: words, each with its key and its values. What they mean is not looked at here.

export interface ScannedValue {
  /** Without quotes. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface ScannedWord {
  readonly from: number;
  readonly to: number;
  readonly negated: boolean;
  /** As written; null where the word has no colon. */
  readonly key: string | null;
  readonly keyFrom: number;
  /** Exclusive: where the colon stands. */
  readonly keyTo: number;
  /** Empty without a key; else at least one, which may be empty. */
  readonly values: readonly ScannedValue[];
  /** Where a quote begins that nothing closes. */
  readonly openQuote: number | null;
}

const space = /\s/u;
const mustBeQuoted = /[\s,"]/u;

/** The value as it is written in a line. */
export const quoted = (value: string): string =>
  value === "" || mustBeQuoted.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : value;

export function scanWords(line: string): ScannedWord[] {
  const words: ScannedWord[] = [];
  let at = 0;
  while (at < line.length) {
    if (space.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    const word = scanWord(line, at);
    words.push(word);
    at = word.to;
  }
  return words;
}

function scanWord(line: string, from: number): ScannedWord {
  const negated = line.charAt(from) === "-";
  const keyFrom = negated ? from + 1 : from;
  let at = keyFrom;
  while (at < line.length && !/[\s:"]/u.test(line.charAt(at))) at += 1;
  if (line.charAt(at) === ":") {
    const { values, to, openQuote } = scanValues(line, at + 1);
    return { from, to, negated, key: line.slice(keyFrom, at), keyFrom, keyTo: at, values, openQuote };
  }
  // No key: the word goes on to the next space, its quotes kept together.
  const { to, openQuote } = scanValues(line, keyFrom);
  return { from, to, negated, key: null, keyFrom, keyTo: to, values: [], openQuote };
}

function scanValues(line: string, from: number): { values: ScannedValue[]; to: number; openQuote: number | null } {
  const values: ScannedValue[] = [];
  let [at, start, text] = [from, from, ""];
  let openQuote: number | null = null;
  for (; at < line.length && !space.test(line.charAt(at)); at += 1) {
    const unit = line.charAt(at);
    if (unit === ",") {
      values.push({ text, from: start, to: at });
      [start, text] = [at + 1, ""];
    } else if (unit === '"') {
      const inside = scanQuoted(line, at + 1);
      text += inside.text;
      if (!inside.closed) openQuote = at;
      at = inside.to - 1;
    } else text += unit;
  }
  values.push({ text, from: start, to: at });
  return { values, to: at, openQuote };
}

/** From behind the opening quote. @returns `to` behind the closing one, or the line's end */
function scanQuoted(line: string, from: number): { text: string; to: number; closed: boolean } {
  let text = "";
  for (let at = from; at < line.length; at += 1) {
    const unit = line.charAt(at);
    if (unit === '"') return { text, to: at + 1, closed: true };
    if (unit === "\\" && at + 1 < line.length) at += 1;
    text += line.charAt(at);
  }
  return { text, to: line.length, closed: false };
}
