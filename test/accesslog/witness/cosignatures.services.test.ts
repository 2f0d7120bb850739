// What the log tells of its witnesses, and of how far its signed tree is.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAccessLog, signerKey, type AccessLog } from "../../../src/accesslog/index.js";
import type { Store } from "../../../src/store/index.js";
import { createTestStore } from "../../support/database.js";
import { draft, rivemont, valbourg } from "../drafts.js";
import { asSuperuser } from "../record.js";

const key = signerKey("passerelle/rivemont", createHash("sha256").update("log").digest());
let store: Store & { readonly superuser: string };
let log: AccessLog;

beforeAll(async () => {
  store = await createTestStore();
  log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
    signer: () => ({ origin: key.name, key }),
  });
});
afterAll(async () => {
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

describe("what witnesses saw", () => {
  it("is the newest of each key, the newest sight first, of this tenant alone; and it stays as it was given", async () => {
    await asSuperuser(store.superuser, async (client) => {
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
