// The log's checkpoints dated by openssl's authority over HTTP: asked off the hot path, checked before it is stored, held
// against the record without asking anybody.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openAccessLog, type AccessLog, type TimestampPolicy } from "../../../src/accesslog/index.js";
import { SearchPool } from "../../../src/accesslog/append-connection.js";
import { TimestampRounds } from "../../../src/accesslog/timestamp/timestamp-rounds.js";
import type { Store } from "../../../src/store/index.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont } from "../drafts.js";
import { asSuperuser, run } from "../record.js";
import { logKey } from "../witness/made-log.js";
import { hasOpenssl, MadeAuthority } from "./authority.js";

const key = logKey("passerelle/rivemont");
const hour = 3_600_000;

describe.skipIf(!hasOpenssl)("timestamps of the log", () => {
  let store: Store & { readonly superuser: string };
  let log: AccessLog;
  let pool: SearchPool;
  let tsa: MadeAuthority;
  let policy: TimestampPolicy | null;
  let url: string;
  let answer: (query: Buffer, response: ServerResponse) => void;
  const told: string[] = [];
  let clock = Date.now();
  let asked = 0;

  beforeAll(async () => {
    store = await createTestStore();
    tsa = new MadeAuthority();
    url = await tsa.serve((request, response) => {
      asked += 1;
      void bodyOf(request).then((query) => answer(query, response));
    });
    log = await openAccessLog({
      connectionString: store.addresses.gateway,
      report: (line) => void told.push(line),
      ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
      signer: () => ({ origin: key.name, key }),
      timestamps: () => policy,
    });
    pool = new SearchPool(store.addresses.gateway);
  });
  afterEach(() => {
    told.length = 0;
    asked = 0;
  });
  afterAll(async () => {
    await log.close();
    await pool.close();
    await store.close();
    await tsa.close();
  });

  const bodyOf = async (request: IncomingMessage): Promise<Buffer> => Buffer.concat(await request.toArray());
  const type = "application/timestamp-reply";
  const good = (query: Buffer, response: ServerResponse) =>
    void response.writeHead(200, { "content-type": type }).end(tsa.reply(query));
  const required = (changes: Partial<TimestampPolicy> = {}): TimestampPolicy => ({
    ...{ mode: "required", url, roots: [tsa.certificate("root")], everyMs: hour },
    ...changes,
  });
  const rounds = (given: TimestampPolicy, timeoutMs = 30_000): TimestampRounds => {
    policy = given;
    return new TimestampRounds({
      pool,
      policies: () => policy,
      report: (line) => void told.push(line),
      now: () => clock,
      timeoutMs,
    });
  };
  const append = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await log.append(draft());
    await log.sign();
  };
  const verify = () => log.verify(rivemont, { keys: [key], witnessed: [] });

  it("date the newest checkpoint, again when the time is over and something is new, and are held against it", async () => {
    answer = good;
    const round = rounds(required());
    await round.tick();
    expect([asked, await log.timestamps(rivemont)]).toMatchObject([0, { newest: null, waitingSince: null }]);
    await append(3);
    await round.tick();
    expect(await log.timestamps(rivemont)).toMatchObject({ mode: "required", newest: { size: 3 }, behind: false });
    await append(2);
    await round.tick();
    expect(asked).toBe(1);
    clock += 2 * hour;
    // The authority's own clock stayed where it was: 2 hours from ours.
    await round.tick();
    expect(told.splice(0)).toEqual([expect.stringContaining("more than 5 minutes from this machine's clock")]);
    clock -= 2 * hour;
    await run(store.superuser, "ALTER TABLE log_timestamp DISABLE TRIGGER ALL; UPDATE log_timestamp SET at = at - interval '2 hours'"); // prettier-ignore
    await rounds(required()).tick();
    await run(store.superuser, "UPDATE log_timestamp SET at = at + interval '2 hours' WHERE size = 3");
    expect(await log.timestamps(rivemont)).toMatchObject({ newest: { size: 5 }, waitingSince: null });
    expect(await verify()).toMatchObject({ faults: [], timestamps: { checked: 2, unchecked: 0, newest: { size: 5 } } });
    expect(asked).toBe(3);
  });

  it.each([
    ["is away", () => ({ url: "http://127.0.0.1:1/" }), good, "it cannot be reached"],
    ["fails", () => ({}), (_: Buffer, to: ServerResponse) => void to.writeHead(500).end(), "HTTP 500"],
    ["sends elsewhere", () => ({}), (_: Buffer, to: ServerResponse) => void to.writeHead(302, { location: url }).end(), "not followed"], // prettier-ignore
    ["says too much", () => ({}), (_: Buffer, to: ServerResponse) => void to.writeHead(200, { "content-type": type }).end(Buffer.alloc(70_000)), "more than 65536 bytes"], // prettier-ignore
    ["says nonsense", () => ({}), (_: Buffer, to: ServerResponse) => void to.writeHead(200, { "content-type": type }).end("nonsense"), "cannot be read"], // prettier-ignore
    ["shows a page", () => ({}), (_: Buffer, to: ServerResponse) => void to.writeHead(200, { "content-type": "text/html" }).end("<p>"), "no timestamp reply"], // prettier-ignore
    ["answers another's question", () => ({}), (_: Buffer, to: ServerResponse) => good(tsa.openssl("ts", "-query", "-digest", "00".repeat(32), "-sha256", "-cert"), to), "something else than was sent"], // prettier-ignore
    ["is not the one the town trusts", () => ({ roots: [tsa.certificate("another-root")] }), good, "does not lead to"],
  ] as readonly (readonly [string, () => Partial<TimestampPolicy>, typeof answer, string])[])(
    "from an authority that %s are not kept, and it is told once",
    async (_name, changes, given, words) => {
      answer = given;
      await append(1);
      await run(store.superuser, "UPDATE log_timestamp SET at = at - interval '3 hours'");
      const before = await log.timestamps(rivemont);
      const round = rounds(required(changes()));
      await round.tick();
      clock += 20 * 60_000;
      await round.tick();
      clock -= 20 * 60_000;
      await run(store.superuser, "UPDATE log_timestamp SET at = at + interval '3 hours'");
      expect(told).toEqual([expect.stringContaining(words)]);
      expect((await log.timestamps(rivemont)).newest?.size).toBe(before.newest?.size);
      // An answer waits for nothing of this.
      await log.append(draft());
    },
  );

  it("are waited for as long as was set", async () => {
    answer = () => undefined;
    await run(store.superuser, "UPDATE log_timestamp SET at = at - interval '3 hours'");
    await rounds(required(), 200).tick();
    await run(store.superuser, "UPDATE log_timestamp SET at = at + interval '3 hours'");
    expect(told).toEqual([expect.stringContaining("no whole answer within 0.2 s")]);
  });

  it("that are required and late are an alarm and do not verify; best effort is no fault; neither stops an append", async () => {
    answer = (_query, to) => void to.writeHead(503).end();
    await run(store.superuser, "ALTER TABLE log_checkpoint DISABLE TRIGGER ALL; UPDATE log_checkpoint SET at = at - interval '3 hours'"); // prettier-ignore
    await run(store.superuser, "UPDATE log_timestamp SET at = at - interval '3 hours'");
    await rounds(required()).tick();
    await run(store.superuser, "UPDATE log_timestamp SET at = at + interval '3 hours'");
    expect(told).toEqual([expect.stringMatching(/ALARM: the log is BEHIND with its timestamps: .*HTTP 503/)]);
    expect(await log.timestamps(rivemont)).toMatchObject({ behind: true, newest: { size: 5 } });
    const { size } = await log.lag(rivemont);
    expect((await verify()).faults).toEqual([expect.objectContaining({ kind: "timestamp-missing", from: 5 })]);
    policy = required({ mode: "best-effort" });
    expect(await verify()).toMatchObject({ faults: [], timestamps: { checked: 2 } });
    expect((await log.append(draft())).index).toBe(size);
  });

  it("that were changed, moved or taken from elsewhere are told; without a certificate they are not checked", async () => {
    policy = required({ mode: "best-effort" });
    const faults = async () => (await verify()).faults.filter(({ kind }) => kind === "timestamp-altered");
    const rows = await asSuperuser(store.superuser, async (client) => (await client.query("SELECT * FROM log_timestamp ORDER BY size")).rows as { size: string; token: Buffer; at: Date }[]); // prettier-ignore
    const spoil = async (set: string, values: unknown[] = []) => {
      await asSuperuser(store.superuser, (client) =>
        client.query(`UPDATE log_timestamp SET ${set} WHERE size = 5`, values),
      );
      const found = await faults();
      await asSuperuser(store.superuser, (client) => client.query("UPDATE log_timestamp SET token = $1, at = $2 WHERE size = 5", [rows[1]?.token, rows[1]?.at])); // prettier-ignore
      return found;
    };
    expect(await spoil("token = $1", [rows[0]?.token])).toEqual([expect.objectContaining({ to: 5 })]);
    expect(await spoil("at = at - interval '1 day'")).toEqual([expect.objectContaining({ to: 5 })]);
    expect(await spoil("token = '\\x00'")).toEqual([expect.objectContaining({ to: 5 })]);
    expect(await faults()).toEqual([]);
    policy = null;
    expect((await verify()).timestamps).toEqual({ checked: 0, unchecked: 2, newest: null });
    policy = required({ roots: [tsa.certificate("another-root")] });
    expect(await faults()).toHaveLength(2);
    // The log rewritten and signed anew: the old tokens date other notes.
    policy = required({ mode: "best-effort" });
    await run(store.superuser, "UPDATE log_checkpoint SET note = note || ' ' WHERE size = 5");
    expect(await faults()).toHaveLength(1);
  });

  it("are nobody else's business: the record's roles may not change them", async () => {
    await run(store.superuser, "ALTER TABLE log_timestamp ENABLE TRIGGER ALL");
    for (const change of ["UPDATE log_timestamp SET at = now()", "DELETE FROM log_timestamp"])
      await expect(pool.query(change)).rejects.toThrow("permission denied");
    await expect(run(store.superuser, "DELETE FROM log_timestamp")).rejects.toThrow("stays as it was signed");
  });
});
