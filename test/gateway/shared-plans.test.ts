// Whatever was asked before, by the same text with other variables: a request that is served by a plan at hand is planned and
// bound as if it had come alone (laws 2, 3, 9 and 12).
import fc from "fast-check";
import { parse } from "graphql";
import { expect, it } from "vitest";
import type { Dataset } from "../../src/catalogue/index.js";
import { chooseOperation, validateDocument } from "../../src/gateway/check-document.js";
import { coerceVariables } from "../../src/gateway/coerce-variables.js";
import { boundPlan } from "../../src/gateway/known-plans.js";
import { planOperation } from "../../src/gateway/plan-operation.js";
import { Seals } from "../../src/gateway/seals.js";
import { DerivedKeys } from "../../src/identity/index.js";
import type { Value } from "../../src/terms/index.js";
import { testCaller, testLimits, testSecrets } from "../support/test-gateway.js";
import { describePlan } from "./describe-plan.js";
import { catalogue, house, person, schema, view } from "./planning-town.js";

const derived = new DerivedKeys(testSecrets);
const { agreement: first } = testCaller("all", { application: "a", purpose: "t", fields: [], basis: "public-task" });
const second = { ...first, id: `${first.id.slice(0, -1)}${first.id.endsWith("f") ? "e" : "f"}` as typeof first.id };
const askers = [first, second].map((agreement) => ({ agreement, seals: new Seals(derived, agreement) }));
const policy = { id: "v1" } as never;

const idOf = (seals: Seals, dataset: Dataset, key: NonNullable<Value>): string => seals.ids(dataset, [[key]])[0] ?? "";
const byNumber = person.key.map(({ column }) => ({ column, direction: "asc" as const }));
const cursorOf = (seals: Seals, at: string, number: number): string => seals.cursors(at, byNumber, [[number]])[0] ?? "";
const idsOf = (seals: Seals): readonly string[] => [
  ...[1, 2].map((number) => idOf(seals, person, number)),
  ...["a", "b"].map((code) => idOf(seals, house, code)),
];
const cursorsOf = (seals: Seals): readonly string[] => [
  ...[1, 2, 3].map((number) => cursorOf(seals, "Query.people", number)),
  cursorOf(seals, "House.people", 1),
];
type Asker = (typeof askers)[number];
/** What a variable holds: mostly what its asker was given. */
const odd = fc.constantFrom<() => unknown>(...[null, undefined, "", "x"].map((value) => () => value));
const nth = (all: (seals: Seals) => readonly string[]) =>
  fc.nat(3).map(
    (at) =>
      ({ seals }: Asker): unknown =>
        all(seals)[at],
  );
const foreign = fc.nat(3).map((at) => ({ seals }: Asker): unknown => {
  const other = askers.find((asker) => asker.seals !== seals)?.seals ?? seals;
  return [idsOf(other), cursorsOf(other)][at % 2]?.[at];
});
const id = fc.oneof({ weight: 8, arbitrary: nth(idsOf) }, { weight: 1, arbitrary: fc.oneof(odd, foreign) });
const cursor = fc.oneof({ weight: 8, arbitrary: nth(cursorsOf) }, { weight: 2, arbitrary: fc.oneof(odd, foreign) });

/** ID and CURSOR stand for a variable or, seldom, for what could be its value. */
const places = [
  "person(id: ID) { name }",
  "person(id: ID) { id house { people(after: CURSOR, first: $n) { nodes { name } pageInfo { endCursor } } } }",
  "house(id: ID) { street people(after: CURSOR) { nodes { number } } }",
  "node(id: ID) { id ... on Person { name } ... on House { street } }",
  "people(after: CURSOR) { nodes { name } }",
  "people(after: CURSOR) { nodes { name } }",
  "people(after: CURSOR, first: $n) { nodes { name } pageInfo { hasPreviousPage } }",
  "people(before: CURSOR, last: 2) { edges { cursor node { number } } }",
  "people(where: { name: { eq: CURSOR } }, first: $n) { nodes { id } }",
  "people(where: $w, after: CURSOR) { totalCount nodes { id } }",
  "people(where: { or: [$w, { number: { eq: $n } }] }) { nodes { id } }",
  "person(id: ID) @include(if: $t) { email }",
  "people(after: CURSOR) @skip(if: $t) { nodes { accounts { nodes { number } } } }",
  "... on Query @include(if: $t) { person(id: ID) { score } }",
  "...More @skip(if: $t)",
];
const types = new Map([
  ...["i", "j"].map((name) => [name, "ID!"] as const),
  ...["c", "d", "constructor"].map((name) => [name, "String"] as const),
  ...([["n", "Int"], ["w", "PersonWhere"], ["t", "Boolean!"]] as const), // prettier-ignore
]);
const idNames = ["$i", "$i", "$j", JSON.stringify(idsOf(askers[0]?.seals as Seals)[0])];
const cursorNames = ["$c", "$c", "$c", "$d", "$d", "$constructor", "null", JSON.stringify(cursorsOf(askers[0]?.seals as Seals)[0])]; // prettier-ignore

const operation = fc
  .record({
    chosen: fc.array(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...idNames), fc.constantFrom(...cursorNames)), { minLength: 1, maxLength: 3 }), // prettier-ignore
    more: fc.constantFrom("person(id: $i) { name }", "people(after: $c) { nodes { name } }", "people { nodes { id } }"),
    usual: fc.boolean(),
  })
  .map(({ chosen, more, usual }) => {
    const fields = chosen.map(([place, anId, aCursor], i) => {
      const written = place.replace("ID", anId).replace("CURSOR", aCursor);
      return written.startsWith("...") ? written.replace(" person(", ` x${i}: person(`) : `x${i}: ${written}`;
    });
    const fragment = fields.some((field) => field.includes("...More")) ? ` fragment More on Query { y: ${more} }` : "";
    const body = fields.join(" ");
    const used = [...new Set(`${body}${fragment}`.match(/\$\w+/g) ?? [])].map((name) => name.slice(1));
    const declared = used.map((name) => {
      const its = usual && name === "c" ? ` = ${JSON.stringify(cursorsOf(askers[1]?.seals as Seals)[1])}` : "";
      return `$${name}: ${types.get(name)}${its}`;
    });
    return `query${declared.length > 0 ? ` (${declared.join(", ")})` : ""} { ${body} }${fragment}`;
  });
const request = fc
  .record({
    by: fc.constantFrom(...askers),
    held: fc.record({ i: id, j: id, c: cursor, d: cursor, constructor: cursor }),
    plain: fc.record({
      n: fc.constantFrom<unknown>(1, 1, 2, null, undefined, -0, 0),
      w: fc.constantFrom<unknown>({ name: { eq: "x" } }, { name: { eq: "y" } }, { name: null }, {}, null, undefined),
      t: fc.boolean(),
    }),
  })
  .map(({ by, held, plain }) => ({
    by,
    values: { ...plain, ...Object.fromEntries(Object.entries(held).map(([name, value]) => [name, value(by)])) },
  }));

type Asked = (by: Asker, values: Readonly<Record<string, unknown>>) => unknown;

/** Null where the operation is not valid. */
function asking(written: string): Asked | null {
  const document = parse(written);
  try {
    validateDocument(schema, document);
  } catch {
    return null;
  }
  return ({ agreement, seals }, values) => {
    const chosen = chooseOperation(document, null);
    const { fragments, late } = chosen;
    const present = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
    try {
      const variables = coerceVariables(schema, chosen.operation, present);
      const context = { schema, catalogue: catalogue as never, view, seals, limits: testLimits, contact: "" };
      const { known, bound } = boundPlan(chosen, { agreement, policy, view, seals, variables }, () =>
        planOperation({ ...context, collect: { fragments, variables }, late: late.names }, chosen.operation),
      );
      const { plan, record, keep } = known;
      const { estimate, reusable, refused } = plan;
      return [describePlan(plan, bound, []), { after: bound.after, keys: bound.keys }, { estimate, record, keep, refused: refused.length, reusable }]; // prettier-ignore
    } catch (error) {
      const { errors } = error as { errors?: readonly { message: string }[] };
      return errors === undefined ? `thrown: ${String(error)}` : errors.map(({ message }) => message);
    }
  };
}

it("a plan at hand says of each request what planning it alone would", () => {
  let [valid, planned] = [0, 0];
  fc.assert(
    fc.property(operation, fc.array(request, { minLength: 2, maxLength: 6 }), (written, requests) => {
      const shared = asking(written);
      if (shared === null) return;
      valid++;
      for (const { by, values } of requests) {
        const alone = asking(written)?.(by, values);
        if (Array.isArray(alone) && typeof alone[0] === "object") planned++;
        // As JSON: a minus zero is written as zero, and so is no other limit.
        expect(JSON.stringify(shared(by, values))).toBe(JSON.stringify(alone));
      }
    }),
    { numRuns: 400 },
  );
  expect(valid).toBeGreaterThan(100);
  expect(planned).toBeGreaterThan(100);
});
