// What papers and reports are made from: whole entries of a search, and what is counted as used.
import { afterEach, beforeEach, expect, it } from "vitest";
import { openAccessLog, type AccessLog } from "../../src/accesslog/index.js";
import { coordinate } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { draft, rivemont } from "./drafts.js";

let store: Awaited<ReturnType<typeof createTestStore>>;
let log: AccessLog;

beforeEach(async () => {
  store = await createTestStore();
  const { gateway: connectionString } = store.addresses;
  log = await openAccessLog({ connectionString, report: () => undefined, indexEveryMs: 0, countEveryMs: 0 });
});

afterEach(async () => {
  await log.close();
  await store.close();
});

it("whole entries come page by page, newest first, each once", async () => {
  const outcomes = ["answered", "refused", "answered", "answered", "failed"] as const;
  for (const outcome of outcomes) await log.append(draft({ outcome }));
  const filter = { conditions: [{ on: "outcome", anyOf: ["answered"], not: false }] as const };
  const first = await log.searchEntries(rivemont, filter, { limit: 2 });
  expect(first).toMatchObject({
    more: true,
    entries: [
      { index: 3, intact: true },
      { index: 2, intact: true },
    ],
  });
  const rest = await log.searchEntries(rivemont, filter, { limit: 2, before: 2 });
  expect(rest).toMatchObject({ more: false, entries: [{ index: 0, body: { outcome: "answered" } }] });
  // The lower of the two bounds counts: a search that is pinned never finds what came after it.
  const pinned = await log.searchEntries(rivemont, { ...filter, before: 2 }, { limit: 9, before: 4 });
  expect(pinned.entries.map(({ index }) => index)).toEqual([0]);
});

it("a field that was asked for and kept back of everybody is used; it could be proposed for removal otherwise", async () => {
  const email = coordinate("Resident", "email");
  const at = "2026-11-20T10:00:00.000Z";
  await log.append(draft({ at, withheld: [{ coordinate: email, cells: 50 }] }));
  const uses = await log.fieldUse(rivemont, { since: "2026-11-01T00:00:00.000Z" });
  expect(uses.find((use) => use.coordinate === email)).toMatchObject({
    entries: 1,
    cells: 0,
    refused: 0,
    firstUsed: at,
  });
});
