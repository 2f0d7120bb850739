// The laws of docs/architecture.md as properties: random rules, agreements, operations and data, on real databases.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LawsGateway } from "./laws-gateway.js";
import { randomPolicy } from "./policy.js";
import { requests } from "./runs.js";
import { inTurnLaw, sharedLaw, type Tally } from "./shared.law.js";

let town: LawsGateway;
beforeAll(async () => {
  town = await LawsGateway.open();
});
afterAll(() => town.close());

it("what is refused is neither fetched nor returned, and the entry is what left (laws 1, 2, 3, 5, 8, 10, 11)", async () => {
  const tally: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(4), (policy, each) => sharedLaw(town, policy, each, tally)),
    { numRuns: 20, endOnFailure: true },
  );
  // Generators that make only one kind of case would prove nothing.
  for (const kind of ["answered", "partial", "input refused", "rejected", "read"])
    expect([kind, tally.get(kind) ?? 0]).not.toEqual([kind, 0]);
});

it("what is kept for one version or agreement answers no other (law 12)", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, randomPolicy, requests(2), (first, second, each) =>
      inTurnLaw(town, first, second, each, new Map()),
    ),
    { numRuns: 1, endOnFailure: true },
  );
});
