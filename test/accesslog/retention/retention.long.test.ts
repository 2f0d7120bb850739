// What is over goes, with all that finds it, and nothing else; what is left proves as before.
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  openAccessLog,
  openRetention,
  staffEntry,
  type AccessLog,
  type Retention,
} from "../../../src/accesslog/index.js";
import type { RetentionOutcome } from "../../../src/accesslog/index.js";
import { readCheckpoint, type Checkpoint } from "../../../src/accesslog/merkle/checkpoint.js";
import { readNote, signerKey } from "../../../src/accesslog/merkle/signed-note.js";
import { removeTold } from "../../../src/accesslog/retention/remove.js";
import { SearchPool } from "../../../src/accesslog/append-connection.js";
import type { Store } from "../../../src/store/index.js";
import { dayIn, monthsBefore } from "../../../src/terms/index.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont, token, valbourg } from "../drafts.js";
import { asSuperuser, run } from "../record.js";

const key = signerKey("testville.example/log", createHash("sha256").update("log").digest());
const time = { months: 12, timeZone: "Europe/Paris" };

let store: Store & { readonly superuser: string };
let log: AccessLog;
let retention: Retention;

beforeEach(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    indexEveryMs: 0,
    countEveryMs: 0,
    signEveryMs: 0,
    signer: () => ({ origin: key.name, key }),
  });
  retention = openRetention({ connectionString: store.addresses.keeper });
}, 60_000);
afterEach(async () => {
  await retention.close();
  await log.close();
  await store.close();
});

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

const append = async (days: readonly number[], tenant = rivemont): Promise<void> => {
  for (const each of days) {
    const subjects = [{ scheme: "resident", token: token(`t${String(each)}`) }];
    await log.append(draft({ tenant, at: daysAgo(each), personal: { subjects, operationName: null } }));
  }
};

const runNow = (confirmed = true, tenant = rivemont): Promise<RetentionOutcome> =>
  retention.run({
    tenant,
    time,
    confirmed,
    record: (filters) =>
      log.append(
        staffEntry({ tenant, at: new Date(), who: "the gateway", command: "retention", filters, subjects: [] }),
      ),
  });

const rows = (sql: string): Promise<Record<string, unknown>[]> =>
  asSuperuser(store.superuser, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);

const witnessed = async (): Promise<Checkpoint[]> =>
  (await rows("SELECT note FROM log_checkpoint WHERE tenant = 'rivemont' ORDER BY size")).map(({ note }) =>
    readCheckpoint(readNote(String(note)).text),
  );

async function faults(seen: readonly (Checkpoint & { seenAt?: Date })[] = []): Promise<string[]> {
  const report = await log.verify(rivemont, { keys: [key], witnessed: seen });
  return report.faults.map(({ kind, from, to }) => `${kind} ${String(from)}-${String(to)}`);
}

describe("what is over", () => {
  test("goes with its part about people and all that finds it; the rest stays and proves", async () => {
    await append([420, 400, 370, 366, 364, 200]);
    await append([500], valbourg);
    await log.sign();
    const seen = await witnessed();
    await log.catchUp();
    await append([1]);
    await run(
      store.superuser,
      `INSERT INTO access_counter VALUES ('rivemont', now() - interval '400 days', 'overloaded', gen_random_uuid(), 1),
         ('rivemont', now() - interval '300 days', 'overloaded', gen_random_uuid(), 1);
       INSERT INTO operation_text VALUES ('old', 'x', current_date - 600), ('kept', 'x', current_date - 300)`,
    );
    const result = await runNow();
    expect(result).toMatchObject({ outcome: "done", due: { entries: 4, upTo: 4 } });
    for (const table of ["access_entry", "access_summary"])
      expect(await rows(`SELECT index FROM ${table} WHERE tenant = 'rivemont' AND index < 6 ORDER BY index`)).toEqual([
        { index: "4" },
        { index: "5" },
      ]);
    expect(await rows("SELECT min(index) FROM access_subject WHERE tenant = 'rivemont'")).toEqual([{ min: "4" }]);
    const hours = await rows(
      "SELECT sum(entries)::int AS n FROM access_hour WHERE tenant = 'rivemont' AND outcome <> 'staff'",
    );
    expect(hours).toEqual([{ n: 2 }]);
    expect(await rows("SELECT count(*)::int AS n FROM access_personal WHERE tenant = 'rivemont'")).toEqual([{ n: 4 }]);
    expect(await rows("SELECT count(*)::int AS n FROM access_counter")).toEqual([{ n: 1 }]);
    // Nobody has said how long the other town keeps its entries: nothing of it goes, nor a text that one of them could name.
    expect(await rows("SELECT index FROM access_entry WHERE tenant = 'valbourg'")).toEqual([{ index: "0" }]);
    expect(await rows("SELECT hash FROM operation_text WHERE length(hash) < 9 ORDER BY hash")).toEqual([
      { hash: "kept" },
    ]);
    expect(await faults(seen)).toEqual([]);
    await log.sign();
    expect(await faults(await witnessed())).toEqual([]);
    const { entries } = await log.search(rivemont, { outcome: "staff", limit: 5 });
    expect(entries.map(({ body }) => body.staff)).toEqual([
      {
        command: "retention",
        filters: {
          before: monthsBefore(dayIn("Europe/Paris", new Date()), 12),
          entries: "4",
          months: "12",
          "up-to": "4",
        },
      },
    ]);
    expect(await log.proof(rivemont, entries[0]?.body.id ?? "")).toMatchObject({ index: 7 });
    expect(await log.retentionState(rivemont)).toMatchObject({ removed: 4, hindered: null });
  });

  test("is removed once: the next run finds nothing, and nothing is recorded", async () => {
    await append([400, 1]);
    await runNow();
    expect(await runNow(false)).toMatchObject({ outcome: "done", due: { entries: 0 } });
    expect(await rows("SELECT count(*)::int AS n FROM log_retention")).toEqual([{ n: 1 }]);
    expect(await retention.isTime(rivemont)).toBe(false);
  });

  test("ends before the first entry that is not over, whatever stands behind it", async () => {
    await append([400, 10, 399, 5]);
    expect(await runNow()).toMatchObject({ due: { entries: 1, upTo: 1 } });
    expect(await rows("SELECT index FROM access_entry WHERE index < 4 ORDER BY index")).toHaveLength(3);
  });

  test("takes the content of policy versions that no entry names, not the history, nor what is in force", async () => {
    const version = (name: string): string => createHash("sha256").update(name).digest("hex");
    const [a, b, c] = [version("a"), version("b"), version("c")];
    await run(
      store.superuser,
      `INSERT INTO policy_version SELECT 'rivemont', v, '{}' FROM unnest(ARRAY['${a}', '${b}', '${c}']) AS v;
       INSERT INTO policy_application VALUES ('rivemont', 1, '${a}', now() - interval '900 days', 'x', 'x'),
         ('rivemont', 2, '${b}', now() - interval '500 days', 'x', 'x'), ('rivemont', 3, '${c}', now() - interval '100 days', 'x', 'x');
       INSERT INTO tenant_revision (tenant, revision, policy_version) VALUES ('rivemont', 3, '${c}')`,
    );
    await append([450, 1]);
    await runNow();
    expect(await rows("SELECT id FROM policy_version")).toEqual(
      expect.arrayContaining([{ id: b }, { id: c }]) as unknown,
    );
    expect(await rows("SELECT id FROM policy_version")).toHaveLength(2);
    expect(await rows("SELECT version FROM policy_application")).toHaveLength(3);
    await expect(run(store.addresses.keeper, `DELETE FROM policy_version WHERE id = '${c}'`)).rejects.toMatchObject({
      code: "42501",
    });
  });

  test("an operation that is asked again is kept: its first use of a day is noted", async () => {
    await append([1]);
    await run(store.superuser, "UPDATE operation_text SET used_on = current_date - 600");
    await log.close();
    log = await openAccessLog({ connectionString: store.addresses.gateway, report: () => undefined });
    await append([1]);
    await append([1]);
    expect(await rows("SELECT used_on = current_date AS today FROM operation_text")).toEqual([{ today: true }]);
  });
});

describe("a run that was broken off", () => {
  test("is no fault, and the next goes on where it stopped; appends go on beside it", async () => {
    await Promise.all(Array.from({ length: 1200 }, () => log.append(draft({ at: daysAgo(400) }))));
    await log.sign();
    const stop = new AbortController();
    const running = retention.run({
      tenant: rivemont,
      time,
      confirmed: true,
      record: async (filters) => {
        const appended = await log.append(
          staffEntry({ tenant: rivemont, at: new Date(), who: "x", command: "retention", filters, subjects: [] }),
        );
        stop.abort();
        return appended;
      },
      stop: stop.signal,
    });
    await append([1]);
    await running;
    expect(await faults(await witnessed())).toEqual([]);
    expect(await retention.isTime(rivemont)).toBe(true);
    const keeper = new SearchPool(store.addresses.keeper);
    const [one, other] = await Promise.all([runNow(false), runNow(false)]);
    expect([one.outcome, other.outcome].sort()).toEqual(["busy", "done"]);
    await removeTold(keeper, rivemont, new AbortController().signal);
    await keeper.close();
    await append([1]);
    expect(await rows("SELECT count(*)::int AS n FROM access_entry WHERE index < 1200")).toEqual([{ n: 0 }]);
    expect(await rows("SELECT count(*)::int AS n FROM access_leaf")).toEqual([{ n: 1203 }]);
    expect(await faults(await witnessed())).toEqual([]);
  });
});

describe("nothing goes before its time", () => {
  const hindered = async (confirmed: boolean): Promise<string> => {
    const result = await runNow(confirmed);
    expect(await rows("SELECT count(*)::int AS n FROM log_retention")).toEqual([{ n: 0 }]);
    return result.outcome === "hindered" ? result.hindrance : result.outcome;
  };

  test("much at once is for a person to confirm: the first run, or a clock that leapt", async () => {
    await append([400, 1]);
    expect(await hindered(false)).toMatch(/1 entries of days before .* first run.*log retention --run/);
    expect(await log.retentionState(rivemont)).toMatchObject({
      lastRun: null,
      hindered: expect.stringMatching(/first/) as unknown,
    });
    await run(store.superuser, "INSERT INTO log_retention_look VALUES ('rivemont', now() - interval '5 days', current_date - 400) ON CONFLICT (tenant) DO UPDATE SET looked_at = excluded.looked_at, before_day = excluded.before_day"); // prettier-ignore
    expect(await hindered(false)).toMatch(/the last run was for days 3\d days earlier/);
    await run(
      store.superuser,
      "UPDATE log_retention_look SET before_day = (current_date - interval '12 months')::date - 3",
    );
    expect(await runNow(false)).toMatchObject({ outcome: "done", due: { entries: 1 } });
  });

  test("a clock that differs from the database's, that was set back, or was wrong: nothing, also when confirmed", async () => {
    await append([400, 1]);
    const leapt = openRetention({
      connectionString: store.addresses.keeper,
      now: () => new Date(Date.now() + 400 * 86_400_000),
    });
    const due = await leapt.due(rivemont, time);
    await leapt.close();
    expect(due).toMatchObject({
      hindrance: expect.stringMatching(/the clocks .* differ/) as unknown,
      confirmable: false,
    });
    await run(
      store.superuser,
      "INSERT INTO log_retention_look VALUES ('rivemont', now() + interval '1 day', current_date)",
    );
    expect(await hindered(true)).toMatch(/set back/);
    await append([-1]);
    expect(await hindered(true)).toMatch(/newest entry bears a time that is still to come/);
  });
});

describe("what somebody else removed", () => {
  const asAdministrator = (sql: string): Promise<void> =>
    run(
      store.superuser,
      `ALTER TABLE access_entry DISABLE TRIGGER ALL; ALTER TABLE log_retention DISABLE TRIGGER ALL; ${sql}`,
    );

  test("is told, whatever retention removed beside it", async () => {
    await append([400, 399, 30, 20, 10]);
    await log.sign();
    await runNow();
    await asAdministrator("DELETE FROM access_entry WHERE index IN (2, 3)");
    expect(await faults()).toEqual(["entry-removed 2-4"]);
  });

  test("is told where log_retention says more than the log", async () => {
    await append([400, 399, 30, 20, 10]);
    await log.sign();
    await runNow();
    await asAdministrator(
      `DELETE FROM access_entry WHERE index = 2; UPDATE log_retention SET up_to = 3;
       INSERT INTO log_retention SELECT tenant, 4, before_day, at, 1, record FROM log_retention`,
    );
    expect(await faults()).toEqual(["entry-removed 0-3"]);
  });

  test("is told where the log was made to say so too: checkpoints and witnesses know when entries came", async () => {
    await append([400, 399, 30, 20, 10]);
    await log.sign();
    const [seen] = await witnessed();
    await append([9, 8]);
    await log.sign();
    const filters = { before: daysAgo(366).slice(0, 10), "up-to": "7", entries: "7", months: "12" };
    const forged = staffEntry({
      tenant: rivemont,
      at: new Date(),
      who: "x",
      command: "retention",
      filters,
      subjects: [],
    });
    await log.append(forged);
    await asAdministrator(
      `DELETE FROM access_entry WHERE index < 7;
       INSERT INTO log_retention VALUES ('rivemont', 7, '${filters.before}', now(), 7, '${forged.id}')`,
    );
    expect(await faults()).toEqual(["removed-early 5-7"]);
    // Who holds the database writes the checkpoints' times anew; the witness has its own.
    await run(store.superuser, "ALTER TABLE log_checkpoint DISABLE TRIGGER ALL; UPDATE log_checkpoint SET at = '2020-01-01Z'"); // prettier-ignore
    expect(await faults()).toEqual([]);
    if (seen === undefined) throw new Error("no checkpoint");
    expect(await faults([{ ...seen, seenAt: new Date() }])).toEqual(["removed-early 5-7"]);
  });
});
