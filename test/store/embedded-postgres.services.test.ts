import pg from "pg";
import { expect, it } from "vitest";
import { createTestDatabase } from "../support/database.js";

it("gives each test a database of its own", async () => {
  const one = await createTestDatabase();
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  const { rows } = await client.query<{ now: string }>("SELECT current_setting('server_encoding') AS now");
  expect(rows[0]?.now).toBe("UTF8");
  await client.end();
  await one.drop();
});
