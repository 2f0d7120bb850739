// The town's two databases, filled by the server itself in seconds, the same on every machine: `civil` (100,000 residents,
// 40,000 households, 20 districts) and `education` (30,000 canteen accounts).
import pg from "pg";

export const residents = 100_000;
const households = 40_000;
const accounts = 30_000;
const districts = 20;

export interface BenchDatabases {
  readonly civil: string;
  readonly education: string;
  /** `civil` with a role under row-level security: it sees residents who consent to the application that asks. */
  readonly guarded: string;
  /** Empty: for the log of a peer, with a role that owns it. */
  readonly log: string;
}

const familyNames = [
  ...["Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent", "Lefèvre"],
  ...["Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier", "Morel", "Girard", "André", "Mercier"],
  ...["Dupont", "Lambert", "Bonnet", "François", "Martinez", "Legrand", "Garnier", "Faure", "Rousseau", "Guérin"],
];
const givenNames = [
  ...["Gabriel", "Louise", "Léo", "Jade", "Raphaël", "Ambre", "Maël", "Alba", "Louis", "Emma", "Noah", "Romy", "Jules"],
  ...["Alice", "Arthur", "Rose", "Adam", "Anna", "Lucas", "Inès", "Gabin", "Zoé", "Éden", "Chloé", "Naël", "Léa"],
];

const list = (names: readonly string[]): string => `ARRAY[${names.map((name) => `'${name}'`).join(",")}]`;

/** A factor without a common divisor with the lists' lengths walks through them in an order of its own. */
const civilSql = `
  CREATE TABLE quartiers (id int PRIMARY KEY, nom text NOT NULL, superficie_km2 float8 NOT NULL);
  CREATE TABLE foyers (
    id int PRIMARY KEY, quotient_familial int, nb_personnes int NOT NULL, titulaire_id int NOT NULL, quartier_id int NOT NULL
  );
  CREATE TABLE habitants (
    id int PRIMARY KEY, nom text NOT NULL, prenom text NOT NULL, date_naissance date NOT NULL, courriel text,
    adresse text NOT NULL, modifie_le timestamptz NOT NULL, foyer_id int NOT NULL, quartier_id int NOT NULL
  );
  INSERT INTO quartiers SELECT n, 'Quartier ' || n, 0.5 + n / 4.0 FROM generate_series(1, ${districts}) AS n;
  INSERT INTO foyers
    SELECT n, CASE WHEN n % 9 = 0 THEN NULL ELSE 200 + (n * 37) % 1800 END, 2 + (CASE WHEN n <= ${residents % households} THEN 1 ELSE 0 END),
      CASE WHEN n = 1 THEN ${households} ELSE n - 1 END, 1 + n % ${districts}
      FROM generate_series(1, ${households}) AS n;
  INSERT INTO habitants
    SELECT n, (${list(familyNames)})[1 + (n * 7919::bigint) % ${familyNames.length}],
      (${list(givenNames)})[1 + (n * 104729::bigint) % ${givenNames.length}], date '1931-01-01' + (n * 31) % 34000,
      CASE WHEN n % 7 = 0 THEN NULL ELSE 'habitant' || n || '@courriel.example' END,
      1 + n % 180 || ', rue du Général-de-Gaulle', timestamptz '2026-01-01 08:00Z' + n * interval '97 seconds',
      1 + n % ${households}, 1 + (1 + n % ${households}) % ${districts}
      FROM generate_series(1, ${residents}) AS n;
  CREATE INDEX ON habitants (foyer_id);
`;

/** For the peer that has row-level security in place of rules. The comments name tables and columns in its API. */
const guardSql = `
  CREATE TABLE consentements (habitant_id int, application text, PRIMARY KEY (habitant_id, application));
  INSERT INTO consentements SELECT id, 'bench' FROM habitants;
  ALTER TABLE habitants ENABLE ROW LEVEL SECURITY;
  -- A value, not EXISTS: the planner would read all consents into a hash for each statement.
  CREATE POLICY consented ON habitants FOR SELECT TO bench_guarded USING (
    (SELECT true FROM consentements c WHERE c.habitant_id = id AND c.application = current_setting('bench.application', true))
  );
  COMMENT ON TABLE habitants IS '@name resident';
  COMMENT ON TABLE consentements IS '@behavior -*';
  COMMENT ON COLUMN habitants.id IS '@name number';
  COMMENT ON COLUMN habitants.nom IS '@name familyName';
  COMMENT ON COLUMN habitants.prenom IS '@name givenName';
  COMMENT ON COLUMN habitants.date_naissance IS '@name birthDate';
  COMMENT ON COLUMN habitants.courriel IS '@name email';
  COMMENT ON COLUMN habitants.adresse IS '@name address';
  COMMENT ON COLUMN habitants.modifie_le IS '@name updatedAt';
  GRANT SELECT ON habitants, consentements TO bench_guarded;
`;

const educationSql = `
  CREATE TABLE comptes_cantine (
    id int PRIMARY KEY, foyer_id int NOT NULL, resident_id int NOT NULL, solde numeric(8, 2) NOT NULL, statut text NOT NULL,
    ouvert_le date NOT NULL
  );
  INSERT INTO comptes_cantine
    SELECT n, 1 + resident % ${households}, resident, ((n * 7919::bigint) % 20000 - 4000) / 100.0,
      (ARRAY['actif', 'actif', 'actif', 'suspendu', 'clos'])[1 + n % 5], date '2018-09-01' + n % 2900
      FROM (SELECT n, 1 + ((n - 1) * 3) % ${residents} AS resident FROM generate_series(1, ${accounts}) AS n) AS one;
  CREATE INDEX ON comptes_cantine (foyer_id);
`;

/** @param superuserUrl on the server that is to hold them @returns their addresses with a role that can only read */
export async function fillDatabases(superuserUrl: string): Promise<BenchDatabases> {
  const password = new URL(superuserUrl).password;
  await asSuperuser(superuserUrl, null, async (client) => {
    for (const role of ["bench_reader", "bench_guarded", "bench_writer"])
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(decodeURIComponent(password))}`);
    // Not under the policies, which are one peer's alone.
    await client.query("ALTER ROLE bench_reader BYPASSRLS");
    for (const name of ["civil", "education"]) await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    await client.query("CREATE DATABASE log TEMPLATE template0 OWNER bench_writer");
  });
  const filled = { civil: `${civilSql}${guardSql}`, education: educationSql };
  for (const [name, sql] of Object.entries(filled))
    await asSuperuser(superuserUrl, name, async (client) => {
      await client.query(sql);
      await client.query("GRANT SELECT ON ALL TABLES IN SCHEMA public TO bench_reader");
      await client.query("VACUUM ANALYZE");
    });
  const address = (name: string, role: string): string => {
    const url = new URL(superuserUrl);
    url.pathname = `/${name}`;
    url.username = role;
    return url.href;
  };
  return {
    civil: address("civil", "bench_reader"),
    education: address("education", "bench_reader"),
    guarded: address("civil", "bench_guarded"),
    log: address("log", "bench_writer"),
  };
}

const walFiles = 32;

/**
 * Leaves the server's log of what it writes (WAL) as it is once a town runs: its next files are old ones, taken again. A new
 * server fills each new file of 16 MB with zeros first, and who commits then waits for it.
 */
export async function asAfterHours(superuserUrl: string): Promise<void> {
  await asSuperuser(superuserUrl, null, async (client) => {
    await client.query(
      `SELECT pg_logical_emit_message(true, 'bench', ''), pg_switch_wal() FROM generate_series(1, ${walFiles})`,
    );
    await client.query("CHECKPOINT");
  });
}

/** @param database null: the one that the address names */
export async function asSuperuser<T>(
  superuserUrl: string,
  database: string | null,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const address = new URL(superuserUrl);
  if (database !== null) address.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: address.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
