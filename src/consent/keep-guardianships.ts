// Guardianships: recorded, brought up to date, ended; and what that does to the wards' consents.
import { randomUUID } from "node:crypto";
import type { EntityManager } from "../store/index.js";
import { birthday, dayBefore, isDay, type SubjectToken } from "../terms/index.js";
import { ConsentError } from "./consent-error.js";
import type { GuardianshipEnd, GuardianshipRecord, Kin } from "./consent-event.js";
import type { Ledger } from "./ledger.js";
import { currentToken, type Person, type PersonNames } from "./person-names.js";
import { dayColumn, guardianshipsOfWards } from "./stored-guardianship.js";

/** As it is kept: the days that matter, no birth date. */
export interface KeptDays {
  readonly from: string;
  readonly until: string;
  readonly fifteen: string | null;
  readonly eighteen: string | null;
}

/** @throws ConsentError for days that are none, or in the wrong order */
export function keptDays({ from, until, wardBorn }: GuardianshipRecord): KeptDays {
  for (const day of [from, until, ...(wardBorn === undefined ? [] : [wardBorn])])
    if (!isDay(day))
      throw new ConsentError("invalid-date", "Days are written YYYY-MM-DD, and must be in the calendar.");
  const fifteen = wardBorn === undefined ? null : birthday(wardBorn, 15);
  const eighteen = wardBorn === undefined ? null : birthday(wardBorn, 18);
  const last = eighteen !== null && dayBefore(eighteen) < until ? dayBefore(eighteen) : until;
  if (from > last)
    throw new ConsentError(
      "invalid-date",
      "The guardianship would end before it begins: it ends when the child turns 18.",
    );
  return { from, until: last, fifteen, eighteen };
}

interface StoredRow {
  readonly id: string;
  readonly from_day: string;
  readonly until_day: string;
  readonly fifteen: string | null;
  readonly eighteen: string | null;
  readonly recorded_by: string;
  readonly ended: boolean;
}

/**
 * Of this pair and source: the one that counts, or else one that staff ended. What staff ended of any source a dataset
 * does not bring back.
 */
export async function findGuardianship(
  db: Pick<EntityManager, "query">,
  names: PersonNames,
  { guardian, ward, source }: Pick<GuardianshipRecord, "guardian" | "ward" | "source">,
): Promise<StoredRow | null> {
  const rows: StoredRow[] = await db.query(
    `SELECT id, ${["from_day", "until_day", "fifteen", "eighteen"].map(dayColumn).join(", ")}, recorded_by,
            ended_at IS NOT NULL AS ended
       FROM guardianship
      WHERE tenant = $1 AND guardian_scheme = $2 AND guardian_token = ANY($3) AND ward_scheme = $4
        AND ward_token = ANY($5) AND (source = $6 OR $6 = 'dataset' AND ended_at IS NOT NULL)
      ORDER BY ended_at IS NOT NULL, recorded_at DESC, id LIMIT 1`,
    [
      names.tenant,
      guardian.scheme,
      names.person(guardian.scheme, guardian.key).tokens,
      ward.scheme,
      names.person(ward.scheme, ward.key).tokens,
      source,
    ],
  );
  return rows[0] ?? null;
}

/** Whether recording it would change nothing: asked of every sign-in, so without a lock. */
export const isKept = (row: StoredRow, days: KeptDays, source: "record" | "dataset"): boolean =>
  row.ended
    ? source === "dataset"
    : row.from_day === days.from &&
      row.until_day === days.until &&
      row.fifteen === days.fifteen &&
      row.eighteen === days.eighteen;

/** @returns its UUID */
export async function keepGuardianship(ledger: Ledger, record: GuardianshipRecord, days: KeptDays): Promise<string> {
  const { db, names, moment, tenant } = ledger;
  const known = await findGuardianship(db, names, record);
  if (known !== null && isKept(known, days, record.source)) return known.id;
  const guardian = names.person(record.guardian.scheme, record.guardian.key);
  const ward = names.person(record.ward.scheme, record.ward.key);
  const kept = [days.from, days.until, days.fifteen, days.eighteen, record.by.slice(0, 200), moment.at];
  const id = known === null || known.ended ? randomUUID() : known.id;
  if (known !== null && !known.ended)
    await db.query(
      `UPDATE guardianship SET from_day = $3, until_day = $4, fifteen = $5, eighteen = $6, recorded_by = $7, recorded_at = $8
        WHERE tenant = $1 AND id = $2`,
      [tenant, id, ...kept],
    );
  else
    await db.query(
      `INSERT INTO guardianship (tenant, id, from_day, until_day, fifteen, eighteen, recorded_by, recorded_at,
                                 guardian_scheme, guardian_token, ward_scheme, ward_token, source)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [tenant, id, ...kept, guardian.scheme, currentToken(guardian), ward.scheme, currentToken(ward), record.source],
    );
  await recount(ledger, ward, id);
  return id;
}

/** Every record of the pair, whatever its source. @throws ConsentError when none counts */
export async function endGuardianships(ledger: Ledger, end: GuardianshipEnd): Promise<void> {
  const { db, names, moment, tenant } = ledger;
  const ward = names.person(end.ward.scheme, end.ward.key);
  const [rows] = await db.query<[{ readonly id: string }[], number]>(
    `UPDATE guardianship SET ended_at = $1, ended_day = $2, ended_by = $3, mistaken = $4
      WHERE tenant = $5 AND guardian_scheme = $6 AND guardian_token = ANY($7) AND ward_scheme = $8
        AND ward_token = ANY($9) AND ended_at IS NULL
      RETURNING id`,
    [
      moment.at,
      moment.today,
      end.by.slice(0, 200),
      end.mistaken ?? false,
      tenant,
      end.guardian.scheme,
      names.person(end.guardian.scheme, end.guardian.key).tokens,
      ward.scheme,
      ward.tokens,
    ],
  );
  const [ended] = rows;
  if (ended === undefined)
    throw new ConsentError("unknown-guardianship", "No such guardianship is recorded, or it was ended before.");
  await recount(ledger, ward, ended.id);
}

/** What the ward's guardians decided counts by the guardianships as they are now. */
async function recount(ledger: Ledger, ward: Person, cause: string): Promise<void> {
  const { db, names } = ledger;
  const now = await guardianshipsOfWards(db, names, ward.scheme, ward.tokens);
  ledger.guard(
    ward,
    cause,
    now.map(([, record]) => record),
  );
  await ledger.write();
}

interface KinRow {
  readonly scheme: string;
  readonly token: SubjectToken;
  readonly from_day: string;
  readonly until_day: string;
  readonly source: "record" | "dataset";
}

/** Those who are so on a day, each once; whoever no live secret can name is left out. */
export async function kinOf(
  db: Pick<EntityManager, "query">,
  names: PersonNames,
  person: Person,
  side: "wards" | "guardians",
  day: string,
): Promise<Kin[]> {
  const [mine, theirs] = side === "wards" ? ["guardian", "ward"] : ["ward", "guardian"];
  const rows: KinRow[] = await db.query(
    `SELECT ${theirs}_scheme AS scheme, ${theirs}_token AS token, ${dayColumn("from_day")}, ${dayColumn("until_day")}, source
       FROM guardianship
      WHERE tenant = $1 AND ${mine}_scheme = $2 AND ${mine}_token = ANY($3) AND ended_at IS NULL
        AND from_day <= $4::date AND until_day >= $4::date
      ORDER BY recorded_at, id`,
    [names.tenant, person.scheme, person.tokens, day],
  );
  const kin = new Map<string, Kin>();
  for (const { scheme, token, from_day, until_day, source } of rows) {
    const [key = null] = names.tokens.open(names.tenant, scheme, [token]);
    const name = `${scheme} ${JSON.stringify(key)}`;
    if (key !== null && !kin.has(name)) kin.set(name, { scheme, key, from: from_day, until: until_day, source });
  }
  return [...kin.values()];
}
