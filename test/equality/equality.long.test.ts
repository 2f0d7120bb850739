// As equality.services.test.ts, for longer.
import { afterAll, beforeAll, describe, it } from "vitest";
import { expectSameAnswers, openRivemont, openSmallTown, type OpenedTown } from "./towns.js";

describe.each([
  ["a small town", openSmallTown],
  ["Rivemont", openRivemont],
])("%s", (_, open) => {
  let town: OpenedTown;
  beforeAll(async () => {
    town = await open();
  }, 180_000);
  afterAll(() => town.close());

  it("answers 1,000 random operations as graphql-js does", async () => {
    await expectSameAnswers(town, 1_000, 5);
  });
});
