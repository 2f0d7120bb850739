// A decision of everybody under agreements that ask, for towns of the bench.
import type pg from "pg";
import type { Town } from "../src/cli/index.js";
import { termsOf } from "../src/consent/index.js";
import { subjectTokensWith } from "../src/identity/index.js";
import type { TenantName } from "../src/terms/index.js";
import { asSuperuser } from "./databases.js";

/** Whether person number `n`, from 1 on, consents where `share` percent do: the same here and in the table's SQL. */
export const consents = (n: number, share: number): boolean => (n * 7_919) % 100 < share;

const tokensAtOnce = 20_000;

export interface Deciders {
  readonly tenant: TenantName;
  readonly scheme: string;
  /** How many; their keys are the numbers from 1 on. */
  readonly people: number;
  /** By the share of them who consent, in percent: a key of the agreement. */
  readonly keys: ReadonlyMap<number, string>;
}

/**
 * Put where the gateway reads it. It bypasses the register, which would write an event for each, so that no town may be
 * filled like this: `npx passerelle consent import` is the way.
 */
export async function fillDecisions(
  town: Town,
  { tenant, scheme, people, keys }: Deciders,
  report: (line: string) => void,
): Promise<void> {
  const tokens = subjectTokensWith(town.derived);
  const agreements = await Promise.all(
    [...keys].map(async ([share, key]) => {
      const caller = await town.identity.authenticate(tenant, key, Number.MAX_SAFE_INTEGER, new Date());
      if (caller === null) throw new Error("a key that stands for nobody");
      return { share, agreement: caller.agreement };
    }),
  );
  const database = new URL(town.store.addresses.gateway).pathname.slice(1);
  await asSuperuser(superuserOf(town), database, async (client) => {
    await client.query("CREATE TEMPORARY TABLE person (n int, token text)");
    for (let from = 1; from <= people; from += tokensAtOnce) {
      const numbers = Array.from({ length: Math.min(tokensAtOnce, people - from + 1) }, (_, i) => from + i);
      const sealed = tokens.seal(tenant, scheme, numbers);
      await client.query("INSERT INTO person SELECT * FROM unnest($1::int[], $2::text[])", [numbers, sealed]);
    }
    await client.query("INSERT INTO consent_revision VALUES ($1, 1)", [tenant]);
    for (const { share, agreement } of agreements) {
      report(`${people.toLocaleString("en")} decisions, ${share} % of them consents`);
      const all = [{ until: "2099-12-31", fields: agreement.snapshot.fields }];
      const [given, refused] = [await holding(client, tenant, all), await holding(client, tenant, [])];
      await client.query(
        `INSERT INTO consent_current (tenant, scheme, token, agreement, terms, holding, revision)
         SELECT $1, $2, token, $3, $4, CASE WHEN (n::bigint * 7919) % 100 < $5 THEN $6::int ELSE $7::int END, 1 FROM person`,
        [tenant, scheme, agreement.id, termsOf(agreement.snapshot), share, given, refused],
      );
    }
    await client.query("VACUUM ANALYZE consent_current");
  });
}

export function superuserOf({ store }: Town): string {
  if (store.superuser === null) throw new Error("the bench needs the embedded PostgreSQL");
  return store.superuser;
}

async function holding(client: pg.Client, tenant: TenantName, steps: readonly object[]): Promise<number> {
  const text = JSON.stringify(steps);
  await client.query(
    `INSERT INTO consent_holding (tenant, hash, steps) VALUES ($1, encode(sha256($2::text::bytea), 'hex'), $2::jsonb)
     ON CONFLICT DO NOTHING`,
    [tenant, text],
  );
  const { rows } = await client.query<{ id: number }>(
    "SELECT id FROM consent_holding WHERE tenant = $1 AND steps = $2::jsonb",
    [tenant, text],
  );
  return rows[0]?.id ?? 0;
}
