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
  schema,
  citizens,
  rules: [
    ...["advice", "task", "duty"].flatMap((app) => fields.map((field) => `p, ${app}, help, ${field}, all, -, allow`)),
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
    duty: { application: "duty", purpose: "help", fields, basis: "legal-obligation" },
  },
};
