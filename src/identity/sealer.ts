// AES-SIV's two passes over all values of a call: whole buffers, words instead of bytes, one crossing into node's cipher
// for each pass (a crossing takes as long as hundreds of words).
import { timingSafeEqual } from "node:crypto";
import type { SealedTokens } from "../terms/index.js";
import { BLOCK, Plaintexts } from "./plaintexts.js";

export interface Sealer {
  /**
   * base64url(head, AES-SIV of the text) for each text that `write` adds, in their order.
   * @param write adds to what it is given, and keeps nothing of it
   */
  seal(head: Uint8Array, write: (texts: Plaintexts) => void): SealedTexts;
  open(sealed: Uint8Array): Buffer | null;
  /** In their order; null for whatever was not sealed here. */
  openAll(sealed: readonly Uint8Array[]): (Buffer | null)[];
}

/** Many sealed values in one text, each beginning at a character of its own. */
export class SealedTexts implements SealedTokens {
  /** Null once its bytes have been asked for: it is kept in one form. */
  #all: string | null;
  #view: DataView | null = null;

  /** @param ends where each text ends; the next one begins at the next multiple of four */
  constructor(
    all: string,
    private readonly ends: Uint32Array,
  ) {
    this.#all = all;
  }

  get count(): number {
    return this.ends.length;
  }

  strings(): string[] {
    const all = this.#all ?? textOf(this.view);
    const made = new Array<string>(this.ends.length);
    for (let i = 0; i < made.length; i++) made[i] = all.slice(this.from(i), this.to(i));
    return made;
  }

  /** All of them: those between `from` and `to` are one's. As many bytes as a multiple of four. */
  get view(): DataView {
    if (this.#view !== null) return this.#view;
    const all = this.#all ?? "";
    const bytes = Buffer.alloc((all.length + 3) & ~3);
    bytes.write(all, "latin1");
    this.#all = null;
    return (this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  from(i: number): number {
    return i === 0 ? 0 : (this.to(i - 1) + 3) & ~3;
  }

  to(i: number): number {
    return this.ends[i] ?? 0;
  }
}

const textOf = ({ buffer, byteOffset, byteLength }: DataView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("latin1");

const none = new SealedTexts("", new Uint32Array(0));

/** Values opened in one go: what is worked on stays small. */
const OPENED_AT_ONCE = 4_096;
const KEPT_BYTES = 1 << 19;
const WORDS = BLOCK / 4;

/** AES-256 of whole blocks, each for itself. */
export type Aes = (blocks: Uint8Array) => Buffer;

/** How words lie in this machine's memory: what is read as a word and written as one stays as it was. */
const LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
/** Of a word, all but its first byte's highest bit. */
const WITHOUT_HIGHEST = new Int32Array(Uint8Array.of(0x7f, 0xff, 0xff, 0xff).buffer)[0] ?? 0;

/**
 * Room for blocks, by bytes and by words: a word at a time is four times as fast, and a crossing needs bytes. The view is
 * for words that lie anywhere.
 */
class Room {
  bytes = Buffer.from(new ArrayBuffer(4_096));
  words = new Int32Array(this.bytes.buffer);
  view = new DataView(this.bytes.buffer);
  #used = 0;

  of(length: number): this {
    if (length > this.bytes.length) this.#make(length * 2);
    this.#used = Math.max(this.#used, length);
    return this;
  }

  /** Nothing of one request stays for the next. */
  clear(): void {
    if (this.bytes.length > KEPT_BYTES) this.#make(4_096);
    else this.bytes.fill(0, 0, this.#used);
    this.#used = 0;
  }

  #make(length: number): void {
    // Not of node's pool: words need their place, and what is cleared here is nobody else's.
    this.bytes = Buffer.from(new ArrayBuffer(Math.ceil(length / BLOCK) * BLOCK));
    this.words = new Int32Array(this.bytes.buffer);
    this.view = new DataView(this.bytes.buffer);
  }
}

// Sealing waits for nothing, so that all of it can share one room.
const texts = new Plaintexts();
const states = new Room();
const passing = new Room();
const written = new Room();

function clear(): void {
  texts.clear();
  states.clear();
  passing.clear();
  written.clear();
}

const isSealed = ({ length }: Uint8Array): boolean => length >= 2 * BLOCK && length % BLOCK === 0;

export class BatchedSealer implements Sealer {
  readonly #last: Int32Array;

  /** @param last what S2V and CMAC add to a text's last block (texts are whole blocks here) */
  constructor(
    private readonly mac: Aes,
    private readonly ctr: Aes,
    last: Uint8Array,
  ) {
    this.#last = new Int32Array(Uint8Array.from(last).buffer);
  }

  seal(head: Uint8Array, write: (into: Plaintexts) => void): SealedTexts {
    try {
      write(texts);
      if (texts.count === 0) return none;
      this.#synthesize();
      this.#applyKeystream();
      return textsOf(head);
    } finally {
      clear();
    }
  }

  open(sealed: Uint8Array): Buffer | null {
    if (!isSealed(sealed)) return null;
    try {
      texts.addBlocks(sealed.subarray(BLOCK));
      const iv = sealed.subarray(0, BLOCK);
      states.of(BLOCK).bytes.set(iv);
      this.#applyKeystream();
      this.#synthesize();
      if (!timingSafeEqual(states.bytes.subarray(0, BLOCK), iv)) return null;
      return Buffer.from(texts.bytes.subarray(0, texts.length));
    } finally {
      clear();
    }
  }

  openAll(sealed: readonly Uint8Array[]): (Buffer | null)[] {
    const opened = sealed.map((): Buffer | null => null);
    for (let from = 0; from < sealed.length; from += OPENED_AT_ONCE) {
      const to = Math.min(sealed.length, from + OPENED_AT_ONCE);
      const places: number[] = [];
      for (let i = from; i < to; i++) {
        const bytes = sealed[i];
        if (bytes !== undefined && isSealed(bytes)) places.push(i);
      }
      if (places.length > 0) this.#openSome(sealed, places, opened);
    }
    return opened;
  }

  #openSome(sealed: readonly Uint8Array[], places: readonly number[], opened: (Buffer | null)[]): void {
    try {
      const given = Buffer.alloc(places.length * BLOCK);
      places.forEach((place, i) => {
        const bytes = sealed[place] ?? given;
        given.set(bytes.subarray(0, BLOCK), i * BLOCK);
        texts.addBlocks(bytes.subarray(BLOCK));
      });
      states.of(given.length).bytes.set(given);
      this.#applyKeystream();
      this.#synthesize();
      let at = 0;
      places.forEach((place, i) => {
        const length = (texts.blocks[i] ?? 0) * BLOCK;
        const [from, to] = [i * BLOCK, (i + 1) * BLOCK];
        if (timingSafeEqual(states.bytes.subarray(from, to), given.subarray(from, to)))
          opened[place] = Buffer.from(texts.bytes.subarray(at, at + length));
        at += length;
      });
    } finally {
      clear();
    }
  }

  /** S2V of all texts, into `states`: in each round one block of every text that has one more. */
  #synthesize(): void {
    const { words: plain, blocks, count, most } = texts;
    const { words: state } = states.of(count * BLOCK);
    const { words, bytes } = passing.of(count * BLOCK);
    const [l0 = 0, l1 = 0, l2 = 0, l3 = 0] = this.#last;
    state.fill(0, 0, count * WORDS);
    for (let round = 0; round < most; round++) {
      let to = 0;
      for (let i = 0, of = 0, start = 0; i < count; i++, of += WORDS) {
        const its = blocks[i] ?? 0;
        if (round < its) {
          const at = start + round * WORDS;
          const last = round === its - 1 ? -1 : 0;
          words[to] = (state[of] ?? 0) ^ (plain[at] ?? 0) ^ (l0 & last);
          words[to + 1] = (state[of + 1] ?? 0) ^ (plain[at + 1] ?? 0) ^ (l1 & last);
          words[to + 2] = (state[of + 2] ?? 0) ^ (plain[at + 2] ?? 0) ^ (l2 & last);
          words[to + 3] = (state[of + 3] ?? 0) ^ (plain[at + 3] ?? 0) ^ (l3 & last);
          to += WORDS;
        }
        start += its * WORDS;
      }
      bytes.set(this.mac(bytes.subarray(0, to * 4)));
      for (let i = 0, from = 0, of = 0; i < count; i++, of += WORDS) {
        if (round >= (blocks[i] ?? 0)) continue;
        state[of] = words[from] ?? 0;
        state[of + 1] = words[from + 1] ?? 0;
        state[of + 2] = words[from + 2] ?? 0;
        state[of + 3] = words[from + 3] ?? 0;
        from += WORDS;
      }
    }
  }

  /** Counter mode from each text's state as its synthetic IV (RFC 5297 section 2.5), in place. */
  #applyKeystream(): void {
    const { words: plain, blocks, count, length } = texts;
    const { words: state } = states;
    const { words, bytes } = passing.of(length);
    let to = 0;
    for (let i = 0, of = 0; i < count; i++, of += WORDS) {
      for (let block = 0, its = blocks[i] ?? 0; block < its; block++, to += WORDS) {
        words[to] = state[of] ?? 0;
        words[to + 1] = state[of + 1] ?? 0;
        words[to + 2] = (state[of + 2] ?? 0) & WITHOUT_HIGHEST;
        words[to + 3] = (state[of + 3] ?? 0) & WITHOUT_HIGHEST;
        // Its highest bit is clear, and texts are short: the sum stays in this word.
        if (block > 0) bytes.writeUInt32BE(bytes.readUInt32BE(to * 4 + 12) + block, to * 4 + 12);
      }
    }
    bytes.set(this.ctr(bytes.subarray(0, length)));
    for (let w = 0; w < to; w++) plain[w] = (plain[w] ?? 0) ^ (words[w] ?? 0);
  }
}

/**
 * All texts in one base64url text, each filled to three bytes so that it begins at a character of its own: what is cut
 * off behind it is nothing but the filling.
 */
function textsOf(head: Uint8Array): SealedTexts {
  const { words: sealed, blocks, count, length } = texts;
  const most = length + count * (head.length + BLOCK + 3);
  const { bytes: out, view } = written.of(most);
  const { words: ivs } = states;
  const ends = new Uint32Array(count);
  let [to, from] = [0, 0];
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < head.length; b++) out[to++] = head[b] ?? 0;
    for (let w = i * WORDS, end = w + WORDS; w < end; w++, to += 4) view.setInt32(to, ivs[w] ?? 0, LITTLE);
    for (const end = from + (blocks[i] ?? 0) * WORDS; from < end; from++, to += 4)
      view.setInt32(to, sealed[from] ?? 0, LITTLE);
    ends[i] = Math.ceil((to * 4) / 3);
    while (to % 3 !== 0) out[to++] = 0;
  }
  return new SealedTexts(out.toString("base64url", 0, to), ends);
}
