// When something fails, lies or is too large, nothing extra leaves (laws 4, 7, 13, 14).
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  boundedLaw,
  liesLaw,
  noRecordNoDataLaw,
  notUnderstoodLaw,
  oneValidatorLaw,
  oversizedKinds,
} from "./faults.law.js";
import { LawsGateway } from "./laws-gateway.js";
import { randomPolicy } from "./policy.js";
import { drawn, requests, withoutTable } from "./runs.js";

let town: LawsGateway;
beforeAll(async () => {
  town = await LawsGateway.open();
});
afterAll(() => town.close());

it("without a record there is no data, and it recovers by itself (law 4)", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(2), (policy, each) =>
      noRecordNoDataLaw(town, policy, each, (during) => withoutTable(town.gateway.store.superuser, during)),
    ),
    { numRuns: 5, endOnFailure: true },
  );
});

it("a mistake in a rule file changes nothing (law 7)", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(randomPolicy, drawn, async (policy, each) => {
      refused += await oneValidatorLaw(town, policy, each);
    }),
    { numRuns: 15, endOnFailure: true },
  );
  expect(refused).toBeGreaterThan(20);
});

it("a version that is not understood serves nobody (law 7)", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, drawn, (policy, each) => notUnderstoodLaw(town, policy, each)),
    { numRuns: 3, endOnFailure: true },
  );
});

it("a source that lies makes nothing leave that an honest one would not have sent (law 14)", async () => {
  let caught = 0;
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(3), drawn, async (policy, each, lying) => {
      caught += await liesLaw(town, policy, each, lying);
    }),
    { numRuns: 10, endOnFailure: true },
  );
  expect(caught).toBeGreaterThan(0);
});

it("what is too large is refused before any call, with the figure and the limit (law 13)", async () => {
  const rules = [
    "Person.number",
    "Person.guardian",
    "Person.wards",
    "Person.accounts",
    "Account.label",
    "Place.code",
    "Account.number",
  ];
  const fields = rules;
  const own = rules.map((field) => `p, *, *, ${field}, all, -, allow`);
  const small = await LawsGateway.open({ rows: 100_000, depth: 12, aliases: 100, bodyBytes: 30_000 });
  try {
    await small.govern({
      rules: { own, common: [] },
      agreements: { first: { application: "a1", purpose: "p1", fields } },
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(oversizedKinds - 1), fc.integer({ min: 1_001, max: 6_000 }), (kind, size) =>
        boundedLaw(small, kind, size),
      ),
      { numRuns: 60, endOnFailure: true },
    );
  } finally {
    await small.close();
  }
});
