// Ending the thread behind the log while it waits for the database: longer than other tests, for it takes all of its time.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { SearchPool } from "../../../src/accesslog/append-connection.js";
import { threadFrom, type BehindThread } from "../../../src/accesslog/behind/start-thread.js";
import { AccessLogUnavailable, openAccessLog } from "../../../src/accesslog/index.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont } from "../drafts.js";
import { buildThread } from "./built-thread.js";

const built = buildThread();
afterAll(() => {
  built.remove();
});

test("closing ends it while the database says nothing, in the middle of a search", async () => {
  const store = await createTestStore();
  const threads: BehindThread[] = [];
  const log = await openAccessLog({
    ...{ connectionString: store.addresses.gateway, indexEveryMs: 0, countEveryMs: 0, report: () => undefined },
    startThread: (data) => {
      const thread = threadFrom(built.file)(data);
      threads.push(thread);
      return thread;
    },
  });
  await log.append(draft());
  const pool = new SearchPool(store.addresses.gateway);
  await pool.transaction(async (on) => {
    await on.query("SELECT pg_advisory_xact_lock(7276116)");
    const searching = expect(log.search(rivemont, { limit: 1 })).rejects.toThrow(AccessLogUnavailable);
    await expect
      .poll(
        async () => (await on.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rows.length,
      )
      .toBe(1);
    await log.close();
    await searching;
    expect(await Promise.all(threads.map(({ ended }) => ended))).toHaveLength(1);
  });
  await pool.close();
  await store.close();
});

test("a program that asks one thing of the built log ends by itself, without closing it; its thread was a thread", async () => {
  const store = await createTestStore();
  const log = await openAccessLog({
    ...{ connectionString: store.addresses.gateway, indexEveryMs: 0, countEveryMs: 0, report: () => undefined },
  });
  await log.append(draft());
  await log.close();
  const built = pathToFileURL(join(import.meta.dirname, "../../../dist/accesslog/index.js")).href;
  const program = `
    import { readdirSync, readFileSync } from "node:fs";
    import { openAccessLog } from "${built}";
    const log = await openAccessLog({ connectionString: process.argv[1], report: console.error });
    const { entries } = await log.search("rivemont", { limit: 10 });
    const threads = readdirSync("/proc/self/task").map((id) => readFileSync("/proc/self/task/" + id + "/comm", "utf8").trim());
    console.log(entries.length, threads.includes("access-log"));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...["--input-type=module", "--eval", program],
    store.addresses.gateway,
  ]);
  expect({ stdout, stderr }).toEqual({ stdout: "1 true\n", stderr: "" });
  await store.close();
});
