// What the operator is told of the record behind the appends, and of the room that is left for it.
import { statfs } from "node:fs/promises";
import type { AccessLog } from "../accesslog/index.js";
import type { RecordStatus, RoomStatus } from "../gateway/index.js";
import type { TenantName } from "../terms/index.js";

/** Milliseconds from which on somebody should look. The tree follows within 2 s, the search index within some more. */
const signedBoundMs = 60_000;
const indexedBoundMs = 120_000;
/** A witness may be a laptop that is closed at night, and over a weekend. */
const witnessBoundMs = 4 * 86_400_000;
const mebibyte = 1024 * 1024;
/** A town's log grows by some gigabytes a year. */
const freeBytes = 2048 * mebibyte;
const freePart = 0.05;
const boundPart = 0.8;

export interface RecordSeen {
  readonly record: RecordStatus;
  readonly databaseBytes: number;
}

/** Null where the database does not say. */
export async function seeRecord(
  log: Pick<AccessLog, "health" | "witnesses" | "retentionState">,
  tenant: TenantName,
  now: Date,
): Promise<RecordSeen | null> {
  try {
    const [health, witnesses, retention] = await Promise.all([
      log.health(tenant),
      log.witnesses(tenant),
      log.retentionState(tenant),
    ]);
    const record = {
      entries: health.size,
      signed: health.integrated,
      indexed: health.indexed,
      signedBehindMs: health.behindMs,
      indexedBehindMs: health.indexBehindMs,
      witnesses: witnesses.map(({ name, size, at }) => ({ name, size, at: at.toISOString() })),
      timestampedAt: health.timestampedAt?.toISOString() ?? null,
      retention: { lastRun: retention.lastRun, hindered: retention.hindered },
    };
    return { record: { ...record, troubles: troublesOf(record, now) }, databaseBytes: health.databaseBytes };
  } catch {
    return null;
  }
}

function troublesOf(record: Omit<RecordStatus, "troubles">, now: Date): string[] {
  const { signedBehindMs, indexedBehindMs, witnesses, signed, retention } = record;
  const late = witnesses.filter(({ size, at }) => size < signed && now.getTime() - Date.parse(at) > witnessBoundMs);
  return [
    ...(signedBehindMs > signedBoundMs ? [`entries wait for their signature for ${minutes(signedBehindMs)}`] : []),
    ...(indexedBehindMs > indexedBoundMs ? [`searches are ${minutes(indexedBehindMs)} behind`] : []),
    ...late.map(({ name }) => `the witness ${name} has seen nothing for days`),
    ...(retention.hindered === null ? [] : ["the retention of the access log is held up"]),
  ];
}

const minutes = (ms: number): string => `${String(Math.round(ms / 60_000))} min`;

/** @param folder of the embedded server; null on a real one. @param bound of gateway.yaml */
export async function roomStatus(
  folder: string | null,
  database: number | null,
  bound: number | null,
): Promise<RoomStatus> {
  const disk = folder === null ? null : await diskOf(folder);
  const room = { database, bound, disk };
  return { ...room, trouble: tooLittle(room) };
}

async function diskOf(folder: string): Promise<RoomStatus["disk"]> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, of: blocks * bsize };
  } catch {
    return null;
  }
}

function tooLittle({ database, bound, disk }: Omit<RoomStatus, "trouble">): string | null {
  if (disk !== null && (disk.free < freeBytes || disk.free < freePart * disk.of))
    return `the disk of the database has ${String(Math.floor(disk.free / mebibyte))} MiB left; when it is full, nothing is answered`;
  if (database !== null && bound !== null && database > boundPart * bound)
    return `the database takes ${String(Math.round((100 * database) / bound))} % of what gateway.yaml gives it`;
  return null;
}
