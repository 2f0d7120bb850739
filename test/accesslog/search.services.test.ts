import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openAccessLog } from "../../src/accesslog/index.js";
import type {
  AccessLog,
  AccessLogOptions,
  EntryBody,
  EntryDraft,
  EntryFilter,
  Outcome,
} from "../../src/accesslog/index.js";
import { SearchPool } from "../../src/accesslog/append-connection.js";
import { Indexer } from "../../src/accesslog/indexer.js";
import { coordinate } from "../../src/terms/index.js";
import type { AgreementRef, ApplicationName, PurposeName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { draft, rivemont, token, valbourg } from "./drafts.js";
import { asSuperuser, expectWholeRecord, run } from "./record.js";

let store: Awaited<ReturnType<typeof createTestStore>>;
const opened: AccessLog[] = [];

beforeEach(async () => {
  store = await createTestStore();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await store.close();
});

async function open(options: Partial<AccessLogOptions> = {}): Promise<AccessLog> {
  const log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    indexEveryMs: 0,
    countEveryMs: 0,
    ...options,
  });
  opened.push(log);
  return log;
}

const applications = ["cantine-plus", "biblio-stats", "carte-ouverte"] as const;
const purposes = ["school-meals", "statistics"] as const;
const outcomes: readonly Outcome[] = ["answered", "partial", "refused"];
const coordinates = ["Resident.email", "Resident.birthDate", "CarPark.free"] as const;
const people = ["p1", "p2", "p3", "p4"] as const;
const day = (n: number): string => new Date(Date.UTC(2026, 10, n, 12)).toISOString();

const anyDraft: fc.Arbitrary<EntryDraft> = fc
  .record({
    application: fc.option(fc.constantFrom(...applications)),
    purpose: fc.constantFrom(...purposes),
    outcome: fc.constantFrom(...outcomes),
    read: fc.uniqueArray(fc.constantFrom(...coordinates)),
    refused: fc.uniqueArray(fc.constantFrom(...coordinates)),
    day: fc.integer({ min: 1, max: 9 }),
    people: fc.uniqueArray(fc.constantFrom(...people)),
    tenant: fc.constantFrom(rivemont, valbourg),
  })
  .map((made) =>
    draft({
      tenant: made.tenant,
      at: day(made.day),
      application: made.application as ApplicationName | null,
      purpose: made.purpose as PurposeName,
      agreement: `${made.application ?? "none"}/${made.purpose}` as AgreementRef,
      outcome: made.outcome,
      fields: made.read.map((name) => ({ coordinate: coordinateOf(name), rule: "a.csv:1", mask: "-", cells: 1 })),
      refused: made.refused.map((name) => ({
        coordinate: coordinateOf(name),
        reason: "denied" as const,
        rule: null,
        use: "selection" as const,
      })),
      rows: [],
      personal: {
        subjects: made.people.map((person) => ({ scheme: "resident", token: token(person) })),
        operationName: null,
      },
    }),
  );

function coordinateOf(name: string) {
  const [dataset = "", field = ""] = name.split(".");
  return coordinate(dataset, field);
}

const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 1 });
const anyFilter = fc
  .record({
    application: sometimes(fc.constantFrom(...applications)),
    purpose: sometimes(fc.constantFrom(...purposes)),
    agreement: sometimes(fc.constantFrom("cantine-plus/school-meals", "biblio-stats/statistics")),
    outcome: sometimes(fc.constantFrom(...outcomes)),
    dataset: sometimes(fc.constantFrom("Resident", "CarPark")),
    field: sometimes(fc.constantFrom(...coordinates)),
    use: sometimes(fc.constantFrom("read", "refused")),
    since: sometimes(fc.integer({ min: 1, max: 9 }).map(day)),
    until: sometimes(fc.integer({ min: 1, max: 9 }).map(day)),
    subject: sometimes(
      fc.uniqueArray(fc.constantFrom(...people)).map((tokens) => ({ scheme: "resident", tokens: tokens.map(token) })),
    ),
    before: sometimes(fc.integer({ min: 0, max: 30 })),
    limit: fc.integer({ min: 1, max: 12 }),
  })
  .map(
    (filter) => Object.fromEntries(Object.entries(filter).filter(([, v]) => v !== undefined)) as unknown as EntryFilter,
  );

/** The filter's meaning, written down once more and as plainly as can be. */
function matches(entry: EntryDraft, filter: EntryFilter): boolean {
  const named = (name: string): boolean => {
    const hit = (fields: readonly { coordinate: string }[]): boolean =>
      fields.some((field) => field.coordinate === name || field.coordinate.startsWith(`${name}.`));
    if (filter.use === "read") return hit(entry.fields);
    return filter.use === "refused" ? hit(entry.refused) : hit(entry.fields) || hit(entry.refused);
  };
  const { subject } = filter;
  return (
    (filter.application === undefined || entry.application === filter.application) &&
    (filter.purpose === undefined || entry.purpose === filter.purpose) &&
    (filter.agreement === undefined || entry.agreement === filter.agreement) &&
    (filter.outcome === undefined || entry.outcome === filter.outcome) &&
    (filter.dataset === undefined || named(filter.dataset)) &&
    (filter.field === undefined || named(filter.field)) &&
    (filter.since === undefined || entry.at >= filter.since) &&
    (filter.until === undefined || entry.at < filter.until) &&
    (subject === undefined || entry.personal.subjects.some(({ token: t }) => subject.tokens.includes(t)))
  );
}

describe("search", () => {
  test("finds exactly what a filter means, newest first, page by page", async () => {
    const log = await open();
    const drafts = fc.sample(anyDraft, { numRuns: 60, seed: 7 });
    const appended = await Promise.all(drafts.map((entry) => log.append(entry)));
    const known = drafts
      .map((entry, n) => ({ entry, index: appended[n]?.index ?? -1 }))
      .sort((a, b) => b.index - a.index);
    let found = 0;
    await fc.assert(
      fc.asyncProperty(anyFilter, fc.constantFrom(rivemont, valbourg), async (filter, tenant) => {
        const wanted = known.filter(
          ({ entry, index }) =>
            entry.tenant === tenant && matches(entry, filter) && (filter.before === undefined || index < filter.before),
        );
        const page = await log.search(tenant, filter);
        expect(page.entries.map(({ body, index }) => [index, body.id])).toEqual(
          wanted.slice(0, filter.limit).map(({ entry, index }) => [index, entry.id]),
        );
        expect(page.more).toBe(wanted.length > filter.limit);
        found += page.entries.length;
      }),
      { numRuns: 150 },
    );
    expect(found).toBeGreaterThan(100);
  });

  test("never misses the newest, whichever node wrote it and whoever indexes", async () => {
    const nodes = [await open({ indexEveryMs: 5 }), await open({ indexEveryMs: 5 })];
    await Promise.all(
      nodes.map(async (log) => {
        for (let n = 0; n < 25; n++) {
          const { id } = await log.append(draft());
          for (const reader of nodes) {
            const { entries } = await reader.search(rivemont, { limit: 100 });
            expect(entries.map(({ body }) => body.id)).toContain(id);
          }
        }
      }),
    );
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 50 });
  });

  test("its index leaves the database to requests while they come, and still holds everything", async () => {
    const log = await open();
    const pool = new SearchPool(store.addresses.gateway);
    let appended = 0;
    const indexer = new Indexer(pool, () => appended);
    const come = async (many: number): Promise<void> => {
      await Promise.all(Array.from({ length: many }, () => log.append(draft())));
      appended += many;
    };
    try {
      await come(900);
      // Nothing is known yet of whether requests come: it goes on at once.
      expect(await indexer.tick()).toBe(true);
      await come(900);
      const rest = await indexer.tick();
      expect(rest).toBeTypeOf("number");
      expect(rest).toBeGreaterThan(0);
      // None came since.
      expect(await indexer.tick()).toBe(true);
      // Who searches does not wait for its pace.
      expect((await log.searchEntries(rivemont, { conditions: [] }, { limit: 1 })).entries).toHaveLength(1);
      expect(await indexer.tick()).toBe(false);
    } finally {
      await pool.close();
    }
  });

  test("goes on behind more entries than one round takes, and large ones", async () => {
    const log = await open();
    const subjects = Array.from({ length: 9000 }, (_, n) => ({
      scheme: "resident",
      token: token(`${n}`.padStart(200, "x")),
    }));
    const heavy = { personal: { subjects, operationName: null } };
    const all = [...Array.from({ length: 450 }, () => draft()), ...Array.from({ length: 6 }, () => draft(heavy))];
    await Promise.all(all.map((entry) => log.append(entry)));
    const tokens = [token("8999".padStart(200, "x"))];
    const { entries } = await log.search(rivemont, { subject: { scheme: "resident", tokens }, limit: 10 });
    expect(entries.map(({ index }) => index)).toEqual([455, 454, 453, 452, 451, 450]);
    expect((await log.search(rivemont, { limit: 1000 })).entries).toHaveLength(456);
  });
});

describe("reading", () => {
  test("an entry by its id, its operation's text, and no other tenant's", async () => {
    const log = await open();
    const one = draft({
      personal: { subjects: [{ scheme: "resident", token: token("t") }], operationName: "Menu" },
    });
    await log.append(one);
    const read = await log.read(rivemont, one.id);
    expect(read).toMatchObject({
      index: 0,
      intact: true,
      personal: { subjects: { resident: ["t"] }, operationName: "Menu" },
    });
    expect(read?.body).toMatchObject({
      id: one.id,
      application: "cantine-plus",
      durationMs: 12,
      subjects: 1,
      fields: one.fields,
    });
    expect(await log.operationText("cd".repeat(32))).toBe(one.operation?.text);
    expect(await log.operationText("00".repeat(32))).toBeNull();
    expect(await log.read(valbourg, one.id)).toBeNull();
    expect(await log.read(rivemont, "x")).toBeNull();
  });

  test("says when an entry or a personal part was altered behind its back", async () => {
    const log = await open();
    const [one, two] = [draft(), draft()];
    await log.append(one);
    await log.append(two);
    await run(
      store.superuser,
      `UPDATE access_entry SET body = replace(body, '"cells":50', '"cells":49') WHERE id = '${one.id}'`,
    );
    await run(
      store.superuser,
      `UPDATE access_personal SET body = replace(body, 'null', '"x"') WHERE entry_id = '${two.id}'`,
    );
    const { entries } = await log.search(rivemont, { limit: 10 });
    expect(entries.map(({ intact }) => intact)).toEqual([false, false]);
  });

  test("an entry that was altered beyond reading is told by its index, and the others are found", async () => {
    const log = await open();
    const [one, two] = [draft(), draft()];
    await log.append(one);
    await run(store.superuser, "UPDATE access_entry SET body = 'x'");
    await log.append(two);
    await expect(log.search(rivemont, { limit: 10 })).rejects.toThrow(/index 0 cannot be read/);
    const { entries } = await log.search(rivemont, { application: "cantine-plus", limit: 10 });
    expect(entries.map(({ body }) => body.id)).toEqual([two.id]);
  });

  test("erasing the personal part leaves the entry, its leaf and its proof", async () => {
    const log = await open();
    const one = draft({ personal: { subjects: [{ scheme: "resident", token: token("t") }], operationName: "x" } });
    await log.append(one);
    await log.catchUp();
    await asSuperuser(store.addresses.keeper, async (keeper) => {
      await keeper.query("DELETE FROM access_personal");
      await keeper.query("DELETE FROM access_subject");
    });
    expect(await log.read(rivemont, one.id)).toMatchObject({ intact: true, personal: null });
    const subject = { scheme: "resident", tokens: [token("t")] };
    expect((await log.search(rivemont, { subject, limit: 5 })).entries).toEqual([]);
  });

  test("a database that is away is an error of the log, without the database's words", async () => {
    const log = await open({ connectionString: store.addresses.gateway.replace(/\/test_\w+/, "/no_such_database") });
    await expect(log.search(rivemont, { limit: 1 })).rejects.toMatchObject({ name: "AccessLogUnavailable" });
  });
});

describe("counters", () => {
  test("are added up per minute over nodes, written again without counting twice, and at close", async () => {
    const nodes = [await open(), await open()];
    const since = new Date(Date.now() - 120_000).toISOString();
    for (let n = 0; n < 5; n++) for (const log of nodes) log.count(rivemont, "not-authenticated");
    nodes[0]?.count(valbourg, "overloaded");
    await nodes[0]?.flushCounters();
    await nodes[0]?.flushCounters();
    nodes[0]?.count(rivemont, "not-authenticated");
    await nodes[0]?.flushCounters();
    await nodes[1]?.close();
    const total = async (event: string): Promise<number> =>
      ((await nodes[0]?.counters(rivemont, since)) ?? [])
        .filter((row) => row.event === event)
        .reduce((sum, row) => sum + row.count, 0);
    expect(await total("not-authenticated")).toBe(11);
    expect(await total("overloaded")).toBe(0);
    // Up to a moment: minutes that come after it are not read.
    expect(await nodes[0]?.counters(rivemont, since, since)).toEqual([]);
  });

  test("are kept while the database refuses them", async () => {
    const log = await open({ countEveryMs: 10 });
    await run(store.superuser, "ALTER TABLE access_counter RENAME TO hidden");
    for (let n = 0; n < 7; n++) log.count(rivemont, "rate-limited");
    await expect(log.flushCounters()).rejects.toThrow();
    await run(store.superuser, "ALTER TABLE hidden RENAME TO access_counter");
    await vi.waitFor(async () => {
      const rows = await log.counters(rivemont, day(1));
      expect(rows).toMatchObject([{ event: "rate-limited", count: 7 }]);
    });
  });
});

describe("what the roles may do", () => {
  const record = ["access_leaf", "access_entry", "access_personal", "operation_text"];
  const refusedBy = async (address: string, sql: string): Promise<void> => {
    await expect(run(address, sql), sql).rejects.toMatchObject({ code: "42501" });
  };

  test("the gateway adds to the record and can neither change nor remove any of it", async () => {
    const log = await open();
    await log.append(draft());
    const { gateway } = store.addresses;
    for (const table of [...record, "access_head", "access_counter", "access_entry_default"]) {
      await refusedBy(gateway, `DELETE FROM ${table}`);
      await refusedBy(gateway, `TRUNCATE ${table}`);
      await refusedBy(gateway, `DROP TABLE ${table}`);
    }
    const columns = { access_leaf: "hash", access_entry: "body", access_personal: "body", operation_text: "text" };
    for (const [table, column] of Object.entries(columns))
      await refusedBy(gateway, `UPDATE ${table} SET ${column} = ${column}`);
    await refusedBy(gateway, "UPDATE access_head SET tenant = tenant");
    await refusedBy(gateway, "UPDATE access_head SET size = size - 1");
    await refusedBy(gateway, "SELECT * INTO TEMP x FROM access_entry; ALTER TABLE access_entry DISABLE TRIGGER ALL");
    await run(gateway, "UPDATE access_head SET size = size");
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 1 });
  });

  test("the keeper removes personal parts, and of entries what is over; never leaves or heads, and writes nothing", async () => {
    const log = await open();
    const one = draft();
    await log.append(one);
    const { keeper } = store.addresses;
    for (const table of ["access_leaf", "access_head", "operation_text", "access_entry"])
      await refusedBy(keeper, `DELETE FROM ${table}`);
    for (const table of record) await refusedBy(keeper, `INSERT INTO ${table} DEFAULT VALUES`);
    await refusedBy(keeper, "UPDATE access_entry SET body = ''");
    await refusedBy(keeper, "SELECT access_partitions_ahead(1)");
    await run(store.superuser, "ALTER TABLE access_entry DISABLE TRIGGER ALL");
    await run(keeper, "DELETE FROM access_entry");
    expect(await log.read(rivemont, one.id)).toBeNull();
    expect((await log.search(rivemont, { limit: 5 })).entries).toEqual([]);
    expect(await log.append(draft())).toMatchObject({ index: 1 });
  });
});

describe("monthly partitions", () => {
  const partitions = (): Promise<string[]> =>
    asSuperuser(store.superuser, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'access_entry'::regclass ORDER BY 1",
      );
      return rows.map(({ name }) => name);
    });

  test("are made ahead by the gateway, once; what has none is kept too", async () => {
    expect(await partitions()).toHaveLength(4);
    await run(store.addresses.gateway, "SELECT access_partitions_ahead(2); SELECT access_partitions_ahead(4)");
    const made = await partitions();
    expect(made).toHaveLength(6);
    const month = new Date().toISOString().slice(0, 7).replace("-", "_");
    expect(made).toContain(`access_entry_${month}`);

    const log = await open();
    const far = draft({ at: "2031-05-06T07:08:09.010Z" });
    await log.append(far);
    await log.append(draft());
    expect((await log.read(rivemont, far.id))?.body satisfies EntryBody | undefined).toMatchObject({ at: far.at });
    expect((await log.search(rivemont, { limit: 5 })).entries).toHaveLength(2);
    expect(await expectWholeRecord(store.superuser, [])).toEqual({ rivemont: 2 });
  });

  test("a month whose entries lie in the default partition stays there, and the others are made", async () => {
    const now = new Date();
    const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 4, 15)).toISOString();
    const log = await open();
    const { id } = await log.append(draft({ at }));
    await run(store.addresses.gateway, "SELECT access_partitions_ahead(5)");
    expect(await partitions()).not.toContain(`access_entry_${at.slice(0, 7).replace("-", "_")}`);
    expect(await partitions()).toHaveLength(6);
    expect(await log.read(rivemont, id)).toMatchObject({ intact: true });
  });
});
