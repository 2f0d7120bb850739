// Law 13: what was asked is read within bounds, the newest first, and what is cut is said; law 11: tokens are counted.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openAccessLog, type AccessLog, type AskedBounds } from "../../src/accesslog/index.js";
import type { Store } from "../../src/store/index.js";
import type { AgreementRef, SubjectToken } from "../../src/terms/index.js";
import { entryDraft, tenant } from "../cli/town.js";
import { createTestStore } from "../support/database.js";

let store: Store;
let log: AccessLog;
const hash = (n: number): string => String(n).repeat(64);
beforeAll(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    indexEveryMs: 0,
    countEveryMs: 0,
  });
  // Oldest first, and more than one page of the reading.
  for (let n = 0; n < 450; n += 1)
    await log.append(
      entryDraft({
        id: randomUUID(),
        at: new Date(Date.UTC(2026, 10, 1, 0, n)).toISOString(),
        agreement: (n % 9 === 0 ? "a/p" : "b/p") as AgreementRef,
        operation: { hash: hash(n % 3), text: `{ f${n % 3} }` },
        personal: { subjects: [{ scheme: "resident", token: `T${n % 5}` as SubjectToken }], operationName: null },
      }),
    );
});
afterAll(async () => {
  await log.close();
  await store.close();
});

const bounds: AskedBounds = {
  since: "2026-10-01T00:00:00.000Z",
  before: 1_000_000,
  entries: 1_000,
  operations: 10,
  timeMs: 60_000,
};

it("counts requests by agreement and operation over every page, and people without their tokens", async () => {
  const asked = await log.asked(tenant, bounds);
  expect(asked).toMatchObject({ requests: 450, cut: null, altered: 0, reached: bounds.since });
  const counted = asked.operations.map((each) => `${each.agreement} ${each.operation.slice(0, 1)} ${each.requests}`);
  expect(counted).toEqual(["b/p 1 150", "b/p 2 150", "b/p 0 100", "a/p 0 50"]);
  expect(await log.countPeople(tenant, asked.operations[0]?.entries ?? [])).toBe(5);
  expect(JSON.stringify(asked)).not.toContain("T4");
});

it("looks at what came since, and before", async () => {
  const since = new Date(Date.UTC(2026, 10, 1, 0, 440)).toISOString();
  expect(await log.asked(tenant, { ...bounds, since })).toMatchObject({ requests: 10, cut: null, reached: since });
  expect(await log.asked(tenant, { ...bounds, before: 7 })).toMatchObject({ requests: 7 });
});

it("is cut by each bound, and says from when on it looked", async () => {
  const newest = (n: number): string => new Date(Date.UTC(2026, 10, 1, 0, 450 - n)).toISOString();
  const few = await log.asked(tenant, { ...bounds, entries: 210 });
  expect(few).toMatchObject({ requests: 210, cut: "entries", reached: newest(210) });
  expect(await log.asked(tenant, { ...bounds, operations: 2 })).toMatchObject({ requests: 2, cut: "operations" });
  expect(await log.asked(tenant, { ...bounds, timeMs: 0 })).toMatchObject({
    requests: 200,
    cut: "time",
    reached: newest(200),
  });
});
