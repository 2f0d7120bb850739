// A whole register of guardians recorded at once, as a town does when it begins.
import { randomUUID } from "node:crypto";
import type { GuardianshipRecord } from "./consent-event.js";
import { keepGuardianship, keptDays } from "./keep-guardianships.js";
import type { Ledger } from "./ledger.js";
import { currentToken } from "./person-names.js";

/**
 * Of wards of whom nothing is recorded yet, in a few statements; of the others one after another, since it changes what
 * was decided for them.
 * @throws ConsentError for days that are none
 */
export async function keepGuardianships(ledger: Ledger, records: readonly GuardianshipRecord[]): Promise<void> {
  const wards = records.map(({ ward }) => ledger.names.person(ward.scheme, ward.key));
  await ledger.open(wards);
  const known = await wardsOnRecord(ledger, records);
  const fresh = new Map<string, GuardianshipRecord>();
  for (const record of records) {
    const ward = ledger.names.person(record.ward.scheme, record.ward.key);
    const untouched = ledger.file(ward).dossiers.size === 0 && !ward.tokens.some((token) => known.has(token));
    // Of one that is told twice the later one counts.
    if (untouched) fresh.set(nameOf(record), record);
    else await keepGuardianship(ledger, record, keptDays(record));
  }
  await insertAll(ledger, [...fresh.values()]);
}

const nameOf = ({ guardian, ward, source }: GuardianshipRecord): string =>
  JSON.stringify([guardian.scheme, guardian.key, ward.scheme, ward.key, source]);

/** Tokens of those wards of whom any guardianship was ever recorded, ended and mistaken ones among them. */
async function wardsOnRecord(
  { db, tenant, names }: Ledger,
  records: readonly GuardianshipRecord[],
): Promise<ReadonlySet<string>> {
  const byScheme = Map.groupBy(records, ({ ward }) => ward.scheme);
  const known = new Set<string>();
  for (const [scheme, members] of byScheme) {
    const tokens = members.flatMap(({ ward }) => names.person(scheme, ward.key).tokens);
    const rows: { readonly ward_token: string }[] = await db.query(
      "SELECT DISTINCT ward_token FROM guardianship WHERE tenant = $1 AND ward_scheme = $2 AND ward_token = ANY($3)",
      [tenant, scheme, tokens],
    );
    for (const { ward_token } of rows) known.add(ward_token);
  }
  return known;
}

async function insertAll(ledger: Ledger, records: readonly GuardianshipRecord[]): Promise<void> {
  const { db, tenant, names, moment } = ledger;
  const rows = records.map((record) => {
    const { guardian, ward, source, by } = record;
    return {
      id: randomUUID(),
      ...keptDays(record),
      by: by.slice(0, 200),
      guardianScheme: guardian.scheme,
      guardianToken: currentToken(names.person(guardian.scheme, guardian.key)),
      wardScheme: ward.scheme,
      wardToken: currentToken(names.person(ward.scheme, ward.key)),
      source,
    };
  });
  await db.query(
    `INSERT INTO guardianship (tenant, id, from_day, until_day, fifteen, eighteen, recorded_by, recorded_at,
                               guardian_scheme, guardian_token, ward_scheme, ward_token, source)
     SELECT $1, id, "from", until, fifteen, eighteen, by, $2, "guardianScheme", "guardianToken", "wardScheme", "wardToken",
            source
       FROM jsonb_to_recordset($3::jsonb)
         AS x(id uuid, "from" date, until date, fifteen date, eighteen date, by text, "guardianScheme" text,
              "guardianToken" text, "wardScheme" text, "wardToken" text, source text)`,
    [tenant, moment.at, JSON.stringify(rows)],
  );
}
