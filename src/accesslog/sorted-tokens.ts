// Tokens of an entry in the order in which they are kept, each once: sorted by places, written as bytes. No string is made
// of any of them.
import type { SealedTokens } from "../terms/index.js";

/** Characters that are sorted by as a number: 7 bits each, beside 17 bits for the place, within the 53 of a number. */
const keyed = 5;
const places = 2 ** 17;
/** Tokens of one secret begin with its number. */
const longestCommon = 8;
const [QUOTE, COMMA, OPEN, CLOSE] = [0x22, 0x2c, 0x5b, 0x5d];

export class SortedTokens {
  /** Their places among those that were given. */
  private readonly order: Uint32Array;
  /** Of the JSON text. */
  readonly bytes: number;

  constructor(private readonly tokens: SealedTokens) {
    this.order = distinctInOrder(tokens);
    let bytes = 1 + Math.max(1, this.order.length);
    for (const place of this.order) bytes += tokens.to(place) - tokens.from(place) + 2;
    this.bytes = bytes;
  }

  /** Distinct ones. */
  get count(): number {
    return this.order.length;
  }

  /** As a JSON array, of which nothing is escaped: they are base64url. @returns where it ends */
  write(into: Buffer, start: number): number {
    const { tokens, order } = this;
    const { view } = tokens;
    const out = new DataView(into.buffer, into.byteOffset, into.length);
    let at = start;
    into[at++] = OPEN;
    for (let nth = 0; nth < order.length; nth++) {
      const place = order[nth] ?? 0;
      const to = tokens.to(place);
      let from = tokens.from(place);
      if (nth > 0) into[at++] = COMMA;
      into[at++] = QUOTE;
      for (; from + 4 <= to; from += 4, at += 4) out.setUint32(at, view.getUint32(from));
      for (; from < to; from++) into[at++] = view.getUint8(from);
      into[at++] = QUOTE;
    }
    into[at++] = CLOSE;
    return at;
  }
}

/** By their bytes, which for ASCII is the order of their UTF-16 units. */
function distinctInOrder(tokens: SealedTokens): Uint32Array {
  const { count } = tokens;
  const byBytes = (a: number, b: number): number => compare(tokens, a, b);
  if (count >= places) return distinct(tokens, Uint32Array.from({ length: count }, (_, place) => place).sort(byBytes));
  const from = commonLength(tokens);
  const keys = new Float64Array(count);
  for (let place = 0; place < count; place++) keys[place] = keyOf(tokens, place, from) * places + place;
  keys.sort();
  const order = new Uint32Array(count);
  let ties = false;
  for (let nth = 0, before = -1; nth < count; nth++) {
    const place = (keys[nth] ?? 0) % places;
    const key = ((keys[nth] ?? 0) - place) / places;
    order[nth] = place;
    if (key === before) ties = true;
    before = key;
  }
  // Those with the same key stand beside each other already.
  return ties ? distinct(tokens, order.sort(byBytes)) : order;
}

/** @param order sorted: the same tokens stand beside each other */
function distinct(tokens: SealedTokens, order: Uint32Array): Uint32Array {
  let kept = 0;
  for (let nth = 0; nth < order.length; nth++) {
    const place = order[nth] ?? 0;
    if (kept === 0 || compare(tokens, place, order[kept - 1] ?? 0) !== 0) order[kept++] = place;
  }
  return order.subarray(0, kept);
}

/** One that ends within the key comes before what goes on, as it should. */
function keyOf(tokens: SealedTokens, place: number, from: number): number {
  const { view } = tokens;
  const start = tokens.from(place) + from;
  const to = tokens.to(place);
  let key = 0;
  for (let at = start; at < start + keyed; at++) key = key * 128 + (at < to ? view.getUint8(at) : 0);
  return key;
}

/** Of all of them. */
function commonLength(tokens: SealedTokens): number {
  const { view, count } = tokens;
  const first = tokens.from(0);
  let common = count === 0 ? 0 : Math.min(longestCommon, tokens.to(0) - first);
  for (let place = 1; place < count && common > 0; place++) {
    const from = tokens.from(place);
    common = Math.min(common, tokens.to(place) - from);
    for (let at = 0; at < common; at++) if (view.getUint8(from + at) !== view.getUint8(first + at)) common = at;
  }
  return common;
}

function compare(tokens: SealedTokens, a: number, b: number): number {
  const { view } = tokens;
  const [fromA, fromB] = [tokens.from(a), tokens.from(b)];
  const [lengthA, lengthB] = [tokens.to(a) - fromA, tokens.to(b) - fromB];
  for (let at = 0; at < Math.min(lengthA, lengthB); at++) {
    const difference = view.getUint8(fromA + at) - view.getUint8(fromB + at);
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}
