// Law 6: with its place in the record an entry brings what is current, read after it was handed in. Whoever decided under
// anything older releases nothing.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openAccessLog } from "../../src/accesslog/index.js";
import type { AccessLog, AccessLogOptions } from "../../src/accesslog/index.js";
import { bumpConsentRevision, bumpRevision, readRevision } from "../../src/store/index.js";
import type { PolicyVersionId, TenantName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { draft, rivemont, valbourg } from "./drafts.js";
import { asSuperuser, run } from "./record.js";
import { TcpProxy } from "./tcp-proxy.js";

let store: Awaited<ReturnType<typeof createTestStore>>;
let proxy: TcpProxy;
const opened: AccessLog[] = [];

beforeEach(async () => {
  store = await createTestStore();
  proxy = await TcpProxy.open(store.addresses.gateway);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await proxy.close();
  await store.close();
});

async function open(options: Partial<AccessLogOptions> = {}): Promise<AccessLog> {
  const off = { indexEveryMs: 0, countEveryMs: 0, report: () => undefined };
  const log = await openAccessLog({ connectionString: proxy.url, ...off, ...options });
  opened.push(log);
  return log;
}

const version = (letter: string): PolicyVersionId => letter.repeat(64) as PolicyVersionId;
const apply = (policyVersion: PolicyVersionId, tenant: TenantName = rivemont): Promise<unknown> =>
  store.keeper.transaction((manager) => bumpRevision(manager, tenant, { policyVersion }));
const decide = (): Promise<number> => store.keeper.transaction((manager) => bumpConsentRevision(manager, rivemont));

test("what is current is what a read of its own says, whichever way the batch is written, for each tenant its own", async () => {
  const log = await open();
  expect((await log.append(draft())).current).toBeNull();
  await decide();
  // Consent alone is nothing that a request could be decided under.
  expect((await log.append(draft())).current).toBeNull();
  await apply(version("a"));
  await store.keeper.transaction((manager) => bumpRevision(manager, rivemont, { shadow: version("b") }));
  await apply(version("c"), valbourg);
  const current = { revision: 2, policyVersion: version("a"), shadow: version("b"), consent: 1 };
  expect(await readRevision(store.gateway, rivemont)).toEqual(current);
  expect((await log.append(draft())).current).toEqual(current);
  const [ours, theirs] = await Promise.all([log.append(draft()), log.append(draft({ tenant: valbourg }))]);
  expect(ours.current).toEqual(current);
  expect(theirs.current).toEqual({ revision: 1, policyVersion: version("c"), shadow: null, consent: 0 });
  expect((await (await open()).append(draft())).current).toEqual(current);
});

test("every change that was committed before an entry was handed in is told with it", async () => {
  const log = await open();
  await apply(version("a"));
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let turn = 0; turn < 10; turn++) {
        const after = turn % 2 === 0 ? await decide() : 0;
        const { current } = await log.append(draft());
        expect(current?.consent).toBeGreaterThanOrEqual(after);
      }
    }),
  );
});

test("while a batch waits for the head: its snapshot was before a change, that of an entry handed in after it is not", async () => {
  const log = await open();
  await apply(version("a"));
  await log.append(draft());
  await asSuperuser(store.superuser, async (client) => {
    await client.query("BEGIN; SELECT FROM access_head FOR UPDATE");
    const before = log.append(draft());
    await vi.waitFor(async () => {
      const waiting = await client.query("SELECT FROM pg_locks WHERE NOT granted");
      expect(waiting.rowCount).toBe(1);
    });
    await apply(version("b"));
    const after = log.append(draft());
    await client.query("COMMIT");
    // Both were committed after the change; the first one's answer counts as before it.
    expect((await before).current?.policyVersion).toBe(version("a"));
    expect((await after).current?.policyVersion).toBe(version("b"));
  });
});

test("of an entry that is found on record after a lost reply: what is current then, or later", async () => {
  const log = await open();
  await apply(version("a"));
  await log.append(draft());
  for (const entry of [draft(), draft()]) {
    const sprung = proxy.trapOn("UPDATE access_head h", "lose-reply");
    const appending = log.append(entry);
    await sprung;
    expect((await appending).current?.revision).toBeGreaterThanOrEqual(1);
  }
  const known = draft();
  await log.append(known);
  await apply(version("b"));
  expect((await log.append(known)).current?.policyVersion).toBe(version("b"));
});

test("a server that begins transactions otherwise: whoever waits for the head goes on, and fails nobody", async () => {
  const setting = "default_transaction_isolation = ''serializable''";
  await run(
    store.superuser,
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting}', current_database()); END $$`,
  );
  await apply(version("a"));
  const reports: string[] = [];
  const report = (line: string): void => void reports.push(line);
  const nodes = [await open({ report }), await open({ report })];
  const all = await Promise.all(nodes.flatMap((log) => Array.from({ length: 30 }, () => log.append(draft()))));
  expect(new Set(all.map(({ index }) => index)).size).toBe(60);
  expect(all.every(({ current }) => current?.policyVersion === version("a"))).toBe(true);
  expect(reports).toEqual([]);
});
