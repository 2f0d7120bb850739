// Every lie of every service, each table in several kinds of service, and what it costs in memory (laws 13, 14).
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyLie, LyingTown } from "./mixed/lying-town.js";
import { layouts } from "./mixed/mixed-town.js";
import { randomPolicy } from "./policy.js";
import { requests } from "./runs.js";

/** What each endless answer or small archive may cost at once, and what the process may have grown in the end: bytes. */
const mostAtOnce = 400_000_000;

describe.each(layouts.slice(0, 2).map((layout) => ({ named: Object.values(layout).join(", "), layout })))(
  "people, houses, accounts, payments, places, secrets in $named",
  ({ layout }) => {
    let town: LyingTown;
    beforeAll(async () => {
      town = await LyingTown.open(layout);
    });
    afterAll(() => town.close());

    it("each lie of each service is told, and nothing of it leaves", async () => {
      const { asked, honest } = await town.everything();
      for (const [kind, name] of everyLie)
        expect([kind, name, await town.liedTo(asked, honest, kind, name)]).not.toEqual([kind, name, 0]);
      expect((await town.ask(asked)).body.data).toEqual(honest.body.data);
    });

    it("5 GB and small archives of 1 GB cost a bounded memory", async () => {
      const { asked, honest } = await town.everything();
      const before = process.memoryUsage.rss();
      let highest = before;
      const clock = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 10);
      for (const [kind, name] of everyLie.filter(([, one]) => / GB/.test(one)))
        await town.liedTo(asked, honest, kind, name);
      clearInterval(clock);
      expect(highest - before).toBeLessThan(mostAtOnce);
    });

    it("nothing of a lie leaves, whoever asks for whatever", async () => {
      await fc.assert(
        fc.asyncProperty(randomPolicy, requests(2), fc.constantFrom(...everyLie), (policy, each, [kind, name]) =>
          town.anybodyLiedTo(policy, each, kind, name),
        ),
        { numRuns: 12, endOnFailure: true },
      );
    });
  },
);
