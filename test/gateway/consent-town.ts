// The small town where people have a say: one agreement that asks for consent, one that people can object to, one that
// asks nobody, all three opened by the same rules.
import type { TestTown } from "../support/test-gateway.js";
import { smallDatabases, smallSchema } from "./small-town.js";

const schema = smallSchema.replace(
  "  street: String\n",
  `  street: String
  keeper: Int @column(name: "keeper_id") @subject(scheme: "resident")
  keeperName: String @column(name: "keeper_name") @personal(category: "Name") @subject(scheme: "resident", field: "keeper")
`,
);

const withExcluded = schema.replace(
  'birthDate: Date @column(name: "born")',
  'birthDate: Date @notForGuardians @column(name: "born")',
);

const contact = ["Person.name", "Person.email"];
const family = [
  ...["number", "birthDate", "score", "seen", "active", "house", "accounts"].map((field) => `Person.${field}`),
  ...["number", "balance", "holder"].map((field) => `Account.${field}`),
];
const houses = ["code", "street", "keeper", "keeperName", "people"].map((field) => `House.${field}`);
const places = ["code", "label"].map((field) => `Place.${field}`);
const fields = [...contact, ...family, ...houses, ...places];

const units = [
  { name: "@contact", fields: contact },
  { name: "family", fields: family },
  { name: "House", fields: [...houses, ...places] },
];

/** The person behind each token. */
const citizens = {
  aline: { self: [{ scheme: "resident", key: 1 }], wards: [{ scheme: "resident", key: 4 }] },
  bruno: { self: [{ scheme: "resident", key: 2 }], wards: [] },
  nobody: { self: [], wards: [] },
} as const;

export const consentTown: TestTown = {
  schema: withExcluded,
  filters: `born-1990s:
  on: Person
  where: { birthDate: { gte: "1990-01-01", lt: "2000-01-01" } }
scored:
  on: Person
  where: { score: { gte: 0 } }
`,
  citizens,
  rules: [
    ...["advice", "task", "duty"].flatMap((app) => fields.map((field) => `p, ${app}, help, ${field}, all, -, allow`)),
    ...["number", "name", "birthDate", "house", "accounts"].map(
      (field) => `p, mine, self-service, Person.${field}, own, -, allow`,
    ),
    ...["number", "balance"].map((field) => `p, mine, self-service, Account.${field}, own, -, allow`),
    "p, mine, self-service, House.code, all, -, allow",
    ...["number", "name"].map((field) => `p, some, statistics, Person.${field}, scored, -, allow`),
    "p, some, statistics, Person.email, born-1990s, -, allow",
    "p, some, statistics, Person.active, scored, -, allow",
    "p, one, statistics, Person.number, scored, -, allow",
    "p, one, statistics, Person.name, scored, -, allow",
    "p, open-data, open-data, Place.*, all, -, allow",
  ].join("\n"),
  databases: {
    people: `${smallDatabases.people}
      ALTER TABLE house ADD keeper_id int, ADD keeper_name text;
      UPDATE house SET keeper_id = 2, keeper_name = 'Bruno' WHERE code = 'a';
      UPDATE house SET keeper_id = 5, keeper_name = 'Élise' WHERE code = 'c';`,
    money: `${smallDatabases.money}
      INSERT INTO account VALUES (15, 3, NULL);`,
  },
  agreements: {
    advice: { application: "advice", purpose: "help", fields, basis: "consent", units },
    /** The same agreement, decided on as a whole. */
    whole: { application: "advice", purpose: "help", fields, basis: "consent" },
    task: { application: "task", purpose: "help", fields, basis: "public-task", units },
    /** A citizen's own rows, on a basis that asks nobody and on one that does. */
    mine: { application: "mine", purpose: "self-service", fields, basis: "legal-obligation" },
    mineByConsent: { application: "mine", purpose: "self-service", fields, basis: "consent" },
    /** Rows by named filters: two that overlap, and one alone. */
    some: { application: "some", purpose: "statistics", fields, basis: "legal-obligation" },
    one: { application: "one", purpose: "statistics", fields, basis: "legal-obligation" },
    duty: { application: "duty", purpose: "help", fields, basis: "legal-obligation" },
  },
};
