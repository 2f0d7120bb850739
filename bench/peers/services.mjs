// The town's four internal services, as the hand-written servers ask them.
import pg from "pg";
import { setting } from "./settings.mjs";

export function openServices() {
  // A day stays a text (a Date would move it by the time zone), an amount becomes a number.
  pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
  pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);
  const max = Number(setting("BENCH_POOL_SIZE"));
  return {
    civil: new pg.Pool({ connectionString: setting("BENCH_CIVIL_URL"), max }),
    education: new pg.Pool({ connectionString: setting("BENCH_EDUCATION_URL"), max }),
    parking: setting("BENCH_PARKING_URL"),
    mobility: setting("BENCH_MOBILITY_URL"),
  };
}

export async function closeServices({ civil, education }) {
  await Promise.all([civil.end(), education.end()]);
}

const residentColumns = `id AS number, nom AS "familyName", prenom AS "givenName", date_naissance AS "birthDate",
  courriel AS email, adresse AS address, modifie_le AS "updatedAt", foyer_id AS "householdNumber"`;

export async function residentByNumber({ civil }, number) {
  const { rows } = await civil.query(`SELECT ${residentColumns} FROM habitants WHERE id = $1`, [number]);
  return rows[0] ?? null;
}

export async function residentsAfter({ civil }, number, limit) {
  const { rows } =
    number === null
      ? await civil.query(`SELECT ${residentColumns} FROM habitants ORDER BY id LIMIT $1`, [limit])
      : await civil.query(`SELECT ${residentColumns} FROM habitants WHERE id > $1 ORDER BY id LIMIT $2`, [
          number,
          limit,
        ]);
  return rows;
}

export async function householdsByNumber({ civil }, numbers) {
  const { rows } = await civil.query(
    `SELECT id AS number, quotient_familial AS "familyQuotient", nb_personnes AS size FROM foyers WHERE id = ANY($1)`,
    [numbers],
  );
  return rows;
}

export async function accountsOfHouseholds({ education }, numbers) {
  const { rows } = await education.query(
    `SELECT id AS number, foyer_id AS "householdNumber", solde AS balance, statut AS status, ouvert_le AS "openedOn"
       FROM comptes_cantine WHERE foyer_id = ANY($1) ORDER BY id`,
    [numbers],
  );
  return rows;
}

export async function districtsAfter({ civil }, number, limit) {
  const { rows } = await civil.query(
    "SELECT id AS number, nom AS name FROM quartiers WHERE id > $1 ORDER BY id LIMIT $2",
    [number ?? 0, limit],
  );
  return rows;
}

/** One request for all districts: the list takes `?district=1,2,3`. */
export async function carParksOfDistricts({ parking }, numbers) {
  const response = await fetch(`${parking}/car-parks?district=${numbers.join(",")}`);
  if (!response.ok) throw new Error(`the car parks' service answered ${response.status}`);
  return (await response.json()).items;
}

const stationsQuery = `query Stations($districts: [Int!]) {
  bikeStations(districts: $districts) { code name district capacity bikes open }
}`;

export async function bikeStationsOfDistricts({ mobility }, districts) {
  const response = await fetch(mobility, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: stationsQuery, variables: { districts } }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined || data == null) throw new Error("the bikes' service did not answer");
  return data.bikeStations;
}
