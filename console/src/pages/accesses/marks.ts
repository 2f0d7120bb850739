// The search line as it is drawn: keys apart from values, faults underlined.

export interface Mark {
  readonly text: string;
  readonly kind: "key" | "not" | "value" | "space";
  /** The number of the fault that it lies in; null: none. */
  readonly fault: number | null;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** `-app:cantine-plus`: the minus, the key with its colon, the value; quotes hold spaces together. */
const pieces = /(\s+)|(-?)([a-z]+:)?((?:"[^"]*"?|[^\s"])*)/gy;

/** @param faults offsets in UTF-16 units. One at the end of the line, of no length, is not drawn here. */
export function marksOf(line: string, faults: readonly Span[]): Mark[] {
  const bare: { text: string; kind: Mark["kind"] }[] = [];
  const add = (text: string | undefined, kind: Mark["kind"]): void => {
    if (text !== undefined && text !== "") bare.push({ text, kind });
  };
  for (const match of line.matchAll(pieces)) {
    const [, space, not, key, value] = match;
    add(space, "space");
    add(not, key === undefined ? "value" : "not");
    add(key, "key");
    add(value, "value");
  }
  let at = 0;
  return bare.flatMap(({ text, kind }) => {
    const from = at;
    at += text.length;
    return cutAt(text, from, faults).map((piece) => ({ ...piece, kind }));
  });
}

/** A piece is cut where a fault begins or ends inside it. */
function cutAt(text: string, from: number, faults: readonly Span[]): { text: string; fault: number | null }[] {
  const to = from + text.length;
  const cuts = new Set([from, to]);
  for (const fault of faults) for (const cut of [fault.from, fault.to]) if (cut > from && cut < to) cuts.add(cut);
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(1).map((end, number) => {
    const begin = sorted[number] ?? from;
    const fault = faults.findIndex((each) => each.from <= begin && each.to >= end && each.to > each.from);
    return { text: text.slice(begin - from, end - from), fault: fault === -1 ? null : fault };
  });
}
