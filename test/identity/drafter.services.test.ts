// Four eyes: who drafts is a listed person, so that who approves can be told to be another.
import { afterAll, beforeAll, expect, it } from "vitest";
import { admin, draft, dpo, foundTown, rivemont, type Town } from "./town.js";

let town: Town;
beforeAll(async () => {
  town = await foundTown();
});
afterAll(() => town.store.close());

it.each([`Camille, ${dpo}`, `${dpo}.`, "someone", ""])("is not taken under another name: %j", async (draftedBy) => {
  const drafting = town.registry.draftAgreement(draft({ draftedBy }), town.catalogue);
  await expect(drafting).rejects.toMatchObject({ code: "unknown-person" });
});

it("is kept as gateway.yaml writes it", async () => {
  const { versions } = await town.registry.draftAgreement(
    draft({ draftedBy: ` ${admin.toUpperCase()} ` }),
    town.catalogue,
  );
  expect(versions.at(-1)?.draftedBy).toBe(admin);
  await town.registry.approveAgreement(rivemont, "cantine-plus/school-meals", { by: dpo });
});
