// What somebody with every right in the database can do to the record, and what is then said of it (law 8): on a real
// PostgreSQL, as its superuser, with the triggers taken away first.
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leafHash } from "../../../src/accesslog/entry-format.js";
import { openAccessLog, type AccessLog } from "../../../src/accesslog/index.js";
import { readCheckpoint, type Checkpoint } from "../../../src/accesslog/merkle/checkpoint.js";
import { readNote, signerKey } from "../../../src/accesslog/merkle/signed-note.js";
import type { LogReport } from "../../../src/accesslog/merkle/verify-log.js";
import type { Store } from "../../../src/store/index.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont } from "../drafts.js";
import { asSuperuser, run } from "../record.js";

const key = signerKey("testville.example/log", createHash("sha256").update("log").digest());
const signer = () => ({ origin: key.name, key });

let store: Store & { readonly superuser: string };
let log: AccessLog;
const told: string[] = [];

const open = (): Promise<AccessLog> =>
  openAccessLog({
    connectionString: store.addresses.gateway,
    report: (line) => void told.push(line),
    indexEveryMs: 0,
    countEveryMs: 0,
    signEveryMs: 0,
    signer,
  });

const append = async (count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, () => log.append(draft())));
};

/** Ten entries, a checkpoint that the witness saw; ten more and another; then five that nobody signed yet. */
let witnessed: Checkpoint[];
beforeEach(async () => {
  store = await createTestStore();
  log = await open();
  witnessed = [];
  while (witnessed.length < 2) {
    await append(10);
    await log.sign();
    witnessed.push(await newestCheckpoint());
  }
  await append(5);
}, 60_000);
afterEach(async () => {
  await log.close();
  await store.close();
});

async function newestCheckpoint(): Promise<Checkpoint> {
  const note = await asSuperuser(store.superuser, async (client) => {
    const { rows } = await client.query<{ note: string }>("SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1");
    return rows[0]?.note ?? "";
  });
  return readCheckpoint(readNote(note).text);
}

const verify = (seen: readonly Checkpoint[] = witnessed): Promise<LogReport> =>
  log.verify(rivemont, { keys: [key], witnessed: seen });

const tamper = (sql: string): Promise<void> =>
  run(
    store.superuser,
    `ALTER TABLE log_tile DISABLE TRIGGER ALL; ALTER TABLE log_checkpoint DISABLE TRIGGER ALL;
     ALTER TABLE access_head DISABLE TRIGGER ALL; ALTER TABLE access_entry DISABLE TRIGGER ALL; ${sql}`,
  );

/** As an administrator would who covers the traces: entry and leaf together. */
async function rewrite(index: number): Promise<void> {
  await asSuperuser(store.superuser, async (client) => {
    const { rows } = await client.query<{ body: string }>("SELECT body FROM access_entry WHERE index = $1", [index]);
    const body = (rows[0]?.body ?? "").replace("cantine-plus", "another-app");
    await client.query("UPDATE access_entry SET body = $1 WHERE index = $2", [body, index]);
    await client.query("UPDATE access_leaf SET hash = $1 WHERE index = $2", [leafHash(body), index]);
  });
}

const faultsOf = (report: LogReport): string[] =>
  report.faults.map(({ kind, from, to, witnessed: seen }) => `${kind} ${from}-${to}${seen ? " witnessed" : ""}`);

describe("an untouched record", () => {
  it("is intact, with and without a witness, signed or not yet", async () => {
    for (const seen of [witnessed, []])
      expect(await verify(seen)).toMatchObject({ size: 25, checked: 25, erased: 0, checkpoints: 2, faults: [] });
    await log.sign();
    expect(await verify()).toMatchObject({ size: 25, checkpoints: 3, faults: [] });
  });

  it("stays so when parts about people are erased (what retention removes: test/accesslog/retention)", async () => {
    await tamper("DELETE FROM access_personal WHERE entry_id IN (SELECT entry_id FROM access_leaf WHERE index IN (8, 9))"); // prettier-ignore
    expect(await verify()).toMatchObject({ size: 25, checked: 25, erased: 2, checkpoints: 2, faults: [] });
  });

  it("takes every crash between tiles and checkpoint: it is one transaction", async () => {
    await log.close();
    log = await open();
    await append(300);
    await log.sign();
    expect(await verify()).toMatchObject({ size: 325, checkpoints: 3, faults: [] });
  });
});

describe("a record that was changed", () => {
  it("in one byte of an entry: the entry", async () => {
    await tamper(`UPDATE access_entry SET body = replace(body, 'cantine-plus', 'cantine-plum') WHERE index = 3`);
    expect(faultsOf(await verify())).toEqual(["entry-altered 3-4"]);
  });

  it("in the part about people: the entry", async () => {
    await tamper(`UPDATE access_personal SET body = replace(body, '"v":1', '"v": 1') WHERE entry_id = (SELECT entry_id FROM access_leaf WHERE index = 4)`); // prettier-ignore
    expect(faultsOf(await verify())).toEqual(["personal-altered 4-5"]);
  });

  it("in an entry and its leaf together: the entry, by the tiles", async () => {
    await rewrite(12);
    expect(faultsOf(await verify())).toEqual(["leaf-altered 12-13"]);
    expect(faultsOf(await verify([]))).toEqual(["leaf-altered 12-13"]);
  });

  it("in its tile too: the entries between the last checkpoint that holds and the first that does not", async () => {
    await rewrite(12);
    await tamper(`UPDATE log_tile SET data = (SELECT string_agg(hash, ''::bytea ORDER BY index) FROM access_leaf WHERE index < 20)`); // prettier-ignore
    expect(faultsOf(await verify([]))).toEqual(["rewritten 10-20"]);
    expect(faultsOf(await verify())).toEqual(["rewritten 10-20 witnessed"]);
  });

  it("with a fresh tree, signed anew with the log's own key: by the witness alone", async () => {
    await rewrite(12);
    await tamper("TRUNCATE log_tile, log_checkpoint");
    await log.sign();
    expect(faultsOf(await verify([]))).toEqual([]);
    expect(faultsOf(await verify())).toEqual(["rewritten 10-20 witnessed"]);
  });

  it("by deleting the content of entries as retention would, which has not: those entries", async () => {
    await tamper("DELETE FROM access_entry WHERE index < 7 OR index IN (12, 13)");
    expect(faultsOf(await verify([]))).toEqual(["entry-removed 0-7", "entry-removed 12-14"]);
  });

  it("by deleting an entry and its leaf: the gap", async () => {
    await tamper("DELETE FROM access_entry WHERE index = 15; DELETE FROM access_leaf WHERE index = 15");
    expect(faultsOf(await verify())).toEqual(["leaf-missing 15-16"]);
  });

  it("by deleting one and closing the ranks: from there on", async () => {
    await tamper(`DELETE FROM access_entry WHERE index = 15; DELETE FROM access_leaf WHERE index = 15;
      UPDATE access_leaf SET index = index - 1 WHERE index > 15; UPDATE access_entry SET index = index - 1 WHERE index > 15;
      UPDATE access_head SET size = 24`);
    const faults = faultsOf(await verify());
    expect(faults[0]).toBe("leaf-altered 15-16");
    expect(faults).toHaveLength(5);
  });

  it("by inserting one: from there on", async () => {
    await tamper(`UPDATE access_leaf SET index = index + 100 WHERE index >= 18;
      INSERT INTO access_leaf VALUES ('rivemont', 18, sha256('forged'), gen_random_uuid());
      UPDATE access_leaf SET index = index - 99 WHERE index >= 118; UPDATE access_head SET size = 26`);
    expect(faultsOf(await verify()).slice(0, 2)).toEqual(["leaf-altered 18-19", "leaf-altered 19-20"]);
  });

  it("by exchanging two: both", async () => {
    await tamper(`UPDATE access_leaf SET index = -5 + 1000 WHERE index = 5; UPDATE access_leaf SET index = 5 WHERE index = 6;
      UPDATE access_leaf SET index = 6 WHERE index = 995`);
    expect(faultsOf(await verify())).toEqual(["leaf-altered 5-6", "leaf-altered 6-7"]);
  });

  it("by cutting its end off: what was signed or seen and is gone", async () => {
    await tamper("DELETE FROM access_entry WHERE index >= 14; DELETE FROM access_leaf WHERE index >= 14");
    expect(faultsOf(await verify([]))).toEqual(["truncated 14-25"]);
    await tamper("UPDATE access_head SET size = 14; DELETE FROM log_checkpoint WHERE size > 14");
    expect(faultsOf(await verify([]))).toEqual([]);
    expect(faultsOf(await verify())).toEqual(["truncated 14-20 witnessed"]);
  });

  it("by an old backup that went on: what the witness saw is another history", async () => {
    await tamper(`DELETE FROM access_entry WHERE index >= 10; DELETE FROM access_leaf WHERE index >= 10; TRUNCATE log_tile, log_checkpoint;
      UPDATE access_head SET size = 10`);
    await append(15);
    await log.sign();
    expect(faultsOf(await verify())).toEqual(["rewritten 10-20 witnessed"]);
  });

  it("from end to end: every entry is told of, in no more stretches than can be held (law 13)", async () => {
    while ((await log.state(rivemont)).entries < 10_025) await append(1_000);
    await tamper("UPDATE access_entry SET body = replace(body, 'cantine-plus', 'another-app')");
    const { faults, size } = await verify();
    expect(faults).toHaveLength(10_000);
    expect(faults.every(({ kind }) => kind === "entry-altered")).toBe(true);
    expect(faults.at(-1)).toMatchObject({ from: 9_999, to: size });
  });

  it("in a checkpoint: the checkpoint", async () => {
    await tamper("UPDATE log_checkpoint SET note = replace(note, 'testville', 'elsewhere') WHERE size = 20");
    expect(faultsOf(await verify([]))).toEqual(["checkpoint-altered 19-20"]);
  });
});

describe("nothing is signed", () => {
  it("over a leaf that was signed otherwise, and the operator is told", async () => {
    await rewrite(12);
    await tamper(`UPDATE log_tile SET data = (SELECT string_agg(hash, ''::bytea ORDER BY index) FROM access_leaf WHERE index < 20)`); // prettier-ignore
    await expect(log.sign()).rejects.toThrow(/not what was signed/);
    expect((await verify([])).checkpoints).toBe(2);
  });

  it("over a gap", async () => {
    await tamper("DELETE FROM access_leaf WHERE index = 22");
    await expect(log.sign()).rejects.toThrow(/not what was signed/);
  });
});

describe("the gateway's own role", () => {
  it.each([
    "DELETE FROM log_checkpoint",
    "UPDATE log_checkpoint SET note = ''",
    "DELETE FROM log_tile",
    "UPDATE log_tile SET data = substring(data FROM 1 FOR 32)",
    "UPDATE log_tile SET data = sha256('x') || substring(data FROM 33)",
    "UPDATE log_tile SET index = 7",
  ])("may not: %s", async (sql) => {
    await expect(store.gateway.query(sql)).rejects.toThrow(/permission denied|only grows/);
  });
});
