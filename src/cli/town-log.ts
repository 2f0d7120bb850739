// What the access log needs of a town: what it is called, which key signs it today, who sees its checkpoints.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  NoteRefused,
  readVerifier,
  signerKey,
  type LogSigner,
  type LogWitness,
  type SignerKey,
  type TimestampPolicy,
} from "../accesslog/index.js";
import type { Settings } from "../config.js";
import type { KeyFile } from "../identity/index.js";
import { dayIn, type FileFault } from "../terms/index.js";

/** What a log's keys are made of. */
export interface LogNames {
  readonly settings: Pick<Settings, "tenants">;
  readonly secrets: Pick<KeyFile, "signing">;
}

export interface DatedKey {
  readonly key: SignerKey;
  /** `YYYY-MM-DD`: it signs from this day on, in the town's time. */
  readonly from: string;
  /** The one that signs at the moment asked about. */
  readonly signs: boolean;
}

/**
 * Keys of a log under its name of today, the newest first. They share the name and are told apart by their ids. The one
 * that signs is the highest number whose day has come: a key can be told to witnesses before. Where none has come (a
 * machine's clock, a town west of Greenwich), the lowest one signs, so that the log is never without.
 */
export function datedLogKeys({ settings, secrets }: LogNames, tenant: string, now: Date): readonly DatedKey[] {
  const town = [...settings.tenants.values()].find(({ name }) => name === tenant);
  if (town === undefined) return [];
  const today = dayIn(town.timeZone, now);
  const all = secrets.signing(tenant, "log");
  const signing = all.findLast(({ created }) => created <= today) ?? all[0];
  return all.toReversed().map((each) => ({
    key: signerKey(town.log.origin, each.secret),
    from: each.created,
    signs: each === signing,
  }));
}

/** Every key that a checkpoint of this log may be signed with, also by the names it had before. Its first name is nobody's choice, so nobody has to remember to write it down. */
export function logKeys({ settings, secrets }: LogNames, tenant: string): readonly SignerKey[] {
  const town = [...settings.tenants.values()].find(({ name }) => name === tenant);
  const names = town === undefined ? [] : [town.log.origin, ...town.log.formerly, `passerelle/${tenant}`];
  return [...new Set(names)].flatMap((name) =>
    secrets
      .signing(tenant, "log")
      .toReversed()
      .map(({ secret }) => signerKey(name, secret)),
  );
}

export const logSigner =
  (town: LogNames, now: () => Date): LogSigner =>
  (tenant) => {
    const key = datedLogKeys(town, tenant, now()).find(({ signs }) => signs)?.key;
    return key === undefined ? null : { origin: key.name, key };
  };

/** The witnesses of every tenant by its name, or what is wrong with their keys in gateway.yaml. */
export function logWitnesses({ tenants }: Pick<Settings, "tenants">): {
  readonly witnesses: ReadonlyMap<string, readonly LogWitness[]>;
  readonly faults: readonly FileFault[];
} {
  const faults: FileFault[] = [];
  const witnesses = new Map<string, LogWitness[]>();
  for (const { name: tenant, log } of tenants.values()) {
    const own: LogWitness[] = [];
    for (const [at, { name, url, key }] of log.witnesses.entries()) {
      const read = witnessKey(key);
      if (read !== null) own.push({ name, url, key: read });
      else faults.push(badKey(log.placeOf(["witnesses", String(at), "key"])));
    }
    witnesses.set(tenant, own);
  }
  return { witnesses, faults };
}

function witnessKey(text: string): LogWitness["key"] | null {
  try {
    const key = readVerifier(text);
    return key.kind === "witness" ? key : null;
  } catch (error) {
    if (error instanceof NoteRefused) return null;
    throw error;
  }
}

const badKey = (place: Pick<FileFault, "line" | "column" | "endColumn">): FileFault => ({
  severity: "fault",
  code: "witness-key",
  file: "gateway.yaml",
  ...place,
  message: "this is no witness's public key: copy the line that the witness prints at its start (name+id+base64)",
});

/** Who dates the checkpoints of every tenant, or what is wrong with the file of certificates. */
export function logAuthorities({ tenants }: Pick<Settings, "tenants">): {
  readonly authorities: ReadonlyMap<string, TimestampPolicy>;
  readonly faults: readonly FileFault[];
} {
  const faults: FileFault[] = [];
  const authorities = new Map<string, TimestampPolicy>();
  for (const { name: tenant, log } of tenants.values()) {
    if (log.timestamps === null) continue;
    const { certificate, ...policy } = log.timestamps;
    const roots = certificatesIn(certificate);
    if (roots.length > 0) authorities.set(tenant, { ...policy, roots });
    else {
      const place = log.placeOf(["timestamps", "certificate"]);
      const message = `${certificate} is no file of certificates in PEM (-----BEGIN CERTIFICATE-----)`;
      faults.push({ severity: "fault", code: "certificate", file: "gateway.yaml", ...place, message });
    }
  }
  return { authorities, faults };
}

/** None where one of them cannot be read: half a file of trust is none. */
function certificatesIn(path: string): readonly X509Certificate[] {
  try {
    const blocks = readFileSync(path, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    return (blocks ?? []).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}
