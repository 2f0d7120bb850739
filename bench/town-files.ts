// The files of the bench's town: its map of data, its settings, its rules.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelText } from "../src/policy/index.js";
import type { TenantName } from "../src/terms/index.js";
import { benchFields } from "./queries.js";

export const tenant = "grandville" as TenantName;
/** The application of the agreement where so many percent of the residents consent. */
export const applicationFor = (share: number): string => (share === 100 ? "bench" : `bench-${share}`);
/** The names are those of the generated rules of `npm run bench:policy`, which stand beside these. */
export const purposes = ["school-meals", "mobility"] as const;
export const people = { admin: "admin@grandville.example", dpo: "dpo@grandville.example" } as const;
/** Connections to each database that requests can hold, the same for every server. */
export const poolSize = 8;

/** What gateway.yaml takes from the environment. */
export type AddressName = "BENCH_CIVIL_URL" | "BENCH_EDUCATION_URL" | "BENCH_PARKING_URL" | "BENCH_MOBILITY_URL";

export const schema = `"Residents of the town (habitants)."
type Resident
  @dataset(source: "civil", from: "public.habitants", one: "resident", many: "residents", steward: "s@grandville.example", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  familyName: String @column(name: "nom") @personal(category: "Name")
  givenName: String @column(name: "prenom") @personal(category: "Name")
  birthDate: Date @column(name: "date_naissance") @personal(category: "DateOfBirth")
  email: String @column(name: "courriel") @personal(category: "EmailAddress")
  address: String @column(name: "adresse") @personal(category: "PhysicalAddress")
  updatedAt: DateTime @column(name: "modifie_le")
  household: Household @link(from: ["foyer_id"], to: ["number"])
}

"Households (foyers)."
type Household
  @dataset(source: "civil", from: "public.foyers", steward: "s@grandville.example", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", via: "holder") {
  number: Int @column(name: "id")
  familyQuotient: Int @column(name: "quotient_familial") @personal(category: "Income")
  size: Int @column(name: "nb_personnes") @personal(category: "HouseholdData")
  holder: Resident @link(from: ["titulaire_id"], to: ["number"])
  canteenAccounts: [CanteenAccount!] @link(from: ["number"], to: ["foyer_id"])
}

"School-meal accounts (comptes de restauration scolaire)."
type CanteenAccount
  @dataset(source: "education", from: "public.comptes_cantine", steward: "s@grandville.example", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", via: "resident") {
  number: Int @column(name: "id")
  balance: Float @column(name: "solde") @personal(category: "FinancialAccount")
  status: String @column(name: "statut")
  openedOn: Date @column(name: "ouvert_le")
  resident: Resident @link(from: ["resident_id"], to: ["number"])
}

"Districts (quartiers)."
type District
  @dataset(source: "civil", from: "public.quartiers", many: "districts", steward: "s@grandville.example", status: SHARED)
  @key(fields: "number") {
  number: Int @column(name: "id")
  name: String @column(name: "nom")
  carParks: [CarPark!] @link(from: ["number"], to: ["district"])
  bikeStations: [BikeStation!] @link(from: ["number"], to: ["district"])
}

"Car parks."
type CarPark
  @dataset(source: "parking", from: "/car-parks", steward: "s@grandville.example", status: SHARED) @key(fields: "code") {
  code: String
  name: String
  capacity: Int @column(name: "places.total")
  free: Int @column(name: "places.free")
  hourlyPrice: Float
}

"Bike stations."
type BikeStation
  @dataset(source: "mobility", from: "BikeStation", steward: "s@grandville.example", status: SHARED) @key(fields: "code") {
  code: String
  name: String
  capacity: Int
  bikes: Int
  open: Boolean
}
`;

// The rate and the cost are raised, for one agreement asks for all. The figures of `extensions.cost` keep their length then:
// answers are compared by theirs. One connection of each source is kept free for other agreements.
const settings = (places: number): string => `limits:
  { inFlight: ${places}, queued: ${2 * places}, keyPerMinute: 10000000,
    cost: { perOperation: 999999999, maximumAvailable: 999999999, restoreRate: 999999999 } }
tenants:
  ${tenant}:
    displayName: Grandville
    contact: data@grandville.example
    sources:
      civil: { kind: postgres, url: "env:BENCH_CIVIL_URL", poolSize: ${poolSize + 1} }
      education: { kind: postgres, url: "env:BENCH_EDUCATION_URL", poolSize: ${poolSize + 1} }
      parking:
        kind: rest
        url: "env:BENCH_PARKING_URL"
        allowLoopback: true
        concurrency: 64
        lists:
          /car-parks:
            items: items
            filters: { district: { param: district, style: comma }, code: { param: code, style: comma } }
            byKeys: { code: { path: "/car-parks/{code}" } }
      mobility:
        kind: graphql
        url: "env:BENCH_MOBILITY_URL"
        allowLoopback: true
        concurrency: 64
        datasets:
          BikeStation:
            key: [code]
            entities: true
            list: { field: bikeStations, keyArgument: "codes: [ID!]", filters: { district: "districts: [Int!]" } }
    purposes:
${purposes.map((name) => `      ${name}: { title: { fr: L, en: L }, text: { fr: L, en: L }, dpv: dpv:ServiceProvision }`).join("\n")}
    people:
      - { name: A, email: ${people.admin}, roles: [admin] }
      - { name: D, email: ${people.dpo}, roles: [dpo] }
`;

const rulesOfOne = 40;
/** Other applications that the rules name; they must be known to the registry. */
export const otherApplications = (rules: number): string[] =>
  Array.from({ length: Math.ceil((rules - benchFields.length) / rulesOfOne) }, (_, at) => `service-${at}`);

/** So many rules of a town: those of the bench's own agreements, and those of others over the same fields, in files. */
export function benchRules(rules: number): ReadonlyMap<string, string> {
  const own = benchFields.map((field) => `p, group:bench, ${purposes[0]}, ${field}, all, -, allow`);
  const members = [100, 90, 50, 10].map((share) => `g, ${applicationFor(share)}, group:bench`);
  const others = otherApplications(rules)
    .flatMap(rulesFor)
    .slice(0, rules - own.length);
  const files = new Map([["bench.csv", `# The bench's own applications.\n${[...own, ...members].join("\n")}\n`]]);
  for (let start = 0; start < others.length; start += 2_000) {
    const lines = others.slice(start, start + 2_000).join("\n");
    files.set(`services-${String(start / 2_000).padStart(3, "0")}.csv`, `# Other applications.\n${lines}\n`);
  }
  return files;
}

/** Fields for two purposes, and every twentieth denied for all. */
function rulesFor(application: string, place: number): string[] {
  return Array.from({ length: rulesOfOne }, (_, at) => {
    const field = benchFields[(place + at * 7) % benchFields.length] ?? "Resident.number";
    if (at % 20 === 19) return `p, ${application}, *, ${field}, -, -, deny`;
    return `p, ${application}, ${purposes[Math.floor(at / benchFields.length)] ?? purposes[0]}, ${field}, all, -, allow`;
  });
}

export function writeTownFolder(folder: string, rules: number, connections: number): void {
  // PostgreSQL runs as another user where we are root: it must reach its data here, so that nothing is left elsewhere.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, ".passerelle"), { mode: 0o755 });
  mkdirSync(join(folder, "policies", tenant), { recursive: true });
  // Places in the queue are not what is measured: one agreement asks for all.
  writeFileSync(join(folder, "gateway.yaml"), settings(2 * Math.max(64, connections)));
  writeFileSync(join(folder, "schema.graphql"), schema);
  writeFileSync(join(folder, "policies/model.conf"), modelText);
  for (const [name, text] of benchRules(rules)) writeFileSync(join(folder, "policies", tenant, name), text);
}
