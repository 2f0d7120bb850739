// A town's worth of consents, written as they stand after everybody has decided: no events, for there is nothing to prove.
import { createHash } from "node:crypto";
import { bumpConsentRevision, type DataSource } from "../src/store/index.js";
import type { AgreementId, Coordinate, SubjectTokens, TenantName } from "../src/terms/index.js";

export interface Filling {
  readonly tenant: TenantName;
  readonly agreement: AgreementId;
  /** `termsOf` its snapshot; `objection` for a public task, and then `fields` are shut (`*`: all). */
  readonly terms: string;
  readonly scheme: string;
  readonly keys: readonly (number | string)[];
  /** What each of them decided on. */
  readonly fields: readonly (Coordinate | "*")[];
  /** `YYYY-MM-DD`; null: without an end. */
  readonly until: string | null;
}

const part = 20_000;

/**
 * One transaction and one revision, 20,000 rows a statement; a million takes under a minute. Those who are there already
 * are given the new state.
 * @param dataSource as the role `gateway` or `keeper`
 */
export async function fillConsents(dataSource: DataSource, tokens: SubjectTokens, filling: Filling): Promise<void> {
  const { tenant, agreement, terms, scheme, keys, fields, until } = filling;
  const steps = JSON.stringify([{ until, fields: [...fields].sort() }]);
  await dataSource.transaction(async (db) => {
    const revision = await bumpConsentRevision(db, tenant);
    const hash = createHash("sha256").update(steps, "utf8").digest("hex");
    await db.query(
      "INSERT INTO consent_holding (tenant, hash, steps) VALUES ($1, $2, $3::jsonb) ON CONFLICT (tenant, hash) DO NOTHING",
      [tenant, hash, steps],
    );
    for (let start = 0; start < keys.length; start += part)
      await db.query(
        `INSERT INTO consent_current (tenant, scheme, token, agreement, terms, holding, revision)
         SELECT $1, $2, token, $4::uuid, $5, h.id, $6::bigint
           FROM unnest($3::text[]) AS token, consent_holding h WHERE h.tenant = $1 AND h.hash = $7
         ON CONFLICT (tenant, scheme, token, agreement, terms)
         DO UPDATE SET holding = excluded.holding, revision = excluded.revision`,
        [
          tenant,
          scheme,
          tokens.seal(tenant, scheme, keys.slice(start, start + part)),
          agreement,
          terms,
          revision,
          hash,
        ],
      );
  });
}
