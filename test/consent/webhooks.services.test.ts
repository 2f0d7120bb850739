// From the decision that shut something to the application's acknowledgement, over a real PostgreSQL and real HTTP.
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  noteClosed,
  NoticeOutbox,
  WebhookRegistry,
  WebhookSender,
  type ErasureNotice,
} from "../../src/consent/index.js";
import { webhookSignature } from "../../src/consent/webhook-post.js";
import { DerivedKeys } from "../../src/identity/derived-keys.js";
import { webhookSecretsWith } from "../../src/identity/index.js";
import type { Store } from "../../src/store/index.js";
import type { AgreementId, SubjectToken, TenantName } from "../../src/terms/index.js";
import { createTestStore } from "../support/database.js";
import { testSecrets } from "../support/test-gateway.js";

const tenant = "testville" as TenantName;
const agreement = "00000000-0000-4000-8000-000000000001" as AgreementId;
const secret = Buffer.alloc(32, 7);
const seal = webhookSecretsWith(new DerivedKeys(testSecrets));
const start = new Date("2026-11-23T09:00:00Z");
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1_000);

let store: Store & { readonly superuser: string };
let registry: WebhookRegistry;
let outbox: NoticeOutbox;

beforeAll(async () => {
  store = await createTestStore();
  registry = new WebhookRegistry(store.keeper, seal);
  outbox = new NoticeOutbox(store.gateway, seal);
  await administer(`INSERT INTO application VALUES ('testville', 'app', 'App', 'app@example.org', now())`);
  await administer(
    `INSERT INTO agreement (id, tenant, application, purpose, secret, created_at) VALUES ('${agreement}', 'testville', 'app', 'meals', 1, now())`,
  );
});
afterAll(() => store.close());
beforeEach(() => administer("TRUNCATE erasure_notice, webhook"));

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: store.superuser });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const closed = (): Omit<ErasureNotice, "id"> => ({
  tenant,
  agreement,
  scheme: "resident",
  token: `token-${randomUUID()}` as SubjectToken,
  units: ["@contact"],
  at: start,
});
const note = (): Promise<void> => store.gateway.transaction((db) => noteClosed(db, closed()));
const set = (url: string): Promise<void> =>
  registry.set({ tenant, agreement, url, secret, by: "admin@example.org", at: start });

describe("the outbox", () => {
  it("holds a notice iff the decision's transaction is committed, whether an address is registered or not", async () => {
    await store.gateway
      .transaction(async (db) => {
        await noteClosed(db, closed());
        throw new Error("the decision fails");
      })
      .catch(() => undefined);
    expect(await registry.notices(tenant, { limit: 10 })).toEqual([]);
    await note();
    expect(await registry.notices(tenant, { limit: 10 })).toMatchObject([{ attempts: 0, acknowledgedAt: null }]);
    expect(await outbox.take(after(1), 10, 1_000)).toEqual([]);
  });

  it("gives each notice to one node, and again when that one's lease is over", async () => {
    await set("https://app.example/hook");
    for (let i = 0; i < 20; i++) await note();
    const other = new NoticeOutbox(store.gateway, seal);
    const taken = (
      await Promise.all([outbox, other, outbox, other].map((node) => node.take(after(1), 8, 60_000)))
    ).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(20);
    expect(taken).toHaveLength(20);
    expect(taken[0]).toMatchObject({ attempt: 1, url: "https://app.example/hook", secret });
    expect(await outbox.take(after(60), 8, 60_000)).toEqual([]);
    expect(await outbox.take(after(62), 30, 60_000)).toHaveLength(20);
  });

  it("goes to the address that is in use, and to none that was removed", async () => {
    await set("https://old.example/hook");
    await note();
    expect(await registry.remove(tenant, agreement, after(1))).toBe(true);
    expect(await registry.remove(tenant, agreement, after(1))).toBe(false);
    expect(await outbox.take(after(2), 10, 1_000)).toEqual([]);
    await set("https://new.example/hook");
    await set("https://newer.example/hook");
    expect((await outbox.take(after(3), 10, 1_000)).map(({ url }) => url)).toEqual(["https://newer.example/hook"]);
    expect((await registry.list(tenant)).map(({ url }) => url)).toEqual(["https://newer.example/hook"]);
  });

  // Whoever takes the gateway over must not lead the messages elsewhere, nor make one be forgotten.
  it.each([
    `INSERT INTO webhook SELECT gen_random_uuid(), tenant, agreement, 'https://evil.example', secret, 1, now(), 'x', NULL FROM webhook`,
    `UPDATE webhook SET url = 'https://evil.example'`,
    `UPDATE webhook SET removed_at = now()`,
    `DELETE FROM erasure_notice`,
    `UPDATE erasure_notice SET token = 'another'`,
  ])("the gateway's role may not: %s", async (sql) => {
    await set("https://app.example/hook");
    await note();
    await expect(store.gateway.query(sql)).rejects.toThrow(/permission denied/);
  });

  it("keeps an acknowledgement as it was", async () => {
    await set("https://app.example/hook");
    await note();
    const [notice] = await outbox.take(after(1), 1, 1_000);
    if (notice === undefined) throw new Error("no notice");
    await outbox.acknowledged(notice, after(2), "HTTP 204");
    await outbox.failed(notice, after(3), "HTTP 500");
    expect(await registry.notices(tenant, { limit: 10 })).toMatchObject([
      { lastResult: "HTTP 204", acknowledgedAt: after(2) },
    ]);
    await expect(store.gateway.query("UPDATE erasure_notice SET acknowledged_at = NULL")).rejects.toThrow(/stays/);
  });

  it("keeps the secret sealed", async () => {
    await set("https://app.example/hook");
    const [row] = await store.keeper.query<{ secret: Buffer }[]>("SELECT secret FROM webhook");
    expect(row?.secret.includes(secret)).toBe(false);
    expect(seal.open(tenant, 1, row?.secret ?? Buffer.alloc(0))).toEqual(secret);
    expect(seal.open("elsewhere" as TenantName, 1, row?.secret ?? Buffer.alloc(0))).toBeNull();
  });
});

describe("the sender", () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => void server.close()));

  interface Arrived {
    readonly id: string;
    readonly signed: boolean;
    readonly body: string;
  }

  async function receiver(statuses: number[]): Promise<{ url: string; arrived: Arrived[] }> {
    const arrived: Arrived[] = [];
    const server = createServer((request, answer) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString("utf8")));
      request.on("end", () => {
        const [id, seconds, signature] = ["id", "timestamp", "signature"].map((name) =>
          String(request.headers[`webhook-${name}`]),
        );
        const expected = webhookSignature(secret, id ?? "", Number(seconds), body);
        arrived.push({ id: id ?? "", signed: signature === expected, body });
        answer.writeHead(statuses.shift() ?? 204).end();
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, arrived };
  }

  const senderAt = (now: () => Date, message: (notice: ErasureNotice) => Promise<string | null>): WebhookSender =>
    new WebhookSender({
      outbox,
      message,
      loopbackAllowed: true,
      timeoutMs: 5_000,
      everyMs: 60_000,
      now,
      report: () => undefined,
    });

  it("sends again until it is acknowledged, later each time, always under the same id", async () => {
    const { url, arrived } = await receiver([500, 302]);
    await set(url);
    await note();
    let now = after(1);
    const sender = senderAt(
      () => now,
      ({ units }) => Promise.resolve(JSON.stringify({ units })),
    );
    expect(await sender.sendDue()).toBe(1);
    expect(await sender.sendDue()).toBe(0);
    now = after(15);
    expect(await sender.sendDue()).toBe(1);
    now = after(30);
    expect(await sender.sendDue()).toBe(0);
    now = after(100);
    expect(await sender.sendDue()).toBe(1);
    now = after(100_000);
    expect(await sender.sendDue()).toBe(0);
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(1);
    expect(arrived.map(({ signed, body }) => [signed, body])).toEqual(Array(3).fill([true, '{"units":["@contact"]}']));
    expect(await registry.notices(tenant, { limit: 1 })).toMatchObject([{ attempts: 3, lastResult: "HTTP 204" }]);
  });

  it("waits where the services cannot say which objects, and says so in our words alone", async () => {
    const { url, arrived } = await receiver([]);
    await set(url);
    await note();
    await senderAt(
      () => after(1),
      () => Promise.reject(new RangeError("Mme Martin")),
    ).sendDue();
    expect(arrived).toEqual([]);
    expect(await registry.notices(tenant, { limit: 1 })).toMatchObject([
      { attempts: 1, lastResult: "RangeError", acknowledgedAt: null },
    ]);
  });
});
