// Ids and cursors: what an application gets instead of the town's keys (law 9).
import type { Dataset } from "../catalogue/index.js";
import type { Agreement, DerivedKeys, SealedTexts, Sealer, Siv } from "../identity/index.js";
import type { Order } from "../sources/index.js";
import type { Coordinate, Row, Value } from "../terms/index.js";

const VERSION = 1;
const HEAD = 3;
const ID_HEAD = HEAD + 4;
const MAX_TEXT = 2_000;

type Key = readonly NonNullable<Value>[];

/** Seals and opens for one agreement. The same object has the same id under it, and an unrelated one elsewhere. */
export class Seals {
  readonly #ids: Siv;
  readonly #cursors: Siv;
  readonly #pseudonyms: Siv;
  readonly #secret: number;
  readonly #heads = new Map<string, Buffer>();

  constructor(derived: DerivedKeys, agreement: Agreement) {
    this.#secret = agreement.secret;
    this.#ids = derived.siv(agreement.tenant, agreement.secret, "id", agreement.id);
    this.#cursors = derived.siv(agreement.tenant, agreement.secret, "cursor", agreement.id);
    this.#pseudonyms = derived.siv(agreement.tenant, agreement.secret, "pseudonym", agreement.id);
  }

  /**
   * base64url(version, secret's number, type tag, AES-SIV of the key's JSON), in the order of `rows`.
   * @param columns where the key stands in each row, in its order; null: the rows are the keys
   */
  idTexts(dataset: Dataset, rows: readonly Row[], columns: readonly number[] | null): SealedTexts {
    return sealRows(this.#idSealer(dataset), this.#head(dataset.typeTag), rows, columns);
  }

  /** The same as strings. */
  ids(dataset: Dataset, keys: readonly Key[]): string[] {
    return this.idTexts(dataset, keys, null).strings();
  }

  /** The key behind an id, or null for all that was not given to this agreement for this type. */
  openId(dataset: Dataset, id: string): Key | null {
    const bytes = decode(id);
    if (!bytes || bytes.length <= ID_HEAD || bytes[0] !== VERSION) return null;
    if (bytes.readUInt16BE(1) !== this.#secret || typeTagOf(bytes) !== dataset.typeTag) return null;
    const key = readJson(this.#idSealer(dataset).open(bytes.subarray(ID_HEAD)));
    return isKey(key) && key.length === dataset.key.length ? key : null;
  }

  /** The type tag that an id carries in the clear; null for what is no id at all. */
  static typeTag(id: string): string | null {
    const bytes = decode(id);
    return bytes && bytes.length > ID_HEAD ? typeTagOf(bytes) : null;
  }

  /**
   * base64url(version, secret's number, AES-SIV of the value's JSON), in the order of `values`: under one agreement and
   * coordinate the same value has the same pseudonym, elsewhere an unrelated one. Only the tenant's secret turns it back.
   */
  pseudonyms(coordinate: Coordinate, values: readonly NonNullable<Value>[]): string[] {
    const sealed = this.#pseudonyms.under(coordinate).seal(this.#head(""), (texts) => {
      for (const value of values) texts.addValue(value);
    });
    return sealed.strings();
  }

  /** @param columns where the order's columns stand in each row; null: the rows are the positions */
  cursorTexts(
    coordinate: string,
    order: readonly Order[],
    rows: readonly Row[],
    columns: readonly number[] | null,
  ): SealedTexts {
    return sealRows(this.#cursorSealer(coordinate, order), cursorHead, rows, columns);
  }

  /** The same as strings. */
  cursors(coordinate: string, order: readonly Order[], positions: readonly Row[]): string[] {
    return this.cursorTexts(coordinate, order, positions, null).strings();
  }

  /** The values of the order's columns at a cursor, or null for all that was not given here for this list and order. */
  openCursor(coordinate: string, order: readonly Order[], cursor: string): readonly Value[] | null {
    const bytes = decode(cursor);
    if (!bytes || bytes[0] !== VERSION) return null;
    const position = readJson(this.#cursorSealer(coordinate, order).open(bytes.subarray(1)));
    return Array.isArray(position) && position.length === order.length ? (position as Value[]) : null;
  }

  #idSealer(dataset: Dataset): Sealer {
    return this.#ids.under(`${dataset.name}.id`);
  }

  #cursorSealer(coordinate: string, order: readonly Order[]): Sealer {
    return this.#cursors.under(`[${JSON.stringify(coordinate)},${orderText(order)}]`);
  }

  /** Version, secret's number, and the type's tag (hexadecimal) where there is one. */
  #head(tag: string): Buffer {
    const known = this.#heads.get(tag);
    if (known !== undefined) return known;
    const head = Buffer.alloc(HEAD + tag.length / 2);
    head.writeUInt8(VERSION);
    head.writeUInt16BE(this.#secret, 1);
    head.write(tag, HEAD, "hex");
    this.#heads.set(tag, head);
    return head;
  }
}

/** Orders lie in plans: each is written once. */
const orderTexts = new WeakMap<readonly Order[], string>();

function orderText(order: readonly Order[]): string {
  const known = orderTexts.get(order) ?? JSON.stringify(order.map((o) => [o.column.name, o.direction]));
  orderTexts.set(order, known);
  return known;
}

const cursorHead = Buffer.of(VERSION);

const sealRows = (sealer: Sealer, head: Buffer, rows: readonly Row[], columns: readonly number[] | null): SealedTexts =>
  sealer.seal(head, (texts) => {
    for (const row of rows) texts.addRow(row, columns);
  });

const typeTagOf = (bytes: Buffer): string => bytes.toString("hex", HEAD, ID_HEAD);

function decode(text: string): Buffer | null {
  if (text.length === 0 || text.length > MAX_TEXT) return null;
  const bytes = Buffer.from(text, "base64url");
  // One text for one id: other characters, which node skips, or spare bits are not ours.
  return bytes.toString("base64url") === text ? bytes : null;
}

function readJson(bytes: Buffer | null): unknown {
  return bytes === null ? null : (JSON.parse(bytes.toString("utf8")) as unknown);
}

const isKey = (value: unknown): value is Key =>
  Array.isArray(value) && value.every((part) => ["string", "number", "boolean"].includes(typeof part));
