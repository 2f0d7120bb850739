// What is refused cannot be inferred (laws 2, 9, 10, 15), for random rules, agreements, operations and data.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hiddenRowsLaw, inferenceLaw, pairwiseLaw } from "./inference.law.js";
import { LawsGateway } from "./laws-gateway.js";
import { randomPolicy } from "./policy.js";
import { drawn, requests } from "./runs.js";

let town: LawsGateway;
beforeAll(async () => {
  town = await LawsGateway.open();
});
afterAll(() => town.close());

it("answers the same for towns that differ only in what is refused (laws 2, 10, 15)", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(3), drawn, async (policy, each, difference) => {
      compared += await inferenceLaw(town, policy, each, difference);
    }),
    { numRuns: 15, endOnFailure: true },
  );
  expect(compared).toBeGreaterThan(150);
});

it("gives every agreement its own ids and cursors (law 9)", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, (policy) => pairwiseLaw(town, policy)),
    { numRuns: 4, endOnFailure: true },
  );
});

it("answers hidden rows as rows that are gone, and records the same (law 15)", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(3), drawn, (policy, each, hiding) =>
      hiddenRowsLaw(town, policy, each, hiding),
    ),
    { numRuns: 10, endOnFailure: true },
  );
});
