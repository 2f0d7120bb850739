// Of the access log behind its appends, and of the room that is left: what the shipped alert rules look at
// (docs/alerts/passerelle.rules.yaml). What cannot be read now has no value: an alert on its absence is better than a zero.
import type { Gauge } from "prom-client";
import type { GatewayStatus } from "../gateway/index.js";

type MakeGauge = (name: string, help: string, ...labels: string[]) => Gauge;
type Reading = (status: GatewayStatus) => void;

const seconds = (moment: string | null): number => (moment === null ? 0 : Date.parse(moment) / 1000);

export function recordReadings(gauge: MakeGauge): Reading {
  const entries = gauge("passerelle_access_log_entries", "Entries on record.", "tenant");
  const signed = gauge(
    "passerelle_access_log_signed_behind_seconds",
    "Age of the oldest entry that no signed checkpoint holds; 0: none.",
    "tenant",
  );
  const indexed = gauge(
    "passerelle_access_log_indexed_behind_seconds",
    "Age of the oldest entry that no search finds; 0: none.",
    "tenant",
  );
  const dated = gauge(
    "passerelle_access_log_dated_timestamp_seconds",
    "When an authority (RFC 3161) last dated a checkpoint; 0: never.",
    "tenant",
  );
  const run = gauge(
    "passerelle_access_log_retention_run_timestamp_seconds",
    "The last look at what is over; 0: none yet.",
    "tenant",
  );
  const hindered = gauge("passerelle_access_log_retention_hindered", "1: something keeps it from removing.", "tenant");
  const seen = gauge(
    "passerelle_access_log_witness_seen_timestamp_seconds",
    "When the witness last saw a checkpoint.",
    ...["tenant", "witness"],
  );
  const behind = gauge(
    "passerelle_access_log_witness_behind_entries",
    "Signed entries that the witness has not seen.",
    ...["tenant", "witness"],
  );
  const all = [entries, signed, indexed, dated, run, hindered, seen, behind];
  return ({ tenants }) => {
    for (const each of all) each.reset();
    for (const { name: tenant, record } of tenants) {
      if (record === null) continue;
      entries.set({ tenant }, record.entries);
      signed.set({ tenant }, record.signedBehindMs / 1000);
      indexed.set({ tenant }, record.indexedBehindMs / 1000);
      dated.set({ tenant }, seconds(record.timestampedAt));
      run.set({ tenant }, seconds(record.retention.lastRun));
      hindered.set({ tenant }, record.retention.hindered === null ? 0 : 1);
      for (const { name: witness, size, at } of record.witnesses) {
        seen.set({ tenant, witness }, seconds(at));
        behind.set({ tenant, witness }, Math.max(0, record.signed - size));
      }
    }
  };
}

export function roomReadings(gauge: MakeGauge): Reading {
  const database = gauge("passerelle_database_bytes", "Bytes of our own database.");
  const bound = gauge("passerelle_database_max_bytes", "What gateway.yaml says that it may take.");
  const free = gauge("passerelle_disk_free_bytes", "Left on the disk of the embedded database.");
  const disk = gauge("passerelle_disk_bytes", "The disk of the embedded database.");
  return ({ room }) => {
    for (const [each, value] of [
      [database, room.database],
      [bound, room.bound],
      [free, room.disk?.free ?? null],
      [disk, room.disk?.of ?? null],
    ] as const) {
      each.remove();
      if (value !== null) each.set(value);
    }
  };
}
