// Searching by terms that are bits, and what is counted while they are written: both as a naive reading has them.
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SearchPool } from "../../src/accesslog/append-connection.js";
import { foundBits } from "../../src/accesslog/found-bits.js";
import { outerBounds } from "../../src/accesslog/search-bounds.js";
import { erasePersonal, openAccessLog, type AccessLog, type EntryDraft } from "../../src/accesslog/index.js";
import { removeCounted, removeFromSearch } from "../../src/accesslog/removed-from-search.js";
import {
  logFilterOf,
  readLogQuery,
  type LogCondition,
  type LogFilter,
  type SubjectToken,
} from "../../src/terms/index.js";
import type { AgreementRef, TenantName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { draft, rivemont, token, valbourg } from "./drafts.js";
import { anyConditions, anyDraft, fieldUseOf, holds, hoursOf, moment, summaryOf } from "./naive-search.js";
import { asSuperuser, run } from "./record.js";

type TestStore = Awaited<ReturnType<typeof createTestStore>>;
const always = { since: moment(0), until: moment(100) };

const openOn = (store: TestStore): Promise<AccessLog> =>
  openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    indexEveryMs: 0,
    countEveryMs: 0,
  });

/** Numbers begin shortly before a chunk of 4,096 ends, so that a few entries lie in two of them. */
const beginAt = (store: TestStore, index: number): Promise<void> =>
  run(
    store.superuser,
    [rivemont, valbourg]
      .map(
        (tenant) =>
          `INSERT INTO access_head VALUES ('${tenant}', ${index}); INSERT INTO access_watermark VALUES ('${tenant}', ${index});`,
      )
      .join("\n"),
  );

interface Known {
  readonly entry: EntryDraft;
  readonly index: number;
}

async function appendAll(log: AccessLog, drafts: readonly EntryDraft[]): Promise<Known[]> {
  const appended = await Promise.all(drafts.map((entry) => log.append(entry)));
  return drafts
    .map((entry, nth) => ({ entry, index: appended[nth]?.index ?? -1 }))
    .sort((one, other) => other.index - one.index);
}

describe("a search", () => {
  let store: TestStore;
  let log: AccessLog;
  let known: Known[];
  const of = (tenant: TenantName, conditions: readonly LogCondition[], before = Infinity): Known[] =>
    known.filter(({ entry, index }) => entry.tenant === tenant && index < before && holds(entry, conditions));

  beforeAll(async () => {
    store = await createTestStore();
    log = await openOn(store);
    await beginAt(store, 4096 * 3 - 40);
    known = await appendAll(log, fc.sample(anyDraft, { numRuns: 130, seed: 11 }));
  });
  afterAll(async () => {
    await log.close();
    await store.close();
  });

  test("finds, shows and counts what its conditions mean, whatever they are", async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        anyConditions,
        fc.constantFrom(rivemont, valbourg),
        fc.option(fc.integer({ min: 4096 * 3 - 41, max: 4096 * 3 + 60 }), { nil: undefined }),
        async (conditions, tenant, before) => {
          const filter: LogFilter = { conditions, ...(before !== undefined && { before }) };
          const wanted = of(tenant, conditions, before);
          const page = await log.searchSummaries(tenant, filter, { limit: 20 });
          expect(page.rows).toEqual(wanted.slice(0, 20).map(({ entry, index }) => summaryOf(entry, index)));
          expect(page.more).toBe(wanted.length > 20);
          expect(await log.total(tenant, filter, 1000)).toEqual({ count: wanted.length, exact: true });
          found += wanted.length;
        },
      ),
      { numRuns: 150 },
    );
    expect(found).toBeGreaterThan(500);
  });

  test("is paged through without a row that comes twice or never, also while entries are added", async () => {
    await fc.assert(
      fc.asyncProperty(anyConditions, fc.integer({ min: 1, max: 7 }), async (conditions, limit) => {
        const wanted = of(rivemont, conditions).map(({ index }) => index);
        const pin = Math.max(...known.map(({ index }) => index)) + 1;
        const paged: number[] = [];
        for (let [before, more] = [pin, true]; more;) {
          const page = await log.searchSummaries(rivemont, { conditions, before: pin }, { limit, before });
          paged.push(...page.rows.map(({ index }) => index));
          [before, more] = [page.rows.at(-1)?.index ?? 0, page.more];
          if (paged.length < 20) await log.append(draft({ tenant: rivemont, at: moment(3) }));
        }
        expect(paged).toEqual(wanted);
      }),
      { numRuns: 12 },
    );
  });

  test("counts on to its bound and a little, and says that there may be more", async () => {
    const { count, exact } = await log.total(rivemont, { conditions: [] }, 5);
    expect(count).toBeGreaterThan(5);
    // All of it lies in one look here, so it is exact; beyond the first million entries it need not be.
    expect(exact).toBe(true);
    expect(await log.total(rivemont, { conditions: [], before: 0 }, 5)).toEqual({ count: 0, exact: true });
    expect(await log.searchSummaries("nowhere" as TenantName, { conditions: [] }, { limit: 5 })).toEqual({
      rows: [],
      more: false,
    });
  });

  test("an entry that was altered beyond reading stands in a list as such", async () => {
    const { index } = await log.append(draft({ tenant: rivemont, at: moment(2) }));
    await run(store.superuser, `UPDATE access_entry SET body = 'x' WHERE index = ${index} AND tenant = 'rivemont'`);
    const { rows } = await log.searchSummaries(rivemont, { conditions: [] }, { limit: 1 });
    expect(rows).toMatchObject([{ index, outcome: null, application: null, fields: [], staff: null }]);
  });
});

describe("what is counted", () => {
  let store: TestStore;
  let log: AccessLog;
  beforeEach(async () => {
    store = await createTestStore();
    log = await openOn(store);
  });
  afterEach(async () => {
    await log.close();
    await store.close();
  });

  const expectCounted = async (entries: readonly EntryDraft[], tenant = rivemont): Promise<void> => {
    const own = entries.filter((entry) => entry.tenant === tenant);
    expect(await log.hours(tenant, always)).toEqual(hoursOf(own));
    expect(await log.fieldUse(tenant, always)).toEqual(fieldUseOf(own));
  };
  const tables = ["access_summary", "access_chunk", "access_term", "access_subject", "access_hour", "access_field_day"];
  const everything = (): Promise<unknown[]> =>
    asSuperuser(store.superuser, async (client) => {
      const all: unknown[] = [];
      for (const table of tables) all.push((await client.query(`SELECT * FROM ${table} AS t ORDER BY t::text`)).rows);
      return all;
    });

  test("is every entry once, though the indexer dies in the middle, again and again", async () => {
    const entries: EntryDraft[] = [];
    // Which statement fails: each of the six tables, the one that is written last among them.
    for (const [nth, table] of [...tables, "access_watermark"].entries()) {
      const some = fc.sample(anyDraft, { numRuns: 25, seed: 100 + nth });
      entries.push(...some);
      await appendAll(log, some);
      await run(
        store.superuser,
        `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
         CREATE TRIGGER die AFTER INSERT OR UPDATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION die()`,
      );
      await expect(log.hours(rivemont, always)).rejects.toThrow();
      await run(store.superuser, "DROP FUNCTION die CASCADE");
      await expectCounted(entries);
    }
    await expectCounted(entries, valbourg);
    const before = await everything();
    // An index that is built anew is the same, and has counted nothing twice.
    await run(store.superuser, "UPDATE access_watermark SET indexed = 0");
    await log.catchUp();
    expect(await everything()).toEqual(before);
  });

  test("is told by the town's days, and by what was never used before", async () => {
    const [first, second] = [moment(0), moment(20)];
    const read = (name: string, cells = 1) => ({ coordinate: name as never, rule: "", mask: "-", cells });
    await log.append(draft({ at: first, fields: [read("Resident.email")] }));
    await log.append(draft({ at: second, fields: [read("Resident.email"), read("Resident.name")] }));
    // Half past eleven in the evening of UTC is the next day in Paris.
    await log.append(draft({ at: "2026-10-30T23:30:00.000Z", fields: [read("Resident.name")], outcome: "refused" }));
    const agreement = "cantine-plus/school-meals" as AgreementRef;
    expect(await log.firstUses(rivemont, second)).toEqual([{ agreement, coordinate: "Resident.name", at: second }]);
    expect(await log.firstUses(rivemont, first)).toHaveLength(2);
    expect(await log.volumes(rivemont, { ...always, timeZone: "Europe/Paris" })).toEqual([
      { agreement, day: "2026-10-20", entries: 1, refused: 0 },
      { agreement, day: "2026-10-25", entries: 1, refused: 0 },
      { agreement, day: "2026-10-31", entries: 1, refused: 1 },
    ]);
    expect(await log.fieldUse(rivemont, { ...always, agreement: "other/none" as AgreementRef })).toEqual([]);
  });

  test("stays as it is when a person is erased, of whom nothing is found any more", async () => {
    const subjects = [{ scheme: "resident", token: token("t") }];
    const staff = { who: "marie@rivemont.example", command: "log", filters: {} };
    const personal = { subjects, operationName: null };
    await log.append(draft({ personal, at: moment(1) }));
    await log.append(draft({ personal, staff, outcome: "staff", at: moment(1) }));
    await log.append(draft({ staff, outcome: "staff", at: moment(1) }));
    const by = (condition: LogCondition): Promise<number[]> =>
      log
        .searchSummaries(rivemont, { conditions: [condition] }, { limit: 9 })
        .then(({ rows }) => rows.map(({ index }) => index));
    const person: LogCondition = { on: "person", anyOf: [{ scheme: "resident", tokens: [token("t")] }], not: false };
    const marie: LogCondition = { on: "staff", anyOf: ["marie@rivemont.example"], not: false };
    expect([await by(person), await by(marie)]).toEqual([[1, 0], [2, 1]]); // prettier-ignore
    const counted = await log.hours(rivemont, always);
    await store.keeper.transaction((db) => erasePersonal(db, rivemont, "resident", [token("t")], 3));
    expect([await by(person), await by(marie)]).toEqual([[], [2]]);
    expect(await by({ on: "staff", anyOf: ["*"], not: false })).toEqual([2, 1]);
    expect(await log.hours(rivemont, always)).toEqual(counted);
    await run(store.superuser, "UPDATE access_watermark SET indexed = 0");
    expect([await by(person), await by(marie)]).toEqual([[], [2]]);
    expect(await log.hours(rivemont, always)).toEqual(counted);
  });

  test("and what is found goes with its retention, from the oldest on", async () => {
    await beginAt(store, 4096 - 30);
    const known = await appendAll(log, fc.sample(anyDraft, { numRuns: 100, seed: 5 }));
    await log.catchUp();
    const own = known.filter(({ entry }) => entry.tenant === rivemont);
    for (const [from, to] of [
      [4096 - 30, 4096 - 10],
      [4096 - 10, 4096 + 7],
      [4096 + 7, 4096 + 20],
    ] as const) {
      // prettier-ignore
      const pool = new SearchPool(store.addresses.keeper);
      await pool.transaction((on) => removeFromSearch(on, rivemont, from, to));
      await pool.close();
      const left = own.filter(({ index }) => index >= to);
      for (const conditions of [[], ...fc.sample(anyConditions, { numRuns: 15, seed: from })]) {
        const wanted = left.filter(({ entry }) => holds(entry, conditions)).map(({ index }) => index);
        const { rows } = await log.searchSummaries(rivemont, { conditions }, { limit: 100 });
        expect(rows.map(({ index }) => index)).toEqual(wanted);
        expect(await log.total(rivemont, { conditions }, 1000)).toEqual({ count: wanted.length, exact: true });
      }
    }
    const { rows } = await store.keeper
      .query<{ n: string }[]>("SELECT count(*) AS n FROM access_term WHERE chunk = 0 AND tenant = 'rivemont'")
      .then((all) => ({ rows: all }));
    expect(rows[0]?.n).toBe("0");
    const until = moment(30);
    const pool = new SearchPool(store.addresses.keeper);
    await removeCounted(pool, rivemont, until);
    await pool.close();
    const kept = own.filter(({ entry }) => entry.at >= `${until.slice(0, 13)}:00`).map(({ entry }) => entry);
    expect(await log.hours(rivemont, always)).toEqual(hoursOf(kept));
  });
});

describe("the twelve named searches", () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await createTestStore();
    // A log of 300 chunks beside others, its terms as many as a town has; of each table as many rows as tell a planner.
    await run(
      store.superuser,
      `INSERT INTO access_chunk SELECT t, c, timestamptz '2026-01-01Z' + c * interval '1 day', timestamptz '2026-01-02Z' + c * interval '1 day', ~0::bit(4096)
         FROM unnest(ARRAY['rivemont', 'valbourg', 'third', 'fourth', 'fifth', 'sixth']) t, generate_series(0, 299) c;
       INSERT INTO access_term SELECT 'rivemont', 'app=a' || n, c, 5::bit(4096) FROM generate_series(1, 60) n, generate_series(0, 299) c;
       INSERT INTO access_subject SELECT 'rivemont', n, 'resident', ARRAY['x' || n % 5000] FROM generate_series(0, 20000) n;
       INSERT INTO access_summary (tenant, index, at, entry_id, staff)
         SELECT 'rivemont', n, now(), gen_random_uuid(), CASE WHEN n % 500 = 0 THEN 'root' END FROM generate_series(0, 20000) n;
       ANALYZE access_chunk, access_term, access_subject, access_summary`,
    );
  });
  afterAll(() => store.close());

  const searches = [
    "app:a1",
    "agreement:a1/p on:2026-02-01",
    "field:Resident.email",
    "field:Resident.email app:a1 -outcome:answered",
    "person:resident~x1",
    "person:resident~x1 dataset:Household",
    "outcome:refused after:2026-06-01 before:2026-07-01",
    "purpose:p basis:public-task",
    "staff:*",
    "policy:abcdef12",
    "dataset:Household -app:a1",
    "outcome:failed",
    "staff:root",
  ];

  test.each(searches)("%s reads by its indexes alone", async (line) => {
    const read = readLogQuery(line);
    expect(read.faults).toEqual([]);
    const filter = logFilterOf(read.terms, {
      now: new Date(),
      timeZone: "Europe/Paris",
      person: (sought) => ({
        scheme: sought.scheme,
        tokens: ["token" in sought ? (sought.token as SubjectToken) : token("")],
      }),
    });
    const planOf = ({ text, values }: ReturnType<typeof foundBits>): Promise<string> =>
      asSuperuser(store.superuser, async (client) => {
        const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${text}`, [...values]);
        return rows.map((row) => row["QUERY PLAN"]).join("\n");
      });
    const plan = await planOf(foundBits(rivemont, filter, { from: 44, to: 299 }));
    expect(plan).toMatch(/Index/);
    expect(plan).not.toMatch(/Seq Scan/);
    // Nothing is put together by a join, whose order could be chosen badly.
    expect(plan).not.toMatch(/Nested Loop|Hash Join|Merge Join/);
    // A person is found by their tokens, not by looking at entries one after the other until they are met.
    if (!line.startsWith("person:")) return;
    for (const found of [plan, await planOf(outerBounds(rivemont, filter))]) {
      expect(found).toContain("Bitmap Index Scan on access_subject_tokens");
      expect(found).not.toContain("access_subject_entry");
    }
  });
});
