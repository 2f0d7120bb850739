// Whether the log can be written is known before anybody is answered, and asking leaves nothing in the record.
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAccessLog, type AccessLog } from "../../src/accesslog/index.js";
import type { Store } from "../../src/store/index.js";
import { createTestStore } from "../support/database.js";
import { draft, rivemont } from "./drafts.js";
import { asSuperuser, expectWholeRecord, run } from "./record.js";

let store: Store & { readonly superuser: string };
let log: AccessLog;
beforeEach(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    ...{ indexEveryMs: 0, countEveryMs: 0, deadlineMs: 700 },
  });
});
afterEach(async () => {
  await log.close();
  await store.close();
});

test("an entry is written and taken back: the next one has the index that it would have had", async () => {
  await log.probe(rivemont);
  await Promise.all([log.append(draft()), log.probe(rivemont), log.append(draft()), log.probe(rivemont)]);
  expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 2 });
  expect(await log.append(draft())).toMatchObject({ index: 2 });
});

test.each([
  ["a right is gone", "REVOKE INSERT ON access_leaf FROM passerelle_gateway"],
  ["a table is gone", "DROP TABLE access_personal"],
  ["the head cannot move", "REVOKE UPDATE (size) ON access_head FROM passerelle_gateway"],
])("%s: it says so, without the database's words", async (_what, sql) => {
  await log.append(draft());
  await run(store.superuser, sql);
  const probed = log.probe(rivemont);
  await expect(probed).rejects.toMatchObject({ name: "AccessLogUnavailable" });
  await expect(probed).rejects.toThrow(/^The access log cannot be written \([\w ]+\)\.$/);
});

test("a head that somebody holds: it says so in time", async () => {
  await log.append(draft());
  await asSuperuser(store.superuser, async (client) => {
    await client.query("BEGIN; SELECT FROM access_head FOR UPDATE");
    await expect(log.probe(rivemont)).rejects.toMatchObject({ name: "AccessLogUnavailable" });
  });
  await log.probe(rivemont);
});

test("how far searches and signatures are is told with the age of what waits", async () => {
  await log.append(draft({ at: new Date(Date.now() - 90_000).toISOString() }));
  const waiting = await log.health(rivemont);
  expect(waiting).toMatchObject({ size: 1, integrated: 0, indexed: 0, timestampedAt: null });
  expect(waiting.indexBehindMs).toBeGreaterThan(80_000);
  expect(waiting.databaseBytes).toBeGreaterThan(1_000_000);
  await log.catchUp();
  expect(await log.health(rivemont)).toMatchObject({ indexed: 1, indexBehindMs: 0 });
});
