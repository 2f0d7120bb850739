// What Rivemont has signed, as data: main makes applications, agreements and keys of it at the first start.

/** One application with the one agreement it has. */
export interface DemoAgreement {
  readonly application: { readonly name: string; readonly title: string; readonly contact: string };
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly basis: "public-task";
  readonly basisNote: string;
  readonly recipient: {
    readonly name: string;
    readonly contact: string;
    readonly role: "controller" | "joint-controller" | "processor";
    readonly basis: string;
  };
  /** `YYYY-MM-DD`, both days included. */
  readonly from: string;
  readonly until: string;
  readonly volumePerDay: number;
  readonly retention: string;
  /** E-mail addresses of people in `gateway.yaml`. */
  readonly draftedBy: string;
  readonly approvedBy: string;
}

/** A request to show: `application` null goes without a key. */
export interface DemoQuery {
  readonly application: string | null;
  /** What the reader will see, for the terminal. */
  readonly shows: string;
  readonly query: string;
}

const people = { draftedBy: "informatique@rivemont.example", approvedBy: "dpo@rivemont.example" };

/** `YYYY-MM-DD`, so many days later. */
function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const cantinePlus = (today: string): DemoAgreement => ({
  application: { name: "cantine-plus", title: "Cantine Plus", contact: "support@cantine-plus.example" },
  purpose: "school-meals",
  fields: [
    "Resident.number",
    "Resident.familyName",
    "Resident.givenName",
    "Resident.birthDate",
    "Resident.household",
    "Resident.district",
    "Resident.canteenAccounts",
    "Resident.schoolEnrolments",
    "Household.number",
    "Household.familyQuotient",
    "Household.members",
    "District.number",
    "District.name",
    "SchoolEnrolment.number",
    "SchoolEnrolment.schoolYear",
    "SchoolEnrolment.school",
    "School.code",
    "School.name",
    "School.servesMeals",
    "CanteenAccount.number",
    "CanteenAccount.balance",
    "CanteenAccount.status",
    "CanteenAccount.openedOn",
    "CanteenAccount.lastMovementAt",
    "CanteenAccount.resident",
  ],
  basis: "public-task",
  basisNote: "Convention 2026-014, délibération du conseil municipal du 12 mars 2026: public service of school meals.",
  recipient: {
    name: "Cantine Plus SAS",
    contact: "dpo@cantine-plus.example",
    role: "processor",
    basis: "contract with the town (RGPD art. 28)",
  },
  from: later(today, -30),
  until: later(today, 730),
  volumePerDay: 20_000,
  retention: "P1Y",
  ...people,
});

const biblioStats = (today: string): DemoAgreement => ({
  application: { name: "biblio-stats", title: "Biblio Stats", contact: "contact@biblio-stats.example" },
  purpose: "library-statistics",
  fields: [
    "LibraryLoan.number",
    "LibraryLoan.genre",
    "LibraryLoan.borrowedOn",
    "LibraryLoan.returnedOn",
    "LibraryLoan.branch",
    "LibraryBranch.code",
    "LibraryBranch.name",
  ],
  basis: "public-task",
  basisNote: "Convention 2026-021: study of the use of the public libraries.",
  recipient: {
    name: "Observatoire des lectures",
    contact: "donnees@observatoire-lectures.example",
    role: "controller",
    basis: "public interest (RGPD art. 6(1)(e)), research",
  },
  from: later(today, -30),
  until: later(today, 730),
  volumePerDay: 500,
  retention: "P2Y",
  ...people,
});

const curieux = (today: string): DemoAgreement => ({
  application: { name: "curieux", title: "Curieux", contact: "bonjour@curieux.example" },
  purpose: "district-survey",
  fields: [
    "Resident.number",
    "Resident.birthDate",
    "Resident.address",
    "Resident.district",
    "District.number",
    "District.name",
  ],
  basis: "public-task",
  basisNote: "Convention 2025-007: survey before the plan of public facilities. Not renewed.",
  recipient: {
    name: "Bureau d'études Curieux",
    contact: "dpo@curieux.example",
    role: "processor",
    basis: "contract with the town (RGPD art. 28)",
  },
  from: later(today, -366),
  until: later(today, -1),
  volumePerDay: 100,
  retention: "P90D",
  ...people,
});

const mobilityFields = [
  "District.number",
  "District.name",
  "District.carParks",
  "District.bikeStations",
  "District.streetlights",
  "District.airQuality",
  "District.schoolMenus",
  "District.publicToilets",
  "CarPark.code",
  "CarPark.name",
  "CarPark.kind",
  "CarPark.places",
  "CarPark.freePlaces",
  "CarPark.disabledPlaces",
  "CarPark.chargingPoints",
  "CarPark.hourlyPrice",
  "CarPark.countedAt",
  "CarPark.latitude",
  "CarPark.longitude",
  "CarPark.district",
  "BikeStation.code",
  "BikeStation.name",
  "BikeStation.bikes",
  "BikeStation.electricBikes",
  "BikeStation.freeDocks",
  "BikeStation.open",
  "BikeStation.latitude",
  "BikeStation.longitude",
  "BikeStation.district",
  "Streetlight.powerState",
  "Streetlight.location",
  "Streetlight.latitude",
  "Streetlight.longitude",
  "AirQualityObserved.station",
  "AirQualityObserved.observedAt",
  "AirQualityObserved.level",
  "AirQualityObserved.no2",
  "AirQualityObserved.readings",
  "AirQualityReading.observedAt",
  "AirQualityReading.no2",
  "SchoolMenu.day",
  "SchoolMenu.mainDish",
  "SchoolMenu.vegetarian",
  "PublicToilet.address",
  "PublicToilet.accessible",
  "PublicToilet.latitude",
  "PublicToilet.longitude",
];

const parkeasy = (today: string): DemoAgreement => ({
  application: { name: "parkeasy", title: "ParkEasy", contact: "equipe@parkeasy.example" },
  purpose: "mobility",
  fields: mobilityFields,
  basis: "public-task",
  basisNote: "Convention 2026-033: parking, bikes and lit streets in one app. No personal data.",
  recipient: {
    name: "ParkEasy SAS",
    contact: "donnees@parkeasy.example",
    role: "controller",
    basis: "contract with its users; no personal data is received",
  },
  from: later(today, -30),
  until: later(today, 730),
  volumePerDay: 50_000,
  retention: "P1D",
  ...people,
});

/** @param today `YYYY-MM-DD`: three of the agreements are in force from then for two years, one ended the day before. */
export const demoAgreements = (today: string): readonly DemoAgreement[] => [
  cantinePlus(today),
  biblioStats(today),
  curieux(today),
  parkeasy(today),
];

export const demoQueries: readonly DemoQuery[] = [
  {
    application: "cantine-plus",
    shows: "school-meal accounts in debt and their children, joined from two databases; the email address is refused",
    query: `{
  canteenAccounts(first: 3, where: { balance: { lt: -10 }, status: { eq: "actif" } }, orderBy: [{ field: balance, direction: ASC }]) {
    nodes { number balance resident { givenName familyName birthDate email household { familyQuotient } } }
  }
}`,
  },
  {
    application: "biblio-stats",
    shows: "the last loans by genre and branch, and nobody's name",
    query: `{
  libraryLoans(first: 3, orderBy: [{ field: borrowedOn, direction: DESC }]) {
    totalCount
    nodes { genre borrowedOn branch { name } }
  }
}`,
  },
  {
    application: null,
    shows: "open data needs no key (carte-ouverte, a map of communes)",
    query: `{
  communes(first: 3, where: { name: { startsWith: "Rive" } }) {
    nodes { code name department population postalCodes }
  }
}`,
  },
  {
    application: "curieux",
    shows: "an agreement that has ended: refused, with its date",
    query: `{ residents(first: 3) { nodes { number district { name } } } }`,
  },
  {
    application: "parkeasy",
    shows:
      "two districts, from a database, a REST API, a GraphQL API, a context broker and a file; what lamps draw is refused",
    query: `{
  districts(first: 2) {
    nodes {
      name
      carParks(first: 2) { nodes { name freePlaces } }
      bikeStations(first: 1) { nodes { name bikes } }
      streetlights(first: 1) { nodes { powerState powerConsumption } }
      airQuality(first: 1) { nodes { level no2 } }
      schoolMenus(first: 1) { nodes { day mainDish } }
    }
  }
}`,
  },
];
