// One plan serves every id and every cursor of an operation. The laws that this could break: 9 and 15 (what one request
// asks for is never answered to another), 12 (nobody is answered by a plan that was made for somebody else).
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/catalogue/index.js";
import { chooseOperation, validateDocument } from "../../src/gateway/check-document.js";
import { coerceVariables } from "../../src/gateway/coerce-variables.js";
import type { CurrentVersion } from "../../src/gateway/current.js";
import { boundPlan, keptPlans } from "../../src/gateway/known-plans.js";
import type { Bound, Plan } from "../../src/gateway/plan.js";
import { planOperation } from "../../src/gateway/plan-operation.js";
import { Seals } from "../../src/gateway/seals.js";
import { DerivedKeys } from "../../src/identity/index.js";
import type { Value } from "../../src/terms/index.js";
import { testCaller, testLimits, testSecrets } from "../support/test-gateway.js";
import { catalogue, house, person, schema, view } from "./planning-town.js";

const derived = new DerivedKeys(testSecrets);
const { agreement } = testCaller("all", { application: "app", purpose: "tests", fields: [], basis: "public-task" });
const seals = new Seals(derived, agreement);
const idOf = (dataset: Dataset, key: NonNullable<Value>, by = seals): string => by.ids(dataset, [[key]])[0] ?? "";
const byNumber = person.key.map(({ column }) => ({ column, direction: "asc" as const }));
const cursorOf = (number: number): string => seals.cursors("Query.people", byNumber, [[number]])[0] ?? "";
const strange = idOf(person, 1, new Seals(derived, { ...agreement, id: `${agreement.id.slice(0, -1)}f` as never }));

const policy = { id: "v1" } as CurrentVersion["policy"];
const asker = { agreement, policy, view, seals };

interface Planned {
  readonly plan: Plan;
  readonly bound: Bound;
}

function asking(text: string): (variables: Record<string, unknown>, by?: Partial<typeof asker>) => Planned {
  const document = parse(text);
  validateDocument(schema, document);
  return (given, by = {}) => {
    const chosen = chooseOperation(document, null);
    const { operation, fragments, late } = chosen;
    const variables = coerceVariables(schema, operation, given);
    const context = { schema, catalogue: catalogue as never, view, seals, limits: testLimits, contact: "" };
    const { known, bound } = boundPlan(chosen, { ...asker, variables, ...by }, () =>
      planOperation({ ...context, collect: { fragments, variables }, late: late.names }, operation),
    );
    return { plan: known.plan, bound };
  };
}

const byId = "query ($id: ID!) { person(id: $id) { name } }";
const codes = ({ plan }: Planned): string[] => plan.errors.map(({ code }) => code);

describe("a plan that many ids share", () => {
  it("is made once, and each request is answered by its own id", () => {
    const ask = asking(byId);
    const [one, two] = [ask({ id: idOf(person, 11) }), ask({ id: idOf(person, 22) })];
    expect(two.plan).toBe(one.plan);
    expect([one.bound.keys, two.bound.keys]).toEqual([[[[11]]], [[[22]]]]);
    // What stays in memory for others holds nothing of a request.
    expect(one.plan.fixed).toEqual({ keys: [[]], after: [null] });
  });

  it("is not the plan of an id that does not open: null with its error, nothing below it read", () => {
    const ask = asking(byId);
    // Before the others and after them.
    for (const wrong of [strange, "x", idOf(house, "a"), ""]) {
      const refused = ask({ id: wrong });
      expect([codes(refused), refused.plan.batches]).toEqual([["INVALID_ID"], []]);
      const made = ask({ id: idOf(person, 5) });
      expect([codes(made), made.bound.keys]).toEqual([[], [[[5]]]]);
    }
  });

  it("is one for each type that an id of node names", () => {
    const ask = asking("query ($id: ID!) { node(id: $id) { id ... on Person { name } ... on House { street } } }");
    const [one, two, other] = [
      ask({ id: idOf(person, 1) }),
      ask({ id: idOf(person, 2) }),
      ask({ id: idOf(house, "a") }),
    ];
    expect(two.plan).toBe(one.plan);
    expect([one, other].map(({ plan }) => plan.batches[0]?.dataset.name)).toEqual(["Person", "House"]);
    expect(other.bound.keys).toEqual([[["a"]]]);
    expect([codes(ask({ id: strange })), codes(ask({ id: "x" }))]).toEqual([["INVALID_ID"], ["INVALID_ID"]]);
  });

  it("holds ids that are written into the operation", () => {
    const ask = asking(`query ($id: ID!) { a: person(id: "${idOf(person, 7)}") { name } b: person(id: $id) { name } }`);
    expect([1, 2].map((number) => ask({ id: idOf(person, number) }).bound.keys)).toEqual([
      [[[7]], [[1]]],
      [[[7]], [[2]]],
    ]);
  });

  it("takes a variable's default as a value like any other", () => {
    const ask = asking(`query ($id: ID = "${idOf(person, 9)}") { person(id: $id) { name } }`);
    const [usual, given] = [ask({}), ask({ id: idOf(person, 3) })];
    expect(given.plan).toBe(usual.plan);
    expect([usual.bound.keys, given.bound.keys]).toEqual([[[[9]]], [[[3]]]]);
    expect(() => ask({ id: null })).toThrow();
  });
});

describe("a plan that many cursors share", () => {
  const page =
    "query ($a: String, $n: Int) { people(after: $a, first: $n) { nodes { name } pageInfo { hasPreviousPage } } }";

  it("is made once, but for pages from the beginning", () => {
    const ask = asking(page);
    const [one, two, first] = [ask({ a: cursorOf(1) }), ask({ a: cursorOf(2) }), ask({ a: null })];
    expect(two.plan).toBe(one.plan);
    expect([one, two, first, ask({})].map(({ bound }) => bound.after)).toEqual([[[1]], [[2]], [null], [null]]);
    expect([one, first].map(({ plan }) => plan.batches[0]?.resumed)).toEqual([true, false]);
  });

  it("is another where another variable differs", () => {
    const ask = asking(page);
    const plans = [1, 2].map((n) => ask({ a: cursorOf(1), n }).plan);
    expect(plans.map(({ batches }) => batches[0]?.limit)).toEqual([1, 2]);
  });

  it("is not the plan of a cursor that does not open", () => {
    const ask = asking(page);
    const other = seals.cursors("House.people", byNumber, [[1]])[0];
    for (const a of ["", "x", other]) {
      const refused = ask({ a });
      expect([codes(refused), refused.plan.batches]).toEqual([["INVALID_CURSOR"], []]);
      expect(ask({ a: cursorOf(4) }).bound.after).toEqual([[4]]);
    }
  });

  it("reads backward from a cursor of the same order", () => {
    const ask = asking("query ($b: String) { people(before: $b, last: 2) { nodes { name } } }");
    expect([8, 9].map((number) => ask({ b: cursorOf(number) }).bound.after)).toEqual([[[8]], [[9]]]);
  });

  it("reads equal pages once, whatever earlier requests asked, also where one cursor is written out", () => {
    const twice = asking(
      "query ($a: String, $b: String) { x: people(after: $a) { nodes { name } } y: people(after: $b) { nodes { name } } }",
    );
    const afters = (...numbers: number[]): unknown => {
      const [a, b] = numbers.map(cursorOf);
      return twice({ a, b }).bound.after;
    };
    expect([afters(1, 2), afters(3, 3), afters(4, 4), afters(5, 6)]).toEqual([[[1], [2]], [[3]], [[4]], [[5], [6]]]);
    const beside = asking(
      `query ($a: String) { x: people(after: $a) { nodes { name } } y: people(after: "${cursorOf(1)}") { nodes { name } } }`,
    );
    expect([2, 1, 3].map((number) => beside({ a: cursorOf(number) }).bound.after)).toEqual([
      [[2], [1]],
      [[1]],
      [[3], [1]],
    ]);
  });
});

it("a plan is nobody else's: agreement, its version and secret, policy version, and footing (law 12)", () => {
  const ask = asking(byId);
  const variables = { id: idOf(person, 1) };
  const others: Partial<typeof asker>[] = [
    {},
    { agreement: { ...agreement, id: "00000000-0000-4000-8000-00000000000f" as never } },
    { agreement: { ...agreement, version: 2 } },
    { agreement: { ...agreement, secret: 2 } },
    { policy: { id: "v2" } as CurrentVersion["policy"] },
    { view: { ...view, fingerprint: "with a citizen" } },
  ];
  const plans = others.map((by) => ask(variables, by).plan);
  expect(new Set(plans).size).toBe(others.length);
  expect(others.map((by) => ask(variables, by).plan)).toEqual(plans);
});

describe("plans that are kept", () => {
  const page = "query ($n: Int) { people(first: $n) { nodes { id name } } }";
  // Law 13: 5,000 plans of 250 documents, and filters of a thousand names, took some 100 MB and there was no end to it.
  it("take so much memory at most, whatever is asked, and what was asked last is kept", () => {
    for (let text = 0; text < 250; text++) {
      const ask = asking(page.replace("name", `a${text}: name`));
      for (let n = 1; n <= 20; n++) ask({ n });
    }
    const many = asking("query ($w: PersonWhere) { people(where: $w) { nodes { name } } }");
    const named = (i: number) => ({
      w: { name: { in: Array.from({ length: 900 }, (_, k) => `${i} ${k}`.repeat(9)) } },
    });
    for (let i = 0; i < 300; i++) many(named(i));
    expect(keptPlans()).toBeGreaterThan(30_000_000);
    expect(keptPlans()).toBeLessThanOrEqual(64_000_000);
    expect(many(named(299)).plan).toBe(many(named(299)).plan);
  });

  it("are not of a document that alone would take it all", () => {
    const ask = asking(`${page} ${`# ${"x".repeat(98)}\n`.repeat(7_000)}`);
    expect(ask({ n: 1 }).plan).not.toBe(ask({ n: 1 }).plan);
  });
});

// Law 13: hundreds of operations, each looked through with hundreds of fragments, took half a second of everybody's time.
it("of a document with many operations and fragments only what is asked for is looked through, once", () => {
  const many = Array.from({ length: 200 }, (_, i) => i);
  const fragments = many.map((i) => `fragment f${i} on Query { ${i === 199 ? "__typename" : `...f${i + 1}`} }`);
  const document = parse([...many.map((i) => `query q${i} { ...f0 }`), ...fragments].join(" "));
  let looks = 0;
  for (const definition of document.definitions) {
    const { selectionSet } = definition as { selectionSet: unknown };
    Object.defineProperty(definition, "selectionSet", { get: () => (looks++, selectionSet), enumerable: true });
  }
  for (let time = 0; time < 2; time++) expect(chooseOperation(document, "q7").late.names.size).toBe(0);
  expect(looks).toBeLessThan(10 * many.length);
  expect(looks).toBeGreaterThan(0);
});
