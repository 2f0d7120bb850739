// Retention may remove what is over and nothing else: kept by the database itself, whatever the code above believes.
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAccessLog, type AccessLog } from "../../../src/accesslog/index.js";
import type { Store } from "../../../src/store/index.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont } from "../drafts.js";
import { asSuperuser } from "../record.js";

let store: Store & { readonly superuser: string };
let log: AccessLog;

beforeEach(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    indexEveryMs: 0,
    countEveryMs: 0,
  });
});
afterEach(async () => {
  await log.close();
  await store.close();
});

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

const asKeeper = async (sql: string, values: readonly unknown[] = []): Promise<void> =>
  asSuperuser(store.addresses.keeper, async (client) => void (await client.query(sql, [...values])));

const tell = (upTo: number, beforeDay: string): Promise<void> =>
  asKeeper("INSERT INTO log_retention (tenant, up_to, before_day, entries, record) VALUES ($1, $2, $3, $2, $4)", [
    rivemont,
    upTo,
    beforeDay.slice(0, 10),
    randomUUID(),
  ]);

test("nothing younger than six months, nothing that is not told first, and no line of what was told changes", async () => {
  for (const days of [400, 399, 300, 10]) await log.append(draft({ at: daysAgo(days) }));
  const refused = { code: "42501" };
  await expect(asKeeper("DELETE FROM access_entry WHERE index = 0")).rejects.toMatchObject(refused);
  await expect(tell(4, daysAgo(5))).rejects.toMatchObject(refused);
  await expect(tell(4, daysAgo(200))).rejects.toMatchObject(refused);
  await expect(tell(3, daysAgo(350))).rejects.toMatchObject(refused);
  await expect(tell(9, daysAgo(200))).rejects.toMatchObject(refused);
  await tell(2, daysAgo(350));
  await expect(asKeeper("DELETE FROM access_entry WHERE index <= 2")).rejects.toMatchObject(refused);
  await asKeeper("DELETE FROM access_entry WHERE index < 2");
  for (const change of ["DELETE FROM log_retention", "UPDATE log_retention SET up_to = 3"])
    await expect(asKeeper(change)).rejects.toMatchObject(refused);
  expect(await log.retentionState(rivemont)).toEqual({
    oldest: expect.stringContaining(daysAgo(300).slice(0, 10)) as unknown,
    removed: 2,
    lastRun: null,
    nextRun: null,
    hindered: null,
  });
});

test("a month goes as a whole only where every entry in it was told of", async () => {
  await asSuperuser(store.superuser, (client) =>
    client.query(
      `CREATE TABLE access_entry_2020_01 PARTITION OF access_entry FOR VALUES FROM ('2020-01-01Z') TO ('2020-02-01Z')`,
    ),
  );
  const months = async (): Promise<unknown> =>
    asSuperuser(
      store.addresses.keeper,
      async (client) => (await client.query("SELECT access_partitions_past() AS gone")).rows,
    );
  await log.append(draft({ at: "2020-01-03T10:00:00.000Z" }));
  await log.append(draft({ at: "2020-01-04T10:00:00.000Z" }));
  await log.append(draft());
  await tell(1, "2020-01-04");
  expect(await months()).toEqual([{ gone: 0 }]);
  await tell(2, "2020-02-01");
  expect(await months()).toEqual([{ gone: 1 }]);
  expect(await log.append(draft())).toMatchObject({ index: 3 });
});
