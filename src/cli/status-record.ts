// How the record and its room are, in words.
import type { RoomStatus, TenantStatus } from "../gateway/index.js";
import type { Style } from "./terminal.js";

type Say = (text?: string, style?: Style) => void;

/** @param named where the gateway serves several towns */
export function sayRecord(
  { name, record }: TenantStatus,
  named: boolean,
  at: (moment: string) => string,
  say: Say,
): void {
  const what = named ? `Record of ${name}` : "Record";
  if (record === null) return say(`${what}: it cannot be read now.`, "red");
  const { entries, signed, indexed, witnesses, timestampedAt, retention, troubles } = record;
  const parts = [
    `${String(entries)} ${entries === 1 ? "entry" : "entries"}`,
    signed < entries ? `${String(entries - signed)} not signed yet` : "all signed",
    indexed < entries ? `${String(entries - indexed)} not found by searches yet` : "all found by searches",
    ...witnesses.map(({ name: witness, size, at: seen }) => `${witness} saw ${String(size)} of them, last ${at(seen)}`),
    ...(timestampedAt === null ? [] : [`dated ${at(timestampedAt)}`]),
  ];
  say(`${what}: ${parts.join("; ")}.`, troubles.length > 0 ? "yellow" : "plain");
  if (retention.hindered !== null) say(`  Retention removes nothing now: ${retention.hindered}.`, "yellow");
}

export function sayRoom({ database, bound, disk, trouble }: RoomStatus, say: Say): void {
  const parts = [
    ...(database === null ? [] : [`the database takes ${size(database)}${bound === null ? "" : ` of ${size(bound)}`}`]),
    ...(disk === null ? [] : [`its disk has ${size(disk.free)} of ${size(disk.of)} left`]),
  ];
  if (parts.length > 0) say(`Room: ${parts.join("; ")}.`, trouble === null ? "plain" : "red");
}

const size = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
