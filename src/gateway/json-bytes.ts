// JSON text, written as UTF-8 into one buffer: a page of 1,000 rows has some 10,000 members, and a string or an object made
// for each would be most of its time. Byte for byte what `JSON.stringify` would write, encoded.
import { ownBytes } from "../terms/index.js";

const [QUOTE, BACKSLASH, MINUS, ZERO] = [0x22, 0x5c, 0x2d, 0x30];
const WORD = 4;
/** Beyond it node's own writing is faster than ours, a byte at a time. */
const SHORT = 200;
/** Whole numbers below are divided as such, not as fractions. */
const SMALL = 1e9;
/** Bytes of `2026-11-22T09:00:00.123Z`. */
const INSTANT = 24;
/** No number's text is longer. */
const NUMBER = 32;
const FIRST_BYTES = 1 << 16;
/** A larger one is given back after use. */
const KEPT_BYTES = 1 << 21;

/** A text that is written again and again: four bytes at a time, the last word filled. */
export interface Fragment {
  readonly words: Uint32Array;
  /** Of its bytes. */
  readonly length: number;
}

export function fragmentOf(text: string): Fragment {
  const bytes = Buffer.from(text, "utf8");
  const filled = Buffer.alloc(Math.ceil(bytes.length / WORD) * WORD);
  bytes.copy(filled);
  const words = Uint32Array.from({ length: filled.length / WORD }, (_, i) => filled.readUInt32LE(i * WORD));
  return { words, length: bytes.length };
}

const literals = { null: fragmentOf("null"), true: fragmentOf("true"), false: fragmentOf("false") } as const;

export class JsonBytes {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #at = 0;

  /** As it is: `{`, `,"key":`. */
  fragment({ words, length }: Fragment): void {
    this.#room(length);
    const view = this.#view;
    let at = this.#at;
    // The last word's filling is written over by what follows.
    for (let i = 0; i < words.length; i++, at += WORD) view.setUint32(at, words[i] ?? 0, true);
    this.#at += length;
  }

  byte(code: number): void {
    const bytes = this.#room(1);
    bytes[this.#at++] = code;
  }

  /**
   * Part of a text that is longer, between quotes: base64url, which nothing in JSON escapes.
   * @param all readable up to the next multiple of four behind `to`
   */
  quoted(all: DataView, from: number, to: number): void {
    const bytes = this.#room(to - from + 2);
    const view = this.#view;
    const start = this.#at + 1;
    bytes[this.#at] = QUOTE;
    for (let i = from; i < to; i += WORD) view.setUint32(start + i - from, all.getUint32(i, true), true);
    bytes[start + to - from] = QUOTE;
    this.#at = start + to - from + 1;
  }

  /** Part of what a source sent, between quotes: UTF-8 in which there is nothing to escape. */
  copied(all: DataView, from: number, to: number): void {
    const bytes = this.#room(to - from + 2);
    const view = this.#view;
    let at = this.#at;
    bytes[at++] = QUOTE;
    let next = from;
    for (; next + WORD <= to; next += WORD, at += WORD) view.setUint32(at, all.getUint32(next, true), true);
    for (; next < to; next++) bytes[at++] = all.getUint8(next);
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /** The same of an instant (`PageRequest.cells`), in its canonical form: cut to the millisecond, never rounded. */
  instant(all: DataView, from: number, to: number): void {
    const bytes = this.#room(INSTANT + 2);
    const view = this.#view;
    const start = this.#at;
    const first = start + 1;
    bytes[start] = QUOTE;
    for (let i = 0; i < 16; i += WORD) view.setUint32(first + i, all.getUint32(from + i, true), true);
    for (let i = 16; i < 19; i++) bytes[first + i] = all.getUint8(from + i);
    bytes[first + 10] = 0x54;
    bytes[first + 19] = 0x2e;
    let fraction = from + 19 < to && all.getUint8(from + 19) === 0x2e;
    for (let i = 20; i < 23; i++) {
      const code = fraction && from + i < to ? all.getUint8(from + i) : 0;
      fraction = code >= ZERO;
      bytes[first + i] = fraction ? code : ZERO;
    }
    bytes[first + 23] = 0x5a;
    bytes[first + INSTANT] = QUOTE;
    this.#at = first + INSTANT + 1;
  }

  null(): void {
    this.fragment(literals.null);
  }

  boolean(value: boolean): void {
    this.fragment(value ? literals.true : literals.false);
  }

  number(value: number): void {
    if (value === (value | 0) && value > -SMALL && value < SMALL) this.#int(value);
    else this.text(Number.isFinite(value) ? String(value) : "null");
  }

  /** What is JSON already. */
  text(json: string): void {
    const bytes = this.#room(json.length * 3);
    this.#at += bytes.write(json, this.#at, "utf8");
  }

  string(value: string): void {
    const { length } = value;
    if (length > SHORT) return this.text(JSON.stringify(value));
    const bytes = this.#room(length * 3 + 2);
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code < 0x80) {
        if (code < 0x20 || code === QUOTE || code === BACKSLASH) return this.text(JSON.stringify(value));
        bytes[at++] = code;
      } else if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else {
        // Halves of pairs: together one character of four bytes, alone escaped.
        if (code >= 0xd800 && code <= 0xdfff) return this.text(JSON.stringify(value));
        bytes[at++] = 0xe0 | (code >> 12);
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      }
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /**
   * All that was written, in a buffer of its own.
   * @param before bytes left free in front of it; they hold anything
   * @param behind the same behind it
   */
  take(before = 0, behind = 0): Buffer {
    const taken = ownBytes(before + this.#at + behind);
    this.#bytes.copy(taken, before, 0, this.#at);
    return taken;
  }

  get length(): number {
    return this.#at;
  }

  /** Nothing of one answer stays for the next. */
  clear(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#use(Buffer.allocUnsafeSlow(FIRST_BYTES));
    else this.#bytes.fill(0, 0, this.#at + WORD);
    this.#at = 0;
  }

  #int(value: number): void {
    const bytes = this.#room(NUMBER);
    let from = this.#at;
    let left = value;
    if (left < 0) {
      bytes[from++] = MINUS;
      left = -left;
    }
    let digits = 1;
    for (let power = 10; power <= left; power *= 10) digits++;
    for (let at = from + digits - 1; at >= from; at--) {
      const tenth = (left / 10) | 0;
      bytes[at] = ZERO + (left - tenth * 10);
      left = tenth;
    }
    this.#at = from + digits;
  }

  #room(more: number): Buffer {
    return this.#at + more + WORD <= this.#bytes.length ? this.#bytes : this.#wider(more);
  }

  #wider(more: number): Buffer {
    const wider = Buffer.allocUnsafeSlow((this.#at + more + WORD) * 2);
    this.#bytes.copy(wider, 0, 0, this.#at);
    this.#bytes.fill(0);
    this.#use(wider);
    return wider;
  }

  #use(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
