// The laws over a town whose datasets lie in services of five kinds.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hiddenRowsLaw, inferenceLaw } from "./inference.law.js";
import { LawsGateway } from "./laws-gateway.js";
import { layouts, openMixedTown } from "./mixed/mixed-town.js";
import { openTown, randomPolicy } from "./policy.js";
import { drawn, requests } from "./runs.js";
import { sharedLaw, type Tally } from "./shared.law.js";

let town: LawsGateway;
beforeAll(async () => {
  town = await LawsGateway.open({ timeMs: 60_000 }, await openMixedTown(layouts[0]));
});
afterAll(() => town.close());

const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

it("asks all five for one answer, or every law would be kept by asking nobody", async () => {
  await town.govern(openTown);
  const accounts = "accounts { nodes { balance payments { nodes { amount place { label } } } } }";
  const reply = await town.ask("first", `{ people { nodes { name house { street } ${accounts} } } }`, {});
  expect(reply.body.errors).toBeUndefined();
  expect(new Set(reply.touched.map(({ service }) => service))).toEqual(new Set(town.mixed?.sources.keys()));
});

it("what is refused is neither asked of any service nor returned, and the entry is what left (laws 1, 2, 3, 5, 8, 10, 11)", async () => {
  const tally: Tally = new Map();
  const law = (policy: typeof openTown, each: number[][]) => sharedLaw(town, policy, each, tally);
  await fc.assert(
    fc.asyncProperty(requests(4), (each) => law(openTown, each)),
    runs(1),
  );
  await fc.assert(fc.asyncProperty(randomPolicy, requests(3), law), runs(2));
  for (const kind of ["answered", "read"]) expect([kind, tally.get(kind) ?? 0]).not.toEqual([kind, 0]);
});

it("answers the same for towns that differ only in what is refused (laws 2, 9, 10, 15)", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(2), drawn, async (policy, each, difference) => {
      compared += await inferenceLaw(town, policy, each, difference);
    }),
    runs(2),
  );
  expect(compared).toBeGreaterThan(10);
});

it("answers hidden rows as rows that are gone, and records the same (law 15)", async () => {
  await fc.assert(
    fc.asyncProperty(randomPolicy, requests(2), drawn, (policy, each, hiding) =>
      hiddenRowsLaw(town, policy, each, hiding),
    ),
    runs(2),
  );
});
