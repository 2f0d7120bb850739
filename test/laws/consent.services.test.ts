// Consent decides whose rows leave: the law of consent.law.ts on real databases, for random towns and operations.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { consentLaw, type Tally } from "./consent.law.js";
import { ConsentTown } from "./consent/consent-town.js";
import { drawn, requests } from "./runs.js";

let town: ConsentTown;
beforeAll(async () => {
  town = await ConsentTown.open();
});
afterAll(() => town.close());

it("answers as over data from which everything not open was removed (laws 2, 5, 15)", async () => {
  const tally: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(drawn, requests(4), (each, operations) =>
      consentLaw(town, each, operations, { own: false, filters: false, basis: "contract" }, tally),
    ),
    { numRuns: 10, endOnFailure: true },
  );
  for (const kind of ["answered", "partial", "resumed", "counted"])
    expect([kind, tally.get(kind) ?? 0]).not.toEqual([kind, 0]);
});
