// The laws of consent once more, long enough to meet what is rare, on every basis and in every way of finding out what people
// decided. A failure prints its path beside the seed: give both to fast-check's `assert` in place of `numRuns`.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { consentLaw } from "./consent.law.js";
import type { Tally } from "./consent/answers.js";
import { ConsentTown } from "./consent/consent-town.js";
import { requests } from "./runs.js";
import { whoRefusedLaw } from "./who-refused.law.js";

let town: ConsentTown;
beforeAll(async () => {
  town = await ConsentTown.open();
});
afterAll(() => town.close());

const modes = [true, false].flatMap((held) => [true, false].map((told) => ({ held, told })));

for (const basis of ["consent", "public-task", "contract"] as const)
  for (const mode of modes)
    it(`is as over data without what is not open: ${basis}, ${JSON.stringify(mode)}`, async () => {
      const tally: Tally = new Map();
      await fc.assert(
        fc.asyncProperty(fc.noBias(fc.nat()), requests(5), (each, operations) =>
          consentLaw(town, each, operations, { basis, mode }, tally),
        ),
        { numRuns: basis === "consent" ? 30 : 10, endOnFailure: true },
      );
      const kinds = ["answered", "partial", "input refused", "resumed", "counted", "withheld", "rows"];
      if (basis !== "contract") kinds.push("changed by giving", "changed by taking back");
      for (const kind of kinds) expect([kind, tally.get(kind) ?? 0]).not.toEqual([kind, 0]);
    });

it.each(["consent", "public-task"] as const)("tells an application nothing of who refused, under %s", (basis) =>
  whoRefusedLaw(town, basis, modes),
);
