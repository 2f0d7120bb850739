// The thread behind the log as it runs in a town: a real Worker from a bundled file, on a real PostgreSQL.
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SearchPool } from "../../../src/accesslog/append-connection.js";
import { threadFrom, type BehindThread, type StartThread } from "../../../src/accesslog/behind/start-thread.js";
import { AccessLogUnavailable, openAccessLog, signerKey } from "../../../src/accesslog/index.js";
import type { AccessLog, AccessLogOptions, OwnedLook } from "../../../src/accesslog/index.js";
import { readLeaves } from "../../../src/accesslog/merkle/leaf-pages.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont, token } from "../drafts.js";
import { run } from "../record.js";
import { buildThread } from "./built-thread.js";

const key = signerKey("testville.example/log", createHash("sha256").update("log").digest());
const signer = (): { origin: string; key: typeof key } => ({ origin: key.name, key });

let built: ReturnType<typeof buildThread>;
beforeAll(() => (built = buildThread()));
afterAll(() => built.remove());

let store: Awaited<ReturnType<typeof createTestStore>>;
let log: AccessLog;
const threads: BehindThread[] = [];
const told: string[] = [];

const started: StartThread = (data) => {
  const thread = threadFrom(built.file)(data);
  threads.push(thread);
  return thread;
};
const open = (options: Partial<AccessLogOptions> = {}): Promise<AccessLog> =>
  openAccessLog({
    ...{ connectionString: store.addresses.gateway, signer, startThread: started },
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
    report: (line) => void told.push(line),
    ...options,
  });

beforeEach(async () => {
  threads.length = told.length = 0;
  store = await createTestStore();
  log = await open();
});
afterEach(async () => {
  await log.close();
  await store.close();
  // Each of them has ended.
  await Promise.all(threads.map(({ ended }) => ended));
});

const append = async (count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, () => log.append(draft())));
};
const found = async (): Promise<number> => (await log.search(rivemont, { limit: 1000 })).entries.length;
const look = (): OwnedLook => log.look(rivemont, [key]);

/** A thread that was ended rests for a second before it is started again: until then all say "try again". */
async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AccessLogUnavailable && error.message.includes("Try again"))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe("a thread of its own", () => {
  test("is not started by who neither searches what is new nor looks", async () => {
    expect(await found()).toBe(0);
    await append(3);
    await log.sign();
    expect((await log.state(rivemont)).checkpoint?.size).toBe(3);
    expect(threads).toHaveLength(0);
    expect(await found()).toBe(3);
    expect(threads).toHaveLength(1);
    expect(await found()).toBe(3);
  });

  test("sees of the record what verify sees, from one look to the next, and what was altered meanwhile", async () => {
    const looking = look();
    for (const size of [3, 600]) {
      await append(size - (await log.state(rivemont)).entries);
      await log.sign();
      const { timestamps: _, ...verified } = await log.verify(rivemont, { keys: [key], witnessed: [] });
      expect(await looking.goOn()).toEqual(verified);
      expect(verified).toMatchObject({ size, checked: size, faults: [] });
    }
    expect(threads).toHaveLength(1);
    await append(1);
    await log.sign();
    await run(
      store.superuser,
      `ALTER TABLE access_entry DISABLE TRIGGER ALL; UPDATE access_entry SET body = replace(body, '50', '49') WHERE index IN (7, 600)`,
    );
    // What it had looked at is looked at again by the next whole look.
    expect((await looking.goOn()).faults).toEqual([{ kind: "entry-altered", from: 600, to: 601, witnessed: false }]);
    expect((await look().goOn()).faults.map(({ from }) => from)).toEqual([7, 600]);
  });

  test("is told under which keys the log is signed", async () => {
    await append(2);
    await log.sign();
    const other = signerKey("testville.example/log", createHash("sha256").update("other").digest());
    const { faults } = await log.look(rivemont, [other]).goOn();
    expect(faults).toEqual([{ kind: "checkpoint-altered", from: 1, to: 2, witnessed: false }]);
  });

  test("follows the appends by itself", async () => {
    const following = await open({ indexEveryMs: 5 });
    try {
      await append(500);
      const pool = new SearchPool(store.addresses.gateway);
      const behind = async (): Promise<number> => {
        const { rows } = await pool.query<{ indexed: string }>("SELECT indexed FROM access_watermark");
        return Number(rows[0]?.indexed ?? 0);
      };
      await expect.poll(behind, { timeout: 30_000 }).toBe(500);
      await pool.close();
    } finally {
      await following.close();
    }
  });
});

describe("ended in the middle of its work", () => {
  test("what waits says try again, it is told once, and the next one goes on; a look begins anew", async () => {
    await append(10);
    await log.sign();
    const looking = look();
    expect((await looking.goOn()).size).toBe(10);
    await append(200);
    await log.sign();
    // It waits for the lock of the index when it ends.
    const pool = new SearchPool(store.addresses.gateway);
    await pool.transaction(async (on) => {
      await on.query("SELECT pg_advisory_xact_lock(7276116)");
      const searching = expect(found()).rejects.toThrow(/Try again/);
      await expect
        .poll(
          async () => (await on.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rows.length,
        )
        .toBe(1);
      threads[0]?.kill();
      await searching;
      // Law 4 knows nothing of it: the record goes on.
      await append(1);
    });
    await pool.close();
    expect(told).toEqual([expect.stringContaining("the thread that indexes and checks it has stopped")]);
    expect(await tryAgain(found)).toBe(211);
    await log.sign();
    // The new thread knows nothing of the look: it is of all entries, or it is none.
    expect(await tryAgain(() => looking.goOn())).toMatchObject({ size: 211, checked: 211, faults: [] });
    expect(threads).toHaveLength(2);
    expect(told).toHaveLength(1);
  });
});

describe("a thread that is wrong", () => {
  /** The near side of a real thread, whose answers are changed on the way. */
  const lying =
    (change: (answer: unknown) => unknown): StartThread =>
    (data) => {
      const thread = threadFrom(built.file)(data);
      const on = thread.port.on.bind(thread.port);
      thread.port.on = ((event: string, listen: (message: unknown) => void) =>
        on(event, (message: { n: number; answer: unknown }) =>
          listen(
            typeof message === "object" && "answer" in message
              ? { ...message, answer: change(message.answer) }
              : message,
          ),
        )) as typeof thread.port.on;
      return thread;
    };

  test("about how far it looked cannot make the record intact (law 8)", async () => {
    await append(4);
    await log.sign();
    for (const wrong of [{ size: 3, checked: 3 }, { size: 0, checked: 0, checkpoints: 0 }, { checkpoints: 0 }]) {
      const other = await open({ startThread: lying((answer) => ({ ...(answer as object), ...wrong })) });
      try {
        await expect(other.look(rivemont, [key]).goOn()).rejects.toThrow(AccessLogUnavailable);
        expect(told.at(-1)).toContain("it said what cannot be true");
      } finally {
        await other.close();
      }
    }
  });

  test("about how far its index is leaves nothing out of a search", async () => {
    await append(4);
    const other = await open({ startThread: lying(() => true) });
    const pool = new SearchPool(store.addresses.gateway);
    try {
      await pool.transaction(async (on) => {
        await on.query("SELECT pg_advisory_xact_lock(7276116)");
        // Its time is over before it came anywhere, and it says that it came there.
        expect(await other.catchUp(-1)).toBe(false);
      });
    } finally {
      await pool.close();
      await other.close();
    }
  });
});

test("entries of many people come in pages that are bounded in bytes, and none is left out (law 13)", async () => {
  const subjects = Array.from({ length: 9000 }, (_, n) => ({
    scheme: "resident",
    token: token(`${n}`.padStart(200, "x")),
  }));
  await append(5);
  for (let n = 0; n < 5; n++) await log.append(draft({ personal: { subjects, operationName: null } }));
  await append(300);
  await log.sign();
  const pool = new SearchPool(store.addresses.gateway);
  try {
    const first = await readLeaves(pool, rivemont, 0, 310, 256);
    // Each of the five is larger than a page: it comes alone.
    expect(first.rows).toHaveLength(5);
    expect(first).toMatchObject({ last: false, next: 16 });
    expect((await readLeaves(pool, rivemont, 5, 310, 16)).rows).toHaveLength(1);
    expect((await readLeaves(pool, rivemont, 10, 310, 300)).rows).toHaveLength(300);
  } finally {
    await pool.close();
  }
  expect(await look().goOn()).toMatchObject({ size: 310, checked: 310, erased: 0, faults: [] });
});
