// Entries of a made-up year of a large town, each a function of its number: once as what the gateway hands to the log, and
// as profiles from which SQL makes the search tables' rows (log-fill.ts). Both must say the same; the bench proves it.
import { createHash } from "node:crypto";
import type { EntryDraft, Outcome } from "../src/accesslog/index.js";
import type {
  AgreementRef,
  ApplicationName,
  Coordinate,
  KeyId,
  PolicyVersionId,
  PurposeName,
  SubjectToken,
  TenantName,
} from "../src/terms/index.js";

export const people = 120_000;
export const peopleOfPage = 10;
export const versions = 12;
export const slots = 4096;
/** Of the log's beginning, what one application had asked that is gone since. */
export const oldShare = 100;
export const oldSlots = 32;
/** Multipliers of hashes modulo 2^32, one for each thing that is chosen. */
export const mixers = { slot: 2_654_435_761, person: 2_246_822_519, rows: 3_266_489_917, jitter: 668_265_263 } as const;
export const jitterMs = 9_000;
const yearMs = 365 * 86_400_000;

/** When a log of so many entries began, and the time between two of them. */
export interface Span {
  readonly entries: number;
  readonly startMs: number;
  readonly stepMs: number;
}
export const spanOf = (entries: number, endMs: number): Span => {
  const stepMs = Math.max(1, Math.floor(yearMs / entries));
  return { entries, stepMs, startMs: endMs - stepMs * entries - jitterMs };
};

const hash = (n: number, mixer: number): number => Math.imul(n, mixer) >>> 0;

export interface Profile {
  readonly outcome: Outcome;
  readonly status: number;
  readonly application: string | null;
  readonly purpose: string | null;
  readonly basis: string | null;
  readonly key: string | null;
  /** Coordinates that leave. */
  readonly fields: readonly string[];
  readonly refused: readonly string[];
  /** Of which two cells are withheld. */
  readonly withheld: string | null;
  /** Whose rows leave. */
  readonly people: "none" | "one" | "page";
  /** Rows leave of the first field's dataset. */
  readonly rows: "none" | "some" | "people";
  readonly staff: string | null;
}

export const agreementOf = ({ application, purpose }: Profile): string | null =>
  application === null ? null : `${application}/${purpose ?? ""}`;
export const policyVersion = (number: number): string => createHash("sha256").update(`version ${number}`).digest("hex");
/** As long as the gateway's. */
export const tokenOf = (person: number): SubjectToken =>
  createHash("sha384").update(`person ${person}`).digest("base64url").slice(0, 67) as SubjectToken;

const applications = (
  "cantine-plus biblio-stats mon-rivemont repas-malin controle-fiscal allo-quartier sport-pour-tous velo-ville " +
  "eau-claire ecole-directe agenda-culture solidarite-plus jardins-partages stationnement-facile creche-place " +
  "etat-civil-en-ligne permis-rapide dechets-utiles senior-services budget-citoyen signalement meteo-urbaine musees open-data"
).split(" ");
const purposes =
  "school-meals library-statistics citizen-access tax-control district-survey social-aid mobility open-data".split(" ");
const bases = ["public-task", "consent", "legal-obligation", "contract", "open"];
const datasets = (
  "Resident Household CanteenAccount SchoolEnrolment School LibraryLoan LibraryBranch Vehicle ParkingPermit CarPark " +
  "BikeStation SportsClub ClubMember SwimmingPass WaterMeter WaterBill WasteBin BuildingPermit Parcel CivilAct " +
  "NurseryPlace NurseryRequest SocialAid HousingRequest SeniorVisit MusicLesson MuseumPass Report District Streetlight"
).split(" ");
const words = "number name email phone address birthDate status openedOn closedOn amount district category".split(" ");

/** Twelve fields of three datasets, the register of people first. */
function fieldsOf(agreement: number): string[] {
  const others = [1, 2].map((nth) => datasets[(agreement * 5 + nth * 3) % datasets.length] ?? "Resident");
  const take = (dataset: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${dataset}.${words[(agreement + n) % words.length] ?? "name"}`);
  return [...new Set(["Resident.number", ...take("Resident", 4), ...others.flatMap((dataset) => take(dataset, 4))])];
}

function profilesOf(application: string, purpose: string, agreement: number): [number, Profile][] {
  const fields = fieldsOf(agreement);
  const plain: Profile = {
    ...{ outcome: "answered", status: 200, application, purpose, basis: bases[agreement % bases.length] ?? null },
    ...{ key: `k${agreement}a`, fields, refused: [], withheld: null, people: "one", rows: "people", staff: null },
  };
  const refused = ["CivilAct.name", "SocialAid.amount"].filter((field) => !fields.includes(field));
  return [
    [40, plain],
    [25, { ...plain, key: `k${agreement}b`, fields: fields.slice(0, 5) }],
    [8, { ...plain, people: "page" }],
    [16, { ...plain, fields: fields.slice(5), people: "none", rows: "some" }],
    [6, { ...plain, outcome: "partial", refused, withheld: fields[2] ?? null }],
    [3, { ...plain, outcome: "refused", status: 403, fields: [], refused, people: "none", rows: "none" }],
    [2, { ...plain, outcome: "invalid", status: 400, fields: [], people: "none", rows: "none" }],
  ];
}

const nobody: Profile = {
  ...{ outcome: "staff", status: 0, application: null, purpose: null, basis: null, key: null, fields: [], refused: [] },
  ...{ withheld: null, people: "none", rows: "none", staff: "dpo@grandville.example" },
};

/** Each profile with how much of it there is. */
function weighed(): [number, Profile][] {
  const all: [number, Profile][] = [];
  let agreement = 0;
  for (const [rank, application] of applications.entries())
    for (let nth = 0; nth <= rank % 3; nth++) {
      const purpose = purposes[(rank + nth) % purposes.length] ?? "open-data";
      for (const [share, profile] of profilesOf(application, purpose, agreement))
        all.push([(share * 10) / (agreement + 3), profile]);
      agreement += 1;
    }
  all.push([6, nobody], [4, { ...nobody, staff: "admin@grandville.example" }]);
  const [[, first] = [0, nobody]] = all;
  all.push([0, { ...first, outcome: "failed", status: 500, fields: [], people: "none", rows: "none" }]);
  return all;
}

const old: Profile = {
  ...{ outcome: "answered", status: 200, application: "observatoire", purpose: "district-survey", basis: "consent" },
  ...{ key: "k-old", fields: ["Resident.email", "District.name"], refused: [], withheld: null, people: "one" },
  ...{ rows: "people", staff: null },
};

const shares = weighed();
/** The last one is of the log's beginning alone. */
export const profiles: readonly Profile[] = [...shares.map(([, profile]) => profile), old];

/** By slot the number of a profile: one slot for each, the others by their weight. */
export const slotProfiles: readonly number[] = (() => {
  const total = shares.reduce((sum, [weight]) => sum + weight, 0);
  const made = shares.map((_, number) => number);
  const free = slots - made.length;
  for (const [number, [weight]] of shares.entries())
    for (let count = Math.floor((weight / total) * free); count > 0; count--) made.push(number);
  while (made.length < slots) made.push(0);
  return made;
})();

function profileOf(n: number, { entries }: Span): Profile {
  const slot = (hash(n, mixers.slot) >>> 12) % slots;
  const number = n < entries / oldShare && slot < oldSlots ? profiles.length - 1 : (slotProfiles[slot] ?? 0);
  return profiles[number] ?? old;
}

function peopleOf(n: number, { people: whose }: Profile): number[] {
  const chosen = hash(n, mixers.person);
  if (whose === "none") return [];
  if (whose === "one") return [chosen % people];
  const first = (chosen % (people / peopleOfPage)) * peopleOfPage;
  return Array.from({ length: peopleOfPage }, (_, nth) => first + nth);
}

const uuidOf = (n: number): string =>
  createHash("md5")
    .update(String(n))
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

/** Entry number `n` of a tenant's log, as the gateway would hand it over. */
export function draftOf(tenant: TenantName, n: number, span: Span): EntryDraft {
  const profile = profileOf(n, span);
  const whose = peopleOf(n, profile);
  const rows = { none: 0, some: 1 + (hash(n, mixers.rows) % 50), people: whose.length }[profile.rows];
  const [dataset = ""] = (profile.fields[0] ?? "").split(".");
  return {
    ...{ id: uuidOf(n), tenant, durationMs: 8, outcome: profile.outcome, status: profile.status },
    at: new Date(span.startMs + n * span.stepMs + (hash(n, mixers.jitter) % jitterMs)).toISOString(),
    application: profile.application as ApplicationName | null,
    purpose: profile.purpose as PurposeName | null,
    agreement: agreementOf(profile) as AgreementRef | null,
    agreementVersion: profile.application === null ? null : 1,
    basis: profile.basis,
    key: profile.key as KeyId | null,
    policyVersion:
      profile.staff === null ? (policyVersion(Math.floor((n * versions) / span.entries)) as PolicyVersionId) : null,
    operation: { hash: "cd".repeat(32), text: "{ residents { nodes { number } } }" },
    fields: profile.fields.map((coordinate) => ({
      ...{ coordinate: coordinate as Coordinate, rule: "policies/grandville/rules.csv:3", mask: "-", cells: rows },
    })),
    refused: profile.refused.map((coordinate) => ({ coordinate, reason: "no-rule", rule: null, use: "selection" })),
    withheld: profile.withheld === null ? [] : [{ coordinate: profile.withheld as Coordinate, cells: 2 }],
    rows: rows === 0 ? [] : [{ dataset, rows }],
    errors: [],
    sources: [],
    staff: profile.staff === null ? null : { who: profile.staff, command: "console: accesses", filters: {} },
    personal: {
      subjects: whose.map((person) => ({ scheme: "resident", token: tokenOf(person) })),
      operationName: null,
    },
  };
}
