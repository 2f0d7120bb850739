// Whose rows leave, on real services: consent and objection in the path of every request. What each test could break is
// named by its law (docs/architecture.md).
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestGateway, type Reply, type TestGateway } from "../support/test-gateway.js";
import { consentTown } from "./consent-town.js";

let gateway: TestGateway;
/** What reached the services, in order: the call and all that was asked, as a text. */
let calls: string[] = [];

beforeAll(async () => {
  gateway = await createTestGateway({
    ...consentTown,
    limits: { scanRows: 500 },
    around: (source) => ({
      name: source.name,
      kind: source.kind,
      abilities: source.abilities,
      page: (request, bounds) => (calls.push(JSON.stringify(["page", request])), source.page(request, bounds)),
      byKeys: (request, bounds) => (calls.push(JSON.stringify(["byKeys", request])), source.byKeys(request, bounds)),
      count: (request, bounds) => (calls.push(JSON.stringify(["count", request])), source.count(request, bounds)),
      describe: (from, bounds) => source.describe(from, bounds),
      close: () => source.close(),
    }),
  });
});
afterAll(() => gateway.close());
afterEach(() => {
  gateway.consents.clear();
  calls = [];
});

const decide = (key: string, people: readonly number[], units?: readonly string[]): void =>
  gateway.consents.decide(gateway.agreementOf(key), "resident", people, units);
const run = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: gateway.databases["people"]?.url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};
const access = (reply: Reply): unknown => reply.body.extensions?.["access"];
const codes = (reply: Reply): unknown[] => (reply.body.errors ?? []).map((error) => error.extensions["code"]);
const numbers = (reply: Reply): unknown =>
  (reply.body.data as { people: { nodes: { number: number }[] } }).people.nodes.map((node) => node.number);

describe("an agreement on consent", () => {
  it("gets nothing of anybody while nobody has decided (law 1)", async () => {
    const reply = await gateway.ask(
      "whole",
      "{ people { totalCount nodes { id number name } } accounts { totalCount nodes { balance } } }",
    );
    expect(reply.body.data).toEqual({
      people: { totalCount: 0, nodes: [] },
      accounts: { totalCount: 0, nodes: [] },
    });
    expect((await gateway.entry()).body).toMatchObject({ rows: [], subjects: 0, withheld: [] });
  });

  it.each([true, false])(
    "gets the consenting people's rows, pages full and counted among themselves (law 15); keys at hand: %s",
    async (held) => {
      decide("whole", [1, 3, 5]);
      gateway.consents.held = held;
      const first = await gateway.ask(
        "whole",
        "{ people(first: 2) { totalCount nodes { number } pageInfo { hasNextPage endCursor } } }",
      );
      const { people } = first.body.data as {
        people: { totalCount: number | null; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
      expect(numbers(first)).toEqual([1, 3]);
      // Only where the service was told the whole condition can it count.
      expect(people.totalCount).toBe(held ? 3 : null);
      expect(people.pageInfo.hasNextPage).toBe(true);
      const next = await gateway.ask(
        "whole",
        `query ($after: String) { people(first: 2, after: $after) { nodes { number } pageInfo { hasNextPage } } }`,
        { after: people.pageInfo.endCursor },
      );
      expect(next.body.data).toEqual({ people: { nodes: [{ number: 5 }], pageInfo: { hasNextPage: false } } });
      const back = await gateway.ask("whole", "{ people(last: 2) { nodes { number } pageInfo { hasPreviousPage } } }");
      expect(back.body.data).toEqual({
        people: { nodes: [{ number: 3 }, { number: 5 }], pageInfo: { hasPreviousPage: true } },
      });
      expect(access(back)).not.toHaveProperty("withheld");
    },
  );

  it("is decided anew for each request: what is withdrawn is gone from the next one (law 6)", async () => {
    decide("whole", [1, 2]);
    expect(numbers(await gateway.ask("whole", "{ people { nodes { number } } }"))).toEqual([1, 2]);
    gateway.consents.withdraw(gateway.agreementOf("whole"), "resident", [1]);
    expect(numbers(await gateway.ask("whole", "{ people { nodes { number } } }"))).toEqual([2]);
  });

  it("never shares what it keeps with another basis or other units of the same grant (law 12)", async () => {
    const query = "{ people { nodes { number name } } }";
    decide("advice", [1], ["family"]);
    const whole = await gateway.ask("whole", query);
    const advice = await gateway.ask("advice", query);
    const again = await gateway.ask("whole", query);
    expect(whole.body.data).toEqual({ people: { nodes: [] } });
    expect(advice.body.data).toEqual({ people: { nodes: [{ number: 1, name: null }] } });
    expect(again.body.data).toEqual(whole.body.data);
  });
});

describe("cells of rows that are visible by another unit", () => {
  it("are null, counted, and on record as withheld; what is in them makes no difference (laws 5, 10)", async () => {
    decide("advice", [1, 2, 3], ["family"]);
    decide("advice", [2], ["@contact"]);
    const reply = await gateway.ask("advice", "{ people { nodes { number name email } } }");
    expect(reply.body.data).toEqual({
      people: {
        nodes: [
          { number: 1, name: null, email: null },
          { number: 2, name: "Bruno", email: "bruno@example.org" },
          // Nothing is in its email: it is withheld all the same.
          { number: 3, name: null, email: null },
        ],
      },
    });
    expect(reply.body.errors).toBeUndefined();
    expect(access(reply)).toMatchObject({ withheld: { "Person.email": 2, "Person.name": 2 } });
    const { body } = await gateway.entry();
    expect(body.withheld).toEqual([
      { coordinate: "Person.email", cells: 2 },
      { coordinate: "Person.name", cells: 2 },
    ]);
    expect(body.fields.map(({ coordinate, cells }) => [coordinate, cells])).toEqual([
      ["Person.email", 1],
      ["Person.name", 1],
      ["Person.number", 3],
    ]);
    expect(body.outcome).toBe("answered");
  });

  it("are read by nobody's record: a field of which every cell was closed did not leave (law 5)", async () => {
    decide("advice", [1], ["family"]);
    await gateway.ask("advice", "{ people { nodes { number name } } }");
    expect((await gateway.entry()).body.fields.map(({ coordinate }) => coordinate)).toEqual(["Person.number"]);
  });

  it("cannot be filtered or sorted on, whatever people decided (law 2)", async () => {
    decide("advice", [1, 2], ["family", "@contact"]);
    for (const args of [
      'where: { name: { eq: "Aline" } }',
      "orderBy: [{ field: name }]",
      "where: { number: { eq: 1 } }",
    ]) {
      const reply = await gateway.ask("advice", `{ people(${args}) { nodes { number } } }`);
      expect(codes(reply)).toEqual(["FILTER_NOT_SHARED"]);
    }
    expect(calls).toEqual([]);
    // One unit: a row is visible with all of its cells or not at all.
    decide("whole", [1, 2]);
    const whole = await gateway.ask(
      "whole",
      '{ people(where: { name: { eq: "Aline" } }) { totalCount nodes { name } } }',
    );
    expect(whole.body.data).toEqual({ people: { totalCount: 1, nodes: [{ name: "Aline" }] } });
  });

  it("about somebody else than the row need that person's say; of closed ones nobody is recorded (law 5)", async () => {
    decide("advice", [2], ["House"]);
    const reply = await gateway.ask("advice", "{ houses { nodes { code street keeperName } } }");
    expect(reply.body.data).toEqual({
      houses: {
        nodes: [
          { code: "a", street: "Rue des Lilas", keeperName: "Bruno" },
          // Nobody keeps it: nobody has consented either.
          { code: "b", street: null, keeperName: null },
          { code: "c", street: "Quai Nord", keeperName: null },
        ],
      },
    });
    expect(access(reply)).toMatchObject({ withheld: { "House.keeperName": 2 } });
    expect((await gateway.entry()).body.subjects).toBe(1);
  });
});

describe("links", () => {
  it("are not followed where their cell is closed: the service is not asked by that key (law 2)", async () => {
    decide("advice", [1, 2], ["@contact"]);
    decide("advice", [2], ["family"]);
    const reply = await gateway.ask(
      "advice",
      "{ people { nodes { name house { code } accounts { nodes { number } } } } }",
    );
    expect(reply.body.data).toEqual({
      people: {
        nodes: [
          { name: "Aline", house: null, accounts: null },
          { name: "Bruno", house: { code: "a" }, accounts: { nodes: [] } },
        ],
      },
    });
    expect(access(reply)).toMatchObject({ withheld: { "Person.accounts": 1, "Person.house": 1 } });
    const asked = calls.filter((call) => call.startsWith('["byKeys"'));
    expect(asked).toHaveLength(2);
    // Aline's accounts are found by her number, which stands in no question.
    expect(asked.map((call) => (JSON.parse(call) as [string, { keys: unknown }])[1].keys)).toEqual([[["a"]], [[2]]]);
    expect((await gateway.entry()).body.fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ coordinate: "Person.accounts", cells: 1 }),
        expect.objectContaining({ coordinate: "Person.house", cells: 1 }),
      ]),
    );
  });

  it("lead to visible rows alone, at every level, and say nothing of the others (law 15)", async () => {
    decide("whole", [1, 3]);
    const reply = await gateway.ask(
      "whole",
      "{ houses { nodes { code people(first: 3) { nodes { number accounts(first: 5) { nodes { number holder { number } } } } pageInfo { hasNextPage } } } } accounts { nodes { number holder { number } } } }",
    );
    const of1 = [10, 11, 14].map((number) => ({ number, holder: { number: 1 } }));
    const of3 = [{ number: 12, holder: { number: 3 } }];
    expect(reply.body.data).toEqual({
      houses: {
        nodes: [
          { code: "a", people: { nodes: [{ number: 1, accounts: { nodes: of1 } }], pageInfo: { hasNextPage: false } } },
          { code: "b", people: { nodes: [{ number: 3, accounts: { nodes: of3 } }], pageInfo: { hasNextPage: false } } },
          { code: "c", people: { nodes: [], pageInfo: { hasNextPage: false } } },
        ],
      },
      accounts: { nodes: [of1[0], of1[1], of3[0], of1[2]] },
    });
    expect(reply.body.errors).toBeUndefined();
    expect(access(reply)).not.toHaveProperty("withheld");
  });

  it("do not tell from their other end what is shut on a row that is visible (laws 2, 15)", async () => {
    // Aline shows how to reach her, and not where she lives; Bruno shows both.
    decide("advice", [1, 2], ["@contact"]);
    decide("advice", [2], ["family"]);
    const people = await gateway.ask("advice", "{ people { nodes { name } } }");
    expect(people.body.data).toEqual({ people: { nodes: [{ name: "Aline" }, { name: "Bruno" }] } });
    const lives = "{ houses { nodes { code people { nodes { name } pageInfo { hasNextPage } } } } }";
    decide("advice", [1, 2], ["House"]);
    const reply = await gateway.ask("advice", lives);
    const found = (reply.body.data?.["houses"] as { nodes: { people: { nodes: unknown[] } | null }[] }).nodes;
    expect(found.flatMap(({ people: list }) => list?.nodes ?? [])).toEqual([{ name: "Bruno" }]);
  });
});

describe("an agreement on a public task", () => {
  const query = "{ accounts { totalCount nodes { number } } }";

  it("gets the rows of whoever has not objected, and those about nobody", async () => {
    const before = await gateway.ask("task", query);
    expect(before.body.data).toMatchObject({ accounts: { totalCount: 6 } });
    decide("task", [1], ["family"]);
    for (const held of [true, false]) {
      gateway.consents.held = held;
      const reply = await gateway.ask("task", query);
      expect(reply.body.data).toEqual({
        accounts: { totalCount: held ? 3 : null, nodes: [{ number: 12 }, { number: 13 }, { number: 15 }] },
      });
    }
  });

  it("loses the units that were objected to, on rows that stay visible", async () => {
    decide("task", [1], ["@contact"]);
    const reply = await gateway.ask("task", "{ people(first: 2) { totalCount nodes { number name } } }");
    expect(reply.body.data).toEqual({
      people: {
        totalCount: 5,
        nodes: [
          { number: 1, name: null },
          { number: 2, name: "Bruno" },
        ],
      },
    });
    expect(access(reply)).toMatchObject({ withheld: { "Person.name": 1 } });
    decide("task", [1], ["family"]);
    const gone = await gateway.ask("task", "{ people(first: 2) { totalCount nodes { number name } } }");
    expect(numbers(gone)).toEqual([2, 3]);
    expect(gone.body.data).toMatchObject({ people: { totalCount: 4 } });
  });
});

describe("who refused is as good as not there (law 15)", () => {
  const missing = 77;

  it("by an id kept from before: null, no error, no other call", async () => {
    decide("whole", [1, 2]);
    const { body } = await gateway.ask("whole", "{ people { nodes { id } } }");
    const id = (body.data as { people: { nodes: { id: string }[] } }).people.nodes[1]?.id;
    gateway.consents.withdraw(gateway.agreementOf("whole"), "resident", [2]);
    const query = "query ($id: ID!) { person(id: $id) { name accounts { nodes { number } } } node(id: $id) { id } }";
    calls = [];
    const hidden = await gateway.ask("whole", query, { id });
    const callsOfHidden = calls;
    await run("UPDATE person SET id = 77 WHERE id = 2");
    calls = [];
    const gone = await gateway.ask("whole", query, { id });
    await run("UPDATE person SET id = 2 WHERE id = 77");
    expect(hidden.body.data).toEqual({ person: null, node: null });
    expect(hidden.body.errors).toBeUndefined();
    expect(gone.body.data).toEqual(hidden.body.data);
    expect(callsOfHidden).toEqual(calls);
  });

  it.each([true, false])(
    "by any question that finds one person: the same answer, the same calls; keys at hand: %s",
    async (held) => {
      decide("whole", [1, 3, 5]);
      gateway.consents.held = held;
      const one = (ask: (who: number) => string): [typeof ask, number, number] => [ask, 2, missing];
      const questions = [
        one((who) => `{ people(where: { number: { eq: ${who} } }) { nodes { number } } }`),
        one(
          (who) =>
            `{ people(first: 1, where: { number: { eq: ${who} } }) { nodes { number name } pageInfo { hasNextPage } } }`,
        ),
        one(
          (who) =>
            `{ people(last: 1, where: { number: { in: [1, ${who}] } }) { nodes { number } pageInfo { hasPreviousPage } } }`,
        ),
        one(
          (who) =>
            `{ people(first: 1, where: { number: { gte: ${who}, lte: ${who} } }, orderBy: [{ field: name }]) { totalCount nodes { number } } }`,
        ),
        // Account 13 is of somebody who has decided nothing.
        [
          (who: number) =>
            `{ accounts(first: 1, where: { number: { eq: ${who} } }) { nodes { balance holder { number } } } }`,
          13,
          999,
        ] as const,
      ];
      for (const [question, refused, absent] of questions) {
        const told = [];
        for (const who of [refused, absent]) {
          calls = [];
          const { body } = await gateway.ask("whole", question(who));
          const seen = calls.map((call) => {
            const [kind, { filter, ...request }] = JSON.parse(call) as [string, { filter: unknown }];
            return {
              kind,
              ...request,
              filter: JSON.stringify(filter).replaceAll(`:${who}`, ":WHO").replaceAll(`,${who}`, ",WHO"),
            };
          });
          expect(seen).not.toHaveLength(0);
          told.push({ data: body.data, errors: body.errors, cost: body.extensions?.["cost"], seen });
        }
        expect(told[0]).toEqual(told[1]);
      }
    },
  );
});

describe("a list in the order of people's keys", () => {
  it("is walked along those who consented, where they are too many to ask by: no other row is read (law 2)", async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => 100_000 + i);
    decide("whole", [1, 3, 5, ...many]);
    const reply = await gateway.ask(
      "whole",
      "{ people(first: 2) { totalCount nodes { number } pageInfo { hasNextPage } } }",
    );
    expect(reply.body.data).toEqual({
      people: { totalCount: null, nodes: [{ number: 1 }, { number: 3 }], pageInfo: { hasNextPage: true } },
    });
    const asked = calls.map(
      (call) => (JSON.parse(call) as [string, { filter: { values: unknown[] } }])[1].filter.values,
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]?.slice(0, 4)).toEqual([1, 3, 5, 100_000]);
    expect(
      numbers(await gateway.ask("whole", "{ people(last: 2, where: { number: { lt: 5 } }) { nodes { number } } }")),
    ).toEqual([1, 3]);
  });
});

describe("what people have decided", () => {
  it("is asked for once, and only where the plan reaches people (law 13)", async () => {
    decide("advice", [1, 2, 3], ["family", "@contact"]);
    await gateway.ask("advice", "{ people { nodes { number house { code } } } accounts { nodes { number } } }");
    expect(gateway.consents.reads).toBe(1);
    // At most one question for each page of rows.
    expect(gateway.consents.asked.length).toBeLessThanOrEqual(3);
    gateway.consents.clear();
    await gateway.ask("advice", "{ places { nodes { code } } }");
    await gateway.ask("duty", "{ people { nodes { number } } }");
    await gateway.ask(null, "{ places { nodes { code } } }");
    expect(gateway.consents.reads).toBe(0);
  });

  it("does not narrow an agreement whose basis asks nobody", async () => {
    const reply = await gateway.ask("duty", "{ people { totalCount nodes { number } } }");
    expect(numbers(reply)).toEqual([1, 2, 3, 4, 5]);
    expect(access(reply)).not.toHaveProperty("withheld");
  });

  it("when it cannot be read, nothing leaves: 503, on record (laws 1, 4)", async () => {
    decide("whole", [1]);
    gateway.consents.failure = new Error("the store's words");
    const reply = await gateway.ask("whole", "{ people { nodes { number } } places { nodes { code } } }");
    expect(reply.status).toBe(503);
    expect(reply.body.data).toBeUndefined();
    expect(codes(reply)).toEqual(["CONSENT_UNAVAILABLE"]);
    expect(reply.headers["retry-after"]).toBe("2");
    expect(reply.text).not.toContain("words");
    expect(calls).toEqual([]);
    expect((await gateway.entry()).body).toMatchObject({ outcome: "failed", status: 503, rows: [], fields: [] });
  });

  it("when it cannot be read any more while rows are judged, nothing leaves either", async () => {
    decide("whole", [1]);
    const { consents } = gateway;
    const people = consents.people.bind(consents);
    Object.assign(consents, {
      people: async (...asked: Parameters<typeof people>) => {
        const set = await people(...asked);
        return set && { ...set, held: () => null, openUnits: () => Promise.reject(new Error("gone")) };
      },
    });
    try {
      const reply = await gateway.ask("whole", "{ people { nodes { number } } }");
      expect([reply.status, codes(reply)]).toEqual([503, ["CONSENT_UNAVAILABLE"]]);
    } finally {
      Object.assign(consents, { people });
    }
  });
});

describe("rows of one's own", () => {
  const as = (who: string): Record<string, string> => ({ "citizen-authorization": `Bearer ${who}` });
  const query = "{ people { totalCount nodes { number name birthDate accounts { nodes { number balance } } } } }";

  it("are the citizen's and their children's, less what guardians are excluded from, and nobody else's (law 1)", async () => {
    const reply = await gateway.ask("mine", query, {}, as("aline"));
    expect(reply.body.data).toEqual({
      people: {
        totalCount: 2,
        nodes: [
          {
            number: 1,
            name: "Aline",
            birthDate: "1980-05-01",
            accounts: {
              nodes: [
                { number: 10, balance: 12.5 },
                { number: 11, balance: -3 },
                { number: 14, balance: 1 },
              ],
            },
          },
          { number: 4, name: null, birthDate: null, accounts: { nodes: [] } },
        ],
      },
    });
    expect(access(reply)).toMatchObject({ withheld: { "Person.birthDate": 1 } });
    expect(numbers(await gateway.ask("mine", "{ people { nodes { number } } }", {}, as("bruno")))).toEqual([2]);
    expect(numbers(await gateway.ask("mine", "{ people { nodes { number } } }", {}, as("nobody")))).toEqual([]);
  });

  it("of one citizen are never another's, though both ask the same (law 12)", async () => {
    const ask = async (who: string) => (await gateway.ask("mine", query, {}, as(who))).text.includes("Aline");
    expect([await ask("aline"), await ask("bruno"), await ask("aline")]).toEqual([true, false, true]);
  });

  it("cannot be told by a field that guardians are excluded from (law 2)", async () => {
    const reply = await gateway.ask(
      "mine",
      "{ people(where: { birthDate: { isNull: false } }) { nodes { number } } }",
      {},
      as("aline"),
    );
    expect(codes(reply)).toEqual(["FILTER_NOT_SHARED"]);
    const allowed = await gateway.ask(
      "mine",
      "{ people(where: { number: { gt: 0 } }) { nodes { number } } }",
      {},
      as("aline"),
    );
    expect(numbers(allowed)).toEqual([1, 4]);
  });

  it("without a citizen are refused as what is not shared is, with the header that is missing (law 2)", async () => {
    const reply = await gateway.ask("mine", "{ people { nodes { number } } houses { nodes { code } } }");
    expect(reply.body.data).toEqual({ people: null, houses: { nodes: [{ code: "a" }, { code: "b" }, { code: "c" }] } });
    expect(codes(reply)).toEqual(["FIELD_NOT_SHARED"]);
    expect(reply.body.errors?.[0]?.message).toContain("Citizen-Authorization: Bearer");
    expect((await gateway.entry()).body.refused).toMatchObject([{ coordinate: "Person.*", reason: "no-citizen" }]);
    expect(calls.every((call) => !call.includes("public.person"))).toBe(true);
  });

  it("stand in the schema that a builder reads, citizen or not", async () => {
    const fields = async (headers: Record<string, string>): Promise<unknown> =>
      (await gateway.ask("mine", '{ __type(name: "Person") { fields { name } } }', {}, headers)).body.data;
    const names = ["id", "number", "name", "birthDate", "house", "accounts"].map((name) => ({ name }));
    expect(await fields({})).toEqual({ __type: { fields: names } });
    expect(await fields(as("aline"))).toEqual(await fields({}));
  });

  it("need the person's consent too where that is the basis", async () => {
    const before = await gateway.ask("mineByConsent", "{ people { nodes { number } } }", {}, as("aline"));
    expect(numbers(before)).toEqual([]);
    decide("mineByConsent", [1, 2, 3]);
    const after = await gateway.ask("mineByConsent", "{ people { totalCount nodes { number } } }", {}, as("aline"));
    expect(after.body.data).toEqual({ people: { totalCount: 1, nodes: [{ number: 1 }] } });
  });
});

describe("rows of a named filter", () => {
  it("are those of which it is certainly true; the service is told, the count is exact (law 15)", async () => {
    const reply = await gateway.ask("one", "{ people { totalCount nodes { number name } } }");
    // No score is not a score of 0 or more.
    expect(reply.body.data).toEqual({
      people: {
        totalCount: 3,
        nodes: [
          { number: 1, name: "Aline" },
          { number: 4, name: null },
          { number: 5, name: "Élise" },
        ],
      },
    });
    expect(calls.every((call) => call.includes('"op":"gte"'))).toBe(true);
    const usable = await gateway.ask(
      "one",
      '{ people(where: { name: { eq: "Bruno" } }) { totalCount nodes { number } } }',
    );
    expect(usable.body.data).toEqual({ people: { totalCount: 0, nodes: [] } });
  });

  it("are visible by any of several, each opening its own cells; none can be filtered on then (laws 2, 15)", async () => {
    const reply = await gateway.ask("some", "{ people { totalCount nodes { number email } } }");
    expect(reply.body.data).toEqual({
      people: {
        totalCount: 4,
        nodes: [
          { number: 1, email: null },
          { number: null, email: "bruno@example.org" },
          { number: 4, email: null },
          { number: 5, email: null },
        ],
      },
    });
    expect(access(reply)).toMatchObject({ withheld: { "Person.email": 3, "Person.number": 1 } });
    const filtered = await gateway.ask("some", "{ people(where: { number: { eq: 1 } }) { nodes { number } } }");
    expect(codes(filtered)).toEqual(["FILTER_NOT_SHARED"]);
  });
});

describe("a signed-in citizen", () => {
  it("stands in the erasable part of the entry, and nobody does without one (law 11)", async () => {
    await gateway.ask("duty", "{ people { nodes { number } } }", {}, { "citizen-authorization": "Bearer aline" });
    const signedIn = await gateway.entry();
    expect(signedIn.personal?.endUser).toMatchObject({ scheme: "resident" });
    expect(signedIn.canonical).not.toContain(String(signedIn.personal?.endUser?.token));
    expect(signedIn.intact).toBe(true);
    await gateway.ask("duty", "{ people { nodes { number } } }");
    expect((await gateway.entry()).personal).not.toHaveProperty("endUser");
  });

  it("whose token is not taken ends the request: it never falls back to nobody (law 1)", async () => {
    const reply = await gateway.ask(
      "duty",
      "{ people { nodes { number } } }",
      {},
      { "citizen-authorization": "Bearer x" },
    );
    expect([reply.status, codes(reply)]).toEqual([401, ["CITIZEN_NOT_AUTHENTICATED"]]);
    expect(calls).toEqual([]);
  });
});
