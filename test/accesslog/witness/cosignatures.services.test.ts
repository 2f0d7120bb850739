// What the log tells of its witnesses, and of how far its signed tree is.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkpointText } from "../../../src/accesslog/merkle/checkpoint.js";
import { signatureLine } from "../../../src/accesslog/merkle/signed-note.js";
import {
  openAccessLog,
  readNote,
  readVerifier,
  signerKey,
  verifierText,
  verifyNote,
  type AccessLog,
} from "../../../src/accesslog/index.js";
import type { Store } from "../../../src/store/index.js";
import { createWeb, type Web } from "../../../src/web/index.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont, valbourg } from "../drafts.js";
import { asSuperuser } from "../record.js";

const secret = (text: string): Buffer => createHash("sha256").update(text).digest();
const key = signerKey("passerelle/rivemont", secret("log"));
const dpo = signerKey("dpo.rivemont.example", secret("dpo"), "witness");
const region = signerKey("region.example", secret("region"), "witness");
const stranger = signerKey("dpo.rivemont.example", secret("stranger"), "witness");
const told: string[] = [];
let web: Web;
let store: Store & { readonly superuser: string };
let log: AccessLog;

beforeAll(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: (line) => void told.push(line),
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
    signer: () => ({ origin: key.name, key }),
    witnesses: (tenant) =>
      tenant === "rivemont"
        ? [
            { name: "The DPO", url: null, key: readVerifier(verifierText(dpo)) },
            { name: "The region", url: null, key: readVerifier(verifierText(region)) },
          ]
        : [],
  });
  web = await createWeb({
    ...{ host: "127.0.0.1", port: 0, tenants: [rivemont, valbourg], bodyBytes: 1_000, log, report: () => undefined },
    answer: () => Promise.reject(new Error("nobody asks")),
    health: () => ({ ready: true, checks: {} }),
  });
});
afterAll(async () => {
  await web.close();
  await log.close();
  await store.close();
});

describe("how far the signed tree is", () => {
  it("is nothing before the first entry", async () => {
    expect(await log.lag(rivemont)).toEqual({ size: 0, integrated: 0, behindMs: 0 });
  });

  it("counts from the oldest entry that no checkpoint holds, and is over once it is signed", async () => {
    const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    await log.append(draft({ at: at(50) }));
    await log.sign();
    await log.append(draft({ at: at(20) }));
    await log.append(draft({ at: at(1) }));
    await log.append(draft({ tenant: valbourg, at: at(90) }));
    const behind = await log.lag(rivemont);
    expect(behind).toMatchObject({ size: 3, integrated: 1 });
    expect(Math.floor(behind.behindMs / 600_000)).toBe(2);
    await log.sign();
    expect(await log.lag(rivemont)).toEqual({ size: 3, integrated: 3, behindMs: 0 });
  });
});

describe("a cosignature that a witness hands in", () => {
  const post = async (body: string, tenant = "rivemont"): Promise<number> =>
    (await fetch(`${web.address}/log/${tenant}/cosignature`, { method: "POST", body })).status;
  const now = Math.floor(Date.now() / 1000);
  const newest = async (): Promise<string> => (await log.checkpoint(rivemont)) ?? "";
  const rows = async (): Promise<number> =>
    asSuperuser(store.superuser, async (client) => (await client.query("SELECT FROM log_cosignature")).rowCount ?? 0);

  it("is stored, served with the checkpoint, and told; a second time it changes nothing", async () => {
    const note = await newest();
    const { text } = readNote(note);
    expect(await post(note + signatureLine(dpo, text, now))).toBe(200);
    expect(await post(note + signatureLine(dpo, text, now + 5))).toBe(200);
    expect(await post(note + signatureLine(region, text, now - 60))).toBe(200);
    const served = await (await fetch(`${web.address}/log/rivemont/checkpoint`)).text();
    expect(verifyNote(readNote(served), [key, dpo, region]).map((seen) => [seen.key.name, seen.time])).toEqual([
      ["passerelle/rivemont", null],
      ["dpo.rivemont.example", now],
      ["region.example", now - 60],
    ]);
    expect(await log.witnesses(rivemont)).toEqual([
      { name: "The DPO", size: 3, at: new Date(now * 1000) },
      { name: "The region", size: 3, at: new Date((now - 60) * 1000) },
    ]);
  });

  it("is served with its own checkpoint alone: a newer one waits for its witnesses", async () => {
    await log.append(draft());
    await log.sign();
    expect(verifyNote(readNote(await newest()), [key, dpo, region])).toHaveLength(1);
    expect(await log.witnesses(rivemont)).toMatchObject([{ size: 3 }, { size: 3 }]);
  });

  it("is refused from whom the town does not know, and nothing of it is kept (law 4)", async () => {
    const note = await newest();
    const { text } = readNote(note);
    const before = await rows();
    expect(await post(note)).toBe(403);
    expect(await post(note + signatureLine(stranger, text, now))).toBe(403);
    expect(await post(`${text}\n${signatureLine(stranger, text, now)}`)).toBe(403);
    // A known witness's name and id over somebody else's signature.
    const bent = signatureLine(dpo, text, now).replace(/.{12}\n$/, "AAAAAAAAAA==\n");
    expect(await post(note + bent)).toBe(403);
    // Its clock is days ahead.
    expect(await post(note + signatureLine(dpo, text, now + 200_000))).toBe(403);
    expect(await post(note + signatureLine(dpo, text, now), "valbourg")).toBe(403);
    expect(await post("nonsense")).toBe(400);
    expect(await post("")).toBe(400);
    expect(await post("x".repeat(20_000))).toBe(413);
    expect(await post(note, "elsewhere")).toBe(404);
    expect(await rows()).toBe(before);
    expect(told).toEqual([]);
  });

  it("of a history that is not this log's is not kept, and is an alarm", async () => {
    const before = await rows();
    for (const [size, root] of [
      [4, secret("another root")],
      [900, secret("gone")],
    ] as const) {
      const text = checkpointText({ origin: key.name, size, root });
      expect(await post(`${text}\n${signatureLine(dpo, text, now)}`)).toBe(409);
      expect(told.splice(0)).toEqual([expect.stringMatching(`ALARM: witness "The DPO" has seen .* ${size} entries`)]);
    }
    expect(await rows()).toBe(before);
  });

  it("of another log that the same witness sees is no alarm: anybody can fetch one and hand it in here", async () => {
    const before = await rows();
    const other = signerKey("passerelle/valbourg", secret("log"));
    const text = checkpointText({ origin: other.name, size: 4, root: secret("of valbourg") });
    const note = `${text}\n${signatureLine(other, text)}${signatureLine(dpo, text, now)}`;
    expect(await post(note)).toBe(409);
    expect(told).toEqual([]);
    expect(await rows()).toBe(before);
  });

  it("is told to come again while the database is away, without its words", async () => {
    const closed = await openAccessLog({
      connectionString: "postgres://nobody@127.0.0.1:1/none",
      report: () => undefined,
      ...{ indexEveryMs: 0, countEveryMs: 0 },
      witnesses: () => [{ name: "The DPO", url: null, key: dpo }],
    });
    const alone = await createWeb({
      ...{ host: "127.0.0.1", port: 0, tenants: [rivemont], bodyBytes: 1_000, log: closed, report: () => undefined },
      answer: () => Promise.reject(new Error("nobody asks")),
      health: () => ({ ready: true, checks: {} }),
    });
    const note = await newest();
    const answer = await fetch(`${alone.address}/log/rivemont/cosignature`, {
      method: "POST",
      body: note + signatureLine(dpo, readNote(note).text, now),
    });
    expect([answer.status, await answer.text()]).toEqual([503, "This cannot be taken just now. Try again later.\n"]);
    await alone.close();
    await closed.close();
  });
});

describe("what witnesses saw", () => {
  it("is the newest of each key, the newest sight first, of this tenant alone; and it stays as it was given", async () => {
    await asSuperuser(store.superuser, async (client) => {
      await client.query("ALTER TABLE log_cosignature DISABLE TRIGGER ALL; TRUNCATE log_cosignature");
      await client.query("ALTER TABLE log_cosignature ENABLE TRIGGER ALL");
      const add = (tenant: string, witness: string, id: number, size: number, at: string) =>
        client.query(
          "INSERT INTO log_cosignature (tenant, witness, key_id, size, at, line) VALUES ($1, $2, $3, $4, $5, 'x')",
          [tenant, witness, Buffer.of(0, 0, 0, id), size, at],
        );
      await add("rivemont", "dpo", 1, 1, "2026-11-01T08:00:00Z");
      await add("rivemont", "dpo", 1, 3, "2026-11-01T09:00:00Z");
      await add("rivemont", "dpo", 2, 2, "2026-11-01T10:00:00Z");
      await add("rivemont", "region", 3, 3, "2026-11-01T07:00:00Z");
      await add("valbourg", "another", 4, 1, "2026-11-01T11:00:00Z");
      for (const change of ["UPDATE log_cosignature SET size = 9", "DELETE FROM log_cosignature"])
        await expect(client.query(change)).rejects.toThrow("stays as it was signed");
    });
    expect(await log.witnesses(rivemont)).toEqual([
      { name: "dpo", size: 2, at: new Date("2026-11-01T10:00:00Z") },
      { name: "dpo", size: 3, at: new Date("2026-11-01T09:00:00Z") },
      { name: "region", size: 3, at: new Date("2026-11-01T07:00:00Z") },
    ]);
  });
});
