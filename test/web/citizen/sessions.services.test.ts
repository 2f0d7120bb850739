import { createHash } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SubjectToken, TenantName } from "../../../src/terms/index.js";
import { Sessions, sessionTimes } from "../../../src/web/citizen/sessions.js";
import { isToken } from "../../../src/web/sealed-sessions.js";
import { createTestStore } from "../../support/database.js";

const [rivemont, valmont] = ["rivemont", "valmont"] as TenantName[] as [TenantName, TenantName];
const content = {
  claims: {
    issuer: "https://connect.example",
    subject: "s",
    claims: { given_name: "Khadija", family_name: "Ferreira" },
  },
  idToken: "header.payload.signature",
};
const subjects = [{ scheme: "resident", token: "AAEtoken" as SubjectToken }];
let now = new Date("2026-11-23T09:00:00Z");
const pass = (milliseconds: number): void => void (now = new Date(now.getTime() + milliseconds));

let store: Awaited<ReturnType<typeof createTestStore>>;
let sessions: Sessions;
let client: pg.Client;
beforeAll(async () => {
  store = await createTestStore();
  sessions = new Sessions(store.gateway, () => now);
  client = new pg.Client({ connectionString: store.superuser });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await store.close();
});

const rows = async (): Promise<Record<string, unknown>[]> =>
  (await client.query<Record<string, unknown>>("SELECT * FROM citizen_session")).rows;

it("is read by its id, in its town alone", async () => {
  const { id, token } = await sessions.begin(rivemont, content, subjects);
  expect(await sessions.read(rivemont, id)).toEqual({ ...content, id, token });
  expect(await sessions.read(valmont, id)).toBeNull();
  for (const wrong of [null, "", "x", `${id}x`, id.replace(/^./, (first) => (first === "A" ? "B" : "A"))])
    expect(await sessions.read(rivemont, wrong)).toBeNull();
  await sessions.end(rivemont, id);
  expect(await sessions.read(rivemont, id)).toBeNull();
});

it("leaves nothing in the table by which it could be taken over, nor whose it is (law 11)", async () => {
  const { id, token } = await sessions.begin(rivemont, content, subjects);
  const [row] = await rows();
  const text = JSON.stringify(row, (_, value: unknown) =>
    Buffer.isBuffer(value)
      ? `${value.toString("latin1")} ${value.toString("base64url")} ${value.toString("hex")}`
      : value,
  );
  for (const secret of [id, token, "Khadija", "Ferreira", "signature", Buffer.from(id, "base64url").toString("hex")])
    expect(text).not.toContain(secret);
  expect(row?.["subjects"]).toEqual(["resident:AAEtoken"]);
  expect(row?.["id_hash"]).toEqual(createHash("sha256").update(Buffer.from(id, "base64url")).digest());
  await sessions.end(rivemont, id);
});

it("ends after a quarter of an hour in silence, and after eight hours in any case; then it is gone from the table", async () => {
  const { id } = await sessions.begin(rivemont, content, subjects);
  pass(sessionTimes.idle - 1);
  expect(await sessions.read(rivemont, id)).not.toBeNull();
  pass(sessionTimes.idle - 1);
  expect(await sessions.read(rivemont, id)).not.toBeNull();
  pass(sessionTimes.idle);
  expect(await sessions.read(rivemont, id)).toBeNull();
  const second = await sessions.begin(rivemont, content, subjects);
  expect(await rows()).toHaveLength(1);
  const began = now.getTime();
  while (now.getTime() + sessionTimes.idle - 1 < began + sessionTimes.whole) {
    pass(sessionTimes.idle - 1);
    expect(await sessions.read(rivemont, second.id)).not.toBeNull();
  }
  now = new Date(began + sessionTimes.whole);
  expect(await sessions.read(rivemont, second.id)).toBeNull();
});

it("has a token of its own for its forms", async () => {
  const [one, other] = [await sessions.begin(rivemont, content, []), await sessions.begin(rivemont, content, [])];
  expect(isToken(one, one.token)).toBe(true);
  for (const wrong of [other.token, "", one.id, `${one.token}x`]) expect(isToken(one, wrong)).toBe(false);
});

it("cannot be changed by the gateway's role but for when it was seen", async () => {
  await sessions.begin(rivemont, content, []);
  await expect(store.gateway.query("UPDATE citizen_session SET created_at = now()")).rejects.toThrow(/permission/);
  await expect(store.keeper.query("SELECT sealed FROM citizen_session")).rejects.toThrow(/permission/);
});
