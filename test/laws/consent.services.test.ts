// Consent decides whose rows leave: the law of consent.law.ts on real databases, for random towns, people and operations.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { consentLaw } from "./consent.law.js";
import type { Tally } from "./consent/answers.js";
import { ConsentTown } from "./consent/consent-town.js";
import { requests } from "./runs.js";

let town: ConsentTown;
beforeAll(async () => {
  town = await ConsentTown.open();
});
afterAll(() => town.close());

it("answers as over data from which everything not open was removed (laws 2, 5, 6, 14, 15)", async () => {
  const tally: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(fc.noBias(fc.nat()), requests(3), (each, operations) =>
      consentLaw(town, each, operations, {}, tally),
    ),
    { numRuns: 8, endOnFailure: true },
  );
  // Generators that make only one kind of case would prove nothing.
  for (const kind of ["answered", "partial", "resumed", "counted", "withheld", "rows"])
    expect([kind, tally.get(kind) ?? 0]).not.toEqual([kind, 0]);
  expect(town.registry.taken.get("taken") ?? 0).toBeGreaterThan(50);
});
