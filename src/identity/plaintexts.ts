// What is to be sealed, of many values at once: their JSON texts in one buffer, one after another, so that each step of
// sealing crosses into node's cipher once. Nothing is made per value.
import type { Value } from "../terms/index.js";

/** Of AES. */
export const BLOCK = 16;

const [SPACE, QUOTE, BACKSLASH, COMMA, OPEN, CLOSE] = [0x20, 0x22, 0x5c, 0x2c, 0x5b, 0x5d];
/** Whole numbers below are divided as such, not as fractions. */
const SMALL = 1e9;
/** No number's text is longer. */
const NUMBER_LENGTH = 32;
/** Texts beyond this stay in nobody's memory once they are sealed. */
const KEPT_BYTES = 1 << 18;

/**
 * JSON texts, each filled with spaces to whole blocks of 16 bytes, so that a length tells little. Byte for byte what
 * `JSON.stringify` writes: ids that applications hold must stay the ids of their objects.
 */
export class Plaintexts {
  bytes = new Uint8Array(4096);
  words = new Int32Array(this.bytes.buffer);
  /** Of each text. */
  blocks = new Int32Array(256);
  count = 0;
  /** Blocks of the longest. */
  most = 0;
  /** Bytes of all texts; while one is written, up to where it is. */
  length = 0;

  /** An array of the row's cells: in these columns, or all of them. */
  addRow(row: readonly Value[], columns: readonly number[] | null): void {
    const from = this.length;
    const cells = columns === null ? row.length : columns.length;
    this.#room(1);
    this.bytes[this.length++] = OPEN;
    for (let i = 0; i < cells; i++) {
      if (i > 0) {
        this.#room(1);
        this.bytes[this.length++] = COMMA;
      }
      this.#write(row[columns === null ? i : (columns[i] ?? -1)] ?? null);
    }
    this.#room(1);
    this.bytes[this.length++] = CLOSE;
    this.#end(from);
  }

  addValue(value: Value): void {
    const from = this.length;
    this.#write(value);
    this.#end(from);
  }

  /** Whole blocks as they are. */
  addBlocks(text: Uint8Array): void {
    if (text.length === 0 || text.length % BLOCK !== 0) throw new Error("AES-SIV here takes whole blocks");
    const from = this.length;
    this.#room(text.length);
    this.bytes.set(text, from);
    this.length += text.length;
    this.#end(from);
  }

  /** Forgets all texts: nothing of one request stays for the next. */
  clear(): void {
    if (this.bytes.length > KEPT_BYTES) {
      this.bytes = new Uint8Array(4096);
      this.words = new Int32Array(this.bytes.buffer);
    } else this.bytes.fill(0, 0, this.length);
    if (this.blocks.length > KEPT_BYTES / BLOCK) this.blocks = new Int32Array(256);
    this.count = 0;
    this.most = 0;
    this.length = 0;
  }

  #end(from: number): void {
    const blocks = (this.length - from + BLOCK - 1) >>> 4;
    const end = from + blocks * BLOCK;
    this.#room(end - this.length);
    while (this.length < end) this.bytes[this.length++] = SPACE;
    if (this.count === this.blocks.length) {
      const wider = new Int32Array(this.count * 2);
      wider.set(this.blocks);
      this.blocks = wider;
    }
    this.blocks[this.count++] = blocks;
    if (blocks > this.most) this.most = blocks;
  }

  #write(value: Value): void {
    if (typeof value === "number") {
      if (value === (value | 0) && value > -SMALL && value < SMALL) this.#writeInt(value);
      else this.#writeAscii(JSON.stringify(value));
    } else if (typeof value === "string" && this.#isPlain(value)) {
      this.#room(value.length + 2);
      this.bytes[this.length++] = QUOTE;
      this.#writeAscii(value);
      this.#room(1);
      this.bytes[this.length++] = QUOTE;
    } else {
      const text = Buffer.from(JSON.stringify(value), "utf8");
      this.#room(text.length);
      this.bytes.set(text, this.length);
      this.length += text.length;
    }
  }

  /** Stands in JSON as it is, one byte for each character. */
  #isPlain(text: string): boolean {
    if (text.length > 200) return false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < SPACE || code > 0x7e || code === QUOTE || code === BACKSLASH) return false;
    }
    return true;
  }

  #writeAscii(text: string): void {
    this.#room(text.length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
  }

  #writeInt(value: number): void {
    this.#room(NUMBER_LENGTH);
    const { bytes } = this;
    let left = value;
    if (left < 0) {
      bytes[this.length++] = 0x2d;
      left = -left;
    }
    let digits = 1;
    for (let power = 10; power <= left; power *= 10) digits++;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const tenth = (left / 10) | 0;
      bytes[at] = 0x30 + (left - tenth * 10);
      left = tenth;
    }
    this.length += digits;
  }

  #room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const wider = new Uint8Array(Math.ceil((this.length + more) / BLOCK) * BLOCK * 2);
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
    this.words = new Int32Array(wider.buffer);
  }
}
