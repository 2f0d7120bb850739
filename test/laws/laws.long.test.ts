// The laws once more, long enough to meet what is rare. A failure prints its path beside the seed: give both to fast-check's
// `assert` (`{ seed, path }`) in place of `numRuns` to have the same case again.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { liesLaw, noRecordNoDataLaw, oneValidatorLaw } from "./faults.law.js";
import { hiddenRowsLaw, inferenceLaw, pairwiseLaw } from "./inference.law.js";
import { LawsGateway } from "./laws-gateway.js";
import { randomPolicy } from "./policy.js";
import { drawn, requests, withoutTable } from "./runs.js";
import { inTurnLaw, sharedLaw, type Tally } from "./shared.law.js";

let town: LawsGateway;
beforeAll(async () => {
  town = await LawsGateway.open();
});
afterAll(() => town.close());

const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

it("what is refused is neither fetched nor returned, and the entry is what left", async () => {
  const tally: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(6), (policy, each) => sharedLaw(town, policy, each, tally)),
    runs(120),
  );
  expect(tally.get("read") ?? 0).toBeGreaterThan(500);
});

it("what is refused cannot be inferred", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(6), drawn, async (policy, each, difference) => {
      await inferenceLaw(town, policy, each, difference);
    }),
    runs(60),
  );
});

it("ids and cursors are pairwise", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, (policy) => pairwiseLaw(town, policy)),
    runs(10),
  );
});

it("hidden rows are as rows that are gone", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(4), drawn, (policy, each, hiding) =>
      hiddenRowsLaw(town, policy, each, hiding),
    ),
    runs(120),
  );
});

it("without a record there is no data; mistakes and lies change nothing", async () => {
  const during = (work: () => Promise<void>) => withoutTable(town.gateway.store.superuser, work);
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(3), drawn, async (policy, each, lying) => {
      await liesLaw(town, policy, each, lying);
      await oneValidatorLaw(town, policy, lying);
      await noRecordNoDataLaw(town, policy, each.slice(0, 1), during);
    }),
    runs(60),
  );
});

it("what is kept for one version or agreement answers no other", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, randomPolicy, requests(3), (first, second, each) =>
      inTurnLaw(town, first, second, each, new Map()),
    ),
    runs(10),
  );
});
