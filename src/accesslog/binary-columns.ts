// Columns of a batch as PostgreSQL's arrays in their binary form: nothing is escaped here and parsed there. As array_recv
// reads them: dimensions, whether there are nulls, the element's type, length, lower bound; then for each element its
// length and its bytes. PostgreSQL keeps this form since 7.4, clients rely on it.
import { saltBytes, type PreparedEntry } from "./entry-format.js";

/** Bytes of which it is known how many they are before they are written. */
export interface WrittenBytes {
  readonly length: number;
  /** @returns where they end in `to` */
  write(to: Buffer, at: number): number;
}

const oids = { bytea: 17, text: 25, timestamptz: 1184, uuid: 2950 } as const;
const headBytes = 20;

/** @param bytes of all elements; @param each writes one, without its length */
function arrayOf(
  type: keyof typeof oids,
  entries: readonly PreparedEntry[],
  bytes: number,
  each: (entry: PreparedEntry, to: Buffer, at: number) => number,
): WrittenBytes {
  return {
    length: headBytes + 4 * entries.length + bytes,
    write: (to, start) => {
      to.writeInt32BE(1, start);
      to.writeInt32BE(0, start + 4);
      to.writeInt32BE(oids[type], start + 8);
      to.writeInt32BE(entries.length, start + 12);
      to.writeInt32BE(1, start + 16);
      let at = start + headBytes;
      for (const entry of entries) {
        const from = at + 4;
        at = each(entry, to, from);
        to.writeInt32BE(at - from, from - 4);
      }
      return at;
    },
  };
}

/** Each element: bytes of `of` from `start` on; `length`: so many, null: to their end. */
function slices(
  type: "bytea" | "text",
  entries: readonly PreparedEntry[],
  of: (entry: PreparedEntry) => Buffer,
  start: number,
  length: number | null,
): WrittenBytes {
  let bytes = 0;
  for (const entry of entries) bytes += length ?? of(entry).length - start;
  return arrayOf(type, entries, bytes, (entry, to, at) => {
    const from = of(entry);
    return at + from.copy(to, at, start, length === null ? from.length : start + length);
  });
}

const uuids = (entries: readonly PreparedEntry[]): WrittenBytes =>
  arrayOf(
    "uuid",
    entries,
    16 * entries.length,
    ({ id }, to, at) => at + to.write(id.replaceAll("-", ""), at, 16, "hex"),
  );

const year2000 = Date.UTC(2000, 0, 1);
const half = 2 ** 32;

/** Microseconds since the year 2000. */
const moments = (entries: readonly PreparedEntry[]): WrittenBytes =>
  arrayOf("timestamptz", entries, 8 * entries.length, ({ moment }, to, at) => {
    const microseconds = (moment - year2000) * 1000;
    const high = Math.floor(microseconds / half);
    return to.writeUInt32BE(microseconds - high * half, to.writeInt32BE(high, at));
  });

/** bytea[] hash, uuid[] id, timestamptz[] at, text[] body, bytea[] salt, text[] personal. */
export const columnsOf = (entries: readonly PreparedEntry[]): readonly WrittenBytes[] => [
  slices("bytea", entries, hashOf, 0, null),
  uuids(entries),
  moments(entries),
  slices("text", entries, leafOf, 1, null),
  slices("bytea", entries, saltedOf, 0, saltBytes),
  slices("text", entries, saltedOf, saltBytes, null),
];

/** By themselves. */
export function bytesOf(written: WrittenBytes): Buffer {
  const bytes = Buffer.allocUnsafe(written.length);
  written.write(bytes, 0);
  return bytes;
}

const hashOf = ({ hash }: PreparedEntry): Buffer => hash;
const leafOf = ({ leaf }: PreparedEntry): Buffer => leaf;
const saltedOf = ({ salted }: PreparedEntry): Buffer => salted;
