// Failures of the append, each by its name. After each the record is whole, and nothing that failed counts as recorded.
import { mkdtempSync, readFileSync, rmSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AccessLogUnavailable, openAccessLog } from "../../src/accesslog/index.js";
import type { AccessLog, AccessLogOptions, Appended, EntryDraft } from "../../src/accesslog/index.js";
import { openStore, startEmbedded } from "../../src/store/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { draft, rivemont, token, valbourg } from "./drafts.js";
import { asSuperuser, expectWholeRecord, run } from "./record.js";
import { TcpProxy } from "./tcp-proxy.js";

let store: Awaited<ReturnType<typeof createTestStore>>;
let proxy: TcpProxy;
const opened: AccessLog[] = [];
let reports: string[];

beforeEach(async () => {
  store = await createTestStore();
  proxy = await TcpProxy.open(store.addresses.gateway);
  reports = [];
});

afterEach(async () => {
  proxy.heal();
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await proxy.close();
  await store.close();
});

async function open(options: Partial<AccessLogOptions> = {}): Promise<AccessLog> {
  const log = await openAccessLog({
    connectionString: proxy.url,
    report: (line) => reports.push(line),
    indexEveryMs: 0,
    countEveryMs: 0,
    ...options,
  });
  opened.push(log);
  return log;
}

const drafts = (count: number, changes: Partial<EntryDraft> = {}): EntryDraft[] =>
  Array.from({ length: count }, () => draft(changes));

/** Indexes of what resolved; the others' errors. */
async function settled(
  promises: readonly Promise<Appended>[],
): Promise<{ done: Appended[]; failed: AccessLogUnavailable[] }> {
  const done: Appended[] = [];
  const failed: AccessLogUnavailable[] = [];
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === "fulfilled") done.push(result.value);
    else {
      expect(result.reason).toBeInstanceOf(AccessLogUnavailable);
      failed.push(result.reason as AccessLogUnavailable);
    }
  }
  return { done, failed };
}

test("entries of several tenants go in one batch, each tenant's indexes from 0", async () => {
  const log = await open();
  const all = [...drafts(40), ...drafts(30, { tenant: valbourg })];
  const { done, failed } = await settled(all.map((entry) => log.append(entry)));
  expect(failed).toEqual([]);
  expect(await expectWholeRecord(store.superuser, done)).toEqual({ rivemont: 40, valbourg: 30 });
});

test("the same draft twice is one entry; another draft under its id is refused", async () => {
  const [one, two] = [await open(), await open()];
  const first = draft({ personal: { subjects: [{ scheme: "resident", token: token("t") }], operationName: "A" } });
  const answers = await Promise.all([one.append(first), one.append(first), two.append(first)]);
  expect(answers.map(({ index }) => index)).toEqual([0, 0, 0]);
  await expect(two.append({ ...first, status: 403 })).rejects.toMatchObject({ reason: "faulty-entry" });
  const other = { subjects: [{ scheme: "resident", token: token("u") }], operationName: "A" };
  await expect(one.append({ ...first, personal: other })).rejects.toMatchObject({ reason: "faulty-entry" });
  expect(await expectWholeRecord(store.superuser, answers)).toEqual({ rivemont: 1 });
});

test("two nodes append at once: indexes are gapless and no id stands twice", async () => {
  const nodes = [await open({ maxBatch: 16 }), await open({ maxBatch: 16 })];
  const all = [...drafts(300), ...drafts(300, { tenant: valbourg })].sort((a, b) => a.id.localeCompare(b.id));
  const { done, failed } = await settled(all.map((entry, n) => (nodes[n % 2] as AccessLog).append(entry)));
  expect(failed).toEqual([]);
  expect(await expectWholeRecord(store.superuser, done)).toEqual({ rivemont: 300, valbourg: 300 });
});

describe("the connection", () => {
  // What commits a batch: the end of a transaction at first, then the one statement that is the whole batch; with its text
  // when the server gets to know it, by its name alone from then on.
  describe.each([
    { earlier: 0, commit: "COMMIT" },
    { earlier: 1, commit: "UPDATE access_head h" },
    { earlier: 2, commit: "append at once" },
  ])("at $commit", ({ earlier, commit }) => {
    const known = async (log: AccessLog): Promise<Appended[]> => {
      const appended: Appended[] = [];
      while (appended.length < earlier) appended.push(await log.append(draft()));
      return appended;
    };

    test("commit succeeds, reply lost: the retry finds the entries in their place", async () => {
      const log = await open();
      const before = await known(log);
      const sprung = proxy.trapOn(commit, "lose-reply");
      const { done, failed } = await settled(drafts(20).map((entry) => log.append(entry)));
      await sprung;
      expect(failed).toEqual([]);
      expect(await expectWholeRecord(store.superuser, [...before, ...done])).toEqual({ rivemont: before.length + 20 });
    });

    test("commit is sent and never arrives: the batch is written once, by the retry", async () => {
      const log = await open();
      const before = await known(log);
      const sprung = proxy.trapOn(commit, "cut");
      const { done, failed } = await settled(drafts(20).map((entry) => log.append(entry)));
      await sprung;
      expect(failed).toEqual([]);
      expect(await expectWholeRecord(store.superuser, [...before, ...done])).toEqual({ rivemont: before.length + 20 });
    });

    test("the database says nothing after it: an error in time, and the entries may be on record", async () => {
      const log = await open({ deadlineMs: 400 });
      const before = await known(log);
      const sprung = proxy.trapOn(commit, "stall");
      const { done, failed } = await settled(drafts(3).map((entry) => log.append(entry)));
      await sprung;
      expect(done).toEqual([]);
      expect(failed.map(({ reason }) => reason)).toEqual(["timeout", "timeout", "timeout"]);
      const next = await log.append(draft());
      expect(await expectWholeRecord(store.superuser, [next])).toEqual({ rivemont: before.length + 4 });
    });
  });

  test("two nodes bring the same entries at once, as a statement and its own retry may: one writes, the other finds them", async () => {
    const nodes = [await open(), await open()];
    const heads = await Promise.all(nodes.map((log) => log.append(draft())));
    const same = drafts(5);
    const { done, failed } = await settled(nodes.flatMap((log) => same.map((entry) => log.append(entry))));
    expect(failed).toEqual([]);
    expect(done.slice(0, 5)).toEqual(done.slice(5));
    expect(await expectWholeRecord(store.superuser, [...heads, ...done.slice(0, 5)])).toEqual({ rivemont: 7 });
  });

  test.each(["INSERT INTO access_leaf", "FOR UPDATE", "INSERT INTO access_head", "operation_text"])(
    "is cut in the middle of a batch, at %s",
    async (statement) => {
      const log = await open();
      for (const spring of ["cut", "lose-reply"] as const) {
        const sprung = proxy.trapOn(statement, spring);
        // Another tenant and another operation each time, so that every statement is sent.
        const tenant = `${spring}-town` as TenantName;
        const hash = (spring === "cut" ? "0" : "1").repeat(64);
        const { failed } = await settled(
          drafts(10, { tenant, operation: { hash, text: "{ a }" } }).map((entry) => log.append(entry)),
        );
        await sprung;
        expect(failed).toEqual([]);
      }
      expect(await expectWholeRecord(store.superuser, [])).toEqual({ "cut-town": 10, "lose-reply-town": 10 });
    },
  );

  test("the server ends it while the batch waits", async () => {
    const log = await open();
    await log.append(draft());
    await asSuperuser(store.superuser, async (client) => {
      await client.query("BEGIN; SELECT FROM access_head FOR UPDATE");
      const appending = settled(drafts(5).map((entry) => log.append(entry)));
      await vi.waitFor(async () => {
        const ended = await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        expect(ended.rowCount).toBe(1);
      });
      await client.query("COMMIT");
      expect((await appending).failed).toEqual([]);
    });
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 6 });
  });
});

describe("the database says nothing", () => {
  test("in the middle of a batch: its lock is freed, another node goes on, and so does this one", async () => {
    const log = await open({ deadlineMs: 400 });
    const other = await open({ connectionString: store.addresses.gateway });
    const sprung = proxy.trapOn("INSERT INTO access_leaf", "stall");
    const stuck = settled(drafts(3).map((entry) => log.append(entry)));
    await sprung;
    const during = await other.append(draft());
    expect((await stuck).failed).toHaveLength(3);
    const after = await log.append(draft());
    const { rivemont: size } = await expectWholeRecord(store.superuser, [during, after]);
    expect(size).toBe(2);
  });

  test("at all: what waits is bounded, and refused at once beyond the bound", async () => {
    const log = await open({ deadlineMs: 400, maxQueued: 10, maxBatch: 4 });
    await log.append(draft());
    proxy.stall();
    const { done, failed } = await settled(drafts(30).map((entry) => log.append(entry)));
    expect(done).toEqual([]);
    const reasons = failed.map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === "queue-full")).toHaveLength(20);
    expect(reasons.filter((reason) => reason === "timeout")).toHaveLength(10);
    proxy.heal();
    const after = await log.append(draft());
    // What had timed out while it waited was not written later on.
    expect(await expectWholeRecord(store.superuser, [after])).toEqual({ rivemont: 2 });
    expect(reports).toContain("access log: writes again");
  });

  test("for a while: a slow answer within the deadline is an answer", async () => {
    const log = await open({ deadlineMs: 20_000 });
    await log.append(draft());
    proxy.delayMs = 60;
    const { failed } = await settled(drafts(5).map((entry) => log.append(entry)));
    expect(failed).toEqual([]);
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 6 });
  });

  test("because a lock is held too long: an error in time, and nothing written behind it", async () => {
    const log = await open({ deadlineMs: 300 });
    await log.append(draft());
    await asSuperuser(store.superuser, async (client) => {
      await client.query("BEGIN; SELECT FROM access_head FOR UPDATE");
      await expect(log.append(draft())).rejects.toMatchObject({ reason: "timeout" });
      await client.query("COMMIT");
    });
    expect(await log.append(draft())).toMatchObject({ index: 1 });
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 2 });
  });
});

describe("the database refuses", () => {
  const failing = (state: string, condition = "true"): string => `
    CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF ${condition} THEN RAISE EXCEPTION 'value of a person' USING ERRCODE = '${state}'; END IF; RETURN NEW; END $$;
    CREATE OR REPLACE TRIGGER spoil BEFORE INSERT ON access_entry FOR EACH ROW EXECUTE FUNCTION spoil()`;

  test("full: nothing is recorded, all get the error at once, and it recovers by itself", async () => {
    const log = await open({ deadlineMs: 30_000 });
    await log.append(draft());
    await run(store.superuser, failing("53100"));
    const { done, failed } = await settled(drafts(10).map((entry) => log.append(entry)));
    expect(done).toEqual([]);
    expect(failed.every(({ reason }) => reason === "database")).toBe(true);
    expect(`${failed.map(({ message }) => message).join()} ${reports.join()}`).not.toContain("value of a person");
    expect(reports).toEqual([
      "access log: cannot write (SQLSTATE 53100); requests that it cannot record in time get 503",
    ]);
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 1 });
    await run(store.superuser, "DROP TRIGGER spoil ON access_entry");
    expect(await log.append(draft())).toMatchObject({ index: 1 });
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 2 });
  });

  test.each(["26000", "42P05", "0A000"])(
    "a statement it was to keep (%s): it is written out instead",
    async (state) => {
      const log = await open();
      // The first of an operation is never written at once.
      const all = drafts(3);
      for (const one of all.slice(0, 1)) await log.append(one);
      await run(store.superuser, failing(state, "current_query() LIKE '%head.start + w.nth%'"));
      for (const one of all.slice(1)) await log.append(one);
      expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 3 });
      expect(reports).toEqual([]);
    },
  );

  test("one entry of the batch is faulty: it fails alone", async () => {
    await run(store.superuser, failing("22023", `NEW.body LIKE '%"status":418%'`));
    const log = await open();
    const all = drafts(101);
    all[37] = draft({ status: 418 });
    all[64] = draft({ status: 418 });
    const { done, failed } = await settled(all.map((entry) => log.append(entry)));
    expect(done).toHaveLength(99);
    expect(failed.map(({ reason }) => reason)).toEqual(["faulty-entry", "faulty-entry"]);
    expect(await expectWholeRecord(store.superuser, done)).toEqual({ rivemont: 99 });
  });

  test("a NUL where PostgreSQL takes none, and texts that cannot be written, fail alone", async () => {
    const log = await open();
    const wild = draft({
      personal: {
        subjects: [],
        operationName: `\u0000\u001b]0;x\u0007\ud800${"x".repeat(1_000_000)}`,
        traceparent: "\u0000'; DROP TABLE access_leaf; --",
      },
    });
    const faulty = [
      draft({ tenant: "a\u0000b" as TenantName }),
      draft({ id: "not a uuid" }),
      draft({ personal: { subjects: [{ scheme: "resident", token: token("\ud800") }], operationName: null } }),
    ];
    const { done, failed } = await settled(
      [...drafts(5), wild, ...faulty, ...drafts(5)].map((entry) => log.append(entry)),
    );
    expect(done).toHaveLength(11);
    expect(failed.map(({ reason }) => reason)).toEqual(["faulty-entry", "faulty-entry", "faulty-entry"]);
    expect(await expectWholeRecord(store.superuser, done)).toEqual({ rivemont: 11 });
    expect((await log.read(rivemont, wild.id))?.personal?.operationName).toMatch(
      /^\\u0000\\u001b\]0;x\\u0007\\ud800x+…$/,
    );
  });

  test("connections: it recovers by itself, also when it was away from the start", async () => {
    proxy.refuse();
    const log = await open({ deadlineMs: 300 });
    await expect(log.append(draft())).rejects.toBeInstanceOf(AccessLogUnavailable);
    const waiting = log.append(draft());
    proxy.heal();
    expect(await expectWholeRecord(store.superuser, [await waiting])).toEqual({ rivemont: 1 });
    expect(reports.at(-1)).toBe("access log: writes again");
  });
});

test("the database stops mid-batch, crashes, and comes back", async () => {
  const dir = mkdtempSync(join(tmpdir(), "passerelle-log-"));
  chmodSync(dir, 0o755);
  const start = () => startEmbedded({ dir, durable: true });
  let server = await start();
  try {
    const { addresses, close } = await openStore({
      location: { kind: "server", owner: server.url, gateway: server.url, keeper: server.url },
      entities: [],
      report: () => undefined,
    });
    await close();
    proxy.retarget(addresses.gateway);
    const log = await open({ deadlineMs: 1500, maxBatch: 5 });
    const appending: Promise<Appended>[] = [];
    const burst = (count: number): void => {
      for (const entry of drafts(count)) {
        const appended = log.append(entry);
        appended.catch(() => undefined);
        appending.push(appended);
      }
    };
    burst(100);
    await appending[0];
    burst(400);
    // SIGQUIT: PostgreSQL ends at once, without finishing anything; the next start recovers from its log.
    process.kill(Number(readFileSync(join(server.dir, "data", "postmaster.pid"), "utf8").split("\n")[0]), "SIGQUIT");
    const { done, failed } = await settled(appending);
    expect(done.length).toBeGreaterThan(0);
    expect(failed.length).toBeGreaterThan(0);
    await server.stop();
    server = await start();
    const moved = new URL(addresses.gateway);
    moved.port = new URL(server.url).port;
    proxy.retarget(moved.href);
    const after = await vi.waitFor(() => log.append(draft()), { timeout: 20_000 });
    const sizes = await expectWholeRecord(server.url, [...done, after]);
    expect(sizes["rivemont"]).toBeGreaterThanOrEqual(done.length + 1);
    await log.close();
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});

test("after close nothing is taken, and what was taken is written", async () => {
  const log = await open();
  const taken = settled(drafts(300).map((entry) => log.append(entry)));
  await log.close();
  const { done, failed } = await taken;
  expect(failed).toEqual([]);
  await expect(log.append(draft())).rejects.toMatchObject({ reason: "closed" });
  expect(await expectWholeRecord(store.superuser, done)).toEqual({ rivemont: 300 });
});
