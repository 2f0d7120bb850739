// The laws over services of five kinds once more: each table in several kinds of service, long enough to meet what is rare.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hiddenRowsLaw, inferenceLaw, pairwiseLaw } from "./inference.law.js";
import { LawsGateway } from "./laws-gateway.js";
import { layouts, openMixedTown } from "./mixed/mixed-town.js";
import { openTown, randomPolicy } from "./policy.js";
import { drawn, requests } from "./runs.js";
import { sharedLaw, type Tally } from "./shared.law.js";

const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

describe.each(layouts.map((layout) => ({ named: Object.values(layout).join(", "), layout })))(
  "people, houses, accounts, payments, places, secrets in $named",
  ({ layout }) => {
    let town: LawsGateway;
    beforeAll(async () => {
      town = await LawsGateway.open({ timeMs: 60_000 }, await openMixedTown(layout));
    });
    afterAll(() => town.close());

    it("what is refused is neither asked of any service nor returned, and the entry is what left", async () => {
      const tally: Tally = new Map();
      const law = (policy: typeof openTown, each: number[][]) => sharedLaw(town, policy, each, tally);
      await fc.assert(
        fc.asyncProperty(requests(8), (each) => law(openTown, each)),
        runs(3),
      );
      await fc.assert(fc.asyncProperty(randomPolicy, requests(4), law), runs(12));
      for (const kind of ["answered", "partial", "input refused", "read"])
        expect([kind, tally.get(kind) ?? 0]).not.toEqual([kind, 0]);
      const { secret: _, ...shared } = layout;
      for (const service of Object.values(shared))
        expect([service, tally.get(`asked ${service}`) ?? 0]).not.toEqual([service, 0]);
    });

    it("what is refused cannot be inferred; ids and cursors are pairwise", async () => {
      await fc.assert(
        fc.asyncProperty(randomPolicy, requests(4), drawn, async (policy, each, difference) => {
          await inferenceLaw(town, policy, each, difference);
        }),
        runs(6),
      );
      await fc.assert(
        fc.asyncProperty(randomPolicy, (policy) => pairwiseLaw(town, policy)),
        runs(1),
      );
    });

    it("hidden rows are as rows that are gone", async () => {
      await fc.assert(
        fc.asyncProperty(randomPolicy, requests(3), drawn, (policy, each, hiding) =>
          hiddenRowsLaw(town, policy, each, hiding),
        ),
        runs(8),
      );
    });
  },
);
