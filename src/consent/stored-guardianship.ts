// Guardianships as they lie in the store.
import type { EntityManager } from "../store/index.js";
import type { SubjectToken } from "../terms/index.js";
import { guardianName, type PersonNames } from "./person-names.js";
import type { Guardianship } from "./who-decides.js";

interface WardRow {
  readonly ward_token: SubjectToken;
  readonly guardian_scheme: string;
  readonly guardian_token: SubjectToken;
  readonly from_day: string;
  readonly until_day: string;
  readonly fifteen: string | null;
  readonly eighteen: string | null;
  readonly ended_day: string | null;
}

/** A date as `YYYY-MM-DD`, whatever the server's DateStyle. */
export const dayColumn = (column: string): string => `to_char(${column}, 'YYYY-MM-DD') AS ${column}`;

const days = ["from_day", "until_day", "fifteen", "eighteen", "ended_day"].map(dayColumn).join(", ");

/** With the ward's token each. What was recorded by mistake is not among them; what has ended is: it knows birthdays. */
export async function guardianshipsOfWards(
  db: Pick<EntityManager, "query">,
  names: PersonNames,
  scheme: string,
  tokens: readonly SubjectToken[],
): Promise<(readonly [SubjectToken, Guardianship])[]> {
  const rows: WardRow[] = await db.query(
    `SELECT ward_token, guardian_scheme, guardian_token, ${days} FROM guardianship
      WHERE tenant = $1 AND ward_scheme = $2 AND ward_token = ANY($3) AND NOT mistaken`,
    [names.tenant, scheme, tokens],
  );
  return rows.map((row) => [
    row.ward_token,
    {
      guardian: guardianName(names.ofToken(row.guardian_scheme, row.guardian_token)),
      from: row.from_day,
      until: row.until_day,
      fifteen: row.fifteen,
      eighteen: row.eighteen,
      ended: row.ended_day,
    },
  ]);
}
