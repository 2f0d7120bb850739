// How far the signed tree is behind the record while 32 clients append as fast as they can, with a witness and the search
// index at work. What was measured is printed, and nothing about time is asserted: a busy machine is no fault.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAccessLog, readVerifier, type AccessLog } from "../../../src/accesslog/index.js";
import type { SubjectToken } from "../../../src/terms/index.js";
import type { Store } from "../../../src/store/index.js";
import { openDesk, type Desk } from "../../cli/witness/at-desk.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont } from "../drafts.js";
import { logKey } from "../witness/made-log.js";

const key = logKey("passerelle/rivemont");
const clients = 32;
const loadMs = 30_000;
let store: Store;
let desk: Desk;
let log: AccessLog;

beforeAll(async () => {
  store = await createTestStore();
  desk = await openDesk(new Map([[key.name, [key]]]));
  const witness = { name: "Region", url: desk.serving.address, key: readVerifier(desk.vkey) };
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    signer: () => ({ origin: key.name, key }),
    witnesses: () => [witness],
    showEveryMs: 2_000,
  });
});
afterAll(async () => {
  await log.close();
  await desk.close();
  await store.close();
});

describe("the signed tree under load", () => {
  it("follows the record, and ends with it whole", async () => {
    const until = Date.now() + loadMs;
    let appended = 0;
    const subjects = Array.from({ length: 5 }, (_, i) => ({ scheme: "resident", token: `t${i}` as SubjectToken }));
    const client = async (): Promise<void> => {
      while (Date.now() < until) {
        await log.append(draft({ personal: { subjects, operationName: null } }));
        appended += 1;
      }
    };
    const lags: number[] = [];
    const watch = async (): Promise<void> => {
      while (Date.now() < until) {
        lags.push((await log.lag(rivemont)).behindMs);
        await pause(100);
      }
    };
    await Promise.all([...Array.from({ length: clients }, client), watch()]);
    const sorted = lags.toSorted((a, b) => a - b);
    const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
    process.stdout.write(
      `${Math.round(appended / (loadMs / 1_000))} appends/s at ${clients} clients; behind: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms (${lags.length} looks)\n`,
    );
    // The chore may be at it just now, which is then not waited for.
    await expect
      .poll(async () => log.sign().then(() => log.lag(rivemont)), { timeout: 30_000 })
      .toEqual({ size: appended, integrated: appended, behindMs: 0 });
    expect((await log.verify(rivemont, { keys: [key], witnessed: [] })).faults).toEqual([]);
    const seen = await log.witnesses(rivemont);
    expect(seen).toMatchObject([{ name: "Region" }]);
  }, 300_000);
});
