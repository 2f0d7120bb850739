// The limit: node:http, and for each query its one statement written by hand, prepared, its columns as PostgreSQL's text
// put into JSON as they come. No GraphQL: it knows the five texts and nothing else.
import { Agent, createServer, request } from "node:http";
import { text } from "node:stream/consumers";
import pg from "pg";
import { listening, serveUntilStopped, setting } from "./settings.mjs";

const max = Number(setting("BENCH_POOL_SIZE"));
const asText = { getTypeParser: () => (value) => value };
const pool = (connectionString) => new pg.Pool({ connectionString, max, types: asText });
const civil = pool(setting("BENCH_CIVIL_URL"));
const education = pool(setting("BENCH_EDUCATION_URL"));
const agent = new Agent({ keepAlive: true });

const rowsOf = async (database, name, statement, values) =>
  (await database.query({ name, text: statement, values, rowMode: "array" })).rows;

const idOf = (type, key) => Buffer.from(`${type}:${key}`).toString("base64url");
const keyOf = (id) => Number(/:(\d+)$/.exec(Buffer.from(id, "base64url").toString())?.[1]);
const quoted = (value) => (value === null ? "null" : JSON.stringify(value));

// What PostgreSQL writes of numbers, days and moments needs no escaping.
const residentColumns = `id, nom, prenom, date_naissance, courriel, adresse,
  to_char(modifie_le AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const residentJson = ([number, nom, prenom, born, email, address, updated]) =>
  `{"id":"${idOf("Resident", number)}","number":${number},"familyName":${quoted(nom)},"givenName":${quoted(prenom)},` +
  `"birthDate":"${born}","email":${quoted(email)},"address":${quoted(address)},"updatedAt":"${updated}"}`;

/** One row more than asked for says whether another page follows. */
function pageJson(rows, limit, rowJson) {
  const nodes = rows.length > limit ? rows.slice(0, limit) : rows;
  const cursor = nodes.length === 0 ? "null" : `"${idOf("cursor", nodes.at(-1)[0])}"`;
  const info = `{"hasNextPage":${rows.length > limit},"endCursor":${cursor}}`;
  return `{"data":{"residents":{"nodes":[${nodes.map(rowJson).join(",")}],"pageInfo":${info}}}}`;
}

async function resident({ id }) {
  const statement = `SELECT ${residentColumns} FROM habitants WHERE id = $1`;
  const [row] = await rowsOf(civil, "one", statement, [keyOf(id)]);
  return `{"data":{"resident":${row === undefined ? "null" : residentJson(row)}}}`;
}

const residents = (limit) => async (variables) => {
  const statement = `SELECT ${residentColumns} FROM habitants WHERE id > $1 ORDER BY id LIMIT $2`;
  const after = variables?.after == null ? 0 : keyOf(variables.after);
  return pageJson(await rowsOf(civil, "page", statement, [after, limit + 1]), limit, residentJson);
};

const ids = async ({ after }) => {
  const rows = await rowsOf(civil, "ids", "SELECT id FROM habitants WHERE id > $1 ORDER BY id LIMIT 1001", [
    after === null ? 0 : keyOf(after),
  ]);
  return pageJson(rows, 1_000, ([number]) => `{"id":"${idOf("Resident", number)}"}`);
};

async function households({ after }) {
  const statement = `SELECT h.id, h.prenom, h.nom, f.id, f.quotient_familial, f.nb_personnes
    FROM habitants h LEFT JOIN foyers f ON f.id = h.foyer_id WHERE h.id > $1 ORDER BY h.id LIMIT 51`;
  const rows = await rowsOf(civil, "households", statement, [after === null ? 0 : keyOf(after)]);
  const found = await rowsOf(
    education,
    "accounts",
    "SELECT foyer_id, id, solde::float8, statut, ouvert_le FROM comptes_cantine WHERE foyer_id = ANY($1) ORDER BY id",
    [rows.slice(0, 50).map((row) => row[3])],
  );
  const accounts = Map.groupBy(found, ([household]) => household);
  const accountJson = ([, number, balance, status, opened]) =>
    `{"id":"${idOf("CanteenAccount", number)}","number":${number},"balance":${balance},"status":${quoted(status)},` +
    `"openedOn":"${opened}"}`;
  const nodes = (household) => (accounts.get(household) ?? []).slice(0, 10).map(accountJson).join(",");
  return pageJson(rows, 50, ([number, given, family, household, quotient, size]) => {
    const one =
      `{"id":"${idOf("Household", household)}","number":${household},"familyQuotient":${quotient},"size":${size},` +
      `"canteenAccounts":{"nodes":[${nodes(household)}]}}`;
    const { length } = household ?? "";
    return (
      `{"id":"${idOf("Resident", number)}","givenName":${quoted(given)},"familyName":${quoted(family)},` +
      `"household":${length === 0 ? "null" : one}}`
    );
  });
}

function asked(url, method, body) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const asking = request(url, { agent, method, headers }, (answer) => resolve(text(answer).then(JSON.parse)));
    asking.on("error", reject).end(body);
  });
}

const stationsQuery =
  "query Stations($districts: [Int!]) { bikeStations(districts: $districts) { code name district capacity bikes open } }";

async function districts() {
  const rows = await rowsOf(civil, "districts", "SELECT id, nom FROM quartiers ORDER BY id LIMIT 20", []);
  const numbers = rows.map(([id]) => Number(id));
  const [{ items }, { data }] = await Promise.all([
    asked(`${setting("BENCH_PARKING_URL")}/car-parks?district=${numbers.join(",")}`, "GET"),
    asked(
      setting("BENCH_MOBILITY_URL"),
      "POST",
      JSON.stringify({ query: stationsQuery, variables: { districts: numbers } }),
    ),
  ]);
  const carParks = Map.groupBy(items, ({ district }) => district);
  const stations = Map.groupBy(data.bikeStations, ({ district }) => district);
  const carPark = ({ code, name, places, hourlyPrice }) =>
    `{"id":"${idOf("CarPark", code)}","code":${quoted(code)},"name":${quoted(name)},"capacity":${places.total},` +
    `"free":${places.free},"hourlyPrice":${hourlyPrice}}`;
  const station = ({ code, name, capacity, bikes, open }) =>
    `{"id":"${idOf("BikeStation", code)}","code":${quoted(code)},"name":${quoted(name)},"capacity":${capacity},` +
    `"bikes":${bikes},"open":${open}}`;
  const listed = (all, number, most, json) =>
    `{"nodes":[${(all.get(number) ?? []).slice(0, most).map(json).join(",")}]}`;
  const nodes = rows.map(([id, name]) => {
    const number = Number(id);
    return (
      `{"id":"${idOf("District", id)}","number":${number},"name":${quoted(name)},` +
      `"carParks":${listed(carParks, number, 20, carPark)},"bikeStations":${listed(stations, number, 40, station)}}`
    );
  });
  return `{"data":{"districts":{"nodes":[${nodes.join(",")}]}}}`;
}

const answers = { Resident: resident, Ids: ids, Households: households, Districts: districts };

/** By the operation's name, and for pages by what they ask as `first`. */
function answerOf(query) {
  const name = /^query (\w+)/.exec(query)?.[1];
  return name === "Residents" ? residents(Number(/first: (\d+)/.exec(query)[1])) : answers[name];
}
const known = new Map();

const server = createServer(async (incoming, response) => {
  try {
    const { query, variables } = JSON.parse(await text(incoming));
    let answer = known.get(query);
    if (answer === undefined) known.set(query, (answer = answerOf(query)));
    const json = await answer(variables);
    const length = Buffer.byteLength(json);
    response.writeHead(200, { "content-type": "application/json", "content-length": length }).end(json);
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.stack : "unknown");
  }
});
await serveUntilStopped(await listening(server), async () => {
  server.close();
  server.closeAllConnections();
  agent.destroy();
  await Promise.all([civil.end(), education.end()]);
});
