// A version beside the one in force. It could break law 1 (it serves), 5 and 11 (it keeps what it saw), 12 (a cache of
// its own decisions answers somebody): here it may change nothing, and tells what it would have decided otherwise.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { answer, createShadow, type CurrentVersion } from "../../src/gateway/index.js";
import type { Known } from "../../src/gateway/known-request.js";
import { ShadowStore, type LookedCount } from "../../src/policy/index.js";
import { createTestGateway, tenant, type Reply, type TestGateway } from "../support/test-gateway.js";
import { smallRules, smallSchema, smallTown } from "./small-town.js";

let gateway: TestGateway;
let broken: (() => Promise<CurrentVersion>) | undefined;
beforeAll(async () => {
  const cost = { perOperation: 100_000, maximumAvailable: 200_000, restoreRate: 5_000 };
  gateway = await createTestGateway({ ...smallTown, limits: { cost }, shadowVersion: () => broken?.() });
});
afterEach(async () => {
  broken = undefined;
  await gateway.applyShadow(null);
});
afterAll(() => gateway.close());

/** Opens all of it for everybody, as no town would. */
const openRules = [
  ...["number", "name", "birthDate", "email", "score", "seen", "active", "house", "accounts"].map((f) => `Person.${f}`),
  ...["House.code", "House.street", "House.people", "Account.number", "Account.balance", "Account.holder"],
  ...["Secret.number", "Place.code", "Place.label"],
]
  .map((field) => `p, *, *, ${field}, all, -, allow`)
  .join("\n");
const openSchema = smallSchema.replace("status: QUALIFIED", "status: SHARED");

const asked: readonly (readonly [string | null, string, Record<string, unknown>?])[] = [
  [
    "meals",
    "{ people { nodes { id number name birthDate email score house { street } accounts(first: 2) { balance } } } }",
  ],
  ["meals", '{ people(where: { email: { eq: "aline@example.org" } }) { nodes { number } } }'],
  [
    "meals",
    "query ($w: PersonWhere) { people(where: $w) { nodes { number } totalCount } }",
    { w: { number: { gt: 2 } } },
  ],
  ["meals", "{ houses { nodes { street } } }"],
  ["strict", "{ people { nodes { number email } } }"],
  ["all", "{ people(first: 2) { nodes { number email house { street people { email } } } pageInfo { endCursor } } }"],
  ["all", "{ secrets { nodes { number } } }"],
  ["all", "{ people { nodes { number "],
  ["all", "{ nothing }"],
  ["old", "{ people { nodes { number } } }"],
  ["meals", '{ __type(name: "Person") { fields { name } } }'],
  ["meals", "{ __schema { queryType { fields { name } } } }"],
  [null, "{ places { nodes { code label } } }"],
  [null, "{ people { nodes { email } } }"],
  ["no key of ours", "{ people { nodes { email } } }"],
];

/** The answer and the entry, less what differs between any two requests. */
async function round(): Promise<unknown[]> {
  const told: unknown[] = [];
  for (const [key, query, variables] of asked) {
    const reply = await gateway.ask(key, query, variables);
    const id = reply.headers["passerelle-access"];
    const entry = id === undefined ? null : await gateway.log.read(tenant, id);
    const alike = (text: string): string => (id === undefined ? text : text.replaceAll(id, "(id)"));
    const { at, durationMs, personal, ...body } = entry?.body ?? {};
    expect([at === undefined, durationMs === undefined, personal === undefined]).toEqual(Array(3).fill(entry === null));
    told.push([
      reply.status,
      alike(JSON.stringify(reply.headers)),
      alike(reply.text),
      alike(JSON.stringify(body)),
      entry?.personal,
    ]);
  }
  return told;
}

const report = async (): Promise<{ looked: unknown[]; differences: string[] }> => {
  await gateway.shadow.flush();
  const store = new ShadowStore(gateway.store.keeper);
  const shadow = await store.last(tenant);
  if (shadow === null) throw new Error("there was no shadow");
  const { looked, differences } = await store.report(tenant, shadow.version, null);
  return {
    looked: looked.map(({ agreement, ...figures }) => [agreement, ...Object.values(figures)]),
    differences: differences.map(
      ({ agreement, kind, coordinate, before, after, rule, requests }) =>
        `${agreement}: ${kind} ${coordinate} (${before} → ${after}) by ${rule ?? "-"}, ${requests}`,
    ),
  };
};

const people = "{ people(first: 1) { nodes { number name birthDate email } } }";

describe("a shadow that opens everything", () => {
  it("changes no answer and no entry, not even of introspection, and leaks nothing", async () => {
    const without = await round();
    await gateway.applyShadow(openRules, openSchema);
    // Twice: the second time what the shadow has planned, cached and compiled is there.
    expect(await round()).toEqual(without);
    await gateway.shadow.flush();
    expect(await round()).toEqual(without);
    expect((await report()).differences).not.toEqual([]);
  });

  it("keeps nothing of what was asked: no value, no variable, no name that an application chose", async () => {
    await gateway.applyShadow(openRules, openSchema);
    const chosen =
      "query chosenName($chosenVariable: String) { chosenAlias: people(where: { email: { eq: $chosenVariable } }) { nodes { number } } }";
    await gateway.ask("meals", chosen, { chosenVariable: "aline@example.org" });
    await gateway.ask("meals", "query chosenName { chosenAlias: chosenField { nodes { chosenField } } }");
    await gateway.shadow.flush();
    const rows = [
      ...(await gateway.store.keeper.query<unknown[]>("SELECT * FROM shadow_difference")),
      ...(await gateway.store.keeper.query<unknown[]>("SELECT * FROM shadow_looked")),
    ];
    expect(JSON.stringify(rows)).toContain("filter-gained");
    expect(JSON.stringify(rows)).not.toMatch(/chosen|aline/i);
  });
});

describe("a shadow", () => {
  it("tells per agreement and field what it would have decided otherwise, and by which line", async () => {
    const rules = smallRules
      .replace("Person.birthDate, all, year", "Person.birthDate, all, -")
      .replace("p, meals, school-meals, Person.name, all, redact, allow\n", "")
      .replace("p, meals, *, Person.email, -, -, deny", "p, meals, school-meals, Person.email, all, -, allow");
    await gateway.applyShadow(rules);
    for (let n = 0; n < 3; n++) await gateway.ask("meals", people);
    await gateway.ask("meals", "{ people(where: { email: { isNull: true } }) { nodes { number } } }");
    await gateway.ask("all", people);
    const line = (start: string): string =>
      `policies/testville/rules.csv:${rules.split("\n").findIndex((each) => each.startsWith(start)) + 1}`;
    expect(await report()).toEqual({
      looked: [
        ["all/everything", 1, 0, 0, 0],
        ["meals/school-meals", 4, 4, 0, 0],
      ],
      differences: [
        `meals/school-meals: mask Person.birthDate (all year → all -) by ${line("p, meals, school-meals, Person.birthDate")}, 3`,
        `meals/school-meals: gained Person.email (denied → all -) by ${line("p, meals, school-meals, Person.email")}, 3`,
        `meals/school-meals: lost Person.name (all redact → no-rule) by -, 3`,
        `meals/school-meals: filter-gained Person.email (denied → all -) by ${line("p, meals, school-meals, Person.email")}, 1`,
      ],
    });
  });

  it("cannot open what the agreement does not list, not even in its own telling", async () => {
    const rules = `${smallRules}p, meals, school-meals, Account.number, all, -, allow\n`;
    await gateway.applyShadow(rules);
    await gateway.ask("meals", "{ accounts { nodes { number holder { number } } } }");
    expect((await report()).differences).toEqual([
      expect.stringMatching(/^meals\/school-meals: gained Account\.number \(no-rule → all -\)/),
    ]);
  });

  it("tells operations that could not be asked any more, and ones that could, by the parts of the schema", async () => {
    await gateway.applyShadow(
      smallRules.replaceAll(/^p, all, everything, Person\.score.*\n/gm, ""),
      openSchema.replace("  score: Float\n", ""),
    );
    await gateway.ask("all", "{ people { nodes { number score } } }");
    await gateway.ask("all", "{ secrets { nodes { number } } }");
    expect((await report()).differences).toEqual([
      "all/everything: invalid Person.score (can be asked → GRAPHQL_VALIDATION_FAILED) by -, 1",
      "all/everything: valid Query.secrets (GRAPHQL_VALIDATION_FAILED → can be asked) by -, 1",
    ]);
  });

  it("looks at no more than it has room for, and counts the others", async () => {
    await gateway.applyShadow(openRules, openSchema);
    const taken: Known[] = [];
    const services = { ...gateway.services, shadow: (known: Known) => void taken.push(known) };
    const headers = new Map([
      ["content-type", "application/json"],
      ["authorization", "Bearer all"],
    ]);
    const body = Buffer.from(JSON.stringify({ query: people }));
    const signal = new AbortController().signal;
    const id = randomUUID();
    await answer(services, {
      id,
      tenant,
      arrivedAt: new Date(),
      method: "POST",
      headers,
      body,
      bodyFault: null,
      signal,
    });
    const [known] = taken;
    if (known === undefined) throw new Error("the shadow was not told");
    const written: LookedCount[] = [];
    const narrow = createShadow({
      version: () => Promise.reject(new Error("none")),
      write: ({ looked }) => Promise.resolve(void written.push(...looked)),
      derived: gateway.services.derived,
      limits: gateway.services.limits,
      report: () => undefined,
      waiting: 2,
      writeEveryMs: 0,
    });
    for (let n = 0; n < 5; n++) narrow.look(known);
    await narrow.flush();
    await narrow.close();
    expect(written).toMatchObject([{ agreement: "all/everything", looked: 0, failed: 2, skipped: 3 }]);
  });

  it("is felt by nobody when it fails or hangs: counted and told, and that is all", async () => {
    const without = await gateway.ask("all", people);
    await gateway.applyShadow(openRules, openSchema);
    broken = () => Promise.reject(new Error("aline@example.org"));
    const same = (reply: Reply): unknown => reply.body.data;
    expect(same(await gateway.ask("all", people))).toEqual(same(without));
    expect((await report()).looked).toEqual([["all/everything", 0, 0, 0, 1]]);
    broken = () => new Promise(() => undefined);
    for (let n = 0; n < 5; n++) expect(same(await gateway.ask("all", people))).toEqual(same(without));
  });
});
