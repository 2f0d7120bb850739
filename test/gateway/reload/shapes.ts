// Four versions of one small town that decide nearly everything differently, and what each of them must answer and put
// on record, said naively from the version's own table. Nothing of src/gateway or src/policy is used.
import type { TestAgreement, TestTown } from "../../support/test-gateway.js";

type Opening = "-" | "year" | "redact" | "denied" | "no-rule";
type FieldName = "number" | "name" | "birthDate" | "email" | "score";
const fieldNames: readonly FieldName[] = ["number", "name", "birthDate", "email", "score"];

/** One version's meaning. Each has rules on lines of its own, so that an entry's rules tell versions apart too. */
export interface Shape {
  readonly name: string;
  readonly openings: Readonly<Record<FieldName, Opening>>;
  /** The column that schema.graphql binds `Person.score` to: the same rules may stand for other data. */
  readonly scoreColumn: "score_one" | "score_two";
  readonly housesShared: boolean;
  /** Lines of comment before the first rule. */
  readonly head: number;
}

const shape = (name: string, head: number, parts: Omit<Shape, "name" | "head">): Shape => ({ name, head, ...parts });

export const shapes: readonly Shape[] = [
  shape("narrow", 0, {
    openings: { number: "-", name: "redact", birthDate: "year", email: "denied", score: "no-rule" },
    scoreColumn: "score_one",
    housesShared: false,
  }),
  shape("wide", 1, {
    openings: { number: "-", name: "-", birthDate: "-", email: "-", score: "-" },
    scoreColumn: "score_one",
    housesShared: true,
  }),
  // As wide in its rules; its schema binds a field to other data.
  shape("bound otherwise", 20, {
    openings: { number: "-", name: "-", birthDate: "-", email: "-", score: "-" },
    scoreColumn: "score_two",
    housesShared: false,
  }),
  shape("mixed", 40, {
    openings: { number: "-", name: "no-rule", birthDate: "-", email: "redact", score: "denied" },
    scoreColumn: "score_two",
    housesShared: true,
  }),
];

const people = [
  { number: 1, name: "Aline", birthDate: "1980-05-01", email: "aline@example.org", score_one: 1.5, score_two: 91 },
  { number: 2, name: "Bruno", birthDate: "1990-12-31", email: null, score_one: null, score_two: 92 },
  { number: 3, name: null, birthDate: "2001-02-03", email: "c@example.org", score_one: 0, score_two: 93 },
] as const;

const databases = {
  people: `
    CREATE TABLE person (id int PRIMARY KEY, name text, born date, email text, score_one float8, score_two float8);
    CREATE TABLE house (code text PRIMARY KEY);
    INSERT INTO house VALUES ('a'), ('b');
    INSERT INTO person VALUES
      (1, 'Aline', '1980-05-01', 'aline@example.org', 1.5, 91), (2, 'Bruno', '1990-12-31', NULL, NULL, 92),
      (3, NULL, '2001-02-03', 'c@example.org', 0, 93);`,
};

export const schemaOf = ({ scoreColumn, housesShared }: Shape): string => `
type Person @dataset(source: "people", from: "public.person", many: "people", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  name: String @personal(category: "Name")
  birthDate: Date @column(name: "born") @personal(category: "DateOfBirth")
  email: String @personal(category: "EmailAddress")
  score: Float @column(name: "${scoreColumn}")
}
type House @dataset(source: "people", from: "public.house", status: ${housesShared ? "SHARED" : "QUALIFIED"})
  @key(fields: "code") {
  code: String
}
`;

type Application = "whole" | "part";
const applications: readonly Application[] = ["whole", "part"];
/** The second agreement lists less: its entries name the rule that opens what the agreement does not. */
const agreed: Readonly<Record<Application, readonly string[]>> = {
  whole: [...fieldNames.map((field) => `Person.${field}`), "House.code"],
  part: ["Person.number", "Person.birthDate", "Person.score", "House.code"],
};

interface Line {
  readonly text: string;
  /** What this line decides: `whole Person.email denied`. */
  readonly decides: string | null;
}

function linesOf(version: Shape): Line[] {
  const lines: Line[] = Array.from({ length: version.head }, (_, n) => ({ text: `# line ${n}`, decides: null }));
  for (const field of fieldNames) {
    const opening = version.openings[field];
    if (opening === "denied") lines.push({ text: `p, *, *, Person.${field}, -, -, deny`, decides: `Person.${field}` });
    if (opening === "no-rule") continue;
    for (const app of applications)
      lines.push({
        text: `p, ${app}, everything, Person.${field}, all, ${opening === "denied" ? "-" : opening}, allow`,
        decides: opening === "denied" ? null : `${app} Person.${field}`,
      });
  }
  if (version.housesShared)
    for (const app of applications)
      lines.push({ text: `p, ${app}, everything, House.code, all, -, allow`, decides: `${app} House.code` });
  return lines;
}

/** @param change makes the content, and so the version, one that no node has loaded yet. */
export const rulesOf = (version: Shape, change: string): string =>
  [...linesOf(version).map(({ text }) => text), `# ${change}`].join("\n");

const rule = (version: Shape, decides: string): string =>
  `policies/testville/rules.csv:${linesOf(version).findIndex((line) => line.decides === decides) + 1}`;

export const reloadTown: Omit<TestTown, "schema" | "rules"> = {
  databases,
  agreements: Object.fromEntries(
    applications.map((application): [string, TestAgreement] => [
      application,
      { application, purpose: "everything", fields: agreed[application] },
    ]),
  ),
};

type Question = "people" | "aline" | "houses" | "schema";
interface QuestionText {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

const questions: Readonly<Record<Question, QuestionText>> = {
  people: { query: `{ people { nodes { ${fieldNames.join(" ")} } } }` },
  aline: {
    query: "query ($email: String) { people(where: { email: { eq: $email } }) { nodes { number } } }",
    variables: { email: "aline@example.org" },
  },
  houses: { query: "{ houses { nodes { code } } }" },
  schema: { query: '{ __type(name: "Person") { fields { name } } }' },
};

export interface Asked extends QuestionText {
  readonly key: Application;
  readonly question: Question;
}

/** Every question of every agreement. */
export const asked: readonly Asked[] = applications.flatMap((key) =>
  (Object.keys(questions) as Question[]).map((question) => ({ key, question, ...questions[question] })),
);

/** The parts of an answer and of its entry that a version decides. */
export interface Expected {
  readonly status: number;
  /** Null: none. */
  readonly data: unknown;
  /** `FIELD_NOT_SHARED Person.email`, sorted. */
  readonly errors: readonly string[];
  readonly entry: {
    readonly outcome: string;
    readonly fields: readonly { coordinate: string; cells: number; rule: string; mask: string }[];
    readonly refused: readonly { coordinate: string; reason: string; rule: string | null; use: string }[];
    readonly rows: readonly { dataset: string; rows: number }[];
    readonly errors: readonly string[];
    readonly subjects: number;
  };
}

type Decided =
  | { readonly mask: "-" | "year" | "redact"; readonly rule: string }
  | { readonly refused: string; readonly rule: string | null };

function decide(version: Shape, key: Application, field: FieldName): Decided {
  const at = `Person.${field}`;
  const opening = version.openings[field];
  if (opening === "denied") return { refused: "denied", rule: rule(version, at) };
  if (opening === "no-rule") return { refused: "no-rule", rule: null };
  const by = rule(version, `${key} ${at}`);
  return agreed[key].includes(at) ? { mask: opening, rule: by } : { refused: "not-in-agreement", rule: by };
}

const nothingLeft = { fields: [], refused: [], rows: [], subjects: 0 } as const;

export function expectedOf(version: Shape, { key, question }: Pick<Asked, "key" | "question">): Expected {
  if (question === "people") return listOfPeople(version, key);
  if (question === "aline") return filtered(version, key);
  if (question === "houses") return houses(version, key);
  const shared = fieldNames.filter((field) => "mask" in decide(version, key, field));
  const fields = ["id", ...shared].map((name) => ({ name }));
  const entry = { ...nothingLeft, outcome: "answered", errors: [] };
  return { status: 200, data: { __type: { fields } }, errors: [], entry };
}

function listOfPeople(version: Shape, key: Application): Expected {
  const decided = fieldNames.map((field) => ({ field, at: `Person.${field}`, ...decide(version, key, field) }));
  const nodes = people.map((person) =>
    Object.fromEntries(
      decided.map((each) => {
        const value = person[each.field === "score" ? version.scoreColumn : each.field];
        return [each.field, "mask" in each ? masked(value, each.mask) : null];
      }),
    ),
  );
  const refused = decided.flatMap((each) =>
    "refused" in each ? [{ coordinate: each.at, reason: each.refused, rule: each.rule, use: "selection" }] : [],
  );
  const fields = decided.flatMap((each) =>
    "mask" in each ? [{ coordinate: each.at, cells: people.length, rule: each.rule, mask: each.mask }] : [],
  );
  return {
    status: 200,
    data: { people: { nodes } },
    errors: refused.map(({ coordinate }) => `FIELD_NOT_SHARED ${coordinate}`).sort(),
    entry: {
      outcome: refused.length === 0 ? "answered" : "partial",
      fields: fields.sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1)),
      refused,
      rows: [{ dataset: "Person", rows: people.length }],
      errors: refused.length === 0 ? [] : ["FIELD_NOT_SHARED"],
      subjects: people.length,
    },
  };
}

function masked(value: string | number | null, by: "-" | "year" | "redact"): string | number | null {
  if (value === null || by === "-") return value;
  return by === "year" ? `${String(value).slice(0, 4)}-01-01` : "•••";
}

function filtered(version: Shape, key: Application): Expected {
  const email = decide(version, key, "email");
  const number = decide(version, key, "number");
  if (!("mask" in email) || email.mask !== "-") {
    const reason = "mask" in email ? "masked" : email.refused;
    const refused = [{ coordinate: "Person.email", reason, rule: email.rule, use: "input" }];
    const entry = { ...nothingLeft, outcome: "refused", refused, errors: ["FILTER_NOT_SHARED"] };
    return { status: 400, data: null, errors: ["FILTER_NOT_SHARED Person.email"], entry };
  }
  return {
    status: 200,
    data: { people: { nodes: [{ number: 1 }] } },
    errors: [],
    entry: {
      outcome: "answered",
      fields: [
        { coordinate: "Person.email", cells: 0, rule: email.rule, mask: "-" },
        { coordinate: "Person.number", cells: 1, rule: number.rule ?? "", mask: "-" },
      ],
      refused: [],
      rows: [{ dataset: "Person", rows: 1 }],
      errors: [],
      subjects: 1,
    },
  };
}

function houses(version: Shape, key: Application): Expected {
  if (!version.housesShared) {
    const entry = { ...nothingLeft, outcome: "invalid", errors: ["GRAPHQL_VALIDATION_FAILED"] };
    return { status: 400, data: null, errors: ["GRAPHQL_VALIDATION_FAILED "], entry };
  }
  const fields = [{ coordinate: "House.code", cells: 2, rule: rule(version, `${key} House.code`), mask: "-" }];
  return {
    status: 200,
    data: { houses: { nodes: [{ code: "a" }, { code: "b" }] } },
    errors: [],
    entry: {
      ...nothingLeft,
      outcome: "answered",
      fields,
      rows: [{ dataset: "House", rows: 2 }],
      errors: [],
    },
  };
}
