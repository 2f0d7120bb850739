import pg from "pg";

export interface Databases {
  readonly families: pg.Pool;
  readonly education: pg.Pool;
}

export interface ResidentRow {
  readonly id: number;
  readonly nom: string;
  readonly prenom: string;
  readonly date_naissance: string;
  readonly courriel: string | null;
  readonly adresse: string;
  readonly foyer_id: number;
  readonly modifie_le: Date;
}

export interface HouseholdRow {
  readonly id: number;
  readonly quotient_familial: number | null;
  readonly nb_personnes: number;
}

export interface AccountRow {
  readonly id: number;
  readonly resident_id: number;
  readonly solde: number;
  readonly statut: string;
  readonly ouvert_le: string;
}

export function openDatabases(settings: { families: string; education: string; poolSize: number }): Databases {
  // A day stays a text (a Date would move it by the time zone), an amount becomes a number.
  pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
  pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);
  const pool = (connectionString: string) => new pg.Pool({ connectionString, max: settings.poolSize });
  return { families: pool(settings.families), education: pool(settings.education) };
}

const residentColumns = "id, nom, prenom, date_naissance, courriel, adresse, foyer_id, modifie_le";

export async function residentById({ families }: Databases, id: number): Promise<ResidentRow | null> {
  const { rows } = await families.query<ResidentRow>(`SELECT ${residentColumns} FROM residents WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export interface PageWanted {
  readonly limit: number;
  readonly after: number | null;
  readonly bornFrom: string | null;
  readonly bornUntil: string | null;
}

export async function pageOfResidents({ families }: Databases, page: PageWanted): Promise<readonly ResidentRow[]> {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const condition = (comparison: string, value: unknown): void => {
    if (value === null) return;
    values.push(value);
    conditions.push(`${comparison} $${values.length}`);
  };
  condition("id >", page.after);
  condition("date_naissance >=", page.bornFrom);
  condition("date_naissance <=", page.bornUntil);
  values.push(page.limit);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const { rows } = await families.query<ResidentRow>(
    `SELECT ${residentColumns} FROM residents ${where} ORDER BY id LIMIT $${values.length}`,
    values,
  );
  return rows;
}

export async function householdsById({ families }: Databases, ids: readonly number[]): Promise<HouseholdRow[]> {
  const { rows } = await families.query<HouseholdRow>(
    "SELECT id, quotient_familial, nb_personnes FROM foyers WHERE id = ANY($1)",
    [ids],
  );
  return rows;
}

export async function accountsOfResidents(
  { education }: Databases,
  residents: readonly number[],
): Promise<AccountRow[]> {
  const { rows } = await education.query<AccountRow>(
    "SELECT id, resident_id, solde, statut, ouvert_le FROM comptes_cantine WHERE resident_id = ANY($1) ORDER BY id",
    [residents],
  );
  return rows;
}
