// Ids and cursors: what an application gets instead of the town's keys (law 9).
import type { Dataset } from "../catalogue/index.js";
import { padJson, type Agreement, type DerivedKeys, type Siv } from "../identity/index.js";
import type { Order } from "../sources/index.js";
import type { Coordinate, Value } from "../terms/index.js";

const VERSION = 1;
const ID_HEAD = 7;
const MAX_TEXT = 2_000;
const base64url = /^[A-Za-z0-9_-]+$/;

type Key = readonly NonNullable<Value>[];

/** Seals and opens for one agreement. The same object has the same id under it, and an unrelated one elsewhere. */
export class Seals {
  readonly #ids: Siv;
  readonly #cursors: Siv;
  readonly #pseudonyms: Siv;
  readonly #secret: number;

  constructor(derived: DerivedKeys, agreement: Agreement) {
    this.#secret = agreement.secret;
    this.#ids = derived.siv(agreement.tenant, agreement.secret, "id", agreement.id);
    this.#cursors = derived.siv(agreement.tenant, agreement.secret, "cursor", agreement.id);
    this.#pseudonyms = derived.siv(agreement.tenant, agreement.secret, "pseudonym", agreement.id);
  }

  /** base64url(version, secret's number, type tag, AES-SIV of the key's JSON), in the order of `keys`. */
  ids(dataset: Dataset, keys: readonly Key[]): string[] {
    const head = Buffer.alloc(ID_HEAD);
    head.writeUInt8(VERSION);
    head.writeUInt16BE(this.#secret, 1);
    head.write(dataset.typeTag, 3, "hex");
    return this.#ids
      .sealAll(keys.map(padJson), idData(dataset))
      .map((sealed) => Buffer.concat([head, sealed]).toString("base64url"));
  }

  /** The key behind an id, or null for all that was not given to this agreement for this type. */
  openId(dataset: Dataset, id: string): Key | null {
    const bytes = decode(id);
    if (!bytes || bytes.length <= ID_HEAD || bytes[0] !== VERSION) return null;
    if (bytes.readUInt16BE(1) !== this.#secret || typeTagOf(bytes) !== dataset.typeTag) return null;
    const key = readJson(this.#ids.open(bytes.subarray(ID_HEAD), idData(dataset)));
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
    const head = Buffer.alloc(3);
    head.writeUInt8(VERSION);
    head.writeUInt16BE(this.#secret, 1);
    return this.#pseudonyms
      .sealAll(values.map(padJson), Buffer.from(coordinate, "utf8"))
      .map((sealed) => Buffer.concat([head, sealed]).toString("base64url"));
  }

  cursors(coordinate: string, order: readonly Order[], positions: readonly (readonly Value[])[]): string[] {
    return this.#cursors
      .sealAll(positions.map(padJson), cursorData(coordinate, order))
      .map((sealed) => Buffer.concat([Buffer.of(VERSION), sealed]).toString("base64url"));
  }

  /** The values of the order's columns at a cursor, or null for all that was not given here for this list and order. */
  openCursor(coordinate: string, order: readonly Order[], cursor: string): readonly Value[] | null {
    const bytes = decode(cursor);
    if (!bytes || bytes[0] !== VERSION) return null;
    const position = readJson(this.#cursors.open(bytes.subarray(1), cursorData(coordinate, order)));
    return Array.isArray(position) && position.length === order.length ? (position as Value[]) : null;
  }
}

const idData = (dataset: Dataset): Buffer => Buffer.from(`${dataset.name}.id`, "utf8");

const cursorData = (coordinate: string, order: readonly Order[]): Buffer =>
  Buffer.from(JSON.stringify([coordinate, order.map((o) => [o.column.name, o.direction])]), "utf8");

const typeTagOf = (bytes: Buffer): string => bytes.toString("hex", 3, ID_HEAD);

function decode(text: string): Buffer | null {
  if (text.length > MAX_TEXT || !base64url.test(text)) return null;
  const bytes = Buffer.from(text, "base64url");
  // One text for one id: base64url that carries spare bits is not ours.
  return bytes.toString("base64url") === text ? bytes : null;
}

function readJson(bytes: Buffer | null): unknown {
  return bytes === null ? null : (JSON.parse(bytes.toString("utf8")) as unknown);
}

const isKey = (value: unknown): value is Key =>
  Array.isArray(value) && value.every((part) => ["string", "number", "boolean"].includes(typeof part));
