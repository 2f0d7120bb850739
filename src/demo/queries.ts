// Requests to show what each of the demo's applications gets.

/** A request to show: `application` null goes without a key. */
export interface DemoQuery {
  readonly application: string | null;
  /** Who has signed in to the application: an account of the demo's sign-in service. */
  readonly citizen?: string;
  /** What the reader will see, for the terminal. */
  readonly shows: string;
  readonly query: string;
}

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
    application: "repas-malin",
    shows: "families that consent, and no others; what they keep to themselves is null, and counted",
    query: `{
  canteenAccounts(first: 4) {
    totalCount
    nodes { number balance openedOn resident { givenName familyName ageBand household { holder { email } } } }
  }
}`,
  },
  {
    application: "mon-rivemont",
    citizen: "khadija.ferreira",
    shows: "what is Khadija Ferreira's, who has signed in, and her children's",
    query: `{
  residents { nodes { givenName familyName birthDate canteenAccounts { nodes { balance status } } } }
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
