// Columns of a batch as PostgreSQL's arrays in their binary form: nothing is escaped here and parsed there. As array_recv
// reads them: dimensions, whether there are nulls, the element's type, length, lower bound; then for each element its
// length and its bytes. PostgreSQL keeps this form since 7.4, clients rely on it.
import { saltBytes, type PreparedEntry } from "./entry-format.js";

const oids = { bytea: 17, text: 25, timestamptz: 1184, uuid: 2950 } as const;
const headBytes = 20;

function arrayOf(type: keyof typeof oids, count: number, bytes: number): Buffer {
  const array = Buffer.allocUnsafe(headBytes + 4 * count + bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(oids[type], 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
  return array;
}

/** Each element: bytes of `of` from `start` on. */
function slices(
  type: "bytea" | "text",
  entries: readonly PreparedEntry[],
  of: (entry: PreparedEntry) => Buffer,
  start: number,
  length: number | null,
): Buffer {
  let bytes = 0;
  for (const entry of entries) bytes += length ?? of(entry).length - start;
  const array = arrayOf(type, entries.length, bytes);
  let at = headBytes;
  for (const entry of entries) {
    const from = of(entry);
    const end = length === null ? from.length : start + length;
    at = array.writeInt32BE(end - start, at);
    at += from.copy(array, at, start, end);
  }
  return array;
}

function uuids(entries: readonly PreparedEntry[]): Buffer {
  const array = arrayOf("uuid", entries.length, 16 * entries.length);
  let at = headBytes;
  for (const { id } of entries) {
    at = array.writeInt32BE(16, at);
    at += array.write(id.replaceAll("-", ""), at, 16, "hex");
  }
  return array;
}

const year2000 = Date.UTC(2000, 0, 1);
const half = 2 ** 32;

/** Microseconds since the year 2000. */
function moments(entries: readonly PreparedEntry[]): Buffer {
  const array = arrayOf("timestamptz", entries.length, 8 * entries.length);
  let at = headBytes;
  for (const { moment } of entries) {
    const microseconds = (moment - year2000) * 1000;
    const high = Math.floor(microseconds / half);
    at = array.writeInt32BE(8, at);
    at = array.writeInt32BE(high, at);
    at = array.writeUInt32BE(microseconds - high * half, at);
  }
  return array;
}

/** bytea[] hash, uuid[] id, timestamptz[] at, text[] body, bytea[] salt, text[] personal. */
export const columnsOf = (entries: readonly PreparedEntry[]): readonly Buffer[] => [
  slices("bytea", entries, hashOf, 0, null),
  uuids(entries),
  moments(entries),
  slices("text", entries, leafOf, 1, null),
  slices("bytea", entries, saltedOf, 0, saltBytes),
  slices("text", entries, saltedOf, saltBytes, null),
];

const hashOf = ({ hash }: PreparedEntry): Buffer => hash;
const leafOf = ({ leaf }: PreparedEntry): Buffer => leaf;
const saltedOf = ({ salted }: PreparedEntry): Buffer => salted;
