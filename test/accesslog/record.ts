// The record as a superuser sees it, and what must hold of it whatever went wrong.
import pg from "pg";
import { expect } from "vitest";
import { commitment, leafHash } from "../../src/accesslog/entry-format.js";
import type { EntryPlace, EntryBody } from "../../src/accesslog/index.js";

export async function asSuperuser<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const run = (url: string, sql: string): Promise<void> =>
  asSuperuser(url, async (client) => void (await client.query(sql)));

/**
 * Per tenant: head size = leaves = entries = personal parts, indexes 0 … size-1, every hash and commitment recomputed,
 * and each appended id under its index. Returns the sizes.
 */
export async function expectWholeRecord(url: string, appended: readonly EntryPlace[]): Promise<Record<string, number>> {
  return asSuperuser(url, async (client) => {
    const heads = await client.query<{ tenant: string; size: string }>("SELECT tenant, size FROM access_head");
    const leaves = await client.query<{ tenant: string; index: string; hash: Buffer; id: string }>(
      "SELECT tenant, index, hash, entry_id AS id FROM access_leaf ORDER BY tenant, index",
    );
    const entries = await client.query<{ tenant: string; index: string; id: string; at: Date; body: string }>(
      "SELECT tenant, index, id, at, body FROM access_entry ORDER BY tenant, index",
    );
    const personal = await client.query<{ tenant: string; id: string; salt: Buffer; body: string }>(
      "SELECT tenant, entry_id AS id, salt, body FROM access_personal",
    );
    const sizes = Object.fromEntries(heads.rows.map(({ tenant, size }) => [tenant, Number(size)]));
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    expect([leaves.rows.length, entries.rows.length, personal.rows.length]).toEqual([total, total, total]);
    for (const [tenant, size] of Object.entries(sizes))
      expect(leaves.rows.filter((leaf) => leaf.tenant === tenant).map(({ index }) => Number(index))).toEqual(
        Array.from({ length: size }, (_, index) => index),
      );
    const parts = new Map(personal.rows.map((part) => [part.id, part]));
    for (const [at, leaf] of leaves.rows.entries()) {
      const entry = entries.rows[at];
      expect(entry).toMatchObject({ tenant: leaf.tenant, index: leaf.index, id: leaf.id });
      const body = JSON.parse(entry?.body ?? "") as EntryBody;
      expect(body).toMatchObject({ id: leaf.id, tenant: leaf.tenant, at: entry?.at.toISOString() });
      expect(leafHash(entry?.body ?? "")).toEqual(leaf.hash);
      const part = parts.get(leaf.id);
      expect(commitment(part?.salt ?? Buffer.alloc(0), part?.body ?? "")).toBe(body.personal);
    }
    const byId = new Map(leaves.rows.map(({ id, index }) => [id, Number(index)]));
    expect(byId.size).toBe(total);
    for (const { id, index } of appended) expect(byId.get(id)).toBe(index);
    return sizes;
  });
}
