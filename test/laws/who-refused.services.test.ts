// An attack with a valid key learns nothing of who refused: the law of who-refused.law.ts, as a town runs.
import { afterAll, beforeAll, it } from "vitest";
import { ConsentTown } from "./consent/consent-town.js";
import { whoRefusedLaw } from "./who-refused.law.js";

let town: ConsentTown;
beforeAll(async () => {
  town = await ConsentTown.open();
});
afterAll(() => town.close());

it("tells an application nothing of who refused (laws 2, 14, 15)", () =>
  whoRefusedLaw(town, "consent", [{ held: true, told: true }]));
