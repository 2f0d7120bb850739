// The search index of a town that is already at work: whom an entry names is found as before, there and back.
import type { QueryRunner } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SearchStorage1764000000015 } from "../../src/store/migrations/15-search-storage.js";
import { asSuperuser } from "../accesslog/record.js";
import { createTestStore } from "../support/database.js";

let store: Awaited<ReturnType<typeof createTestStore>>;
beforeAll(async () => {
  store = await createTestStore();
});
afterAll(() => store.close());

test("people move into one row for each entry, and back", async () => {
  await asSuperuser(store.superuser, async (client) => {
    const rowsOf = async (text: string): Promise<unknown[]> => (await client.query<Record<string, unknown>>(text)).rows;
    const runner = { query: rowsOf } as unknown as QueryRunner;
    const migration = new SearchStorage1764000000015();
    await migration.down(runner);
    await client.query(
      `INSERT INTO access_subject (tenant, scheme, token, index) VALUES
         ('rivemont', 'resident', 't2', 7), ('rivemont', 'resident', 't1', 7), ('rivemont', 'household', 't1', 7),
         ('valbourg', 'resident', 't1', 7), ('rivemont', 'resident', 't1', 8)`,
    );
    const before = await rowsOf("SELECT tenant, scheme, token, index FROM access_subject ORDER BY 1, 2, 3, 4");
    await migration.up(runner);
    expect(await rowsOf("SELECT tenant, index, scheme, tokens FROM access_subject ORDER BY 1, 2, 3")).toEqual([
      { tenant: "rivemont", index: "7", scheme: "household", tokens: ["t1"] },
      { tenant: "rivemont", index: "7", scheme: "resident", tokens: ["t1", "t2"] },
      { tenant: "rivemont", index: "8", scheme: "resident", tokens: ["t1"] },
      { tenant: "valbourg", index: "7", scheme: "resident", tokens: ["t1"] },
    ]);
    await migration.down(runner);
    expect(await rowsOf("SELECT tenant, scheme, token, index FROM access_subject ORDER BY 1, 2, 3, 4")).toEqual(before);
    await migration.up(runner);
  });
});
