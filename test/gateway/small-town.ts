// A town small enough to read: people in one database, their accounts in another.
import type { TestTown } from "../support/test-gateway.js";

export const smallSchema = `
"""People of the test."""
type Person @dataset(source: "people", from: "public.person", many: "people", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  name: String @personal(category: "Name")
  birthDate: Date @column(name: "born") @personal(category: "DateOfBirth")
  email: String @personal(category: "EmailAddress")
  score: Float
  seen: DateTime
  active: Boolean
  house: House @link(from: ["house_id"], to: ["code"])
  accounts: [Account!] @link(from: ["number"], to: ["person_id"])
}
type House @dataset(source: "people", from: "public.house", status: SHARED) @key(fields: "code") {
  code: String
  street: String
  people: [Person!] @link(from: ["code"], to: ["house_id"])
}
type Account @dataset(source: "money", from: "public.account", status: SHARED) @key(fields: "number")
  @subject(scheme: "resident", via: "holder") {
  number: Int
  balance: Float @personal(category: "FinancialAccount")
  holder: Person @link(from: ["person_id"], to: ["number"])
}
type Secret @dataset(source: "money", from: "public.secret", status: QUALIFIED) @key(fields: "number") {
  number: Int
}
type Place @dataset(source: "money", from: "public.place", open: true, licence: "etalab-2.0", status: SHARED) @key(fields: "code") {
  code: String
  label: String
}
`;

export const smallDatabases = {
  people: `
    CREATE TABLE house (code text PRIMARY KEY, street text);
    CREATE TABLE person (id int PRIMARY KEY, name text, born date, email text, score double precision,
                         seen timestamptz, active boolean, house_id text REFERENCES house);
    INSERT INTO house VALUES ('a', 'Rue des Lilas'), ('b', NULL), ('c', 'Quai Nord');
    INSERT INTO person VALUES
      (1, 'Aline', '1980-05-01', 'aline@example.org', 1.5, '2026-01-02 03:04:05.678+02', true, 'a'),
      (2, 'Bruno', '1990-12-31', 'bruno@example.org', NULL, NULL, false, 'a'),
      (3, 'Chloé', NULL, NULL, -2, '2025-06-01 00:00:00Z', NULL, 'b'),
      (4, NULL, '2001-02-03', 'd@example.org', 1.5, NULL, true, NULL),
      (5, 'Élise', '1975-07-07', 'elise@example.org', 0, NULL, true, 'c');`,
  money: `
    CREATE TABLE account (number int PRIMARY KEY, balance double precision, person_id int);
    CREATE INDEX ON account (person_id);
    CREATE TABLE secret (number int PRIMARY KEY);
    CREATE TABLE place (code text PRIMARY KEY, label text);
    INSERT INTO account VALUES (10, 12.5, 1), (11, -3, 1), (12, 0, 3), (13, 7, 99), (14, 1, 1);
    INSERT INTO place VALUES ('01001', 'L''Abergement-Clémenciat'), ('01002', 'L''Abergement-de-Varey');`,
} as const;

const allFields = [
  ...["number", "name", "birthDate", "email", "score", "seen", "active", "house", "accounts"].map((f) => `Person.${f}`),
  ...["code", "street", "people"].map((f) => `House.${f}`),
  ...["number", "balance", "holder"].map((f) => `Account.${f}`),
  ...["code", "label"].map((f) => `Place.${f}`),
];

/** What people are asked about, in two parts. */
const asked = [
  "Person.number",
  "Person.name",
  "Person.accounts",
  "Account.number",
  "Account.balance",
  "Account.holder",
];
const contact = ["Person.email"];
const units = [
  { name: "@contact", fields: contact },
  { name: "family", fields: asked },
];
/** A signed-in citizen's. */
const own = ["Person.number", "Person.name", "Person.accounts", "Account.balance"];

export const smallRules = `
${allFields.map((field) => `p, all, everything, ${field}, all, -, allow`).join("\n")}
p, meals, school-meals, Person.number, all, -, allow
p, meals, school-meals, Person.name, all, redact, allow
p, meals, school-meals, Person.birthDate, all, year, allow
p, meals, school-meals, Person.accounts, all, -, allow
p, meals, school-meals, Person.house, all, -, allow
p, meals, school-meals, Account.balance, all, -, allow
p, meals, school-meals, Account.holder, all, -, allow
p, *, *, Person.email, -, -, deny
p, open-data, open-data, Place.*, all, -, allow
${[...asked, ...contact].map((field) => `p, advice, help, ${field}, all, -, allow`).join("\n")}
${own.map((field) => `p, mine, self-service, ${field}, own, -, allow`).join("\n")}
`.replace("p, *, *, Person.email, -, -, deny\n", "p, meals, *, Person.email, -, -, deny\n");

export const smallTown: TestTown = {
  schema: smallSchema,
  rules: smallRules,
  databases: smallDatabases,
  // By the token in `Citizen-Authorization`: Aline with a child of hers.
  citizens: { aline: { self: [{ scheme: "resident", key: 1 }], wards: [{ scheme: "resident", key: 4 }] } },
  agreements: {
    all: { application: "all", purpose: "everything", fields: allFields },
    meals: { application: "meals", purpose: "school-meals", fields: allFields.filter((f) => f !== "Account.holder") },
    advice: { application: "advice", purpose: "help", fields: [...asked, ...contact], basis: "consent", units },
    task: { application: "advice", purpose: "help", fields: [...asked, ...contact], basis: "public-task", units },
    mine: { application: "mine", purpose: "self-service", fields: own, basis: "legal-obligation" },
    strict: { application: "meals", purpose: "school-meals", fields: allFields, refusal: "reject" },
    old: {
      application: "all",
      purpose: "everything",
      fields: allFields,
      standing: { inForce: false, why: "expired", date: "2026-01-31" },
    },
  },
};
