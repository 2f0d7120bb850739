// A secret that was swapped under its number would silently change every id and lose every subject token made with it.
// Its fingerprint is kept at the first use and compared at every start.
import { createHash } from "node:crypto";
import type { DataSource } from "../store/index.js";
import type { FileFault, TenantName } from "../terms/index.js";
import { signingUses, type SecretUse } from "./key-file-form.js";
import { type KeyFile, KeyFileError } from "./key-file.js";

/** 64 bits are enough to notice another secret, and too few to be of use against 256. */
const fingerprintOf = (secret: Uint8Array): string =>
  createHash("sha256").update("passerelle secret fingerprint\0").update(secret).digest("hex").slice(0, 16);

/**
 * Compares the key file with what was used so far; numbers used for the first time are noted.
 * @throws KeyFileError for a swapped secret, and for a number that agreements use and the file no longer holds.
 */
export async function checkSecrets(
  dataSource: DataSource,
  keyFile: KeyFile,
  tenants: Iterable<TenantName>,
  now: Date,
): Promise<void> {
  const faults: FileFault[] = [];
  for (const tenant of tenants) {
    for (const number of keyFile.numbers(tenant)) {
      const fingerprint = fingerprintOf(keyFile.secret(tenant, number));
      if ((await firstUsed(dataSource, tenant, "ids", number, fingerprint, now)) === fingerprint) continue;
      faults.push(keyFile.faultAt(tenant, number, "swapped-secret", swapped(`number ${number} of ${tenant}`)));
    }
    for (const use of signingUses)
      for (const { number, secret, line, column } of keyFile.signing(tenant, use)) {
        const fingerprint = fingerprintOf(secret);
        if ((await firstUsed(dataSource, tenant, use, number, fingerprint, now)) === fingerprint) continue;
        const message = swapped(`number ${number} of ${tenant} (${use})`);
        faults.push({ severity: "fault", code: "swapped-secret", file: keyFile.path, line, column, message });
      }
    for (const number of await usedNumbers(dataSource, tenant)) {
      if (keyFile.numbers(tenant).includes(number)) continue;
      const message = `number ${number} of ${tenant} is missing, and agreements use it: restore the file from its backup`;
      faults.push(keyFile.faultAt(tenant, number, "no-secret", message));
    }
  }
  if (faults.length > 0) throw new KeyFileError(faults);
}

const swapped = (what: string): string =>
  `${what} is not the secret that was used so far: ` +
  "restore the file from its backup, or add a new secret under a new number";

/** The fingerprint known of a number, which from now on is this one if there was none. */
async function firstUsed(
  dataSource: DataSource,
  tenant: TenantName,
  kind: SecretUse,
  number: number,
  fingerprint: string,
  now: Date,
): Promise<string | undefined> {
  await dataSource.query(
    `INSERT INTO secret_fingerprint (tenant, kind, number, fingerprint, first_used_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [tenant, kind, number, fingerprint, now],
  );
  const rows: { fingerprint: string }[] = await dataSource.query(
    "SELECT fingerprint FROM secret_fingerprint WHERE tenant = $1 AND kind = $2 AND number = $3",
    [tenant, kind, number],
  );
  return rows[0]?.fingerprint;
}

async function usedNumbers(dataSource: DataSource, tenant: TenantName): Promise<number[]> {
  const rows: { secret: number }[] = await dataSource.query(
    "SELECT DISTINCT secret FROM agreement WHERE tenant = $1 ORDER BY secret",
    [tenant],
  );
  return rows.map(({ secret }) => secret);
}
