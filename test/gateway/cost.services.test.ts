// What operations cost, what is too dear, and who has spent what they may: on real databases. The figures are by hand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createCostBuckets } from "../../src/gateway/index.js";
import { createTestGateway, type Reply, type TestGateway } from "../support/test-gateway.js";
import { smallTown } from "./small-town.js";

const schema = smallTown.schema
  .replace("score: Float", 'score: Float @cost(weight: "0.1")')
  .replace("house: House @link", 'house: House @cost(weight: "2.5") @link')
  .replace(
    'email: String @personal(category: "EmailAddress")',
    'email: String @cost(weight: "500") @personal(category: "EmailAddress")',
  )
  .replace("accounts: [Account!] @link", "accounts: [Account!] @listSize(assumedSize: 2) @link")
  .replace("type House @dataset(", 'type House @cost(weight: "4") @listSize(assumedSize: 3) @dataset(');

const budget = { perOperation: 1_000, maximumAvailable: 1_500, restoreRate: 10 };
let now = 0;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await createTestGateway({
    ...smallTown,
    schema,
    limits: { cost: budget },
    budgets: {
      "meals/school-meals": { perOperation: 60, maximumAvailable: 100, restoreRate: 10 },
      "open-data/open-data": { perOperation: 60, maximumAvailable: 100, restoreRate: 10 },
    },
  });
});
afterAll(() => gateway.close());
beforeEach(() => void Object.assign(gateway.services, { costs: createCostBuckets({ now: () => now }) }));

const costOf = (reply: Reply) => reply.body.extensions?.["cost"];
const codes = (reply: Reply): unknown[] => (reply.body.errors ?? []).map((error) => error.extensions["code"]);

describe("what an operation costs", () => {
  it.each([
    // The list, and 5 of 50 people.
    ["{ people { nodes { name } } }", 51, 6],
    ["{ people(first: 2) { nodes { name } } }", 3, 3],
    ["{ people(last: 2) { edges { cursor node { name } } } }", 3, 3],
    // The list alone; with a count.
    ["{ people(first: 0) { nodes { name } } }", 1, 1],
    ["{ people { pageInfo { hasNextPage } } }", 1, 1],
    ["{ people { totalCount } }", 11, 11],
    // 1 + 2 × (person 1 + 2 values of 0.1).
    ["{ people(first: 2) { nodes { score again: score } } }", 3.4, 3.4],
    // 1 + 3 × (person 1 + link 2.5 + house 4): each of the first three has one; 1 + 5 × 3.5 + 4 × 4 with all.
    ["{ people(first: 3) { nodes { house { code } } } }", 23.5, 23.5],
    ["{ people(first: 5) { nodes { house { code } } } }", 38.5, 34.5],
    // By @listSize: 1 + 3 × 4 houses; 1 + 5 × (1 + link 1 + 2 accounts), where one person has 3 and one has 1.
    ["{ houses { nodes { code } } }", 13, 13],
    ["{ houses(first: 10) { nodes { code } } }", 41, 13],
    ["{ people(first: 5) { nodes { accounts { nodes { balance } } } } }", 21, 15],
    ["{ people(first: 5) { nodes { accounts(first: 3) { nodes { balance } } } } }", 26, 15],
    ["{ __typename }", 0, 0],
    ['{ __type(name: "Person") { name } }', 1, 1],
  ])("%s", async (query, requestedQueryCost, actualQueryCost) => {
    const reply = await gateway.ask("all", query);
    expect(reply.body.errors).toBeUndefined();
    expect(costOf(reply)).toEqual({
      requestedQueryCost,
      actualQueryCost,
      throttleStatus: {
        maximumAvailable: 1_500,
        currentlyAvailable: Math.floor(1_500 - actualQueryCost),
        restoreRate: 10,
      },
    });
  });

  it("is more than was estimated where @listSize says too little: a page bounds it", async () => {
    const query = "{ people(first: 1) { nodes { accounts { nodes { number } } } } }";
    expect(costOf(await gateway.ask("all", query))).toMatchObject({ requestedQueryCost: 5, actualQueryCost: 6 });
  });

  it("holds nothing of what is refused: not its weight, nor what lies below it (laws 2, 15)", async () => {
    // Person.email weighs 500 and is not shared with meals; House has no field that is.
    const bare = await gateway.ask("meals", "{ people(first: 2) { nodes { number } } }");
    const asking = await gateway.ask(
      "meals",
      "{ people(first: 2) { nodes { number email house { code street } } } houses(first: 50) { nodes { code } } }",
    );
    expect(codes(asking)).toContain("FIELD_NOT_SHARED");
    expect(costOf(bare)).toMatchObject({ requestedQueryCost: 3, actualQueryCost: 3 });
    expect(costOf(asking)).toMatchObject({ requestedQueryCost: 3, actualQueryCost: 3 });
  });

  it("of open data is told, but not what others without a key have left of it", async () => {
    expect(costOf(await gateway.ask(null, "{ places { nodes { code } } }"))).toEqual({
      requestedQueryCost: 51,
      actualQueryCost: 3,
    });
  });
});

describe("an operation that is too dear", () => {
  it("is refused before anything is read, with the figures and where to begin, and costs nothing", async () => {
    const query = "{ people(first: 40) { nodes { number accounts { nodes { number } } } } }";
    const reply = await gateway.ask("meals", query);
    expect(reply.status).toBe(400);
    expect(reply.body).toEqual({
      errors: [
        {
          message:
            "This operation could cost 161; one operation of meals/school-meals may cost 60. Most of it, 120, is for `accounts`: give it or the lists above it a smaller `first`, or ask in several operations.",
          locations: [{ line: 1, column: 38 }],
          extensions: { code: "COST_EXCEEDED", figure: 161, limit: 60 },
        },
      ],
      extensions: {
        access: { entry: reply.headers["passerelle-access"] },
        cost: {
          requestedQueryCost: 161,
          actualQueryCost: null,
          throttleStatus: { maximumAvailable: 100, currentlyAvailable: 100, restoreRate: 10 },
        },
      },
    });
    const { body } = await gateway.entry();
    expect(body).toMatchObject({ outcome: "invalid", status: 400, errors: ["COST_EXCEEDED"], fields: [], rows: [] });
    // The same is no matter for an agreement that may spend more.
    expect((await gateway.ask("all", query)).status).toBe(200);
  });

  it("is one that names an alias no more than any other: names of the schema alone are told", async () => {
    const reply = await gateway.ask("meals", "{ Secret0: people(first: 500) { nodes { number } } }");
    expect(codes(reply)).toEqual(["COST_EXCEEDED"]);
    expect(reply.text).toContain("`people`");
    expect(reply.text).not.toContain("Secret0");
  });
});

describe("an agreement that has spent what it may", () => {
  const query = "{ people(first: 50) { nodes { number } } }";

  it("is told when to come again, is recorded, and is let in again then", async () => {
    // 6 of the 51 that each may cost are spent: 100, 94, 88 … until less than 51 is left.
    for (let i = 0; i < 9; i++) expect((await gateway.ask("meals", query)).status).toBe(200);
    const reply = await gateway.ask("meals", query);
    expect(reply.status).toBe(429);
    expect(reply.headers["retry-after"]).toBe("1");
    expect(reply.headers["passerelle-access"]).toBeDefined();
    expect(reply.body).toEqual({
      errors: [
        {
          message:
            "This operation could cost 51, and 46 is left for meals/school-meals; 10 come back each second: try again in 1 s.",
          extensions: { code: "THROTTLED", retryAfterSeconds: 1 },
        },
      ],
      extensions: {
        access: { entry: reply.headers["passerelle-access"] },
        cost: {
          requestedQueryCost: 51,
          actualQueryCost: null,
          throttleStatus: { maximumAvailable: 100, currentlyAvailable: 46, restoreRate: 10 },
        },
      },
    });
    const entry = await gateway.entry();
    expect(entry.body).toMatchObject({ outcome: "refused", status: 429, errors: ["THROTTLED"], fields: [], rows: [] });
    // Cheaper ones still go through, other agreements do too, and both keys of one agreement are one.
    expect((await gateway.ask("meals", "{ people(first: 1) { nodes { number } } }")).status).toBe(200);
    expect((await gateway.ask("all", query)).status).toBe(200);
    now += 1_000;
    expect((await gateway.ask("meals", query)).status).toBe(200);
  });

  it("without a key is everybody without one, and is told nothing of the others", async () => {
    const places = "{ places(first: 50) { nodes { code } } }";
    const replies: Reply[] = [];
    for (let i = 0; i < 40; i++) replies.push(await gateway.ask(null, places));
    const refused = replies.filter((reply) => reply.status === 429);
    // 3 of 51 are spent by each: 100, 97 … 52, 49.
    expect(refused).toHaveLength(40 - 17);
    for (const reply of refused) {
      expect(reply.body.errors?.[0]?.message).toBe(
        "This operation could cost 51; 10 come back each second: try again in 1 s.",
      );
      expect(costOf(reply)).toEqual({ requestedQueryCost: 51, actualQueryCost: null });
    }
  });

  it("is not charged for what is refused by its rules, nor for what is no operation", async () => {
    for (let i = 0; i < 5; i++) {
      expect(
        (await gateway.ask("meals", '{ people(first: 50, where: { email: { eq: "x" } }) { nodes { number } } }'))
          .status,
      ).toBe(400);
      expect((await gateway.ask("meals", "{ people { nothing } }")).status).toBe(400);
      expect((await gateway.ask("strict", "{ people(first: 50) { nodes { number email } } }")).status).toBe(400);
    }
    expect(costOf(await gateway.ask("meals", "{ __typename }"))).toMatchObject({
      throttleStatus: { currentlyAvailable: 100 },
    });
  });

  it("keeps the estimate of what broke off: its work was done", async () => {
    const { server } = gateway.services;
    const breaking: typeof server = {
      run: (parameters, accept, context) => {
        // What nobody foresaw, after the debit and before an answer.
        Object.assign(context, { gates: broken });
        return server.run(parameters, accept, context);
      },
    };
    Object.assign(gateway.services, { server: breaking });
    try {
      expect((await gateway.ask("meals", query)).status).toBe(500);
    } finally {
      Object.assign(gateway.services, { server });
    }
    expect(costOf(await gateway.ask("meals", "{ __typename }"))).toMatchObject({
      throttleStatus: { currentlyAvailable: 49 },
    });
  });
});

const broken = (): never => {
  throw new TypeError("broken in this test");
};
